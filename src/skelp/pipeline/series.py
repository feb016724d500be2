"""Looks for a series of points at a constant distance, and says how often chance alone would give it.

A walk begins at the newest point and one before it, which give a distance. It steps back by that distance and looks for a point within
the tolerance, which grows with the steps since the last hit, because the speed of the strip is not known exactly. Two points are free,
so only the hits after them count. If points lay at random with their density around the series, a place would be hit with probability
2 * tolerance * density at most. So the expected number of series with as many hits from these two points is at most

    (places after the first two choose hits after them) * product of 2 * tolerance * density over these hits

(the union bound over which places are hit). The density counts the series' own points too, so it is rather too high.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MOST_MISSED = 4
"""A walk ends after this many places in a row without a point."""
JITTER_MM = 5.0
"""How far the centre of a defect may lie from its true place: its outline is not the same at each turn."""
SPEED_ERROR = 0.005
"""Share by which a distance may be measured wrong: by slip of the encoder's wheel, or by a line rate that lags behind the speed."""


def tolerance_mm(distance_mm: float) -> float:
    """How far a point may lie from where it is expected, at this distance from the last one."""
    return JITTER_MM + SPEED_ERROR * distance_mm


@dataclass(frozen=True, slots=True)
class Series:
    """Places of its points, mm along, the nearest to the head first, and the expected number of such series by chance, log10."""

    places: tuple[float, ...]
    period_mm: float
    by_chance_log10: float


def walk_back(points: Sequence[float], newest: float, second: float, turns: int, inspected: Callable[[float], bool]) -> Series | None:
    """The series of least chance that goes back from `newest` over `second`, which lies `turns` turns before it.

    `points`: mm along of all points that may belong to it, rising. A place that was not inspected is no miss. None: nothing follows.
    """
    places, period = [newest, second], (newest - second) / turns
    best: Series | None = None
    tried = hits = missed = turn = 0
    log_tolerances = 0.0
    while missed < MOST_MISSED:
        turn += 1
        expected, tolerance = places[-1] - turn * period, tolerance_mm(turn * period)
        if expected < points[0] - tolerance:
            break
        hit = _nearest(points, expected, tolerance)
        if hit is None:
            if inspected(expected):
                missed += 1
                tried += 1
            continue
        tried, hits = tried + 1, hits + 1
        log_tolerances += math.log10(2 * tolerance)
        period += ((places[-1] - hit) / turn - period) / 2
        places.append(hit)
        missed = turn = 0
        density = (bisect_right(points, newest) - bisect_left(points, hit)) / (newest - hit)
        chance = log10_choose(tried, hits) + log_tolerances + hits * math.log10(density)
        if best is None or chance < best.by_chance_log10:
            best = Series(tuple(reversed(places)), period, chance)
    return best


def _nearest(points: Sequence[float], expected: float, tolerance: float) -> float | None:
    at = bisect_left(points, expected - tolerance)
    near: float | None = None
    while at < len(points) and points[at] <= expected + tolerance:
        if near is None or abs(points[at] - expected) < abs(near - expected):
            near = points[at]
        at += 1
    return near


def log10_choose(n: int, k: int) -> float:
    """log10 of the binomial coefficient."""
    return (math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)) / math.log(10)
