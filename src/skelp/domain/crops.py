"""Which lines of a coil its recipe judges: all but those that will be cut off."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from skelp.domain.coverage import Interval, cut
from skelp.domain.ends import AS_SEEN, Ends
from skelp.domain.found import Found
from skelp.domain.recipe import Recipe

Range = tuple[int, int]
"""The first line, and the line after the last one."""


@dataclass(frozen=True, slots=True)
class Crops:
    """What a recipe crops, in lines: at the head, at the tail, and on each side of a weld seam that the MES told."""

    head: int = 0
    tail: int = 0
    weld: int = 0

    @staticmethod
    def of(recipe: Recipe, mm_per_line: float, ends: Ends = AS_SEEN) -> Crops:
        """The crops in whole lines, rounded down, so that no line is cropped of which a part is judged; none where a piece was cut."""
        m_per_line = mm_per_line / 1000
        return Crops(*(int(m / m_per_line) for m in (*ends.of(recipe.crop_head_m, recipe.crop_tail_m, 0.0), recipe.crop_weld_m)))

    def judged(self, exposed: int, seams: Iterable[Range]) -> list[Range]:
        """The lines that are judged of `exposed` ones. A coil that would be cropped altogether is judged whole."""
        return kept(exposed, [(0, self.head), (exposed - self.tail, exposed), *self._at(exposed, seams)]) or [(0, exposed)]

    def seams_cropped(self, exposed: int, seams: Iterable[Range]) -> int:
        """How many weld seams are cropped. Those that overlap were told twice, and are one."""
        count = at = 0
        for first, end in sorted(self._at(exposed, seams)):
            count += first + self.weld >= at
            at = max(at, end - self.weld)
        return count

    def _at(self, exposed: int, seams: Iterable[Range]) -> list[Range]:
        """The crops at seams, so far as they reach into the coil."""
        beside = ((first - self.weld, end + self.weld) for first, end in seams) if self.weld else ()
        return [(first, end) for first, end in beside if first < exposed and end > 0]


NO_CROPS = Crops()


def kept(exposed: int, crops: Iterable[Range]) -> list[Range]:
    """What remains of `exposed` lines without the crops, which may overlap and may reach out of the coil; in order."""
    found, at = [], 0
    for first, end in sorted(crops):
        if first > at:
            found.append((at, min(first, exposed)))
        at = max(at, end)
    if at < exposed:
        found.append((at, exposed))
    return [(first, end) for first, end in found if first < end]


def coverage_in(coverage: Sequence[Interval], ranges: Sequence[Range]) -> Iterator[Interval]:
    """The part of a coverage that lies in the ranges. Its intervals are in order, as the ledger gives them."""
    for first, end in ranges:
        start = bisect_right(coverage, first, key=lambda i: i.end_line)
        stop = bisect_left(coverage, end, key=lambda i: i.first_line)
        yield from cut(coverage[start:stop], first, end)


def reaching_into(found: Found, ranges: Sequence[Range], mm_per_line: float) -> Found:
    """The defects that reach into one of the ranges, which are in order and do not overlap."""
    firsts, ends = (np.array([r[n] for r in ranges]) * mm_per_line for n in (0, 1))
    first_behind = np.searchsorted(ends, found.along_mm, side="right")  # the first range that ends after the defect's begin
    reached = np.r_[firsts, np.inf][first_behind]
    return found.where(found.along_mm + found.length_mm > reached)
