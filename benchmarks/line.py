"""Runs skelp's whole line once, in a process of its own: python -m benchmarks.line [--screen] [--cameras N] [--width N] [--defects N]

It prints the result of `skelp bench` as JSON, with the highest memory of the process and what the frames take of it. Other benchmarks
start it.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from pathlib import Path

from benchmarks.endurance import resident_mb
from skelp.bench import BAD_COIL, FRAMES, bench
from skelp.config import ModelChoice
from skelp.domain.recipe import Recipe
from skelp.domain.strip import Side

LINES = 512
"""Lines of a frame."""


class Memory:
    """Samples the resident memory of this process, ten times a second."""

    def __init__(self) -> None:
        self._samples: list[tuple[float, float]] = []
        threading.Thread(target=self._sample, daemon=True).start()

    def _sample(self) -> None:
        while True:
            self._samples.append((time.monotonic(), resident_mb()))
            time.sleep(0.1)

    def highest_mb(self, seconds: float) -> int:
        """The highest of the last seconds. The frames are drawn before, which takes more."""
        since = time.monotonic() - seconds
        return round(max(mb for at, mb in self._samples if at >= since))


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--screen", action="store_true", help="screen both sides")
    parser.add_argument("--cameras", type=int, default=1)
    parser.add_argument("--width", type=int, default=4096)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--defects", type=float, default=1.0, help="how many times the defects of a bad coil each camera sees")
    arguments = parser.parse_args()
    memory = Memory()
    facts = bench(
        ModelChoice(path=arguments.model),
        Recipe(screen=tuple(Side) if arguments.screen else ()),
        width=arguments.width,
        lines=LINES,
        seconds=arguments.seconds,
        density=BAD_COIL.times(arguments.defects),
        cameras=arguments.cameras,
    )
    frames_mb = FRAMES * LINES * arguments.width * arguments.cameras / 2**20
    print(json.dumps(facts | {"memory_mb": memory.highest_mb(arguments.seconds), "frames_mb": round(frames_mb)}))


if __name__ == "__main__":
    main()
