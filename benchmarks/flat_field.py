"""What a flat field costs: frames taken out of a camera's buffer with and without it. python -m benchmarks.flat_field"""

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
    """Turn by turn in one process, on one thread, over buffers that do not fit into the cache together."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng(1)
    buffers = [rng.integers(0, 255, (LINES, WIDTH), np.uint8) for _ in range(BUFFERS)]
    flat = FlatField(References(rng.uniform(0, 3, WIDTH).astype(np.float32), rng.uniform(80, 200, WIDTH).astype(np.float32)), WIDTH)
    ways: dict[str, Callable[[Pixels], Pixels]] = {"copied": lambda b: b.copy(), "corrected": flat.correct}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for n in range(ROUNDS):
        for name, way in ways.items():
            began = time.perf_counter()
            way(buffers[n % BUFFERS])
            taken[name].append(time.perf_counter() - began)
    rates = {name: LINES * WIDTH / 1e6 / median(t) for name, t in taken.items()}
    for name, rate in rates.items():
        print(f"{name}: {rate:,.0f} MPix/s on one thread")
    extra = 1 / rates["corrected"] - 1 / rates["copied"]
    print(f"a core does it for {1 / extra:,.0f} MPix/s more than copying alone")


if __name__ == "__main__":
    main()
