"""Two simulated GenICam cameras over one strip, each in its own process: they share one count of lines, and one may be lost."""

from __future__ import annotations

import os
import signal
import threading
import time
from functools import partial
from typing import Any

import numpy as np
import pytest

from skelp.capture.genicam.settings import CameraSettings
from skelp.capture.genicam.source import GenicamSource
from skelp.capture.isolated import IsolatedSource
from skelp.domain.coverage import State
from skelp.domain.maps import Maps
from skelp.domain.reasons import CameraProcessEnded, Code, Counted
from skelp.domain.recipe import Recipe
from skelp.domain.strip import CameraView, Scale, Side
from skelp.pipeline.assembly import Limits, assemble
from skelp.pipeline.runner import Line
from skelp.ports import FrameSource
from tests.fakes import U8, ListSink, MapIsPicture, coil
from tests.linesim import by_encoder

pytestmark = pytest.mark.alone

LINES_HZ = 6400


class Blind(MapIsPicture):
    """A network that finds no defects, because MapIsPicture would read classes from the simulated steel."""

    def run(self, frames: U8) -> Maps:
        nothing = np.zeros(frames.shape[:1] + frames.shape[2:], np.uint8)
        return Maps(nothing, nothing)


def open_camera(chosen: CameraSettings, view: CameraView, publish: Any) -> FrameSource:
    return GenicamSource(chosen, view, publish)


def camera(view: CameraView, serial: str) -> IsolatedSource:
    chosen = by_encoder(("OffsetX", view.first_column), ("SimBehind", view.behind_lines), serial=serial)
    return IsolatedSource(partial(open_camera, chosen, view), frame_lines=64)


def wait(line: Line, lines: int, seconds: float = 30) -> None:
    """Wait until `lines` lines were segmented."""
    until = time.monotonic() + seconds
    while line.meter.counts().get("lines_segmented", 0) < lines:
        assert time.monotonic() < until, f"only {line.meter.counts()}"
        time.sleep(0.02)


LEFT = CameraView("left", 256, Scale(1, 1))
BESIDE = CameraView("right", 256, Scale(1, 1), first_column=192)
BELOW = CameraView("right", 256, Scale(1, 1), side=Side.BOTTOM, behind_mm=1500)


@pytest.mark.parametrize("second", [BESIDE, BELOW], ids=["beside", "below"])
def test_the_same_line_is_the_same_steel_also_after_one_camera_was_lost(second: CameraView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINESIM_DEVICES", "2")
    left, right = camera(LEFT, "LS0000"), camera(second, "LS0001")
    network, sink = Blind(), ListSink()
    line = assemble([left, right], network, Recipe(), coil, lambda _: sink, Limits(block_lines=64))
    running = threading.Thread(target=line.run)
    running.start()
    wait(line, 2 * LINES_HZ)
    assert right.process_id is not None
    os.kill(right.process_id, signal.SIGKILL)
    at_kill = line.meter.counts()["lines_segmented"]
    wait(line, at_kill + 3 * LINES_HZ)
    line.stop()
    running.join(30)
    assert not running.is_alive()

    pictures = [o.picture for o in sink.outcomes if o.picture is not None]
    heads = {int(np.ascontiguousarray(p.pixels[0, :8]).view("<u8")[0]) - p.first_line for p in pictures}
    assert {p.camera for p in pictures} == {"left", "right"}
    assert len(heads) == 1  # line 0 is the same strip line for both, before and after the loss
    left_lost, right_lost = (
        [i.reason for i in sink.coverage("C1", name) if i.reason and i.state is State.LOST] for name in ("left", "right")
    )
    assert not {Code.CAMERA_PROCESS_ENDED, Code.CAMERA_SILENT} & {reason.code for reason in left_lost}
    assert CameraProcessEnded(Counted.ENCODER, ended_by="signal 9") in right_lost
