"""Strip, cameras and coordinates.

Along the strip: lines from the head, `mm_per_line` each. Across: columns of the side's canvas, the pictures of all its
cameras put side by side, `mm_per_px` each; millimetres across count from the strip's operator-side edge.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Generic, NewType, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from skelp.domain.reasons import Reason

Pixels = NDArray[np.uint8]

OwnLine = NewType("OwnLine", int)
"""Counts every line that a camera exposed since its source was opened, lost ones too."""
SharedLine = NewType("SharedLine", int)
"""The one count of all cameras (ADR 9): the same number is the same steel."""
CoilLine = NewType("CoilLine", int)
"""Counts from the coil's head."""
L = TypeVar("L", bound=int)
M = TypeVar("M", bound=int)
L_co = TypeVar("L_co", bound=int, covariant=True)


def after(line: L, lines: int) -> L:
    """The line that comes so many lines after `line`, in the same count."""
    return cast(L, line + lines)


class Side(StrEnum):
    """Which surface of the strip."""

    TOP = "top"
    BOTTOM = "bottom"

    @property
    def other(self) -> Side:
        """The other surface."""
        return Side.BOTTOM if self is Side.TOP else Side.TOP


def round_up(value: int, step: int) -> int:
    """The smallest multiple of `step` that is no smaller than `value`."""
    return -(-value // step) * step


@dataclass(frozen=True, slots=True)
class Scale:
    """Size of a pixel on the steel, in mm: across the strip and along it."""

    mm_per_px: float
    mm_per_line: float

    def __post_init__(self) -> None:
        if not (self.mm_per_px > 0 and self.mm_per_line > 0):
            raise ValueError(f"scale must be positive, got {self.mm_per_px} mm/px and {self.mm_per_line} mm/line")

    def area_mm2(self, pixels: float) -> float:
        """Area of so many pixels."""
        return pixels * self.mm_per_px * self.mm_per_line


@dataclass(frozen=True, slots=True)
class CameraView:
    """What one camera sees: a side, and columns `first_column ... first_column + width` of that side's canvas.

    `behind_mm`: the distance by which it stands further down the line than the first camera; it sees the same steel so much later.
    `gain` float32 [width]: the factor of each column's flat-field correction; None without one. `free_running`: its lines come by a clock
    and not by the strip, so they do not tell how fast it moves.
    """

    camera: str
    width: int
    scale: Scale
    side: Side = Side.TOP
    first_column: int = 0
    behind_mm: float = 0.0
    gain: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    free_running: bool = False

    @property
    def behind_lines(self) -> int:
        return round(self.behind_mm / self.scale.mm_per_line)


@dataclass(frozen=True, slots=True)
class CameraFrame(Generic[L_co]):
    """A block of consecutive lines. The type says in which count `first_line` is: `CameraFrame[OwnLine]` comes from a source.

    `pixels` is uint8
    [lines, width] and belongs to the receiver. `time_ns` is when the last line arrived (monotonic clock). `breaks`: this
    is another piece of steel than the line before, as where photographs are put together; nothing is lost between them,
    and nothing may be joined across.

    `strip_line`: the encoder's count of the first line, in lines. `positions` int64 [lines]: that of each line, if the camera tells it.
    `again`: so many lines came before this frame that showed steel a second time, because the strip had run back. They were left out.
    `exposed_ns`: when the last line was exposed, by the camera's clock; None if it tells no time. A camera that tells one time for a frame
    tells that of its start. `timed_lines`: so many lines were exposed in the time that this frame took. The first part of a frame that was
    cut has those of all its parts, and the others have none. None: its own lines.
    """

    camera: str
    first_line: L_co
    pixels: Pixels
    time_ns: int
    breaks: bool = False
    strip_line: int | None = None
    positions: NDArray[np.int64] | None = field(default=None, compare=False)
    again: int = 0
    exposed_ns: int | None = None
    timed_lines: int | None = None

    @property
    def lines(self) -> int:
        return int(self.pixels.shape[0])

    def cut(self, start: int, stop: int) -> CameraFrame[L_co]:
        """Lines `start ... stop` of this frame, as a frame."""
        breaks, again = self.breaks and start == 0, 0 if start else self.again
        at = None if self.strip_line is None else self.strip_line + start
        each = None if self.positions is None else self.positions[start:stop]
        first, pixels = after(self.first_line, start), self.pixels[start:stop]
        timed = 0 if start else self.lines if self.timed_lines is None else self.timed_lines
        return replace(self, first_line=first, pixels=pixels, breaks=breaks, strip_line=at, positions=each, again=again, timed_lines=timed)

    def at(self, first_line: M) -> CameraFrame[M]:
        """The same frame in another count of lines."""
        return cast("CameraFrame[M]", replace(self, first_line=first_line))  # type: ignore[arg-type] # the type variable changes


@dataclass(frozen=True, slots=True)
class LostLines(Generic[L_co]):
    """Lines that were exposed but have no pixels. Loss is data: it takes the same way as a frame.

    `estimated`: the number of lines was estimated from a speed. A camera that saw the strip meanwhile may correct it.
    """

    camera: str
    first_line: L_co
    lines: int
    reason: Reason
    estimated: bool = False

    def cut(self, start: int, stop: int) -> LostLines[L_co]:
        """Lines `start ... stop` of this loss, as a loss."""
        return replace(self, first_line=after(self.first_line, start), lines=stop - start)

    def at(self, first_line: M) -> LostLines[M]:
        """The same loss in another count of lines."""
        return cast("LostLines[M]", replace(self, first_line=first_line))  # type: ignore[arg-type] # the type variable changes


Capture = CameraFrame[L] | LostLines[L]
"""A frame or a loss. They come in line order and without holes: first_line + lines is the next one's first_line."""


@dataclass(frozen=True, slots=True)
class OnCoil:
    """A capture placed on a coil."""

    coil_id: str
    capture: Capture[CoilLine]


@dataclass(frozen=True, slots=True)
class CoilEnd:
    """This camera has delivered the coil's last line. `stopped`: the station was stopped while the coil ran."""

    coil_id: str
    camera: str
    stopped: bool = False


Travelling = OnCoil | CoilEnd


@dataclass(frozen=True, slots=True)
class Block:
    """What the network sees at once: lines with context above and below, padded to the network's step.

    `pixels` uint8 [height, width], of which rows `context ... context + lines` are this block's own. Of the context, `above` and `below`
    lines next to them are steel of the same coil. The rest is padding, on which nothing may be found: it only shows the network
    something plausible. Blocks of a coil follow each other without overlap. `breaks` as in CameraFrame.
    """

    coil_id: str
    camera: str
    first_line: CoilLine
    lines: int
    context: int
    above: int
    below: int
    pixels: Pixels
    time_ns: int
    width: int
    breaks: bool = False

    @property
    def own(self) -> Pixels:
        """The block's own pixels without context and padding, uint8 [lines, width]."""
        return self.pixels[self.context : self.context + self.lines, : self.width]
