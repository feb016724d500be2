"""A series of defects that was found: what belongs to it, and whether two series are one."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from skelp.pipeline.series import JITTER_MM, SPEED_ERROR, tolerance_mm

ACROSS_MM, ACROSS_SHARE = 6.0, 0.1
"""How far two defects of a series may lie apart across, and by how much more for each mm of width."""
SIZES = 6.0
"""How many times as large as another a defect of a series may be, by area."""
MOST_TURNS = 12
"""A series that was not seen for so many turns has ended."""
_MOST_BY_CHANCE = 0.1
"""The expected number of random points at the turns since the last mark, with which a series still goes on."""
_PIECE_MM = 3 * JITTER_MM
"""Defects so close along are pieces of one mark."""
_PARTS = (2, 3)
"""A series may have been found at a multiple of its distance, where marks between were missing."""
_SHARE_BETWEEN = 0.3
"""If so large a share of the places between its points is taken too, the distance is shorter."""
_CONTINUES = 3.0
"""How many tolerances a series may be off where it goes on after the measured length has jumped."""

ALONG = attrgetter("along")


class Point(NamedTuple):
    """The centre of a defect, mm."""

    along: float
    across: float
    width: float
    area: float
    defect_id: str
    camera: str

    def is_like(self, other: Point) -> bool:
        """Whether both may be of one series: the same place across, and about the same size."""
        if not self.area <= SIZES * other.area or not other.area <= SIZES * self.area:
            return False
        return abs(self.across - other.across) <= ACROSS_MM + ACROSS_SHARE * max(self.width, other.width)


@dataclass(slots=True)
class Comb:
    """A series that is beyond chance. `points` rise along the coil, `period` is their newest distance, mm."""

    number: int
    points: list[Point]
    period: float
    by_chance_log10: float
    reported: int = 0
    pieces: list[Point] = field(default_factory=list)
    """Further pieces of its marks: they count no turn, and belong to no other series."""

    def since(self, along: float) -> list[Point]:
        """Its points and pieces from here on."""
        return [*self.points[bisect_left(self.points, along, key=ALONG) :], *(p for p in self.pieces if p.along >= along)]

    def takes(self, point: Point, density: Callable[[Point], float]) -> bool:
        """Add the point if it is the next one, or one that came late.

        `density`: of points like it that belong to no series, per mm. After some turns without a mark, a point at random would fit as well:
        then the series has ended. Another piece of a mark is taken, and counts no turn.
        """
        near = self._nearest(point)
        if abs(point.along - near.along) <= _PIECE_MM and self._is_like(point):
            self.pieces.append(point)
            return True
        if near is self.points[-1] and self._is_rather_the_last_turn(point):
            self.pieces.append(self.points.pop())
            near = self.points[-1]
        turns = self._turns(point, self.period)
        if turns is None:
            return False
        by_chance = 2 * sum(tolerance_mm(n * self.period) for n in range(1, turns + 1))
        if turns > 1 and by_chance * density(point) > _MOST_BY_CHANCE:
            return False
        self._add([point])
        self.period += (abs(point.along - near.along) / turns - self.period) / 4
        return True

    def _is_rather_the_last_turn(self, point: Point) -> bool:
        """Whether the point lies closer than the last one to where that turn was expected: the last one was a random defect near the mark,
        from which no further turn would fit.
        """
        last, before = self.points[-1], self.points[-2]
        turns = round((last.along - before.along) / self.period)
        off, last_off = (abs(p.along - before.along - turns * self.period) for p in (point, last))
        return off < last_off and off <= tolerance_mm(turns * self.period) and point.is_like(before)

    def joins(self, other: Comb) -> bool:
        """Add the points of a newer series if both are one: it goes on with the same distance, or lies between its points."""
        if self._goes_on_as(other):
            self._add(other.points)
            self.period = other.period
            return True
        for parts in _PARTS:
            if all(self._turns(point, self.period / parts) for point in other.points):
                self._add(other.points)
                self.period /= parts
                return True
        return False

    def shorten(self, free: Sequence[Point]) -> None:
        """Take those of the free points that lie between its own at a half or a third of its distance, if they are many."""
        for parts in _PARTS:
            between, places = self._between(free, parts)
            if len(between) > 2 and len(between) >= _SHARE_BETWEEN * places:
                self._add(between)
                self.period /= parts
                return

    def _between(self, free: Sequence[Point], parts: int) -> tuple[list[Point], int]:
        """The free points at parts of its distance that are no whole turns, and the number of such places."""
        first, last, step = self.points[0].along, self.points[-1].along, self.period / parts
        within = ((point, self._turns(point, step)) for point in free if first < point.along < last)
        found = [point for point, turns in within if turns is not None and turns % parts]
        return found, round((last - first) / self.period) * (parts - 1)

    def _goes_on_as(self, other: Comb) -> bool:
        last, first = self.points[-1], other.points[0]
        if first.along <= last.along or not first.is_like(last) or abs(other.period - self.period) > _CONTINUES * SPEED_ERROR * self.period:
            return False
        return self._turns(first, self.period, _CONTINUES) is not None

    def _turns(self, point: Point, period: float, tolerances: float = 1.0) -> int | None:
        """How many turns the point is from the nearest one; None if it does not belong there."""
        near = self._nearest(point)
        distance = abs(point.along - near.along)
        turns = round(distance / period)
        off = abs(distance - turns * period)
        fits = 1 <= turns <= MOST_TURNS and off <= tolerances * tolerance_mm(turns * period) and self._is_like(point)
        return turns if fits else None

    def _is_like(self, point: Point) -> bool:
        """Whether one of the points beside it is like it: a single one may lie off."""
        at = bisect_left(self.points, point.along, key=ALONG)
        return any(p.is_like(point) for p in self.points[max(0, at - 2) : at + 2])

    def _nearest(self, point: Point) -> Point:
        at = bisect_left(self.points, point.along, key=ALONG)
        return min(self.points[max(0, at - 1) : at + 1], key=lambda p: abs(p.along - point.along))

    def _add(self, points: Iterable[Point]) -> None:
        for point in points:
            insort(self.points, point, key=ALONG)
