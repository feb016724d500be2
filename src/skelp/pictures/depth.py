"""Grey values of any depth become 8 bits: by the depth that the file or the user states, never by the values of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from skelp.domain.errors import SkelpError
from skelp.domain.reasons import FileBeyondRange, FileDepth, FileNoRange, FileNotFinite, FileValues, Unread
from skelp.domain.strip import Pixels

Exif = Literal["turn", "ignore", "ask"]
LEAST_BITS, MOST_BITS = 8, 16
_SHOWN_BITS = 14
"""A 16-bit picture that uses at most this many bits would be dark: its values probably have less than 16 bits."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the user states about pictures whose files do not say it.

    `bits`: the depth of values in files of more than 8 bits, 8 to 16; None: the file's own. `float_range`: the values of black and of
    white in files of floating-point numbers; None: such files are refused. `exif`: whether a picture is turned as its EXIF says. `ask`
    refuses a picture that would be turned, because nobody knows whether its labels were drawn on the turned picture.
    """

    bits: int | None = None
    float_range: tuple[float, float] | None = None
    exif: Exif = "turn"

    def __post_init__(self) -> None:
        """Raises ValueError for a depth or a range that cannot be."""
        if self.bits is not None and not LEAST_BITS <= self.bits <= MOST_BITS:
            raise ValueError(f"bits must be from {LEAST_BITS} to {MOST_BITS}, got {self.bits}")
        if self.float_range is not None and not (np.isfinite(self.float_range).all() and self.float_range[0] < self.float_range[1]):
            raise ValueError(f"float_range must be black and white, the smaller first, got {self.float_range}")


PLAIN = Reading()
"""Nothing is stated: files say their own depth."""


def reading_of(bits: int | None, float_range: str | None, exif: Exif = "turn") -> Reading:
    """A Reading from the options of a command line, `float_range` as "0,1". Raises SkelpError for one that cannot be."""
    try:
        black, white = map(float, float_range.split(",")) if float_range else (0.0, 1.0)
        return Reading(bits, (black, white) if float_range else None, exif)
    except ValueError as error:
        raise SkelpError(f"--float-range {float_range}: give the numbers of black and white, as in --float-range 0,1 ({error})") from error


class UnreadableError(Exception):
    """A picture cannot be read, for a coded reason."""

    def __init__(self, reason: Unread) -> None:
        super().__init__(reason)
        self.reason = reason


def to_8_bits(values: NDArray[Any], bits: int, reading: Reading, name: str) -> Pixels:
    """Reduces grey values, [lines, width], of a file whose samples have `bits` bits, to uint8.

    Raises UnreadableError if values do not fit the depth or 16 bits, or if the depth is not clear: nothing is stated, and the file has 16
    bits of which the picture uses at most 14, or more than 16 bits, or signed numbers.
    """
    if values.dtype.kind == "f":
        return _from_floats(values, reading, name)
    if bits < 8:
        return np.asarray(values.astype(np.uint16) * 255 // ((1 << bits) - 1), np.uint8)
    signed = values.dtype.kind == "i"  # then at most one bit less is used, and nobody says how many
    if bits == 8 and not signed:
        return np.asarray(values, np.uint8)
    most, least = int(values.max(initial=0)), int(values.min(initial=0))
    stated = reading.bits or min(bits, MOST_BITS)
    if least < 0 or most >> stated:
        raise UnreadableError(FileValues(name, value=least if least < 0 else most, bits=stated))
    used = max(LEAST_BITS - signed, most.bit_length())
    if reading.bits is None and most > 0 and (signed or bits > MOST_BITS or (bits == MOST_BITS and used <= _SHOWN_BITS)):
        raise UnreadableError(FileDepth(name, file_bits=bits, used_bits=used))
    return np.asarray(values.astype(np.uint32) >> np.uint32(stated - 8), np.uint8)


def _from_floats(values: NDArray[Any], reading: Reading, name: str) -> Pixels:
    unknown = int(values.size - np.isfinite(values).sum())
    if unknown:
        raise UnreadableError(FileNotFinite(name, pixels=unknown))
    least, most = float(values.min(initial=np.inf)), float(values.max(initial=-np.inf))
    if reading.float_range is None:
        raise UnreadableError(FileNoRange(name, least=least, most=most))
    black, white = reading.float_range
    if least < black or most > white:
        raise UnreadableError(FileBeyondRange(name, least=least, most=most, black=black, white=white))
    return np.asarray(np.rint((values.astype(np.float64) - black) * (255 / (white - black))), np.uint8)
