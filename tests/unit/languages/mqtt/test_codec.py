"""The payload against Google's protobuf, on everything that a host may send, and on any bytes at all."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from hypothesis import given
from hypothesis import strategies as st

from skelp_languages.mqtt.codec import BIGGEST, DataType, Metric, Payload, Value, decode, encode
from skelp_languages.mqtt.wire import varint

FIELD = descriptor_pb2.FieldDescriptorProto
PAYLOAD = [("timestamp", 1, "UINT64"), ("metrics", 2, "Metric"), ("seq", 3, "UINT64"), ("uuid", 4, "STRING"), ("body", 5, "BYTES")]
METRIC = [
    ("name", 1, "STRING"), ("alias", 2, "UINT64"), ("timestamp", 3, "UINT64"), ("datatype", 4, "UINT32"), ("is_historical", 5, "BOOL"),
    ("is_transient", 6, "BOOL"), ("is_null", 7, "BOOL"), ("properties", 9, "Properties"), ("int_value", 10, "UINT32"),
    ("long_value", 11, "UINT64"),
    ("float_value", 12, "FLOAT"), ("double_value", 13, "DOUBLE"), ("boolean_value", 14, "BOOL"), ("string_value", 15, "STRING"),
    ("bytes_value", 16, "BYTES"),
]  # fmt: skip
PROPERTIES = [("keys", 1, "STRING*"), ("values", 2, "Property*")]
PROPERTY = [("type", 1, "UINT32"), ("is_null", 2, "BOOL"), ("string_value", 8, "STRING")]


def _protobuf() -> Any:
    """Google's class of the payload, from the field numbers of the specification's chapter 6."""
    file = descriptor_pb2.FileDescriptorProto(name="spb.proto", package="spb", syntax="proto2")
    for name, fields in (("Payload", PAYLOAD), ("Metric", METRIC), ("Properties", PROPERTIES), ("Property", PROPERTY)):
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            plain = kind.rstrip("*")
            is_list = kind.endswith("*") or kind == "Metric"
            made = message.field.add(name=field, number=number, label=FIELD.LABEL_REPEATED if is_list else FIELD.LABEL_OPTIONAL)
            if hasattr(FIELD, f"TYPE_{plain}"):
                made.type = getattr(FIELD, f"TYPE_{plain}")
            else:
                made.type, made.type_name = FIELD.TYPE_MESSAGE, f".spb.{plain}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("spb.Payload"))


Google = _protobuf()
BITS = {"INT8": 8, "INT16": 16, "INT32": 32, "INT64": 64, "UINT8": 8, "UINT16": 16, "UINT32": 32, "UINT64": 64, "DATETIME": 64}


def values_of(datatype: DataType) -> st.SearchStrategy[Value]:
    if datatype.name in BITS:
        signed, bits = datatype.name.startswith("I"), BITS[datatype.name]
        lowest = -(2 ** (bits - 1)) if signed else 0
        return st.integers(lowest, lowest + 2**bits - 1)
    if datatype is DataType.FLOAT:
        return st.floats(width=32, allow_nan=False)
    if datatype is DataType.DOUBLE:
        return st.floats(allow_nan=False)
    if datatype is DataType.BOOLEAN:
        return st.booleans()
    return st.binary(max_size=40) if datatype is DataType.BYTES else st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@st.composite
def metrics(draw: st.DrawFn) -> Metric:
    datatype = draw(st.sampled_from([d for d in DataType if d is not DataType.UNKNOWN]))
    return Metric(
        draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=20)),
        datatype,
        draw(st.none() | values_of(datatype)),
        draw(st.integers(0, 2**64 - 1)),
        draw(st.booleans()),
        alias=draw(st.none() | st.integers(0, 2**64 - 1)),
    )


payloads = st.builds(
    Payload, st.none() | st.integers(0, 2**64 - 1), st.none() | st.integers(0, 255), st.lists(metrics(), max_size=5).map(tuple)
)


@given(payloads)
def test_what_is_written_is_read_again(payload: Payload) -> None:
    assert decode(encode(payload)) == payload


@given(payloads)
def test_google_reads_what_is_written_and_its_bytes_are_read(payload: Payload) -> None:
    theirs = Google.FromString(encode(payload))
    assert [m.name for m in theirs.metrics] == [m.name for m in payload.metrics]
    assert [(m.datatype, m.timestamp, m.is_historical) for m in theirs.metrics] == [
        (m.datatype, m.at_ms, m.historical) for m in payload.metrics
    ]
    for one, ours in zip(theirs.metrics, payload.metrics, strict=True):
        assert one.is_null == (ours.value is None)
        if isinstance(ours.value, str):
            assert one.string_value == ours.value
        if ours.datatype in {DataType.INT32, DataType.INT8, DataType.INT16} and ours.value is not None:
            assert struct.unpack("<i", struct.pack("<I", one.int_value)) == (ours.value,)
    assert decode(theirs.SerializeToString()) == payload


def test_a_unit_is_a_property_that_google_reads() -> None:
    theirs = Google.FromString(encode(Payload(1, 0, (Metric("Coil/Length", DataType.DOUBLE, 1.5, 1, unit="m"),))))
    (metric,) = theirs.metrics
    assert (list(metric.properties.keys), metric.properties.values[0].string_value) == (["engUnit"], "m")
    assert metric.properties.values[0].type == DataType.STRING


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        decode(data)
    except ValueError:
        return


@given(payloads, st.data())
def test_damaged_payloads_are_read_or_refused(payload: Payload, data: st.DataObject) -> None:
    damaged = bytearray(encode(payload))
    if damaged:
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(damaged)))
    for broken in (bytes(damaged), bytes(damaged[:cut])):
        try:
            decode(broken)
        except ValueError:
            continue


@given(st.binary(max_size=200))
def test_what_we_read_google_reads_too(data: bytes) -> None:
    """Not the other way round: Google admits groups, which no host sends, and it reads texts that are no UTF-8 in its own way."""
    try:
        ours = decode(data)
    except ValueError:
        return
    try:
        theirs = Google.FromString(data)
    except Exception:  # noqa: BLE001 - it checks texts, and messages inside that we leave out
        return
    assert len(theirs.metrics) == len(ours.metrics)
    assert theirs.HasField("seq") == (ours.seq is not None)


def test_a_payload_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(ValueError, match="at most"):
        decode(b"\x12\x00" * BIGGEST)


@pytest.mark.parametrize(
    ("datatype", "value"),
    [
        (DataType.INT32, 2**31), (DataType.UINT8, -1), (DataType.INT64, 1.5), (DataType.BOOLEAN, 1), (DataType.INT32, True),
        (DataType.DOUBLE, "1"),
        (DataType.STRING, 1), (DataType.DATETIME, -1), (DataType.FLOAT, 1e300), (DataType.UNKNOWN, 1),
    ],
)  # fmt: skip
def test_a_value_that_its_type_does_not_hold_is_never_sent(datatype: DataType, value: Value) -> None:
    with pytest.raises(ValueError, match="x: "):
        encode(Payload(1, 0, (Metric("x", datatype, value, 1),)))


def test_a_number_that_fills_its_upper_bits_is_read_by_its_lower_ones() -> None:
    """Tahu's JavaScript writes a negative Int8 as 32 bits, others write 8."""
    for raw in (0xFFFFFFFE, 0xFE):
        data = Google(metrics=[{"name": "x", "datatype": int(DataType.INT8), "int_value": raw}]).SerializeToString()
        assert decode(data).metrics[0].value == -2


def test_a_number_of_eleven_bytes_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than 64 bits"):
        decode(b"\x08" + b"\x80" * 10 + b"\x01")
    assert varint(300) == b"\xac\x02"


def test_of_a_data_set_nothing_is_read_but_its_name() -> None:
    data = Google(metrics=[{"name": "table", "datatype": 16}]).SerializeToString()
    (metric,) = decode(data).metrics
    assert (metric.name, metric.datatype, metric.value) == ("table", DataType.UNKNOWN, None)
