"""The aligner, for cameras that start at different times, stand behind each other, fall silent and come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skelp.domain.events import CamerasUnaligned, Payload
from skelp.domain.reasons import CameraOutOfStep, Code, Other
from skelp.domain.strip import CameraFrame, Capture, LostLines
from skelp.pipeline.align import SILENT_AFTER_S, Aligner


@dataclass
class Cameras:
    """Feeds an aligner with captures of several cameras and stores what it yields. `at` is the time in s."""

    behind: Mapping[str, int]
    encoder: bool = True
    aligned: dict[str, list[Capture[Any]]] = field(default_factory=dict)
    published: list[Payload] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.aligner = Aligner(self.behind, 0.0, publish=self.published.append)
        self.aligned = {name: [] for name in self.behind}

    def frame(self, camera: str, first: int, lines: int, strip: int, at: float = 0.0) -> None:
        """Push a frame. `first`: its first line in the camera's own count; `strip`: the encoder count of that line."""
        pixels = np.zeros((lines, 4), np.uint8)
        self.push(CameraFrame(camera, first, pixels, 0, strip_line=strip if self.encoder else None), at)

    def lose(self, camera: str, first: int, lines: int, at: float = 0.0, *, estimated: bool = False) -> None:
        self.push(LostLines(camera, first, lines, Other("away"), estimated), at)

    def push(self, capture: Capture[Any], at: float) -> None:
        self.aligner.capture_arrived(capture.camera, at)
        for c in self.aligner.push(capture):
            self.aligned[c.camera].append(c)

    def silent_losses(self, at: float) -> None:
        for c in self.aligner.silent_losses(at):
            self.aligned[c.camera].append(c)

    def check(self, camera: str) -> list[tuple[str, int]]:
        """Assert that the captures have no holes from line 0 on. Returns ("frame" or the reason code, lines) of each."""
        line = 0
        for c in self.aligned[camera]:
            assert c.first_line == line
            line += c.lines
        return [("frame" if isinstance(c, CameraFrame) else c.reason.code, c.lines) for c in self.aligned[camera]]


LATE, SILENT, AWAY = Code.LINE_BEFORE_FIRST, Code.CAMERA_SILENT, Code.OTHER


def test_a_single_camera_keeps_its_own_count() -> None:
    alone = Cameras({"a": 0})
    alone.lose("a", 0, 10)
    alone.frame("a", 10, 20, strip=777)
    assert alone.check("a") == [(AWAY, 10), ("frame", 20)]


def test_a_camera_that_starts_later_loses_the_lines_before() -> None:
    two = Cameras({"a": 0, "b": 0})
    two.frame("a", 0, 100, strip=5000)
    two.frame("b", 0, 100, strip=5070)
    assert two.check("a") == [("frame", 100)]
    assert two.check("b") == [(LATE, 70), ("frame", 100)]


def test_a_camera_behind_sees_the_same_steel_later() -> None:
    """b stands 300 lines behind a. So a sees at encoder count 5000 the steel that b sees at 5300."""
    two = Cameras({"a": 0, "b": 300})
    two.frame("b", 0, 100, strip=5000)
    two.frame("a", 0, 100, strip=5000)
    two.frame("b", 100, 300, strip=5100)
    assert two.check("a") == [(LATE, 300), ("frame", 100)]
    assert two.check("b") == [("frame", 100), ("frame", 300)]


def test_without_an_encoder_cameras_are_assumed_to_start_together() -> None:
    two = Cameras({"a": 0, "b": 300}, encoder=False)
    two.frame("a", 0, 100, strip=0)
    two.frame("b", 0, 100, strip=0)
    assert two.check("a") == [(LATE, 300), ("frame", 100)]
    assert two.check("b") == [("frame", 100)]


def test_lines_before_line_0_are_dropped() -> None:
    two = Cameras({"a": 0, "b": 0})
    two.frame("a", 0, 100, strip=5000)
    two.frame("b", 0, 100, strip=4960)
    two.frame("b", 100, 100, strip=5060)
    assert two.check("b") == [("frame", 60), ("frame", 100)]


def test_a_loss_before_the_first_frame_keeps_its_lines() -> None:
    two = Cameras({"a": 0, "b": 0})
    two.frame("a", 0, 100, strip=5000)
    two.lose("b", 0, 200)
    two.frame("b", 200, 100, strip=5250)
    assert two.check("b") == [(AWAY, 200), (LATE, 50), ("frame", 100)]


def test_an_encoder_count_too_far_from_the_others_is_reported_and_not_used() -> None:
    two = Cameras({"a": 0, "b": 0})
    two.frame("a", 0, 100, strip=9_000_000)
    two.frame("b", 0, 100, strip=5)
    assert two.check("b") == [("frame", 100)]
    assert two.published == [CamerasUnaligned("b", CameraOutOfStep(-8_999_995))]


def silent_b(*, encoder: bool) -> Cameras:
    """Camera b falls silent at line 100. Camera a goes on to line 1000."""
    two = Cameras({"a": 0, "b": 0}, encoder=encoder)
    two.frame("a", 0, 100, strip=5000)
    two.frame("b", 0, 100, strip=5000)
    two.frame("a", 100, 900, strip=5100, at=SILENT_AFTER_S + 1)
    two.silent_losses(SILENT_AFTER_S + 1)
    assert two.check("b") == [("frame", 100), (SILENT, 900)]
    return two


def test_lines_of_a_silent_camera_are_lost_and_counted_by_another_camera() -> None:
    two = silent_b(encoder=True)
    two.silent_losses(SILENT_AFTER_S + 1.1)
    two.silent_losses(SILENT_AFTER_S + 9)  # all cameras are silent: the strip stands
    assert two.check("b") == [("frame", 100), (SILENT, 900)]


def test_a_camera_that_comes_back_with_an_encoder_continues_after_the_reported_loss() -> None:
    two = silent_b(encoder=True)
    two.lose("b", 100, 850, at=5)
    two.frame("b", 950, 100, strip=5950, at=5)
    assert two.check("b") == [("frame", 100), (SILENT, 900), ("frame", 50)]
    assert two.aligned["b"][-1].strip_line == 6000  # type: ignore[union-attr]


def test_a_frame_whose_first_lines_stay_lost_still_says_how_many_came_again() -> None:
    two = silent_b(encoder=True)
    two.push(LostLines("b", 100, 850, Other("away")), 5)
    two.push(CameraFrame("b", 950, np.zeros((100, 4), np.uint8), 0, strip_line=5950, again=7), 5)
    last = two.aligned["b"][-1]
    assert isinstance(last, CameraFrame)
    assert (last.lines, last.again) == (50, 7)


def test_a_camera_that_comes_back_without_an_encoder_continues_where_the_others_are() -> None:
    """Its estimate of lost lines was too low, or far too high because the strip stood."""
    for counted in (500, 50_000):
        two = silent_b(encoder=False)
        two.lose("b", 100, counted, at=5, estimated=True)
        two.frame("b", 100 + counted, 100, strip=0, at=5)
        lines = [n for kind, n in two.check("b") if kind != "frame"]
        assert 900 <= sum(lines) <= 901
        assert two.check("b")[-1] == ("frame", 100)


@pytest.mark.parametrize(("silent_s", "expected"), [(0.5, 10), (5.0, 90_000), (60.0, 10)])
def test_an_estimated_loss_is_limited_by_the_other_camera_unless_it_may_be_lost_too(silent_s: float, expected: int) -> None:
    """Camera a limits the loss of b if it runs, or if it was silent for long without a reported loss: the strip stands.

    After a silence of some seconds it does not, because it may be lost too.
    """
    two = Cameras({"a": 0, "b": 0}, encoder=False)
    two.frame("b", 0, 100, strip=0, at=0)
    two.frame("a", 0, 110, strip=0, at=100 - silent_s)
    two.lose("b", 100, 90_000, at=100, estimated=True)
    assert two.check("b") == [("frame", 100), (AWAY, expected)]


@given(data=st.data())
@settings(max_examples=60)
def test_the_same_number_is_the_same_steel(data: st.DataObject) -> None:
    """Cameras start, alternate, lose frames and fall silent at random.

    The captures of each camera have no holes, and all frames have the same offset between shared line and encoder count.
    """
    behind = {name: data.draw(st.integers(0, 50), label=name) for name in "abc"}
    cameras = Cameras(behind)
    head = {name: 1000 + data.draw(st.integers(0, 80)) for name in behind}
    own, clock = dict.fromkeys(behind, 0), dict.fromkeys(behind, 0.0)
    for _ in range(data.draw(st.integers(5, 40))):
        name = data.draw(st.sampled_from("abc"))
        lines = data.draw(st.integers(1, 40))
        at = max(clock.values()) + data.draw(st.sampled_from([0.0, 0.5, SILENT_AFTER_S + 0.5]))
        clock[name] = at
        if data.draw(st.booleans()):
            cameras.frame(name, own[name], lines, strip=head[name] + own[name], at=at)
        else:
            cameras.lose(name, own[name], lines, at=at)
        own[name] += lines
        cameras.silent_losses(at)
    offsets = set()
    for name, lines in behind.items():
        cameras.check(name)
        for c in cameras.aligned[name]:
            if isinstance(c, CameraFrame) and c.strip_line is not None:
                offsets.add(c.first_line - (c.strip_line - lines))
    assert len(offsets) <= 1
