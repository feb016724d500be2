"""Times things side by side: in each round all run in turn, so that a slow machine slows all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median


def medians(calls: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Median seconds of each call over the rounds. A first round is not counted: it may build kernels."""
    taken: list[list[float]] = [[] for _ in calls]
    for n in range(rounds + 1):
        for call, own in zip(calls, taken, strict=True):
            started = time.perf_counter()
            call()
            if n:
                own.append(time.perf_counter() - started)
    return [median(t) for t in taken]
