"""How long each stage was busy and what passed through: for the bench, the station page and Prometheus."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from skelp.domain.coverage import LineCount, State
from skelp.domain.reasons import Code

_KEPT = 4096


class Meter:
    """Counters that any thread may add to. Memory is bounded: latencies keep the last few thousand."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy: defaultdict[str, float] = defaultdict(float)
        self._counts: Counter[str] = Counter()
        self._lines: Counter[tuple[State, Code | None]] = Counter()
        self._latency_s: deque[float] = deque(maxlen=_KEPT)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of the `with` block to a stage."""
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
        """Lines of a camera entered its ledger."""
        with self._lock:
            for c in counts:
                self._lines[c.state, c.code] += c.lines

    def lines(self) -> tuple[LineCount, ...]:
        """Lines of all cameras by state and reason code."""
        with self._lock:
            return tuple(LineCount(state, code, n) for (state, code), n in sorted(self._lines.items(), key=str))

    def latency(self, seconds: float) -> None:
        with self._lock:
            self._latency_s.append(seconds)

    def counts(self) -> dict[str, int]:
        with self._lock:
            return dict(self._counts)

    def busy_s(self) -> dict[str, float]:
        with self._lock:
            return dict(self._busy)

    def latencies_ms(self) -> list[float]:
        """The last few thousand latencies, sorted, from camera frame to stored result."""
        with self._lock:
            return sorted(s * 1000 for s in self._latency_s)
