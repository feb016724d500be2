"""Prints telegrams for people: the table of a layout as a plant engineer knows it, and what a trace has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from skelp_languages.level2.fields import FillerField, NotUnderstood, TextField, TimeField
from skelp_languages.level2.layout import Field, Fixed, Layout, Place, width
from skelp_languages.level2.meanings import BOTH_WAYS, FROM_LEVEL_2, Telegram
from skelp_languages.level2.numbers import FloatField, TextNumber
from skelp_languages.level2.telegrams import unpack
from skelp_languages.level2.trace import Record

HEADINGS = ("field", "offset", "bytes", "value", "kind")
_A_LINE = 16


def title(layout: Layout, telegram: Telegram) -> str:
    """The line above the table of a telegram."""
    one, size = layout.telegrams[telegram], layout.size(telegram)
    if telegram in BOTH_WAYS:
        ours, theirs = one.code_of(to_level_2=True), one.code_of(to_level_2=False)
        return f"{telegram}  {ours} to level 2, {theirs} from level 2, {size} bytes"
    return f"{telegram}  {one.code} {'from' if telegram in FROM_LEVEL_2 else 'to'} level 2, {size} bytes"


def table(layout: Layout, telegram: Telegram) -> Iterator[str]:
    """A line for each field: name, offset from 0, bytes, value, kind. Of a list of defects, the first one, and how far the next one is."""
    rows = [HEADINGS, *_rows(layout, telegram)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEADINGS))]
    for row in rows:
        yield "  ".join(cell.ljust(wide) for cell, wide in zip(row, widths, strict=True)).rstrip()


def _rows(layout: Layout, telegram: Telegram) -> Iterator[tuple[str, ...]]:
    one = layout.telegrams[telegram]
    for place in layout.places(telegram):
        if place.row <= 1:
            name = f"{place.field.name} [1]" if place.row else place.field.name
            value = "" if isinstance(place, Fixed) else place.field.stands_for
            yield name, str(place.at), str(place.field.width), value, kind(layout, place.field)
    if one.defects:
        each = width(one.each)
        yield f"[n], n = 2..{one.defects}", f"+{each}*(n-1)", str(each), "", "a further defect, with the fields of [1]"


def kind(layout: Layout, field: Field) -> str:
    """A field's kind with what a reader must know of it."""
    if isinstance(field, FillerField):
        shown = field.filled().decode("ascii", "replace").strip()
        return f"always {shown!r}" if field.constant or field.hex else f"filler, {field.pad}"
    if isinstance(field, TextField):
        return f"text, {field.align}, {field.pad}" + (", cut" if field.cut else "") + _codes(field.codes)
    if isinstance(field, TimeField):
        return f"time {field.format}, {layout.file.zone}"
    digits = f", {field.places} decimals" if field.places else ""
    absent = "" if field.absent is None else f", {field.absent:g} if unknown"
    if isinstance(field, TextNumber):
        return f"{field.kind}{digits}, {field.pad}, {field.align}{absent}{_codes(field.codes)}"
    order = field.byte_order or layout.file.byte_order
    name = field.kind if isinstance(field, FloatField) else f"{field.kind} integer"
    return f"binary {name}, {order} endian{digits}{absent}{_codes(field.codes)}"


def _codes(codes: object) -> str:
    return "" if not isinstance(codes, dict) else ": " + ", ".join(f"{code} {word}" for word, code in codes.items())


def shown(layout: Layout, record: Record, *, with_hex: bool) -> Iterator[str]:
    """The lines of one record of a trace."""
    at = _local(record.at, layout.codec.zone)
    if record.missing:
        yield f"{at}  {record.missing} records are missing: the disk was full or too slow"
    if record.note:
        yield f"{at}  ---  {record.peer}  {record.note}"
    if not record.hex:
        return
    raw = bytes.fromhex(record.hex)
    arrow = "-->" if record.way == "out" else "<--"
    yield f"{at}  {arrow}  {record.peer}  {len(raw)} bytes  {_name(layout, raw, to_level_2=record.way == 'out')}"
    yield from (f"    {line}" for line in _values(layout, raw, to_level_2=record.way == "out"))
    if with_hex:
        yield from (f"    {line}" for line in _hex(raw))


def _name(layout: Layout, raw: bytes, *, to_level_2: bool) -> str:
    try:
        read = unpack(layout, raw, to_level_2=to_level_2)
    except NotUnderstood as error:
        return f"not understood: {error}"
    return f"{read.code} number {read.number}, {read.telegram or 'which the layout does not have'}"


def _values(layout: Layout, raw: bytes, *, to_level_2: bool) -> Iterator[str]:
    """The fields of the body, several in a line, each defect in a line of its own."""
    try:
        read = unpack(layout, raw, to_level_2=to_level_2)
    except NotUnderstood:
        return
    rows: dict[int, list[str]] = {}
    for place in layout.places(read.telegram) if read.telegram else ():
        if isinstance(place, Place) and place.at >= layout.head_width and (place.row == 0 or place.row <= len(read.defects)):
            value = place.of(raw, layout.codec)
            text = value.strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else "" if value is None else str(value)
            rows.setdefault(place.row, []).append(f"{place.field.name}={text}")
    for row, texts in rows.items():
        yield (f"[{row}] " if row else "") + "  ".join(texts)


def _hex(raw: bytes) -> Iterator[str]:
    for at in range(0, len(raw), _A_LINE):
        line = raw[at : at + _A_LINE]
        letters = "".join(chr(b) if 0x20 <= b < 0x7F else "." for b in line)
        yield f"{at:5d}  {line.hex(' '):<{3 * _A_LINE}} {letters}"


def _local(at: str, zone: tzinfo | None) -> str:
    return datetime.fromisoformat(at).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
