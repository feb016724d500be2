"""Runs the simulated GigE Vision camera of Aravis, and builds the producer for it. Skips tests if Debian's packages are missing."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import time
from functools import cache
from types import TracebackType
from typing import Self

import pytest

from skelp.capture.genicam.settings import CameraSettings
from tests.cable import Cable
from tests.linesim import TOOL

CAMERA = "arv-fake-gv-camera-0.8"
WIDTH, FRAME_LINES, PERIOD_S = 512, 300, 0.04
_running: list[tuple[int, subprocess.Popen[bytes]]] = []


@cache
def producer() -> str:
    """Builds gige.cti once a run and returns its path."""
    if not shutil.which(CAMERA) or subprocess.run(["pkg-config", "--exists", "aravis-0.8"], check=False).returncode:
        pytest.skip("needs Debian's aravis-tools, libaravis-dev and pkg-config (make system)")
    built = subprocess.run(["make", "-C", str(TOOL), "gige"], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return str(TOOL / "build" / "gige.cti")


def settings_of(serial: str) -> CameraSettings:
    return CameraSettings(mm_per_px=1, mm_per_line=1, producer=producer(), serial=serial, width=WIDTH, frame_lines=FRAME_LINES)


def settings(lost_per_1000: int = 0) -> CameraSettings:
    """Starts the camera on loopback, if it does not run, and returns its settings: 512 px, 300 lines a frame, 25 frames a second.

    `lost_per_1000`: the number of its packets of 1,000 that are lost.
    """
    chosen = settings_of("LS01")
    if not _running or _running[0][0] != lost_per_1000:
        stop()
        loss = ["-r", str(lost_per_1000)] if lost_per_1000 else []
        _running.append((lost_per_1000, subprocess.Popen([CAMERA, "-i", "127.0.0.1", "-s", "LS01", *loss])))
        time.sleep(0.5)
    return chosen


class FarCamera(Cable):
    """A camera at the far end of a cable."""

    def __init__(self) -> None:
        super().__init__(177)
        self.serial = f"VE{os.getpid() % 100000:05d}"

    def __enter__(self) -> Self:
        producer()
        super().__enter__()
        self._camera = subprocess.Popen([*self.inside, CAMERA, "-i", self.far, "-s", self.serial])
        time.sleep(0.5)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        camera = getattr(self, "_camera", None)
        if camera:
            camera.kill()
            camera.wait()
        super().__exit__(kind, error, trace)

    @property
    def settings(self) -> CameraSettings:
        """Settings of the camera at this cable, as a free-running camera: while it is silent, its lines are lost."""
        rate = FRAME_LINES / PERIOD_S
        return settings_of(self.serial).model_copy(update={"line_rate_hz": rate})


@atexit.register
def stop() -> None:
    while _running:
        _, process = _running.pop()
        process.kill()
        process.wait()
