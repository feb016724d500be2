"""How much of a coil a killed station may have missed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime

from skelp.domain.coverage import Interval, State
from skelp.domain.reasons import StationInterrupted

MOST_GAP_S = 600.0
"""An interruption longer than this is taken to have outlasted the coil."""


def gaps(updated_at: str, line_rate_hz: float, coverages: Mapping[str, Sequence[Interval]]) -> dict[str, Interval]:
    """The lost lines at the end of each camera's coverage, so that all coverages end at the same line.

    They are estimated from the time since `updated_at` (ISO 8601) and the line rate. A coil of which nothing was recorded gets a
    camera called unknown.
    """
    gap_s = min(MOST_GAP_S, max(0.0, time.time() - datetime.fromisoformat(updated_at).timestamp()))
    lines = max(1, int(gap_s * line_rate_hz))
    reason = StationInterrupted(lines, round(gap_s, 1), round(line_rate_hz, 1))
    ends = {camera: coverage[-1].end_line if coverage else 0 for camera, coverage in coverages.items()} or {"unknown": 0}
    longest = max(ends.values())
    return {camera: Interval(end, longest + lines - end, State.LOST, reason) for camera, end in ends.items()}
