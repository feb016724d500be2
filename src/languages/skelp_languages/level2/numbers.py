"""Fields of a telegram that are numbers: as text, or binary. A number that does not fit is refused, never cut."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field as Limits
from pydantic import model_validator

from skelp_languages.level2.fields import Base, Codec, NotUnderstood
from skelp_languages.level2.meanings import Rounding, Value

_DIGITS = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?")
_SINGLE = 4
"""Bytes of a float of single precision."""
_NOISE = Decimal("0.000001")
"""What floating point adds; a length of 0.30000000000000004 m is 0.3 m also when it is rounded up."""


class Number(Base):
    """What numbers have. `absent`: what stands where the number is not known. `codes`: the plant's number for each word."""

    absent: float | None = None
    codes: Mapping[str, int] | None = None

    @property
    def places(self) -> int | None:
        """How many decimals the field can say; None: as many as a float has."""
        return 0

    def rounded(self, value: Value, rounding: Rounding) -> Value:
        """The number with as many decimals as the field can say."""
        if not isinstance(value, int | Decimal) or self.places is None:
            return value
        return Decimal(value).quantize(_NOISE).quantize(Decimal(1).scaleb(-self.places), rounding=rounding.value)

    def exact(self, value: Value) -> Decimal | None:
        """The number that is to be packed; None if it is not known and `absent` says nothing. Raises DoesNotFit."""
        if value is None:
            return None if self.absent is None else Decimal(str(self.absent))
        if isinstance(value, str):
            value = self.code_of(value)
        if not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
            raise self.refuse(value, "is no number")
        number = Decimal(value)
        if self.absent is not None and number == Decimal(str(self.absent)):
            raise self.refuse(str(value), "would be read as not known")
        if self.places is not None and number != number.quantize(Decimal(1).scaleb(-self.places)):
            raise self.refuse(str(value), f"has more than {self.places} decimals")
        return number

    def code_of(self, word: str) -> int:
        known = self.codes or {}
        if word not in known and "*" not in known:
            raise self.refuse(word, 'has no code in `codes`; add one, or one for all others ("*")')
        return known[word] if word in known else known["*"]

    def meant(self, number: Decimal) -> Value:
        """The number that was read, the word of which it is the code, or None where it says that nothing is known."""
        if self.absent is not None and number == Decimal(str(self.absent)):
            return None
        back = {code: word for word, code in (self.codes or {}).items() if word != "*"}
        if self.codes is not None:
            return back.get(int(number), str(number)) if number == int(number) else str(number)
        return int(number) if self.places == 0 else number

    @property
    def most(self) -> int:
        """The largest whole number that fits."""
        raise NotImplementedError

    def pack(self, value: Value, codec: Codec) -> bytes:
        """Raises DoesNotFit."""
        raise NotImplementedError

    def unpack(self, raw: bytes, codec: Codec) -> Value:
        """Raises NotUnderstood."""
        raise NotImplementedError


class TextNumber(Number):
    """A number as text: `integer`, `decimal` with a point and `decimals` digits behind it, `implied` with the same digits and no point."""

    kind: Literal["integer", "decimal", "implied"]
    decimals: Annotated[int, Limits(ge=0, le=9)] = 0
    pad: Literal["zero", "blank"] = "zero"
    align: Literal["left", "right"] = "right"

    @property
    def places(self) -> int:
        return self.decimals

    @property
    def _digits(self) -> int:
        return self.width - self.decimals - (self.kind == "decimal")

    @property
    def most(self) -> int:
        return int(10**self._digits - 1)

    def pack(self, value: Value, codec: Codec) -> bytes:
        """Blank where the number is not known. Raises DoesNotFit."""
        number = self.exact(value)
        if number is None:
            return b" " * self.width
        text = f"{number:.{self.decimals}f}"
        text = text if self.kind == "decimal" else text.replace(".", "")
        text = text.removeprefix("-") if not number else text
        if len(text) > self.width:
            raise self.refuse(str(value), f"needs {len(text)} bytes ({text}), and the field has {self.width}")
        if self.align == "left":
            return codec.encoded(text.ljust(self.width))
        return codec.encoded(text.zfill(self.width) if self.pad == "zero" else text.rjust(self.width))

    def unpack(self, raw: bytes, codec: Codec) -> Value:
        text = codec.decoded(raw).strip(" \0")
        if not text:
            return None
        found = _DIGITS.fullmatch(text)
        if found is None or (found[1] and self.kind != "decimal"):
            raise NotUnderstood(f"{self.name}: {text!r} is no number of kind {self.kind}")
        number = Decimal(text)
        return self.meant(number.scaleb(-self.decimals) if self.kind == "implied" else number)

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        if (self.kind == "integer") != (self.decimals == 0):
            raise ValueError("an integer has no decimals, and the other kinds of number say how many they have")
        if self._digits < 1:
            raise ValueError(f"{self.width} bytes have no room for a digit before {self.decimals} decimals")
        if self.align == "left" and self.pad == "zero":
            raise ValueError('zeros on the right would make it another number; set pad = "blank"')
        return self


class BinaryInteger(Number):
    """A whole number in two's complement or without a sign, of 1, 2, 4 or 8 bytes. `decimals`: 1 says that 12.5 is sent as 125."""

    kind: Literal["signed", "unsigned"]
    width: Literal[1, 2, 4, 8]
    byte_order: Literal["big", "little"] | None = None
    decimals: Annotated[int, Limits(ge=0, le=9)] = 0

    @property
    def places(self) -> int:
        return self.decimals

    @property
    def most(self) -> int:
        return self._largest // int(10**self.decimals)

    @property
    def _largest(self) -> int:
        return int(2 ** (8 * self.width - (self.kind == "signed")) - 1)

    def pack(self, value: Value, codec: Codec) -> bytes:
        """Raises DoesNotFit."""
        number = self.exact(value)
        if number is None:
            raise self.refuse(value, "is not known; say with `absent` what stands for that")
        try:
            return int(number.scaleb(self.decimals)).to_bytes(self.width, self.byte_order or codec.byte_order, signed=self.kind == "signed")
        except OverflowError as error:
            raise self.refuse(str(value), f"does not fit {self.width} bytes ({self.kind})") from error

    def unpack(self, raw: bytes, codec: Codec) -> Value:
        whole = int.from_bytes(raw, self.byte_order or codec.byte_order, signed=self.kind == "signed")
        return self.meant(Decimal(whole).scaleb(-self.decimals))


class FloatField(Number):
    """A floating-point number of IEEE 754 with 4 or 8 bytes. With 4 bytes it has about seven digits."""

    kind: Literal["float"]
    width: Literal[4, 8]
    byte_order: Literal["big", "little"] | None = None

    @property
    def places(self) -> None:
        return None

    @property
    def most(self) -> int:
        return 1 << (24 if self.width == 4 else 53)

    def rounded(self, value: Value, rounding: Rounding) -> Value:
        """With 4 bytes, the next float in the direction: the nearest one to 1999.99998 inspected metres is 2000."""
        if not isinstance(value, int | Decimal) or self.width != _SINGLE or rounding is Rounding.NEAREST:
            return value
        exact = Decimal(value).quantize(_NOISE)
        raw = struct.pack(">f", float(exact))
        (near,), (bits,) = struct.unpack(">f", raw), struct.unpack(">i", raw)
        up = rounding is Rounding.UP
        if near < exact if up else near > exact:  # the bits of a float are counted up away from zero
            (near,) = struct.unpack(">f", struct.pack(">i", bits + (1 if up == (near > 0) else -1)))
        return Decimal(near)

    def pack(self, value: Value, codec: Codec) -> bytes:
        """Raises DoesNotFit."""
        number = self.exact(value)
        if number is None:
            raise self.refuse(value, "is not known; say with `absent` what stands for that")
        try:
            return struct.pack(self._format(codec), float(number))
        except OverflowError as error:
            raise self.refuse(str(value), f"does not fit a float of {self.width} bytes") from error

    def unpack(self, raw: bytes, codec: Codec) -> Value:
        (number,) = struct.unpack(self._format(codec), raw)
        if not math.isfinite(number):
            raise NotUnderstood(f"{self.name}: {number} is no finite number")
        return self.meant(Decimal(repr(number)))

    def _format(self, codec: Codec) -> str:
        return (">" if (self.byte_order or codec.byte_order) == "big" else "<") + ("f" if self.width == 4 else "d")
