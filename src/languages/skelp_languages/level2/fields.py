"""Fields of a telegram that are texts, times or fixed bytes. numbers.py has those that are numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Annotated, Literal, Self

from pydantic import BaseModel, model_validator
from pydantic import Field as Limits

from skelp.domain.errors import SkelpError
from skelp.validation import STRICT
from skelp_languages.level2.meanings import Value

Pad = Literal["blank", "nul", "zero"]
PADS: Mapping[Pad, str] = {"blank": " ", "nul": "\0", "zero": "0"}
LONGEST_FIELD = 4096


class DoesNotFit(SkelpError):  # noqa: N818 - what happened
    """A value does not fit its field. Nothing is sent: a number that was cut is another number."""


class NotUnderstood(SkelpError):  # noqa: N818 - what happened
    """Bytes of a field are not what its kind says."""


@dataclass(frozen=True, slots=True)
class Codec:
    """What all fields of a layout have in common. `zone`: of local times; None if the layout has none."""

    encoding: str
    zone: tzinfo | None
    byte_order: Literal["big", "little"]

    def encoded(self, text: str) -> bytes:
        """Raises UnicodeEncodeError."""
        return text.encode(self.encoding)

    def decoded(self, raw: bytes) -> str:
        try:
            return raw.decode(self.encoding)
        except UnicodeDecodeError as error:
            raise NotUnderstood(f"{raw.hex(' ')} is no text in {self.encoding}") from error


class Base(BaseModel):
    """What all fields have. `name`: as the plant calls it. `value`: what it stands for; the same as `name` if it is left out."""

    model_config = STRICT

    name: Annotated[str, Limits(min_length=1, max_length=64)]
    value: Annotated[str, Limits(min_length=1)] = ""
    width: Annotated[int, Limits(ge=1, le=LONGEST_FIELD)]

    @property
    def stands_for(self) -> str:
        return self.value or self.name

    def refuse(self, shown: object, why: str) -> DoesNotFit:
        return DoesNotFit(f"{self.name}: {shown!r} {why}")


class TextField(Base):
    """Text, `width` bytes wide in the layout's encoding. What is too long is refused, or with `cut` ends at a whole character.

    `replace`: one character that stands for those that the encoding does not have. `codes`: the plant's own code for each word or text;
    `"*"` is for all others.
    """

    kind: Literal["text"]
    pad: Pad = "blank"
    align: Literal["left", "right"] = "left"
    cut: bool = False
    replace: Annotated[str, Limits(min_length=1, max_length=1)] | None = None
    codes: Mapping[str, str] | None = None

    def pack(self, value: Value, codec: Codec) -> bytes:
        """Raises DoesNotFit."""
        text = "" if value is None else str(value)
        if self.codes and value is not None:
            text = self._coded(text)
        if any(ord(c) < 0x20 or ord(c) == 0x7F for c in text):
            raise self.refuse(text, "has a control character")
        raw = self._encoded(text, codec)
        if len(raw) > self.width and not self.cut:
            raise self.refuse(text, f"has {len(raw)} bytes in {codec.encoding}, and the field has {self.width}")
        while len(raw) > self.width:
            text = text[:-1]
            raw = self._encoded(text, codec)
        return self._padded(text, raw)

    def _coded(self, text: str) -> str:
        known = self.codes or {}
        if text not in known and "*" not in known:
            raise self.refuse(text, 'has no code in `codes`; add one, or one for all others ("*")')
        return known[text] if text in known else known["*"]

    def _encoded(self, text: str, codec: Codec) -> bytes:
        try:
            return codec.encoded(text)
        except UnicodeEncodeError as error:
            if self.replace is None:
                raise self.refuse(text, f"has a character that {codec.encoding} has not: {text[error.start]!r}") from error
        return b"".join(self._one(character, codec) for character in text)

    def _one(self, character: str, codec: Codec) -> bytes:
        try:
            return codec.encoded(character)
        except UnicodeEncodeError:
            return codec.encoded(self.replace or "")

    def _padded(self, text: str, raw: bytes) -> bytes:
        padding = PADS[self.pad].encode() * (self.width - len(raw))
        if self.pad == "zero" and text.startswith("0"):
            raise self.refuse(text, "begins with 0, which would be read as padding")
        return raw + padding if self.align == "left" else padding + raw

    def unpack(self, raw: bytes, codec: Codec) -> Value:
        """The text without its padding. Blanks and NULs at the padded end are no part of it, whichever the plant fills with."""
        text = codec.decoded(raw)
        if self.pad == "nul":
            text = text.partition("\0")[0] if self.align == "left" else text.rpartition("\0")[2]
        ends = "0" if self.pad == "zero" else " \0"
        text = text.rstrip(ends) if self.align == "left" else text.lstrip(ends)
        if any(ord(c) < 0x20 for c in text):
            raise NotUnderstood(f"{self.name}: {text!r} has a control character")
        back = {code: word for word, code in (self.codes or {}).items() if word != "*"}
        return back.get(text, text)

    @model_validator(mode="after")
    def _can_be_read_back(self) -> Self:
        if self.pad == "zero" and self.align == "left":
            raise ValueError('zeros on the right would be read as part of the text; set align = "right"')
        return self


_TIME_PARTS = {"YYYY": "%Y", "YY": "%y", "MM": "%m", "DD": "%d", "hh": "%H", "mm": "%M", "ss": "%S", "fff": ""}
_TIME_PART = re.compile("|".join(_TIME_PARTS))


class TimeField(Base):
    """A local time in the layout's zone, such as `YYYYMMDDhhmmss`. A time that is not known is blank. Parts of a second are cut off."""

    kind: Literal["time"]
    format: Annotated[str, Limits(pattern=r"^[\x20-\x7e]+$")] = "YYYYMMDDhhmmss"

    def pack(self, value: Value, codec: Codec) -> bytes:
        """Raises DoesNotFit."""
        if value is None:
            return b" " * self.width
        if not isinstance(value, datetime):
            raise self.refuse(value, "is no time")
        local = value.astimezone(codec.zone)
        return _TIME_PART.sub(lambda part: self._part(local, part[0]), self.format).encode("ascii")

    @staticmethod
    def _part(at: datetime, part: str) -> str:
        if part == "fff":
            return f"{at.microsecond // 1000:03}"
        return f"{at.year:04}" if part == "YYYY" else at.strftime(_TIME_PARTS[part])

    def unpack(self, raw: bytes, codec: Codec) -> Value:
        """The time; its text if the format is no whole date; None if it is blank or zero."""
        text = codec.decoded(raw)
        if not text.strip(" \0") or not text.strip("0"):
            return None
        if not {"MM", "DD"} <= set(_TIME_PART.findall(self.format)) or "YY" not in self.format:
            return text
        return self._read(text, codec)

    def _read(self, text: str, codec: Codec) -> datetime:
        pattern = _TIME_PART.sub(lambda part: f"\0{part[0]}\0", self.format)
        names = pattern.split("\0")
        made = "".join(f"(?P<{n}>[0-9]{{{len(n)}}})" if n in _TIME_PARTS else re.escape(n) for n in names)
        found = re.fullmatch(made, text)
        try:
            if found is None:
                raise ValueError(text)
            part = {name: int(digits) for name, digits in found.groupdict().items()}
            year = part["YYYY"] if "YYYY" in part else 2000 + part["YY"]
            thousandths = part.get("fff", 0)
            clock = (part.get("hh", 0), part.get("mm", 0), part.get("ss", 0), thousandths * 1000)
            return datetime(year, part["MM"], part["DD"], *clock, tzinfo=codec.zone)
        except ValueError as error:
            raise NotUnderstood(f"{self.name}: {text!r} is no time in the format {self.format}") from error

    @model_validator(mode="after")
    def _as_wide_as_its_format(self) -> Self:
        if len(self.format) != self.width:
            raise ValueError(f"the format {self.format} has {len(self.format)} characters, and the field has {self.width} bytes")
        parts = _TIME_PART.findall(self.format)
        if len(set(parts)) < len(parts) or not parts:
            raise ValueError(f"{self.format} has a part twice or none; parts are {', '.join(_TIME_PARTS)}")
        return self


class FillerField(Base):
    """Bytes that are always the same: `constant` as text or `hex` as bytes, then padding. It is checked where it has one."""

    kind: Literal["filler"]
    name: str = "filler"
    pad: Pad = "blank"
    constant: str = ""
    hex: Annotated[str, Limits(pattern=r"^([0-9a-fA-F]{2} ?)*$")] = ""

    @property
    def fixed(self) -> bytes | None:
        """All its bytes, where it has a constant and so must be the same in what level 2 sends; else None."""
        return self.filled() if self.constant or self.hex else None

    def filled(self) -> bytes:
        begin = bytes.fromhex(self.hex) or self.constant.encode("ascii", "replace")
        return begin + PADS[self.pad].encode() * (self.width - len(begin))

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.value:
            raise ValueError("a filler stands for no value; give it another kind")
        if self.constant and (self.hex or not self.constant.isascii()):
            raise ValueError("a constant is ASCII text, or bytes given as `hex`, not both")
        if len(self.filled()) > self.width:
            raise ValueError(f"its constant has {len(self.filled())} bytes, and the field has {self.width}")
        return self
