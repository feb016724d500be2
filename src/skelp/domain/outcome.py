"""What the pipeline says of the lines it was given: one value a step, in line order per camera."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from skelp.domain.coverage import Interval, LineCount
from skelp.domain.defect import Defect
from skelp.domain.optics import Optics
from skelp.domain.strip import Pixels


@dataclass(frozen=True, slots=True)
class Picture:
    """Lines as they were seen: pixels uint8 [lines, width], class map uint8 [lines/stride, width/stride], edges in px.

    `names` are those of the class ids. `classes` holds everything that was suspected, `shown` what is a defect or, at the first
    and last lines, may become one with the steel that follows.
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """`accounts` are the camera's intervals that are new or have grown, `lines` what was added to them.

    `ended`: this camera has closed the coil.

    `coil_complete`: every camera has, so nothing more will come; `stopped`: because the station was stopped under it.

    `time_ns` is when the frame that completed these lines arrived (monotonic clock), for latency. `reach_mm` is how far
    the steel reached from the operator-side edge. `optics` comes with a camera's end of the coil.
    """

    coil_id: str
    camera: str
    accounts: tuple[Interval, ...] = ()
    defects: tuple[Defect, ...] = ()
    ended: bool = False
    coil_complete: bool = False
    stopped: bool = False
    picture: Picture | None = field(default=None, compare=False)
    time_ns: int = 0
    reach_mm: float = 0.0
    optics: Optics | None = None
    lines: tuple[LineCount, ...] = ()
