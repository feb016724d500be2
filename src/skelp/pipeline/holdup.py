"""Finds out whether the records hold the line up, so that lost lines get their true reason."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from skelp.domain.reasons import Reason, RecordsSlow

WhySlow = Callable[[float], Reason]
"""Function that gives the reason of a write that takes long; its argument is the time since the write began, in s."""
LONG_S = 0.5
"""A write that takes so long holds the line up if it waits for it."""
STUCK_S = 2.0
"""A write that takes so long is reported even before lines are lost."""
_REMEMBERED = 32
"""Number of blocks over which the time for inspecting and storing is compared: about 4 s at 4,000 lines/s."""


def records_slow(write_s: float) -> Reason:
    """The reason of a long write, where nothing more is known."""
    return RecordsSlow(round(write_s, 1))


@dataclass(frozen=True, slots=True)
class _Write:
    """A write that has ended: its time in s, and the reason if it was long."""

    seconds: float
    reason: Reason | None


class Holdup:
    """Watches the thread that inspects and stores. That thread calls `inspecting` and `storing`; any thread may ask."""

    def __init__(self, why_slow: WhySlow = records_slow) -> None:
        self._why_slow = why_slow
        self._inspected: deque[float] = deque(maxlen=_REMEMBERED)
        self._stored: deque[_Write] = deque(maxlen=_REMEMBERED)
        self._since: float | None = None
        self._given: Reason | None = None

    @contextmanager
    def inspecting(self) -> Iterator[None]:
        started = time.monotonic()
        yield
        self._inspected.append(time.monotonic() - started)

    @contextmanager
    def storing(self) -> Iterator[None]:
        self._given = None
        self._since = started = time.monotonic()
        try:
            yield
        finally:
            self._since = None
            seconds = time.monotonic() - started
            self._stored.append(_Write(seconds, self._given or (self._why_slow(seconds) if seconds >= LONG_S else None)))

    def cause(self) -> Reason | None:
        """The reason why stored results are waited for; None if inspecting takes the time. Ask while the thread's queue is full.

        After a long write has ended, its reason holds until the queue that grew meanwhile has passed.
        """
        present = self._present_s()
        if present >= LONG_S:
            self._given = self._why_slow(present)
            return self._given
        stored = list(self._stored)
        if present + sum(w.seconds for w in stored) <= sum(list(self._inspected)):
            return None
        longest = max(stored, key=lambda w: w.seconds, default=_Write(present, None))
        return longest.reason or self._why_slow(longest.seconds)

    def stuck(self) -> Reason | None:
        """The reason of a write that has not ended for STUCK_S; None if there is none."""
        present = self._present_s()
        return self._why_slow(present) if present >= STUCK_S else None

    def _present_s(self) -> float:
        """Seconds since the present write began; 0 without one."""
        since = self._since
        return 0.0 if since is None else time.monotonic() - since


class Backlog:
    """Remembers why the queue of frames grew, until the frames that were in it have passed. Any thread may call its methods.

    When a long write ends, the queue is still full. Frames that are dropped then are lost because of that write. Once the queued frames
    have passed, a queue that is full again has another cause.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity, self._lock = capacity, threading.Lock()
        self._left = 0
        self._reason: Reason | None = None

    def grew(self, reason: Reason) -> None:
        """Record that the queue is full for this reason."""
        with self._lock:
            self._left, self._reason = self._capacity, reason

    def passed(self) -> None:
        """Record that a frame was taken from the queue."""
        with self._lock:
            self._left = max(0, self._left - 1)

    @property
    def reason(self) -> Reason | None:
        """Why the queue is full; None if the frames that were queued for a reason have passed."""
        with self._lock:
            return self._reason if self._left else None
