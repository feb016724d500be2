"""The simulated camera over a strip that runs back, through harvesters: the encoder's count of each line, and the camera's clock."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest

from skelp.capture.genicam.settings import Value
from skelp.capture.genicam.source import GenicamSource
from skelp.domain.strip import CameraFrame, CameraView, Scale
from skelp.pipeline.align import Aligner
from skelp.pipeline.motion import Motion
from tests.linesim import by_encoder, settings
from tests.unit.capture.genicam.test_camera import captures, lost, source, strip_lines

REVERSE: tuple[tuple[str, Value], ...] = (("SimReverseEvery", 200), ("SimReverseLines", 72))


def test_with_motion_each_line_has_the_count_of_its_steel() -> None:
    """The strip runs back over 72 lines four times, in the middle of frames. Its lines come again, and the other way round."""
    with source(by_encoder(*REVERSE, ("SimStripClock", False))) as camera:
        found = list(captures(camera, 960))
    assert lost(found) == {}
    seen = [n for c in found if isinstance(c, CameraFrame) for n in strip_lines(c)]
    counts = [int(n) for c in found if isinstance(c, CameraFrame) and c.positions is not None for n in c.positions]
    assert seen[:202] == [*range(200), 198, 197]
    assert counts == [n + 1 for n in seen]  # the count is 1 after the first line
    assert [c.strip_line for c in found if isinstance(c, CameraFrame)] == counts[::64]
    motion = Motion()
    new = [part for c in found for part in motion.push(c)]
    assert [n for c in new if isinstance(c, CameraFrame) for n in strip_lines(c)] == list(range(max(seen) + 1))
    assert len(seen) - max(seen) - 1 > 3 * 72


def test_a_frame_has_the_time_of_the_cameras_clock() -> None:
    with source(by_encoder()) as camera:
        times = [c.exposed_ns for c in captures(camera, 640) if isinstance(c, CameraFrame)]
    steps = [int(b - a) for a, b in pairwise(times) if a is not None and b is not None]
    assert len(steps) == len(times) - 1
    assert sum(steps) / len(steps) == pytest.approx(64 / 6400 * 1e9, rel=0.3)


def test_a_camera_that_runs_freely_has_no_counts_of_lines() -> None:
    """Its lines are no steps of the encoder."""
    with source(settings(encoder_counts_per_line=2.0)) as camera:
        assert [c.positions for c in captures(camera, 128) if isinstance(c, CameraFrame)] == [None, None]


def test_two_cameras_over_one_strip_turn_together_and_give_the_same_steel_once() -> None:
    """The second one stands 50 lines further down the line. It turns at the same count, over other steel."""
    behind = CameraView("behind", 256, Scale(1.0, 1.0), behind_mm=50.0)
    own_clock: tuple[tuple[str, Value], ...] = (*REVERSE, ("SimStripClock", False))
    cameras = source(by_encoder(*own_clock)), GenicamSource(by_encoder(*own_clock, ("SimBehind", 50)), behind)
    aligner = Aligner({c.view.camera: c.view.behind_lines for c in cameras}, 0.0)
    steel: dict[str, dict[int, int]] = {}
    for camera in cameras:  # one after the other: a process can use one device of a producer
        motion, seen = Motion(), steel.setdefault(camera.view.camera, {})
        with camera:
            new = [part for c in captures(camera, 960) for part in motion.push(c)]
        for shared in (s for c in new for s in aligner.push(c)):
            if isinstance(shared, CameraFrame):
                seen.update(zip(range(shared.first_line, shared.first_line + shared.lines), strip_lines(shared), strict=True))
    both = steel["cam"].keys() & steel["behind"].keys()
    assert len(both) > 400
    assert {n: steel["cam"][n] for n in both} == {n: steel["behind"][n] for n in both}


def test_with_the_strips_clock_all_cameras_turn_at_the_same_moments() -> None:
    """The strip runs 200 lines forward and 72 back, from when the machine started. A camera sees a part of this."""
    until = time.monotonic()
    with source(by_encoder(*REVERSE)) as camera:
        found = list(captures(camera, 640))
    assert lost(found) == {}
    seen = np.array([n + 1 for c in found if isinstance(c, CameraFrame) for n in strip_lines(c)])
    moved = np.arange(int(until * 6400) - 272, int(time.monotonic() * 6400))
    walk = moved // 272 * 128 + np.where(moved % 272 < 200, moved % 272, 400 - moved % 272)
    assert any((walk[n : n + 640] == seen).all() for n in np.flatnonzero(walk[:-640] == seen[0]))
