"""How soon drift of what a model finds is noticed, and how often without cause: python -m benchmarks.model_drift [--out FILE]

Drawn coils of 800 m with one class of defects. The rate of each coil is drawn from a gamma distribution, so that a few coils have most of
the defects; then the defects are drawn from a Poisson distribution. After 300 coils the rate or the mean score changes for good.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from skelp.domain.drifting import BEFORE, NOW, CoilSeen, drifted
from skelp.terminal import print_rows

LENGTH_M = 800.0
AS_BEFORE = 300


def drawn(rng: np.random.Generator, count: int, per_100m: float, score: float, shape: float) -> list[CoilSeen]:
    """Coils in order. `shape`: 1 / the squared spread of their rates; the smaller, the more in a few coils."""
    found = rng.poisson(rng.gamma(shape, per_100m / shape, count) * LENGTH_M / 100)
    return [CoilSeen(LENGTH_M, {"scratch": int(n)}, {"scratch": float(rng.normal(score, 0.04))} if n else {}) for n in found]


def first_alarm(line: Sequence[CoilSeen], since: int) -> int | None:
    """The number of coils from `since` on until drift is reported, itself counted; None if it never is."""
    for n in range(since + 1, len(line) + 1):
        if drifted(line[max(0, n - NOW - BEFORE) : n][::-1], {}):
            return n - since
    return None


def measured(times: float, score: float, shape: float, repeats: int, after: int) -> dict[str, Any]:
    """Lines that change after 300 coils, and are watched for `after` more."""
    delays = []
    for seed in range(repeats):
        rng = np.random.default_rng(seed)
        line = [*drawn(rng, AS_BEFORE, 1.0, 0.8, shape), *drawn(rng, after, times, score, shape)]
        delays.append(first_alarm(line, AS_BEFORE))
    found = sorted(d for d in delays if d is not None)
    return {
        "times": times,
        "score": score,
        "shape": shape,
        "lines": repeats,
        "coils_after": after,
        "found": len(found),
        "median_coils": found[len(found) // 2] if found else None,
        "nine_of_ten_coils": found[int(0.9 * len(found))] if found else None,
    }


def main() -> None:
    """Measure and print; write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    found = [measured(1.0, 0.8, shape, 100, 1000) for shape in (0.5, 2.0)]
    found += [measured(times, 0.8, shape, 40, 60) for shape in (0.5, 2.0) for times in (2.0, 3.0, 5.0, 0.3, 0.1)]
    found += [measured(1.0, score, 2.0, 40, 60) for score in (0.7, 0.77)]
    keys = ("times", "score", "shape", "found", "lines", "coils_after", "median_coils", "nine_of_ten_coils")
    print_rows([keys, *([str(f[key]) for key in keys] for f in found)])
    if options.out:
        options.out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
