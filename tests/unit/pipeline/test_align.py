"""One count of lines for cameras that begin at different moments, stand behind each other, fall silent and come back."""

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
from skelp.pipeline.align import QUIET_S, Aligner


@dataclass
class Cameras:
    """Cameras over one strip. Time in seconds, lines by the encoder."""

    behind: Mapping[str, int]
    encoder: bool = True
    told: dict[str, list[Capture[Any]]] = field(default_factory=dict)
    published: list[Payload] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.aligner = Aligner(self.behind, 0.0, publish=self.published.append)
        self.told = {name: [] for name in self.behind}

    def frame(self, camera: str, first: int, lines: int, strip: int, at: float = 0.0) -> None:
        """Lines `first ...` of the camera's own count, which show the encoder's lines `strip ...`."""
        pixels = np.zeros((lines, 4), np.uint8)
        self.push(CameraFrame(camera, first, pixels, 0, strip_line=strip if self.encoder else None), at)

    def lose(self, camera: str, first: int, lines: int, at: float = 0.0, *, estimated: bool = False) -> None:
        self.push(LostLines(camera, first, lines, Other("away"), estimated), at)

    def push(self, capture: Capture[Any], at: float) -> None:
        self.aligner.heard(capture.camera, at)
        for c in self.aligner.push(capture):
            self.told[c.camera].append(c)

    def overdue(self, at: float) -> None:
        for c in self.aligner.overdue(at):
            self.told[c.camera].append(c)

    def check(self, camera: str) -> list[tuple[str, int]]:
        """(frame or reason code, lines), after checking that they follow each other from line 0 on."""
        line = 0
        for c in self.told[camera]:
            assert c.first_line == line
            line += c.lines
        return [("frame" if isinstance(c, CameraFrame) else c.reason.code, c.lines) for c in self.told[camera]]


LATE, SILENT, AWAY = Code.LINE_BEFORE_FIRST, Code.CAMERA_SILENT, Code.OTHER


def test_one_camera_keeps_its_own_count() -> None:
    alone = Cameras({"a": 0})
    alone.lose("a", 0, 10)
    alone.frame("a", 10, 20, strip=777)
    assert alone.check("a") == [(AWAY, 10), ("frame", 20)]


def test_a_camera_that_began_later_has_missed_the_lines_before() -> None:
    two = Cameras({"a": 0, "b": 0})
    two.frame("a", 0, 100, strip=5000)
    two.frame("b", 0, 100, strip=5070)
    assert two.check("a") == [("frame", 100)]
    assert two.check("b") == [(LATE, 70), ("frame", 100)]


def test_a_camera_behind_sees_the_same_steel_later() -> None:
    """b stands 300 lines behind a: what a shows at encoder line 5000, b shows at 5300."""
    two = Cameras({"a": 0, "b": 300})
    two.frame("b", 0, 100, strip=5000)
    two.frame("a", 0, 100, strip=5000)
    two.frame("b", 100, 300, strip=5100)
    assert two.check("a") == [(LATE, 300), ("frame", 100)]
    assert two.check("b") == [("frame", 100), ("frame", 300)]


def test_without_an_encoder_cameras_are_taken_to_have_begun_together() -> None:
    two = Cameras({"a": 0, "b": 300}, encoder=False)
    two.frame("a", 0, 100, strip=0)
    two.frame("b", 0, 100, strip=0)
    assert two.check("a") == [(LATE, 300), ("frame", 100)]
    assert two.check("b") == [("frame", 100)]


def test_lines_from_before_the_count_began_are_not_told() -> None:
    two = Cameras({"a": 0, "b": 0})
    two.frame("a", 0, 100, strip=5000)
    two.frame("b", 0, 100, strip=4960)
    two.frame("b", 100, 100, strip=5060)
    assert two.check("b") == [("frame", 60), ("frame", 100)]


def test_frames_lost_before_the_first_one_have_their_place() -> None:
    two = Cameras({"a": 0, "b": 0})
    two.frame("a", 0, 100, strip=5000)
    two.lose("b", 0, 200)
    two.frame("b", 200, 100, strip=5250)
    assert two.check("b") == [(AWAY, 200), (LATE, 50), ("frame", 100)]


def test_counters_that_do_not_count_alike_are_said_and_not_used() -> None:
    two = Cameras({"a": 0, "b": 0})
    two.frame("a", 0, 100, strip=9_000_000)
    two.frame("b", 0, 100, strip=5)
    assert two.check("b") == [("frame", 100)]
    assert two.published == [CamerasUnaligned("b", CameraOutOfStep(-8_999_995))]


def silent_b(*, encoder: bool) -> Cameras:
    """b falls silent at line 100 while a goes on to line 1000."""
    two = Cameras({"a": 0, "b": 0}, encoder=encoder)
    two.frame("a", 0, 100, strip=5000)
    two.frame("b", 0, 100, strip=5000)
    two.frame("a", 100, 900, strip=5100, at=QUIET_S + 1)
    two.overdue(QUIET_S + 1)
    assert two.check("b") == [("frame", 100), (SILENT, 900)]
    return two


def test_a_silent_camera_is_told_as_lost_by_what_another_sees() -> None:
    two = silent_b(encoder=True)
    two.overdue(QUIET_S + 1.1)
    two.overdue(QUIET_S + 9)  # nobody is heard any more: the strip stands
    assert two.check("b") == [("frame", 100), (SILENT, 900)]


def test_a_camera_that_comes_back_by_the_encoder_is_cut_where_it_was_told_as_lost() -> None:
    two = silent_b(encoder=True)
    two.lose("b", 100, 850, at=5)
    two.frame("b", 950, 100, strip=5950, at=5)
    assert two.check("b") == [("frame", 100), (SILENT, 900), ("frame", 50)]
    assert two.told["b"][-1].strip_line == 6000  # type: ignore[union-attr]


def test_a_camera_that_comes_back_by_time_goes_on_where_the_others_are() -> None:
    """It counted too few, or far too many: the strip had stood."""
    for counted in (500, 50_000):
        two = silent_b(encoder=False)
        two.lose("b", 100, counted, at=5, estimated=True)
        two.frame("b", 100 + counted, 100, strip=0, at=5)
        lines = [n for kind, n in two.check("b") if kind != "frame"]
        assert 900 <= sum(lines) <= 901
        assert two.check("b")[-1] == ("frame", 100)


@pytest.mark.parametrize(("silent_s", "told"), [(0.5, 10), (5.0, 90_000), (60.0, 10)])
def test_a_loss_by_time_is_cut_by_cameras_that_know_and_not_by_one_that_may_be_lost_too(silent_s: float, told: int) -> None:
    """a was heard a moment ago, or long ago without a word of being lost (the strip stands): it knows. In between it may be lost too."""
    two = Cameras({"a": 0, "b": 0}, encoder=False)
    two.frame("b", 0, 100, strip=0, at=0)
    two.frame("a", 0, 110, strip=0, at=100 - silent_s)
    two.lose("b", 100, 90_000, at=100, estimated=True)
    assert two.check("b") == [("frame", 100), (AWAY, told)]


@given(data=st.data())
@settings(max_examples=60)
def test_the_same_number_is_the_same_steel(data: st.DataObject) -> None:
    """However cameras begin, take turns, lose frames and fall silent: each is told without holes, and by its encoder in its place."""
    behind = {name: data.draw(st.integers(0, 50), label=name) for name in "abc"}
    cameras = Cameras(behind)
    head = {name: 1000 + data.draw(st.integers(0, 80)) for name in behind}
    own, clock = dict.fromkeys(behind, 0), dict.fromkeys(behind, 0.0)
    for _ in range(data.draw(st.integers(5, 40))):
        name = data.draw(st.sampled_from("abc"))
        lines = data.draw(st.integers(1, 40))
        at = max(clock.values()) + data.draw(st.sampled_from([0.0, 0.5, QUIET_S + 0.5]))
        clock[name] = at
        if data.draw(st.booleans()):
            cameras.frame(name, own[name], lines, strip=head[name] + own[name], at=at)
        else:
            cameras.lose(name, own[name], lines, at=at)
        own[name] += lines
        cameras.overdue(at)
    places = set()
    for name, lines in behind.items():
        cameras.check(name)
        for c in cameras.told[name]:
            if isinstance(c, CameraFrame) and c.strip_line is not None:
                places.add(c.first_line - (c.strip_line - lines))
    assert len(places) <= 1
