"""Frames through the capture process: python -m benchmarks.capture [--seconds 10]

The simulated GenICam camera runs as fast as buffers come back; its frames of 4096 x 512 px are read here, once from this process and
once from a process of their own through the ring, in turn.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from functools import partial
from pathlib import Path
from statistics import median

from skelp.capture.genicam.settings import CameraSettings
from skelp.capture.genicam.source import GenicamSource
from skelp.capture.isolated import IsolatedSource
from skelp.domain.events import Publish
from skelp.domain.strip import CameraFrame, CameraView, LostLines, Scale
from skelp.ports import FrameSource

LINESIM = Path(__file__).parents[1] / "tools" / "linesim"
WIDTH, LINES = 4096, 512


def camera(settings: CameraSettings, publish: Publish) -> FrameSource:
    """The camera, to be made here or in the capture process."""
    return GenicamSource(settings, CameraView("cam", settings.width, Scale(1, 1)), publish)


def rate(source: FrameSource, seconds: float) -> tuple[float, float]:
    """MPix/s that arrive, and the share of lines that were lost."""
    with source:
        captures = source.captures()
        next(c for c in captures if c is not None)
        began, came, lost = time.perf_counter(), 0, 0
        for capture in captures:
            came += capture.lines if isinstance(capture, CameraFrame) else 0
            lost += capture.lines if isinstance(capture, LostLines) else 0
            if (took := time.perf_counter() - began) > seconds:
                break
    return came * WIDTH / took / 1e6, lost / max(came + lost, 1)


def main() -> None:
    """Measure both ways in turn."""
    ask = argparse.ArgumentParser(prog="benchmarks.capture", description=__doc__)
    ask.add_argument("--seconds", type=float, default=10)
    ask.add_argument("--rounds", type=int, default=3)
    asked = ask.parse_args()
    subprocess.run(["make", "-s", "-C", str(LINESIM)], check=True)
    free = (("AcquisitionLineRateEnable", False),)
    settings = CameraSettings(
        producer=str(LINESIM / "build" / "linesim.cti"),
        serial="LS0000",
        width=WIDTH,
        frame_lines=LINES,
        mm_per_px=1,
        mm_per_line=1,
        features=free,
    )
    ways: dict[str, FrameSource] = {
        "in this process": camera(settings, lambda *_: None),
        "in its own": IsolatedSource(partial(camera, settings), frame_lines=LINES),
    }
    rounds = [{name: rate(source, asked.seconds) for name, source in ways.items()} for _ in range(asked.rounds)]
    seen = {name: [r[name] for r in rounds] for name in ways}
    for name, runs in seen.items():
        print(f"{name}: {median(r[0] for r in runs):.0f} MPix/s, {max(r[1] for r in runs):.2%} lost at most")


if __name__ == "__main__":
    main()
