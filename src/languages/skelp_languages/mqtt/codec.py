"""The payload of Sparkplug B 3.0, which is one protobuf message: written and read by hand.

Scalars only: a station has no use for data sets and templates, and says nothing of them where a host sends them. Field numbers are those of
sparkplug_b.proto.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from skelp_languages.mqtt.wire import block, fields, fixed, number

Value = int | float | str | bool | bytes | None
BIGGEST = 1 << 16
"""Bytes of the largest payload that is read: commands are small, and whoever sends more is no host."""


class DataType(IntEnum):
    """The scalar types. UNKNOWN: of a metric that does not say it."""

    UNKNOWN = 0
    INT8 = 1
    INT16 = 2
    INT32 = 3
    INT64 = 4
    UINT8 = 5
    UINT16 = 6
    UINT32 = 7
    UINT64 = 8
    FLOAT = 9
    DOUBLE = 10
    BOOLEAN = 11
    STRING = 12
    DATETIME = 13
    TEXT = 14
    UUID = 15
    BYTES = 17


_SIGNED = {DataType.INT8: 8, DataType.INT16: 16, DataType.INT32: 32, DataType.INT64: 64}
_UNSIGNED = {DataType.UINT8: 8, DataType.UINT16: 16, DataType.UINT32: 32, DataType.UINT64: 64, DataType.DATETIME: 64}
INTEGERS = frozenset({*_SIGNED, *_UNSIGNED} - {DataType.DATETIME})
_TEXTS = frozenset({DataType.STRING, DataType.TEXT, DataType.UUID})

# Fields of Payload, of Metric, of the value inside it, of PropertySet and PropertyValue.
_TIMESTAMP, _METRICS, _SEQ = 1, 2, 3
_NAME, _ALIAS, _AT, _DATATYPE, _HISTORICAL, _NULL, _PROPERTIES = 1, 2, 3, 4, 5, 7, 9
_INT, _LONG, _FLOAT, _DOUBLE, _BOOLEAN, _STRING, _BYTES = 10, 11, 12, 13, 14, 15, 16
_REAL = {DataType.FLOAT: (_FLOAT, "<f"), DataType.DOUBLE: (_DOUBLE, "<d")}
_KEYS, _VALUES, _PROPERTY_TYPE, _PROPERTY_STRING = 1, 2, 1, 8


@dataclass(frozen=True, slots=True)
class Metric:
    """One value by name. `at_ms`: when it was so, in ms since 1970 UTC. A DATETIME's value has the same unit. None: the value is not known.

    `historical`: it is no present value. `unit`: its property engUnit, in births; `decode` leaves properties out.
    """

    name: str
    datatype: DataType
    value: Value
    at_ms: int
    historical: bool = False
    unit: str = ""
    alias: int | None = None


@dataclass(frozen=True, slots=True)
class Payload:
    """What one MQTT message has. `seq`: None in an NDEATH and in a command."""

    at_ms: int | None
    seq: int | None
    metrics: tuple[Metric, ...] = ()


def encode(payload: Payload) -> bytes:
    """The bytes of a payload. Raises ValueError for a value that its type does not hold."""
    out = [] if payload.at_ms is None else [number(_TIMESTAMP, payload.at_ms)]
    out += [block(_METRICS, _metric(metric)) for metric in payload.metrics]
    if payload.seq is not None:
        out.append(number(_SEQ, payload.seq))
    return b"".join(out)


def _metric(metric: Metric) -> bytes:
    out = [block(_NAME, _utf8(metric.name))] if metric.name else []
    if metric.alias is not None:
        out.append(number(_ALIAS, metric.alias))
    out += [number(_AT, metric.at_ms), number(_DATATYPE, metric.datatype)]
    if metric.historical:
        out.append(number(_HISTORICAL, 1))
    if metric.value is None:
        out.append(number(_NULL, 1))
    if metric.unit:
        unit = number(_PROPERTY_TYPE, DataType.STRING) + block(_PROPERTY_STRING, _utf8(metric.unit))
        out.append(block(_PROPERTIES, block(_KEYS, b"engUnit") + block(_VALUES, unit)))
    if metric.value is not None:
        out.append(_value(metric))
    return b"".join(out)


def _value(metric: Metric) -> bytes:
    match metric.value:
        case bool() as yes if metric.datatype is DataType.BOOLEAN:
            return number(_BOOLEAN, yes)
        case int() as whole if (bits := _bits(metric.datatype)) and not isinstance(whole, bool):
            lowest = -(1 << bits - 1) if metric.datatype in _SIGNED else 0
            if not lowest <= whole < lowest + (1 << bits):
                raise ValueError(f"{metric.name}: {whole} does not fit {metric.datatype.name}")
            return number(_INT, whole & 0xFFFFFFFF) if bits <= 32 else number(_LONG, whole & 0xFFFFFFFFFFFFFFFF)
        case (int() | float()) as real if metric.datatype in _REAL and not isinstance(real, bool):
            return _real(metric.name, real, metric.datatype)
        case str() as text if metric.datatype in _TEXTS:
            return block(_STRING, _utf8(text))
        case bytes() as data if metric.datatype is DataType.BYTES:
            return block(_BYTES, data)
        case other:
            raise ValueError(f"{metric.name}: {other!r} is no {metric.datatype.name}")


def _real(name: str, real: float, datatype: DataType) -> bytes:
    field, code = _REAL[datatype]
    try:
        return fixed(field, struct.pack(code, real))
    except OverflowError as error:
        raise ValueError(f"{name}: {real} does not fit {datatype.name}") from error


def _bits(datatype: DataType) -> int:
    return _SIGNED.get(datatype) or _UNSIGNED.get(datatype, 0)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def decode(data: bytes) -> Payload:
    """The payload that the bytes are, with None for every value that is no scalar. Raises ValueError if they are none, or too many."""
    if len(data) > BIGGEST:
        raise ValueError(f"a payload of {len(data)} bytes; at most {BIGGEST} are read")
    at_ms = seq = None
    metrics = []
    for field, value in fields(data):
        if field == _METRICS and isinstance(value, bytes):
            metrics.append(_read_metric(value))
        elif field == _TIMESTAMP and isinstance(value, int):
            at_ms = value
        elif field == _SEQ and isinstance(value, int):
            seq = value
    return Payload(at_ms, seq, tuple(metrics))


def _read_metric(data: bytes) -> Metric:
    found = dict(fields(data))
    given = _whole(found, _DATATYPE) or 0
    datatype = DataType(given) if given in DataType._value2member_map_ else DataType.UNKNOWN
    name = found.get(_NAME, b"")
    return Metric(
        name.decode("utf-8", "replace") if isinstance(name, bytes) else "",
        datatype,
        None if _whole(found, _NULL) else _read_value(found, datatype),
        _whole(found, _AT) or 0,
        historical=bool(_whole(found, _HISTORICAL)),
        alias=_whole(found, _ALIAS),
    )


def _whole(found: Mapping[int, int | bytes], field: int) -> int | None:
    value = found.get(field)
    return value if isinstance(value, int) else None


def _read_value(found: Mapping[int, int | bytes], datatype: DataType) -> Value:
    """The value, from whichever field it lies in; whether that fits the type is for whoever uses it."""
    for field, bits in ((_INT, 32), (_LONG, 64)):
        whole = _whole(found, field)
        if whole is not None:
            return _signed(whole & (1 << bits) - 1, min(bits, _SIGNED[datatype])) if datatype in _SIGNED else whole & (1 << bits) - 1
    if (yes := _whole(found, _BOOLEAN)) is not None:
        return bool(yes)
    for field, code in _REAL.values():
        packed = found.get(field)
        if isinstance(packed, bytes) and len(packed) == struct.calcsize(code):
            real: float = struct.unpack(code, packed)[0]
            return real
    text, raw = found.get(_STRING), found.get(_BYTES)
    if isinstance(text, bytes):
        return text.decode("utf-8", "replace")
    return raw if isinstance(raw, bytes) else None


def _signed(whole: int, bits: int) -> int:
    """A number in two's complement. Some writers fill its upper bits, so only the lower ones count."""
    low = whole & (1 << bits) - 1
    return low - (1 << bits) if low >> bits - 1 else low
