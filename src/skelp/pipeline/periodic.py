"""Finds defects that repeat at a constant distance while the coil runs (ADR 25)."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import fmean

from skelp.domain.defect import Defect
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.rolls import SHORTEST_MM, RollTable
from skelp.domain.strip import Side
from skelp.pipeline.comb import ACROSS_MM, ACROSS_SHARE, ALONG, SIZES, Comb, Point
from skelp.pipeline.series import SPEED_ERROR, Series, walk_back

LONGEST_MM = 12_000.0
"""The longest distance that is looked for. A table with larger rolls raises it."""
FALSE_ALARMS = 1e-3
"""Series that are reported on one side of a coil of random defects, expected number at most."""
_LONGEST_DEFECT_MM = SHORTEST_MM / 2
_BIN_MM = 10.0
_REACH = 12
"""The newest defect is compared with defects up to so many of the longest distances before it."""
_TURNS = (1, 2, 3)
"""Turns between the first two defects of a walk: up to two may be missing between them."""
_MOST_BEFORE = 30
"""Where more defects like the newest one lie in the LONGEST_MM before it, no series begins: none would stand out, and a heavy stretch must
not hold up the line."""
_MOST_TRIED = 60
"""Walks begin at so many of them at most, the newest ones."""
_MOST_KEPT = 300
"""Defects of a place across that are kept, the newest ones."""
_MOST_SERIES = 100
"""Series of a coil's side. What has more is not a roll's doing."""
_GROWN = 1.25
"""A series is reported again when it has so many times as many defects."""


class PeriodicFinder:
    """The periodic defects of one side of a coil.

    It holds the newest defects, the series that it found, and where nothing was inspected.
    """

    def __init__(self, coil_id: str, side: Side, rolls: RollTable) -> None:
        self._coil_id, self._side, self._rolls = coil_id, side, rolls
        self._longest = max(LONGEST_MM, rolls.longest_mm)
        self._bins: dict[int, list[Point]] = defaultdict(list)
        self._gaps: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self._found: list[Comb] = []
        self._tests = 0

    def not_inspected(self, camera: str, first_mm: float, end_mm: float) -> None:
        """Note that a camera inspected nothing there: a turn that is not seen there is not missed."""
        gaps = self._gaps[camera]
        if gaps and gaps[-1][1] >= first_mm:
            gaps[-1] = (gaps[-1][0], max(end_mm, gaps[-1][1]))
        else:
            gaps.append((first_mm, end_mm))

    def add(self, defects: Iterable[Defect]) -> list[PeriodicDefect]:
        """Take more defects. Returns the series that are new, or have grown by a quarter."""
        for defect in defects:
            if not defect.is_mark and defect.side is self._side and defect.length_mm <= _LONGEST_DEFECT_MM:
                self._add(_point(defect))
        grown = [found for found in self._found if len(found.points) >= _GROWN * found.reported]
        return [self._report(found) for found in grown]

    def end(self) -> list[PeriodicDefect]:
        """The series that have grown since they were reported, at the end of the coil."""
        return [self._report(found) for found in self._found if len(found.points) > found.reported]

    def _add(self, point: Point) -> None:
        self._keep(point)
        if any(found.takes(point, self._density) for found in reversed(self._found)):
            return
        if len(self._found) < _MOST_SERIES and (series := self._best(point)) is not None:
            self._begin(point, series)

    def _keep(self, point: Point) -> None:
        kept = self._bins[int(point.across // _BIN_MM)]
        insort(kept, point, key=ALONG)
        del kept[: max(bisect_left(kept, point.along - _REACH * self._longest, key=ALONG), len(kept) - _MOST_KEPT)]

    def _density(self, point: Point) -> float:
        """Points like this one that belong to no series, per mm."""
        free = self._free(point)
        return len(free) / max(point.along - free[0].along, self._longest) if free else 0.0

    def _best(self, newest: Point) -> Series | None:
        """The series that ends here and is least likely by chance, if chance is small enough after all that was tried."""
        beyond = (series for series in self._walks(newest) if self._by_chance(series) < math.log10(FALSE_ALARMS))
        return min(beyond, key=lambda series: series.by_chance_log10, default=None)

    def _walks(self, newest: Point) -> Iterator[Series]:
        """The series that end here, over each of the points before and each number of turns between. Each walk is a test, and counts."""
        free = [p.along for p in self._free(newest)]
        seconds = free[bisect_left(free, newest.along - self._longest) : bisect_right(free, newest.along - SHORTEST_MM)]
        if len(seconds) - bisect_left(seconds, newest.along - LONGEST_MM) > _MOST_BEFORE:
            return
        for second in seconds[-_MOST_TRIED:]:
            for turns in (n for n in _TURNS if (newest.along - second) / n >= SHORTEST_MM):
                self._tests += 1
                series = walk_back(free, newest.along, second, turns, lambda along: self._inspected((newest.camera,), along))
                if series is not None:
                    yield series

    def _by_chance(self, series: Series) -> float:
        """The expected number of such series on this side of the coil, all walks so far and all lengths together, log10.

        The n-th walk may use a share 1 / (n (n + 1)) of FALSE_ALARMS, and a series of h hits one of 1 / (h (h + 1)): each sum is 1.
        """
        hits = len(series.places) - 2
        return series.by_chance_log10 + math.log10(self._tests * (self._tests + 1) * hits * (hits + 1))

    def _like(self, point: Point) -> list[Point]:
        """The points up to this one that may be of one series with it, by their place along."""
        reach = ACROSS_MM + ACROSS_SHARE * SIZES * point.width
        bins = range(int((point.across - reach) // _BIN_MM), int((point.across + reach) // _BIN_MM) + 1)
        near = (p for n in bins if n in self._bins for p in self._bins[n])
        return sorted((p for p in near if p.along <= point.along and p.is_like(point)), key=ALONG)

    def _free(self, point: Point) -> list[Point]:
        """Those that belong to no series yet."""
        like = self._like(point)
        if not like:
            return []  # it came late, and newer ones have taken its place
        taken = {p.defect_id for found in self._found for p in found.since(like[0].along)}
        return [p for p in like if p.defect_id not in taken]

    def _begin(self, newest: Point, series: Series) -> None:
        free = self._free(newest)
        at = {p.along: p for p in free}  # of a mark in two pieces beside each other, one
        points = [at[place] for place in series.places]
        new = Comb(len(self._found) + 1, points, series.period_mm, self._by_chance(series))
        new.shorten([p for p in at.values() if p not in points])
        if not any(found.joins(new) for found in reversed(self._found)):
            self._found.append(new)

    def _report(self, found: Comb) -> PeriodicDefect:
        points = found.points
        found.reported = len(points)
        cameras = tuple({p.camera for p in points})
        total = missed = 0
        for before, after in pairwise(points):
            turns = max(1, round((after.along - before.along) / found.period))
            step = (after.along - before.along) / turns
            missed += sum(self._inspected(cameras, before.along + n * step) for n in range(1, turns))
            total += turns
        first, last = points[0].along, points[-1].along
        period = (last - first) / total
        error = SPEED_ERROR * period
        return PeriodicDefect(
            f"{self._coil_id}-{self._side.value}-P{found.number}",
            self._coil_id,
            self._side,
            round(fmean(p.across for p in points), 1),
            round(period, 1),
            round(error, 1),
            round(first, 1),
            round(last, 1),
            len(points),
            len(points) + missed,
            round(found.by_chance_log10, 1),
            self._rolls.named(period, error, self._side),
            tuple(p.defect_id for p in points),
        )

    def _inspected(self, cameras: Sequence[str], along: float) -> bool:
        """Whether all of these cameras inspected the place."""
        return not any(_covers(self._gaps.get(camera, ()), along) for camera in cameras)


def _covers(gaps: Sequence[tuple[float, float]], along: float) -> bool:
    at = bisect_right(gaps, (along, math.inf)) - 1
    return at >= 0 and gaps[at][0] <= along < gaps[at][1]


def _point(defect: Defect) -> Point:
    along, across = defect.along_mm + defect.length_mm / 2, defect.across_mm + defect.width_mm / 2
    return Point(along, across, defect.width_mm, max(defect.area_mm2, 1e-3), defect.defect_id, defect.camera)
