"""Aravis' simulated GigE Vision camera on loopback, and the producer that reaches it. Skips where Debian's packages are not installed."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import time
from functools import cache

import pytest

from skelp.capture.genicam.settings import CameraSettings
from tests.linesim import TOOL

CAMERA = "arv-fake-gv-camera-0.8"
WIDTH, FRAME_LINES, PERIOD_S = 512, 300, 0.04
_running: list[tuple[int, subprocess.Popen[bytes]]] = []


@cache
def producer() -> str:
    """Path of gige.cti, built once a run."""
    if not shutil.which(CAMERA) or subprocess.run(["pkg-config", "--exists", "aravis-0.8"], check=False).returncode:
        pytest.skip("needs Debian's aravis-tools, libaravis-dev and pkg-config (make system)")
    built = subprocess.run(["make", "-C", str(TOOL), "gige"], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return str(TOOL / "build" / "gige.cti")


def settings(lost_per_1000: int = 0) -> CameraSettings:
    """A camera that is there: 512 px, 300 lines a frame, 25 frames a second, of whose packets so many in 1,000 are lost."""
    chosen = CameraSettings(mm_per_px=1, mm_per_line=1, producer=producer(), serial="LS01", width=WIDTH, frame_lines=FRAME_LINES)
    if not _running or _running[0][0] != lost_per_1000:
        stop()
        loss = ["-r", str(lost_per_1000)] if lost_per_1000 else []
        _running.append((lost_per_1000, subprocess.Popen([CAMERA, "-i", "127.0.0.1", "-s", "LS01", *loss])))
        time.sleep(0.5)
    return chosen


@atexit.register
def stop() -> None:
    while _running:
        _, process = _running.pop()
        process.kill()
        process.wait()
