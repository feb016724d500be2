"""Estimates the lines of a coil that passed after the station was killed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime

from skelp.domain.coverage import Interval, State
from skelp.domain.reasons import StationInterrupted

MAX_GAP_S = 600.0
"""Longest time for which lost lines are estimated. After a longer interruption the coil has passed."""


def gaps(updated_at: str, line_rate_hz: float, coverages: Mapping[str, Sequence[Interval]]) -> dict[str, Interval]:
    """The lost lines at the end of each camera's coverage, so that all coverages end at the same line.

    Their number is the time since `updated_at` (ISO 8601) times the line rate, at least 1. A coil without any recorded line gets a
    camera named "unknown".
    """
    gap_s = min(MAX_GAP_S, max(0.0, time.time() - datetime.fromisoformat(updated_at).timestamp()))
    lines = max(1, int(gap_s * line_rate_hz))
    reason = StationInterrupted(lines, round(gap_s, 1), round(line_rate_hz, 1))
    ends = {camera: coverage[-1].end_line if coverage else 0 for camera, coverage in coverages.items()} or {"unknown": 0}
    longest = max(ends.values())
    return {camera: Interval(end, longest + lines - end, State.LOST, reason) for camera, end in ends.items()}
