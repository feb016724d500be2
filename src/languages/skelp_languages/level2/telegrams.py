"""Packs values into the bytes of a telegram, and reads them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from skelp_languages.level2.fields import NotUnderstood, TextField, TimeField
from skelp_languages.level2.layout import Fixed, Layout, Place
from skelp_languages.level2.meanings import OF_CLASS, Telegram, Value, Values
from skelp_languages.level2.numbers import Number, TextNumber


@dataclass(frozen=True, slots=True)
class Outer:
    """What the header says beside code and length. Telegrams of level 2 are packed by tests."""

    at: datetime
    number: int = 0
    to_level_2: bool = True


@dataclass(frozen=True, slots=True)
class Read:
    """A telegram that was read. `telegram`: None if the layout has no such code; then only its head is known."""

    telegram: Telegram | None
    head: Values
    body: Values
    defects: Sequence[Values] = ()

    @property
    def code(self) -> Value:
        return self.head.get("code")

    @property
    def number(self) -> int:
        found = self.head.get("number")
        return found if isinstance(found, int) else 0


def pack(layout: Layout, telegram: Telegram, outer: Outer, body: Values, defects: Sequence[Values] = ()) -> bytes:
    """All bytes of a telegram. Raises DoesNotFit, which names the field.

    A list of fewer defects than it has room for is filled up: blank, or zero where a number is binary.
    """
    names = (layout.file.skelp, layout.file.level2)
    sender, receiver = names if outer.to_level_2 else names[::-1]
    code = layout.telegrams[telegram].code_of(to_level_2=outer.to_level_2)
    length = layout.length(layout.size(telegram))
    head: Values = {"length": length, "code": code, "number": outer.number, "time": outer.at, "sender": sender, "receiver": receiver}
    rows: list[Values] = [{**head, **body}, *defects]
    return b"".join(_packed(layout, place, rows) for place in layout.places(telegram))


def _packed(layout: Layout, place: Place | Fixed, rows: Sequence[Values]) -> bytes:
    if isinstance(place, Fixed):
        return place.field.filled()
    field = place.field
    if place.row >= len(rows):
        return (b" " if isinstance(field, TextField | TimeField | TextNumber) else b"\0") * field.width
    value = rows[place.row].get(field.stands_for, 0 if field.stands_for.startswith(OF_CLASS) else None)
    return field.pack(field.rounded(value, place.meaning.rounding) if isinstance(field, Number) else value, layout.codec)


def unpack(layout: Layout, raw: bytes, *, to_level_2: bool = False) -> Read:
    """Read a whole telegram. Raises NotUnderstood; a telegram whose code is unknown is no error."""
    head = {p.field.stands_for: p.of(raw, layout.codec) for p in layout.head if isinstance(p, Place)}
    telegram = layout.telegram_of(head.get("code"), to_level_2=to_level_2)
    if telegram is None:
        return Read(None, head, {})
    if len(raw) != layout.size(telegram):
        raise NotUnderstood(f"{head['code']}: {len(raw)} bytes came, and the layout has {layout.size(telegram)}")
    rows: list[dict[str, Value]] = [{} for _ in range(layout.telegrams[telegram].defects + 1)]
    for place in layout.places(telegram):
        if isinstance(place, Place):
            rows[place.row][place.field.stands_for] = place.of(raw, layout.codec)
    body = {name: value for name, value in rows[0].items() if name not in head}
    return Read(telegram, head, body, [row for row in rows[1:] if not _is_empty(row)])


def _is_empty(row: Values) -> bool:
    """Whether no defect stands here: none has the rank 0 or no class."""
    return not any(row.get(name) for name in ("rank", "class", "class_code", "severity", "defect_id"))
