"""Measures how fast the simulated camera draws strip, because it must not be the bottleneck: python -m benchmarks.camera"""

from __future__ import annotations

import json
import time

from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip

_LINES = 512
_FRAMES = 100


def main() -> None:
    """Print MPix/s of one thread that draws strip with defects, water and oil, and that of a copy of the same pixels."""
    strip = SyntheticStrip(SyntheticConfig(seed=3))
    warm = strip.pixels(0, _LINES)
    started = time.perf_counter()
    for n in range(_FRAMES):
        strip.pixels(n * _LINES, _LINES)
    painted = time.perf_counter() - started
    started = time.perf_counter()
    for _ in range(_FRAMES):
        warm.copy()
    copied = time.perf_counter() - started
    mpix = _FRAMES * warm.size / 1e6
    print(json.dumps({"painted_mpix_per_s": round(mpix / painted), "copied_mpix_per_s": round(mpix / copied)}))


if __name__ == "__main__":
    main()
