"""How fast lines came lately: what is lost while a camera is away is counted by it."""

from __future__ import annotations

from collections import deque
from itertools import pairwise

OVER_CAPTURES = 32
FASTEST_HZ = 200_000.0
"""Lines a second that no line-scan camera reaches: a count that says more has begun anew."""


class Speed:
    """Lines a second over the last captures, the longest pause between two left out.

    A strip that stood for a minute would make it far too low, and less loss would be told than there was. Frames that come
    together after a stall make it too high for a moment; more loss is then told than there was, which is the safe side.
    """

    def __init__(self, now: float, line: int = 0) -> None:
        self._passed: deque[tuple[float, int]] = deque([(now, line)], maxlen=OVER_CAPTURES)

    @property
    def last_heard(self) -> float:
        """When a capture came last, on the clock that was given."""
        return self._passed[-1][0]

    def passed(self, now: float, line: int) -> None:
        """A capture came that reaches up to `line`."""
        self._passed.append((now, line))

    def anew(self, now: float, line: int) -> None:
        """Go on from here; what came before tells nothing of it."""
        self._passed.clear()
        self._passed.append((now, line))

    @property
    def lines_hz(self) -> float | None:
        """None before two captures have come."""
        known = list(self._passed)
        steps = [(after[0] - before[0], after[1] - before[1]) for before, after in pairwise(known)]
        if len(steps) > 1:
            steps.remove(max(steps))
        seconds = sum(s for s, _ in steps)
        return sum(n for _, n in steps) / seconds if seconds > 0 else None
