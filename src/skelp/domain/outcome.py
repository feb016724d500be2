"""What the pipeline gives to its sinks: one outcome for each block, loss or coil end, in line order per camera."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from skelp.domain.coverage import Interval, LineCount
from skelp.domain.defect import Defect
from skelp.domain.line_state import Passage
from skelp.domain.optics import Optics
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.strip import Pixels


@dataclass(frozen=True, slots=True)
class Picture:
    """A block as a picture: pixels uint8 [lines, width], class maps uint8 [lines/stride, width/stride], strip edges in px.

    `names` gives the name of each class id. `classes` holds every cell above its growing threshold. `shown` holds the cells of defects,
    and of regions at the first or last row, which may become defects together with the next block. `marks` are the ids of classes that
    are no defects.
    """

    camera: str
    coil_id: str
    first_line: int
    pixels: Pixels
    classes: NDArray[np.uint8]
    stride: int
    left_px: float
    right_px: float
    time_ns: int
    names: Mapping[int, str]
    shown: NDArray[np.uint8]
    marks: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """`intervals` are the camera's intervals that are new or have grown, `lines` the lines that were added to them.

    `ended`: this camera has delivered the coil's last line. `coil_complete`: every camera has, so the coil's result is complete.
    `stopped`: the coil ended because the station was stopped.

    `time_ns` is when the frame that completed these lines arrived (monotonic clock), for latency. `reach_mm` is how far
    the steel reached from the operator-side edge. `optics` comes with a camera's end of the coil. `periodic`: series of defects that are
    new or have grown; `passages`: stretches in one state of the line, likewise.
    """

    coil_id: str
    camera: str
    intervals: tuple[Interval, ...] = ()
    defects: tuple[Defect, ...] = ()
    ended: bool = False
    coil_complete: bool = False
    stopped: bool = False
    picture: Picture | None = field(default=None, compare=False)
    time_ns: int = 0
    reach_mm: float = 0.0
    optics: Optics | None = None
    lines: tuple[LineCount, ...] = ()
    periodic: tuple[PeriodicDefect, ...] = ()
    passages: tuple[Passage, ...] = ()
