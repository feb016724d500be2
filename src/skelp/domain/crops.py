"""Which lines of a coil its recipe judges: all but those that will be cut off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np

from skelp.domain.coverage import Interval, cut
from skelp.domain.found import Found

Range = tuple[int, int]
"""The first line, and the line after the last one."""


def kept(exposed: int, crops: Iterable[Range]) -> list[Range]:
    """What remains of `exposed` lines without the crops, which may overlap and may reach out of the coil."""
    found, at = [], 0
    for first, end in sorted(crops):
        if first > at:
            found.append((at, min(first, exposed)))
        at = max(at, end)
    if at < exposed:
        found.append((at, exposed))
    return [(first, end) for first, end in found if first < end]


def coverage_in(coverage: Sequence[Interval], ranges: Sequence[Range]) -> Iterator[Interval]:
    """The part of a coverage that lies in the ranges."""
    return chain.from_iterable(cut(coverage, first, end) for first, end in ranges)


def reaching_into(found: Found, ranges: Sequence[Range], mm_per_line: float) -> Found:
    """The defects that reach into one of the ranges."""
    inside = np.zeros(len(found), bool)
    for first, end in ranges:
        inside |= (found.along_mm + found.length_mm > first * mm_per_line) & (found.along_mm < end * mm_per_line)
    return found.where(inside)
