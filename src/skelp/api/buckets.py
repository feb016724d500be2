"""Limits how often something happens, for each name that does it (token buckets)."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_MOST_NAMES = 10_000
"""Names that are remembered; the one that was seen longest ago is forgotten first."""


class Buckets:
    """`burst` times at once, then `rate_hz` times a second. Any thread may call it."""

    def __init__(self, rate_hz: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate_hz, burst, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, name: str) -> int:
        """Whole seconds after which `take` succeeds again."""
        with self._lock:
            return max(0, math.ceil((1 - self._of(name)) / self._rate))

    def take(self, name: str) -> bool:
        """Count one. Returns False, and counts nothing, if it is too many."""
        with self._lock:
            left = self._of(name)
            taken = left >= 1
            self._left[name] = (left - taken, self._clock())
            self._left.move_to_end(name)
            if len(self._left) > _MOST_NAMES:
                self._left.popitem(last=False)
            return taken

    def give_back(self, name: str) -> None:
        """Count one less: it did not happen."""
        with self._lock:
            self._left[name] = (min(self._burst, self._of(name) + 1), self._clock())

    def _of(self, name: str) -> float:
        left, at = self._left.get(name, (self._burst, self._clock()))
        return min(self._burst, left + (self._clock() - at) * self._rate)
