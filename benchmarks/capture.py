"""Measures frames through the capture process: python -m benchmarks.capture [--seconds 10]

The simulated GenICam camera sends frames of 4096 x 512 px as fast as it gets buffers. The benchmark reads them in this process and, in
turn, from a separate capture process through its ring.
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
    """Make the camera, in this process or in the capture process."""
    return GenicamSource(settings, CameraView("cam", settings.width, Scale(1, 1)), publish)


def rate(source: FrameSource, seconds: float) -> tuple[float, float]:
    """MPix/s that arrive, and the share of lost lines."""
    with source:
        captures = source.captures()
        next(c for c in captures if c is not None)
        started, received, lost = time.perf_counter(), 0, 0
        for capture in captures:
            received += capture.lines if isinstance(capture, CameraFrame) else 0
            lost += capture.lines if isinstance(capture, LostLines) else 0
            if (elapsed := time.perf_counter() - started) > seconds:
                break
    return received * WIDTH / elapsed / 1e6, lost / max(received + lost, 1)


def main() -> None:
    """Measure both ways in turn and print the medians."""
    parser = argparse.ArgumentParser(prog="benchmarks.capture", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
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
        "in its own process": IsolatedSource(partial(camera, settings), frame_lines=LINES),
    }
    rounds = [{name: rate(source, arguments.seconds) for name, source in ways.items()} for _ in range(arguments.rounds)]
    results = {name: [r[name] for r in rounds] for name in ways}
    for name, runs in results.items():
        print(f"{name}: {median(r[0] for r in runs):.0f} MPix/s, {max(r[1] for r in runs):.2%} lost at most")


if __name__ == "__main__":
    main()
