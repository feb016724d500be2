"""Builds the producer of the simulated camera once a run, and makes settings for it."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from skelp.capture.genicam.settings import CameraSettings, Value

TOOL = Path(__file__).parents[1] / "tools" / "linesim"


@cache
def producer() -> str:
    """Returns the path of linesim.cti. Skips the test if there is no compiler."""
    if not shutil.which("make") or not shutil.which("cc"):
        pytest.skip("needs make and a C compiler")
    with (TOOL / "Makefile").open() as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        built = subprocess.run(["make", "-C", str(TOOL)], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return str(TOOL / "build" / "linesim.cti")


FREE_RUNNING: dict[str, Any] = {
    "producer": "none.cti",
    "serial": "LS0000",
    "width": 256,
    "frame_lines": 64,
    "line_rate_hz": 6400.0,
    "mm_per_px": 1.0,
    "mm_per_line": 1.0,
}
"""A free-running camera: 256 px, 64 lines a frame, 6,400 lines/s, so a frame every 10 ms."""


def settings(*features: tuple[str, Value], **more: Any) -> CameraSettings:
    """Settings of a simulated camera that runs freely."""
    rate = more.get("line_rate_hz", FREE_RUNNING["line_rate_hz"])
    free = (("AcquisitionLineRate", rate),) if rate else ()
    return CameraSettings.model_validate(
        {**FREE_RUNNING, "producer": producer(), "line_rate_hz": rate, **more, "features": (*free, *features)}
    )


def by_encoder(*features: tuple[str, Value], lines_hz: float = 6400.0, **more: Any) -> CameraSettings:
    """Settings of the same camera with an encoder, which triggers the lines and whose count frames carry.

    The strip moves by the machine's clock.
    """
    encoder: tuple[tuple[str, Value], ...] = (
        ("TriggerSelector", "LineStart"),
        ("TriggerSource", "Encoder0"),
        ("TriggerMode", "On"),
        ("EncoderDivider", 2),
        ("SimEncoderRate", 2 * lines_hz),
        ("SimStripClock", True),
    )
    return settings(*encoder, *features, line_rate_hz=None, encoder_counts_per_line=2.0, **more)
