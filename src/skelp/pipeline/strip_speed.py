"""Measures how fast the strip moves, from the times at which a camera exposed its lines."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

WINDOW_S = 1.0
"""The speed is the mean over the last frames that took at least this long together."""
_LEAST_S = 0.1
"""After a start, the speed is the mean since then, but not before this time: frames that waited arrive all at once."""
STANDS_AFTER_S = 3.0
STANDS_TIMES = 4.0
"""The strip stood if a frame took longer than STANDS_AFTER_S and STANDS_TIMES as long as at the speed before. So a strip that only slows
down does not stand: its frames take longer one after the other."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a frame tells. `took_s`: since the frame before, without `stood_s`, during which the strip stood or ran back.

    `speed_m_s`: None for the first frame, and for the first ones after the strip stood.
    """

    took_s: float
    stood_s: float
    speed_m_s: float | None


class StripSpeed:
    """The speed by one camera. Frames that were lost count too, because their lines passed."""

    def __init__(self, mm_per_line: float) -> None:
        self._m_per_line = mm_per_line / 1000
        self._points: deque[tuple[int, int]] = deque()
        self._lines = 0
        self._usual_s = 0.0

    def lost(self, lines: int) -> None:
        """Count lines that passed at an unknown time."""
        self._lines += lines

    def add(self, lines: int, at_ns: int, *, turned: bool = False) -> Step:
        """Count lines, the last of which was exposed at `at_ns`. `turned`: the strip ran back before them."""
        before_ns, before = self._points[-1] if self._points else (at_ns, self._lines)
        self._lines += lines
        took_s = (at_ns - before_ns) / 1e9
        if took_s <= 0:  # the first frame, or another part of the same one
            if self._points:
                self._points.pop()
            self._points.append((at_ns, self._lines))
            return Step(0.0, 0.0, self.m_per_s)
        rate = self.lines_hz
        expected_s = (self._lines - before) / rate if rate else None
        if turned or (expected_s is not None and took_s > max(STANDS_AFTER_S, STANDS_TIMES * expected_s)):
            moved_s = min(took_s, expected_s or 0.0)
            self._points = deque([(at_ns, self._lines)])
            return Step(moved_s, took_s - moved_s, None)
        self._points.append((at_ns, self._lines))
        while len(self._points) > 2 and at_ns - self._points[1][0] >= WINDOW_S * 1e9:
            self._points.popleft()
        self._usual_s = max(took_s, lines / self.lines_hz) if self.lines_hz else took_s
        return Step(took_s, 0.0, self.m_per_s)

    def stands_after(self, silent_s: float) -> bool:
        """Whether the strip stands if no line has come for so long. Nothing is known before there are two frames."""
        return self._usual_s > 0 and silent_s > max(STANDS_AFTER_S, STANDS_TIMES * self._usual_s)

    @property
    def lines_hz(self) -> float | None:
        """Lines a second; None before there are two frames that are far enough apart in time."""
        if not self._points:
            return None
        (first_ns, first), (last_ns, last) = self._points[0], self._points[-1]
        return (last - first) * 1e9 / (last_ns - first_ns) if last_ns - first_ns >= _LEAST_S * 1e9 else None

    @property
    def m_per_s(self) -> float | None:
        """Metres a second; None where `lines_hz` is."""
        rate = self.lines_hz
        return None if rate is None else rate * self._m_per_line
