"""Counts lines, busy time and latency of the stages, for `skelp bench`, the station page and Prometheus."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from skelp.domain.coverage import LineCount, State
from skelp.domain.reasons import Code

_LATENCIES = 4096


class Meter:
    """Counters that any thread may use. Memory is bounded: of the latencies only the last 4096 are stored."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy: defaultdict[str, float] = defaultdict(float)
        self._counts: Counter[str] = Counter()
        self._lines: Counter[tuple[State, Code | None]] = Counter()
        self._latency_s: deque[float] = deque(maxlen=_LATENCIES)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the duration of the `with` block to the busy time of a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - start
            with self._lock:
                self._busy[name] += spent

    def count(self, name: str, n: int = 1) -> None:
        with self._lock:
            self._counts[name] += n

    def count_lines(self, counts: Iterable[LineCount]) -> None:
        """Add lines that a camera's ledger has recorded."""
        with self._lock:
            for c in counts:
                self._lines[c.state, c.code] += c.lines

    def lines(self) -> tuple[LineCount, ...]:
        """The recorded lines of all cameras, by state and reason code."""
        with self._lock:
            return tuple(LineCount(state, code, n) for (state, code), n in sorted(self._lines.items(), key=str))

    def add_latency(self, seconds: float) -> None:
        """Add the time between a camera frame and its stored result."""
        with self._lock:
            self._latency_s.append(seconds)

    def counts(self) -> dict[str, int]:
        """All counters by name."""
        with self._lock:
            return dict(self._counts)

    def busy_s(self) -> dict[str, float]:
        """Busy time of each stage, in s."""
        with self._lock:
            return dict(self._busy)

    def latencies_ms(self) -> list[float]:
        """The last 4096 latencies from camera frame to stored result, sorted, in ms."""
        with self._lock:
            return sorted(s * 1000 for s in self._latency_s)
