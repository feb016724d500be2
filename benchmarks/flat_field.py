"""Measures the cost of flat-field correction, compared with copying a frame: python -m benchmarks.flat_field"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import cv2
import numpy as np

from skelp.capture.flat_field import FlatField, References
from skelp.domain.strip import Pixels

LINES, WIDTH, ROUNDS, BUFFERS = 512, 4096, 40, 16


def main() -> None:
    """Copy and correct frames in turn, on one thread. The buffers together are larger than the cache."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng(1)
    buffers = [rng.integers(0, 255, (LINES, WIDTH), np.uint8) for _ in range(BUFFERS)]
    flat = FlatField(References(rng.uniform(0, 3, WIDTH).astype(np.float32), rng.uniform(80, 200, WIDTH).astype(np.float32)), WIDTH)
    ways: dict[str, Callable[[Pixels], Pixels]] = {"copied": lambda b: b.copy(), "corrected": flat.correct}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for n in range(ROUNDS):
        for name, way in ways.items():
            started = time.perf_counter()
            way(buffers[n % BUFFERS])
            taken[name].append(time.perf_counter() - started)
    rates = {name: LINES * WIDTH / 1e6 / median(t) for name, t in taken.items()}
    for name, rate in rates.items():
        print(f"{name}: {rate:,.0f} MPix/s on one thread")
    extra = 1 / rates["corrected"] - 1 / rates["copied"]
    print(f"the correction alone: {1 / extra:,.0f} MPix/s on one core")


if __name__ == "__main__":
    main()
