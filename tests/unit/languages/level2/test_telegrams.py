"""Telegrams: what is packed is read back, for any layout; what does not fit is refused; a stream is cut at any byte."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example as example_of
from hypothesis import given
from hypothesis import strategies as st

from skelp_languages.level2.checking import checked_layout
from skelp_languages.level2.fields import Codec, DoesNotFit, NotUnderstood, TextField, TimeField
from skelp_languages.level2.meanings import Rounding, Telegram, Values
from skelp_languages.level2.numbers import BinaryInteger, FloatField, TextNumber
from skelp_languages.level2.stream import OutOfStep, Stream
from skelp_languages.level2.telegrams import Outer, pack, unpack
from tests.unit.languages.level2.layouts import ENCODINGS, EXAMPLE, NOW, Drawn, example, layouts, made

ASCII = Codec("ascii", UTC, "big")


@given(drawn=layouts(), number=st.integers(1, 65_535))
def test_what_is_packed_is_read_back_for_any_layout(tmp_path_factory: pytest.TempPathFactory, drawn: Drawn, number: int) -> None:
    layout = made(tmp_path_factory.mktemp("layout"), drawn.file)
    raw = pack(layout, Telegram.COIL_RESULT, Outer(NOW, number), drawn.body)
    read = unpack(layout, raw, to_level_2=True)
    assert (read.code, read.number, dict(read.body)) == ("RESULT", number, drawn.body)
    assert len(raw) == layout.size(Telegram.COIL_RESULT)


@given(drawn=layouts(), numbers=st.lists(st.integers(1, 9999), min_size=1, max_size=6), data=st.data())
def test_a_stream_is_cut_into_telegrams_whatever_pieces_it_comes_in(
    tmp_path_factory: pytest.TempPathFactory, drawn: Drawn, numbers: list[int], data: st.DataObject
) -> None:
    layout = made(tmp_path_factory.mktemp("layout"), drawn.file)
    sent = [pack(layout, Telegram.COIL_RESULT, Outer(NOW, n), drawn.body) for n in numbers]
    whole = b"".join(sent)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(whole)))))
    stream = Stream(layout, to_level_2=True)
    came = [raw for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True) for raw in stream.cut(whole[a:b])]
    assert came == sent
    assert stream.begun == b""


@given(garbage=st.binary(min_size=44, max_size=300))
def test_garbage_is_out_of_step_or_passed_over_and_never_a_telegram(garbage: bytes) -> None:
    layout = checked_layout(EXAMPLE)
    try:
        for raw in Stream(layout).cut(garbage):
            assert unpack(layout, raw).telegram is None
    except (OutOfStep, NotUnderstood):
        return


def test_out_of_step_shows_what_came() -> None:
    layout = checked_layout(EXAMPLE)
    good = pack(layout, Telegram.COIL_END, Outer(NOW, 7, to_level_2=False), {"coil_id": "K1"})
    stream = Stream(layout)
    with pytest.raises(OutOfStep, match="4c 32 53 49 30 32"):
        list(stream.cut(good + good[4:]))
    with pytest.raises(OutOfStep, match="L2SI02 has 65 bytes, and the layout has 64"):
        list(Stream(layout).cut(b"0065" + good[4:] + b" "))
    assert list(Stream(layout).cut(b"0050NEW001" + good[10:50])) == [b"0050NEW001" + good[10:50]], "an unknown telegram is passed over"


def test_a_constant_of_header_or_end_must_stand_there(tmp_path: Path) -> None:
    file = example()
    file["header"] = [{"width": 1, "kind": "filler", "hex": "02"}, *file["header"]]
    file["end"] = [{"width": 1, "kind": "filler", "hex": "03"}]
    layout = made(tmp_path, file)
    good = pack(layout, Telegram.ALIVE, Outer(NOW, to_level_2=False), {})
    assert (good[:1], good[-1:], len(good)) == (b"\x02", b"\x03", 46)
    assert list(Stream(layout).cut(good + good)) == [good, good]
    for bad in (b"\x01" + good[1:], good[:-1] + b"\x00"):
        with pytest.raises(OutOfStep, match="must stand at byte"):
            list(Stream(layout).cut(bad))


@given(text=st.text(ENCODINGS["euc-kr"] + "é", max_size=20), width=st.integers(1, 9), encoding=st.sampled_from(["euc-kr", "gb18030"]))
def test_a_text_is_cut_at_whole_characters_or_not_at_all(text: str, width: int, encoding: str) -> None:
    codec = Codec(encoding, None, "big")
    field = TextField(name="N", width=width, kind="text", cut=True, replace="?")
    raw = field.pack(text, codec)
    assert len(raw) == width
    assert "".join(c if _has(c, encoding) else "?" for c in text).startswith(str(field.unpack(raw, codec)))
    whole = TextField(name="N", width=width, kind="text")
    if not all(_has(c, encoding) for c in text) or len(text.encode(encoding, "replace")) > width:
        with pytest.raises(DoesNotFit, match="N: "):
            whole.pack(text, codec)


def _has(character: str, encoding: str) -> bool:
    try:
        return bool(character.encode(encoding))
    except UnicodeEncodeError:
        return False


@pytest.mark.parametrize(
    ("field", "fits", "too_much"),
    [
        (TextNumber(name="N", width=4, kind="integer"), {9999: b"9999", -999: b"-999", 7: b"0007"}, [10000, -1000]),
        (TextNumber(name="N", width=6, kind="decimal", decimals=1), {Decimal("9999.9"): b"9999.9", Decimal("-0.1"): b"-000.1"}, [10000]),
        (TextNumber(name="N", width=4, kind="implied", decimals=1), {Decimal("999.9"): b"9999", 0: b"0000"}, [1000]),
        (TextNumber(name="N", width=4, kind="integer", pad="blank"), {7: b"   7"}, [10000]),
        (TextNumber(name="N", width=4, kind="integer", pad="blank", align="left"), {7: b"7   "}, [10000]),
        (BinaryInteger(name="N", width=2, kind="signed"), {-2: b"\xff\xfe", 32767: b"\x7f\xff"}, [32768, -32769]),
        (BinaryInteger(name="N", width=2, kind="unsigned", byte_order="little"), {258: b"\x02\x01"}, [65536, -1]),
        (BinaryInteger(name="N", width=1, kind="unsigned", decimals=1), {Decimal("25.5"): b"\xff"}, [Decimal("25.6")]),
        (FloatField(name="N", width=4, kind="float"), {1: b"\x3f\x80\x00\x00"}, [Decimal("1e40")]),
        (FloatField(name="N", width=8, kind="float", byte_order="little"), {1: b"\x00\x00\x00\x00\x00\x00\xf0\x3f"}, ["no number"]),
    ],
    ids=lambda v: v.kind if hasattr(v, "kind") else None,
)
def test_a_number_that_does_not_fit_is_refused_and_never_cut(field: Any, fits: dict[Any, bytes], too_much: list[Any]) -> None:
    assert {value: field.pack(value, ASCII) for value in fits} == fits
    for value in too_much:
        with pytest.raises(DoesNotFit, match="N: "):
            field.pack(value, ASCII)


@given(metres=st.decimals(0, 99_999, places=6))
@example_of(metres=Decimal("1999.99998"))
@example_of(metres=Decimal("2000.00006"))
@example_of(metres=Decimal(0))
@example_of(metres=Decimal("-0.1"))
def test_a_float_rounds_away_no_steel_either(metres: Decimal) -> None:
    field = FloatField(name="N", width=4, kind="float")
    up, down = (_as_read(">f", field.pack(field.rounded(metres, way), ASCII)) for way in (Rounding.UP, Rounding.DOWN))
    assert down <= metres <= up
    assert up - down <= abs(metres) * Decimal("1.2e-7")
    assert field.rounded(metres, Rounding.NEAREST) == metres
    double = FloatField(name="N", width=8, kind="float")
    assert _as_read(">d", double.pack(double.rounded(metres, Rounding.DOWN), ASCII)) == Decimal(float(metres))


def _as_read(kind: str, raw: bytes) -> Decimal:
    (number,) = struct.unpack(kind, raw)
    return Decimal(number)


@given(metres=st.floats(0, 99_999, allow_nan=False))
def test_steel_that_was_not_inspected_is_never_rounded_away(metres: float) -> None:
    field = TextNumber(name="N", width=9, kind="decimal", decimals=1)
    value = Decimal(repr(metres))
    up, down = (field.rounded(value, way) for way in (Rounding.UP, Rounding.DOWN))
    assert isinstance(up, Decimal)
    assert isinstance(down, Decimal)
    noise = Decimal("0.000001")
    assert down - noise <= value <= up + noise
    assert up - down <= Decimal("0.1")
    assert field.rounded(Decimal("0.30000000000000004"), Rounding.UP) == Decimal("0.3")
    assert field.rounded(Decimal("0.0001"), Rounding.UP) == Decimal("0.1")


def test_what_is_not_known_is_blank_or_the_number_that_stands_for_it() -> None:
    assert TextNumber(name="N", width=4, kind="integer").pack(None, ASCII) == b"    "
    assert TextNumber(name="N", width=4, kind="integer", absent=-1).pack(None, ASCII) == b"-001"
    minus = BinaryInteger(name="N", width=2, kind="signed", absent=-1)
    assert minus.unpack(minus.pack(None, ASCII), ASCII) is None
    with pytest.raises(DoesNotFit, match="not known"):
        minus.pack(-1, ASCII)
    with pytest.raises(DoesNotFit, match="absent"):
        BinaryInteger(name="N", width=2, kind="signed").pack(None, ASCII)
    assert TimeField(name="T", width=14, kind="time").pack(None, ASCII) == b" " * 14
    assert TimeField(name="T", width=14, kind="time").unpack(b"0" * 14, ASCII) is None


def test_times_are_local_in_the_zone_that_the_layout_states() -> None:
    layout = checked_layout(EXAMPLE)
    raw = pack(layout, Telegram.COIL_END, Outer(datetime(2026, 11, 27, 16, 0, 1, tzinfo=UTC), 7, to_level_2=False), {"coil_id": "K1"})
    assert raw[10:24] == b"20261128010001"
    assert unpack(layout, raw).head["time"] == datetime(2026, 11, 27, 16, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", [b"20261327000000", b"2026112700000x", b"2026 1127 0000"])
def test_a_time_that_is_none_is_not_understood(text: bytes) -> None:
    with pytest.raises(NotUnderstood, match="T: "):
        TimeField(name="T", width=14, kind="time").unpack(text, ASCII)


def test_a_list_says_how_many_defects_there_are_and_its_empty_places_are_no_defects() -> None:
    layout = checked_layout(EXAMPLE)
    row: Values = {
        "rank": 11,
        "class_code": "SCR",
        "severity": 4,
        "side": "top",
        "along_mm": 1,
        "across_mm": 2,
        "length_mm": 3,
        "width_mm": 4,
    }
    head: Values = {"name": "코일 7", "feed_seq": 9, "part": 2, "parts": 2, "defects": 11, "in_part": 1}
    raw = pack(layout, Telegram.DEFECT_LIST, Outer(NOW, 8), head, [row])
    read = unpack(layout, raw, to_level_2=True)
    assert read.body == head
    assert list(read.defects) == [row]
    assert raw[112 + 53 :] == b" " * (9 * 53)
    with pytest.raises(DoesNotFit, match="IN_PART"):
        pack(layout, Telegram.DEFECT_LIST, Outer(NOW, 8), {**head, "in_part": 100}, [row])
