"""What one model found where another one found nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import MARK, Defect
from skelp.domain.strip import Side

REACH_MM = 10.0
"""Two models draw the same defect a few cells apart, or as several pieces. Within this distance it is the same."""
LISTED = 100
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class LoneDefect:
    """A defect that one model found. Millimetres as in Defect: its box begins at `along_mm`, `across_mm`."""

    class_name: str
    severity: int
    score: float
    side: Side
    along_mm: float
    across_mm: float
    length_mm: float
    width_mm: float
    area_mm2: float

    @classmethod
    def of(cls, defect: Defect) -> LoneDefect:
        return cls(**{name: getattr(defect, name) for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class Alone:
    """Number of the defects that only one model found, and the worst of them, at most LISTED."""

    defects: int
    worst: tuple[LoneDefect, ...]


def found_alone(mine: Sequence[LoneDefect], others: Sequence[LoneDefect]) -> Alone:
    """Those of `mine` with none of `others` within REACH_MM on the same side, whatever their classes. Marks do not count as found."""
    alone = [defect for side in Side for defect in _alone(_of(mine, side), _of(others, side))]
    worst = sorted(alone, key=lambda d: (-d.severity, -d.area_mm2, d.along_mm))
    return Alone(len(alone), tuple(worst[:LISTED]))


def _of(defects: Sequence[LoneDefect], side: Side) -> list[LoneDefect]:
    return sorted((d for d in defects if d.side is side and d.severity != MARK), key=lambda d: d.along_mm)


def _alone(mine: list[LoneDefect], others: list[LoneDefect]) -> list[LoneDefect]:
    """Both are in order along the strip. Some are compared at once, with those that lie at the same metres."""
    boxes, theirs = _boxes(mine), _boxes(others)
    found = list[LoneDefect]()
    for first in range(0, len(mine), _AT_ONCE):
        some = boxes[first : first + _AT_ONCE]
        here = (theirs[:, 0] <= some[:, 1].max() + REACH_MM) & (theirs[:, 1] >= some[:, 0].min() - REACH_MM)
        near = theirs[here][None]
        along = (near[..., 0] <= some[:, None, 1] + REACH_MM) & (near[..., 1] >= some[:, None, 0] - REACH_MM)
        across = (near[..., 2] <= some[:, None, 3] + REACH_MM) & (near[..., 3] >= some[:, None, 2] - REACH_MM)
        is_alone = ~(along & across).any(axis=1)
        found += [defect for defect, lone in zip(mine[first : first + _AT_ONCE], is_alone, strict=True) if lone]
    return found


def _boxes(defects: list[LoneDefect]) -> NDArray[np.float64]:
    """Begin and end along, and begin and end across, in mm: [N, 4]."""
    ends = [(d.along_mm, d.along_mm + d.length_mm, d.across_mm, d.across_mm + d.width_mm) for d in defects]
    return np.array(ends, np.float64).reshape(-1, 4)
