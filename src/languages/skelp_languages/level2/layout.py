"""A plant's layout file: which telegrams there are, and which bytes of each are what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, model_validator
from pydantic import Field as Limits

from skelp.domain.errors import SkelpError
from skelp.validation import STRICT, load
from skelp_languages.level2.fields import Codec, FillerField, TextField, TimeField
from skelp_languages.level2.meanings import (
    BODIES,
    BOTH_WAYS,
    DEFECT_VALUES,
    FROM_LEVEL_2,
    HEADER,
    TO_LEVEL_2,
    Meaning,
    Sort,
    Telegram,
    Value,
    meaning_of,
)
from skelp_languages.level2.numbers import BinaryInteger, FloatField, Number, TextNumber

Field = Annotated[
    TextField | TimeField | FillerField | TextNumber | BinaryInteger | FloatField,
    Limits(discriminator="kind"),
]
Valued = TextField | TimeField | TextNumber | BinaryInteger | FloatField
"""A field that stands for a value."""
Code = str | int
HINT = "edge/level2-layout.toml is an example, and docs/plant/level2.md lists the values"


class TelegramLayout(BaseModel):
    """One telegram. `code`: its text or number in the header. `code_in`: of the one that level 2 sends, if that is another.

    Of a list of defects: `each` is one defect, which stands `defects` times behind `fields`. `most`: only so many of a coil are listed, the
    worst ones.
    """

    model_config = STRICT

    code: Code
    code_in: Code | None = None
    fields: tuple[Field, ...] = ()
    each: tuple[Field, ...] = ()
    defects: Annotated[int, Limits(ge=0, le=1000)] = 0
    most: Annotated[int, Limits(ge=1, le=100_000)] | None = None

    @property
    def width(self) -> int:
        """Bytes of its body."""
        return width(self.fields) + self.defects * width(self.each)

    def code_of(self, *, to_level_2: bool) -> Code:
        return self.code if to_level_2 or self.code_in is None else self.code_in


class LayoutFile(BaseModel):
    """The file as it is written. `length_counts`: what the header's length says: all bytes, those of the body, or those behind itself.

    `zone`: of local times, such as Asia/Seoul. `skelp`, `level2`: the names of the two in the header. `end`: bytes behind each body.
    """

    model_config = STRICT

    encoding: Literal["ascii", "euc-kr", "gb18030", "latin-1"]
    byte_order: Literal["big", "little"] = "big"
    zone: str | None = None
    length_counts: Literal["all", "body", "rest"] = "all"
    skelp: str = ""
    level2: str = ""
    header: Annotated[tuple[Field, ...], Limits(min_length=1)]
    end: tuple[FillerField, ...] = ()
    telegrams: Mapping[Telegram, TelegramLayout]

    @model_validator(mode="after")
    def _zone_is_one(self) -> Self:
        if self.zone is not None:
            try:
                ZoneInfo(self.zone)
            except (LookupError, ValueError, OSError) as error:
                raise ValueError(f"{self.zone!r} is no zone of this machine; such as Asia/Seoul, Europe/Vienna or UTC") from error
        return self


@dataclass(frozen=True)
class Place:
    """Where a value lies in a telegram: `at` bytes from its first one. `row`: of the defect that it is of, 0 if it is of none."""

    at: int
    field: Valued
    meaning: Meaning
    row: int

    def of(self, raw: bytes, codec: Codec) -> Value:
        """The value that stands here. Raises NotUnderstood."""
        return self.field.unpack(raw[self.at : self.at + self.field.width], codec)


@dataclass(frozen=True)
class Fixed:
    """Where a filler lies in a telegram."""

    at: int
    field: FillerField
    row: int


class Layout:
    """A layout whose values are known. checking.py refuses one that cannot work."""

    def __init__(self, file: LayoutFile) -> None:
        self.file = file
        self.telegrams: dict[Telegram, TelegramLayout] = dict(file.telegrams)
        self.codec = Codec(file.encoding, ZoneInfo(file.zone) if file.zone else None, file.byte_order)
        self.head_width, self.end_width = width(file.header), width(file.end)

    def has(self, telegram: Telegram) -> bool:
        return telegram in self.telegrams

    def size(self, telegram: Telegram) -> int:
        """All bytes of a telegram."""
        return self.head_width + self.telegrams[telegram].width + self.end_width

    def length(self, size: int) -> int:
        """What the header's length says of a telegram of so many bytes."""
        return size - self.uncounted

    @cached_property
    def uncounted(self) -> int:
        """Bytes of each telegram that its length leaves out."""
        if self.file.length_counts == "all":
            return 0
        if self.file.length_counts == "body":
            return self.head_width + self.end_width
        length = self.in_head("length")
        return 0 if length is None else length.at + length.field.width

    @cached_property
    def head(self) -> tuple[Place | Fixed, ...]:
        return tuple(_placed(self.file.header, 0, HEADER))

    def in_head(self, value: str) -> Place | None:
        """Where the header has a value."""
        return next((p for p in self.head if isinstance(p, Place) and p.field.stands_for == value), None)

    def places(self, telegram: Telegram) -> Iterator[Place | Fixed]:
        """All fields of a telegram in order, with those of each defect."""
        layout, values = self.telegrams[telegram], BODIES[telegram]
        yield from self.head
        yield from _placed(layout.fields, self.head_width, values)
        at = self.head_width + width(layout.fields)
        for row in range(1, layout.defects + 1):
            yield from _placed(layout.each, at, DEFECT_VALUES, row)
            at += width(layout.each)
        yield from _placed(self.file.end, at, {})

    @cached_property
    def most_number(self) -> int:
        """The largest number of a telegram; the next one is 1."""
        number = self.in_head("number")
        return number.field.most if number is not None and isinstance(number.field, Number) else 0

    def telegram_of(self, code: object, *, to_level_2: bool) -> Telegram | None:
        """The telegram with this code in one direction."""
        way = TO_LEVEL_2 if to_level_2 else FROM_LEVEL_2
        going = (t for t in self.telegrams if t in way or t in BOTH_WAYS)
        return next((t for t in going if self.telegrams[t].code_of(to_level_2=to_level_2) == code), None)


def load_layout(file: Path) -> LayoutFile:
    """Raises SkelpError that names every key at fault."""
    return load(file, LayoutFile, "layout file", HINT)


def width(fields: Iterable[Field]) -> int:
    """Bytes of some fields together."""
    return sum(field.width for field in fields)


def _placed(fields: Iterable[Field], at: int, values: Mapping[str, Meaning], row: int = 0) -> Iterator[Place | Fixed]:
    for field in fields:
        if isinstance(field, FillerField):
            yield Fixed(at, field, row)
        else:
            meaning = meaning_of(field.stands_for, values)
            if meaning is None:
                raise SkelpError(f"{field.name}: there is no value {field.stands_for!r} here")
            yield Place(at, _coded(field, meaning), meaning, row)
        at += field.width


def _coded(field: Valued, meaning: Meaning) -> Valued:
    """The field with the numbers of its words, where it is a number and the plant has no codes of its own."""
    if meaning.sort is Sort.WORD and isinstance(field, Number) and field.codes is None:
        return field.model_copy(update={"codes": meaning.words})
    return field
