"""Estimates the speed of the strip from the last captures. While a camera is lost, its lines are counted by this speed."""

from __future__ import annotations

from collections import deque
from itertools import pairwise

_CAPTURES = 32
"""The number of captures that the estimate is made from."""
MAX_LINES_HZ = 200_000.0
"""More lines a second than any line-scan camera reaches. A count that rose faster has restarted."""


class Speed:
    """Lines a second over the last captures. The longest pause between two captures is left out.

    If the strip stood for a minute, that pause would make the estimate far too low, and too few lines would be reported as lost. Frames
    that arrive together after a stall make it too high for a moment. Then too many lines are reported as lost, which is the safe side.
    """

    def __init__(self, now: float, line: int = 0) -> None:
        self._captures: deque[tuple[float, int]] = deque([(now, line)], maxlen=_CAPTURES)

    @property
    def last_capture(self) -> float:
        """When the last capture came, in seconds of the clock that gives `now`."""
        return self._captures[-1][0]

    def add(self, now: float, end_line: int) -> None:
        """Adds a capture that came now and ends before `end_line`."""
        self._captures.append((now, end_line))

    def restart(self, now: float, line: int) -> None:
        """Forgets all captures. The next one is compared with `line` and `now`."""
        self._captures.clear()
        self._captures.append((now, line))

    @property
    def lines_hz(self) -> float | None:
        """Lines a second; None before the first capture."""
        steps = [(later[0] - earlier[0], later[1] - earlier[1]) for earlier, later in pairwise(self._captures)]
        if len(steps) > 1:
            steps.remove(max(steps))
        seconds = sum(s for s, _ in steps)
        return sum(n for _, n in steps) / seconds if seconds > 0 else None
