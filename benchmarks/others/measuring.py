"""Times one contender in its own process. It needs numpy alone, because it also runs in the environments of others."""

from __future__ import annotations

import itertools
import json
import resource
import time
from collections.abc import Callable, Sized
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]

FRAMES = "frames.npy"
"""The frames of all contenders, uint8 [count, lines, width], in the folder of the measurement."""
_WARM_UP_S = 1.0


def frames_of(folder: Path) -> U8:
    """The frames that were drawn beforehand."""
    frames: U8 = np.load(folder / FRAMES)
    return frames


def rate(regions_of: Callable[[U8], Sized], frames: U8, seconds: float) -> dict[str, float]:
    """Call it with one frame [lines, width] after the other for so long, after a second of warming up. Whole frames count."""
    turn = itertools.cycle(frames)
    begin = time.perf_counter()
    while time.perf_counter() - begin < _WARM_UP_S:
        regions_of(next(turn))
    begin, count, regions = time.perf_counter(), 0, 0
    while (spent := time.perf_counter() - begin) < seconds:
        regions += len(regions_of(next(turn)))
        count += 1
    return {"mpix_per_s": count * frames[0].size / 1e6 / spent, "frames": count, "regions": regions}


def report(facts: dict[str, float]) -> None:
    """Print the result and this process's highest memory as the last line of stdout, which the parent process reads."""
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(facts | {"memory_mb": round(memory_mb)}), flush=True)
