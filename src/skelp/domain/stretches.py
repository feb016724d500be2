"""Heavy stretches: steel where a side has so many defects that a person wants one mark instead of each (ADR 28).

A run is what windows of `WITHIN_MM` along the coil cover that hold at least `LEAST` defects. Whether a place is heavy depends on the
defects around it only, so one more defect never makes a heavy place light, and one far away changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skelp.domain.defect import MARK, Defect
from skelp.domain.strip import Side

LEAST = 50
"""So many defects ..."""
WITHIN_MM = 5000.0
"""... within this length are heavy."""
_PARTS = 5
"""A run begins and ends where a window of a fifth of the length holds a fifth of the defects."""
_BAND_SHARE = 4
"""The densest place across is where a quarter of a run's defects lie closest together."""
_BAND_DENSITIES = (10.0, 30.0, 100.0)
"""A band across ends where the defects lie less dense than a tenth of that; than less, if what lies beside would be heavy."""
_NARROWEST_MM = 10.0
"""A narrower place across has its density over this width."""
_ROUNDED_MM = 0.051
_SHORTEST_M = 1.0
"""A shorter stretch has its density over this length."""

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of one side of a coil with many defects, whatever their classes: a network may call the same steel by several names.

    `from_mm` to `to_mm` and `across_from_mm` to `across_to_mm` hold the centres of its defects. `class_name`: the class that most of them
    have. `severity`: the worst. `per_m`: defects per metre of its length, or of 1 m if it is shorter. A defect counts in one stretch.
    """

    stretch_id: str
    coil_id: str
    side: Side
    class_name: str
    from_mm: float
    to_mm: float
    across_from_mm: float
    across_to_mm: float
    defects: int
    by_class: Mapping[str, int]
    area_mm2: float
    per_m: float
    severity: int


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where a coil's defects lie, one entry of each array a defect: centres in mm, areas, severities, and names of sides and classes."""

    side: NDArray[np.str_]
    class_name: NDArray[np.str_]
    severity: NDArray[np.int64]
    along_mm: Floats
    across_mm: Floats
    area_mm2: Floats

    @staticmethod
    def of(rows: Iterable[Sequence[Any]]) -> Places:
        """From side, class, severity, place along and across of the centre, and area of each defect."""
        side, name, severity, along, across, area = tuple(zip(*rows, strict=True)) or ((),) * 6
        numbers = (np.array(values, float) for values in (along, across, area))
        return Places(np.array(side, np.str_), np.array(name, np.str_), np.array(severity, np.int64), *numbers)

    @staticmethod
    def of_defects(defects: Iterable[Defect]) -> Places:
        """From defects."""
        return Places.of((d.side.value, d.class_name, d.severity, *_centre(d), d.area_mm2) for d in defects)


def _centre(d: Defect) -> tuple[float, float]:
    return d.along_mm + d.length_mm / 2, d.across_mm + d.width_mm / 2


def inside(stretch: Stretch, places: Places) -> NDArray[np.bool_]:
    """Which defects lie in a stretch: bool [n]. Its places are rounded to 0.1 mm."""
    x, y = places.along_mm, places.across_mm
    along = (stretch.from_mm - _ROUNDED_MM <= x) & (x <= stretch.to_mm + _ROUNDED_MM)
    across = (stretch.across_from_mm - _ROUNDED_MM <= y) & (y <= stretch.across_to_mm + _ROUNDED_MM)
    found: NDArray[np.bool_] = along & across & (places.side == stretch.side.value) & (places.severity > MARK)
    return found


def heavy_runs(along_mm: ArrayLike, least: int = LEAST, within_mm: float = WITHIN_MM) -> Floats:
    """Where at least `least` defects (1 or more) lie within `within_mm`: float [n, 2], from and to in mm, rising and apart.

    Runs that lie within `within_mm` of each other are one.
    """
    return _runs(np.sort(np.asarray(along_mm, float)), least, within_mm)


def heavy_m(along_mm: ArrayLike, least: int = LEAST, within_mm: float = WITHIN_MM) -> float:
    """Metres of heavy runs among defects of one side at these places along, mm: their centres. One more defect never makes it less."""
    runs = heavy_runs(along_mm, least, within_mm)
    return float((runs[:, 1] - runs[:, 0]).sum() / 1000)


def find_stretches(coil_id: str, places: Places) -> list[Stretch]:
    """The heavy stretches of a coil, from the head on. The defects that are in no stretch are nowhere heavy."""
    found: list[Stretch] = []
    defects = places.severity > MARK
    for side in Side:
        on_side = np.flatnonzero(defects & (places.side == side.value))
        peeled = _peeled(places.along_mm[on_side], places.across_mm[on_side])
        found += [_stretch(coil_id, side, places, on_side[members]) for members in peeled]
    found.sort(key=lambda s: (s.from_mm, s.to_mm, s.side, s.across_from_mm))
    return [replace(s, stretch_id=f"{coil_id}-H{n}") for n, s in enumerate(found, 1)]


def _stretch(coil_id: str, side: Side, places: Places, members: Indices) -> Stretch:
    along, across = places.along_mm[members], places.across_mm[members]
    first, last = float(along.min()), float(along.max())
    counted = Counter(places.class_name[members].tolist())
    by_class = dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
    return Stretch(
        "",
        coil_id,
        side,
        next(iter(by_class)),
        round(first, 1),
        round(last, 1),
        round(float(across.min()), 1),
        round(float(across.max()), 1),
        len(members),
        by_class,
        round(float(np.sort(places.area_mm2[members]).sum()), 2),
        round(len(members) / max((last - first) / 1000, _SHORTEST_M), 2),
        int(places.severity[members].max()),
    )


def _peeled(along: Floats, across: Floats) -> Iterator[Indices]:
    """The members of each stretch, until what remains is nowhere heavy."""
    order = np.lexsort((across, along))
    while len(order):
        x, y = along[order], across[order]
        taken = np.zeros(len(order), bool)
        for run in _heavy(x):
            first, last = np.searchsorted(x, run[0]), np.searchsorted(x, run[1], "right")
            for members in _of_run(x[first:last], y[first:last]):
                yield order[first + members]
                taken[first + members] = True
        if not taken.any():
            return
        order = order[~taken]


def _of_run(x: Floats, y: Floats) -> list[Indices]:
    """The members of each stretch of a run: those of its bands across, as far as they are heavy. What is left beside them is not heavy."""
    for times in _BAND_DENSITIES:
        found = []
        rest = np.ones(len(x), bool)
        for low, high in _bands(np.sort(y), times):
            within = np.flatnonzero((low <= y) & (y <= high))
            for first, last in _heavy(x[within]):
                found.append(within[(first <= x[within]) & (x[within] <= last)])
                rest[found[-1]] = False
        if not len(_windows(x[rest], LEAST, WITHIN_MM)[0]):
            return found
    return [np.arange(len(x))]


def _bands(y: Floats, times: float) -> Floats:
    """Where across the defects of a run lie at least 1 / `times` as dense as in the densest place, from and to in mm: float [n, 2]."""
    n = len(y) // _BAND_SHARE
    densest = max(_NARROWEST_MM, float((y[n - 1 :] - y[: len(y) - n + 1]).min()))
    few = min(max(n // _BAND_SHARE, 3), 10)
    return _joined(y, few, times * densest * few / n)


def _heavy(x: Floats) -> Floats:
    """The runs of sorted places, as `heavy_runs`; one that would be too light without what its ends leave out keeps it."""
    joined, runs = _joined(x, LEAST, WITHIN_MM), _runs(x, LEAST, WITHIN_MM)
    first, last = _windows(x, LEAST, WITHIN_MM)
    at = np.searchsorted(first, runs[:, 0])
    is_heavy = np.append(last, np.inf)[at] <= runs[:, 1]
    return np.where(is_heavy[:, None], runs, joined)


def _runs(x: Floats, least: int, within: float) -> Floats:
    """As `heavy_runs`, of sorted places. The ends are those of shorter windows that are as dense, so that what lies beside is left out."""
    joined = _joined(x, least, within)
    few = max(1, least // _PARTS)
    part = within / (least // few) * (1 + 1e-9)  # so many of them fit into one of `joined`, so one is short enough, but for rounding
    first, last = _windows(x, few, part)
    starts = np.searchsorted(first, joined[:, 0])
    ends = np.searchsorted(last, joined[:, 1], "right") - 1
    return np.column_stack([first[starts], last[ends]])


def _joined(x: Floats, least: int, within: float) -> Floats:
    """What the windows cover, with gaps of up to `within` between: float [n, 2]."""
    first, last = _windows(x, least, within)
    apart = np.flatnonzero(first[1:] > last[:-1] + within)
    return np.column_stack([first[np.r_[0, apart + 1]], last[np.r_[apart, len(last) - 1]]]) if len(first) else np.zeros((0, 2))


def _windows(x: Floats, least: int, within: float) -> tuple[Floats, Floats]:
    """The first and the last place of each `least` places in a row that lie within a length."""
    if len(x) < least:
        return x[:0], x[:0]
    at = np.flatnonzero(x[least - 1 :] - x[: len(x) - least + 1] <= within)
    return x[at], x[at + least - 1]
