"""States of the line stay true when cameras are lost, clocks jump, and cameras do not take their frames at the same moments."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.line_state import LineNow, LineState, Passage
from skelp.domain.reasons import CameraNoAnswer, CameraSilent, Counted, FrameDropped, Reason
from skelp.domain.strip import CameraFrame, CameraView, CoilEnd, CoilLine, LostLines, OnCoil, Scale
from skelp.pipeline.line_states import LineStates

MM = 0.25
AWAY = CameraNoAnswer().by(Counted.LATER)
S = 10**9


class Line:
    """A line whose cameras deliver what a test says, and the passages that were told of its coils."""

    def __init__(self, *views: CameraView, live: bool = True, again: int = 0) -> None:
        self.views = views or (CameraView("top", 64, Scale(MM, MM)),)
        self.again = again
        self.states = LineStates(self.views, [v.camera for v in self.views] if live else [], 0.5, lambda: self.again)
        self.ends: dict[str, int] = {}
        self.kept: dict[int, Passage] = {}

    def frame(
        self, s: float, lines: int = 512, *, camera: str = "top", own_s: float | None = None, again: int = 0, cut_at: Sequence[int] = ()
    ) -> None:
        first = self.ends.get(camera, 0)
        own = None if own_s is None else round(own_s * S)
        frame = CameraFrame(camera, CoilLine(first), np.zeros((lines, 64), np.uint8), round(s * S), again=again, exposed_ns=own)
        for a, b in pairwise(sorted({0, *cut_at, lines})):
            self._take(OnCoil("K", frame.cut(a, b)))
        self.ends[camera] = first + lines

    def lose(self, lines: int, reason: Reason = AWAY, *, camera: str = "top") -> None:
        first = self.ends.get(camera, 0)
        self._take(OnCoil("K", LostLines(camera, CoilLine(first), lines, reason)))
        self.ends[camera] = first + lines

    def idle(self, s: float) -> None:
        passed = self.states.idle(round(s * S))
        self.kept |= {p.number: p for p in passed.passages} if passed else {}

    def end(self) -> list[Passage]:
        for v in self.views:
            self._take(CoilEnd("K", v.camera))
        return list(self.kept.values())

    def _take(self, item: OnCoil | CoilEnd) -> None:
        passed = self.states.push(item)
        self.kept |= {p.number: p for p in passed.passages} if passed else {}

    @property
    def now(self) -> LineNow | None:
        return self.states.now


def named(passages: list[Passage]) -> list[str]:
    return [p.state.value for p in passages]


def view(camera: str, behind_mm: float = 0.0, *, free_running: bool = False) -> CameraView:
    return CameraView(camera, 64, Scale(MM, MM), behind_mm=behind_mm, free_running=free_running)


@pytest.mark.parametrize("then_s", [0.0, -1e9, 1e9], ids=["it begins again", "it runs back", "it is synchronised"])
def test_a_camera_clock_that_jumps_is_no_stop_and_no_standing_speed(then_s: float) -> None:
    line = Line()
    for n in range(40):
        line.frame(100 + 0.1 * n, own_s=5000 + 0.1 * n)
    for n in range(40, 80):
        line.frame(100 + 0.1 * n, own_s=5000 + then_s + 0.1 * (n - 40))
    assert line.now == LineNow(LineState.RUNNING, 1.28)
    for n in range(20):
        line.frame(109 + 1.0 * n, own_s=5005 + then_s + 1.0 * n)
    assert line.now == LineNow(LineState.SLOWING, 0.128)
    found = line.end()
    assert named(found) == ["running", "slowing"]
    assert sum(p.seconds or 0.0 for p in found) < 40


def test_a_camera_clock_that_stands_does_not_hide_a_stop() -> None:
    line = Line()
    for n in range(40):
        line.frame(0.1 * n, own_s=77.0)
    line.frame(64.0, own_s=77.0)
    for n in range(40):
        line.frame(64.1 + 0.1 * n, own_s=77.0)
    assert named(line.end()) == ["running", "stopped", "running"]


def test_frames_without_the_cameras_time_between_others_are_timed_by_their_arrival() -> None:
    line = Line()
    for n in range(60):
        line.frame(100 + 0.1 * n, own_s=None if n % 7 == 3 else 10**6 + 0.1 * n)
    (found,) = line.end()
    assert (found.slowest_m_s, found.fastest_m_s) == (1.28, 1.28)


def test_a_free_running_camera_tells_no_speed_although_its_frames_have_times() -> None:
    line = Line(view("top", free_running=True), view("bottom"))
    for n in range(40):
        line.frame(0.01 * n, 64, own_s=0.01 * n)
    assert line.now is None
    for n in range(40):
        line.frame(0.1 * n, 64, camera="bottom")
    assert line.now == LineNow(LineState.THREADING, 0.16)
    assert named(line.end()) == ["threading"]


def test_the_line_stands_between_two_coils_too() -> None:
    line = Line()
    for n in range(40):
        line.frame(0.1 * n)
    found = line.end()
    line.idle(10.0)
    assert line.now == LineNow(LineState.STOPPED, 0.0)
    assert line.end() == found


def test_a_lost_camera_leaves_nothing_known_and_its_silence_is_no_stop() -> None:
    line = Line()
    for n in range(40):
        line.frame(0.1 * n)
    line.lose(1)
    assert line.now is None
    line.idle(30.0)
    line.lose(100_000)
    for n in range(40):
        line.frame(40 + 0.1 * n)
    assert named(line.end()) == ["running"]


def test_a_stop_that_was_the_silence_of_a_lost_camera_is_withdrawn() -> None:
    line = Line()
    for n in range(40):
        line.frame(0.1 * n)
    line.idle(8.0)
    assert named(list(line.kept.values())) == ["running", "stopped"]
    line.lose(1)
    assert named(list(line.kept.values())) == ["running", "running"]
    line.lose(100_000)
    for n in range(40):
        line.frame(40 + 0.1 * n)
    found = line.end()
    assert named(found) == ["running", "running"]
    assert found[0].end_line == found[1].first_line
    assert found[1].end_line == 80 * 512 + 100_001


def test_a_stop_that_a_frame_confirmed_stays() -> None:
    line = Line()
    for n in range(40):
        line.frame(0.1 * n)
    line.idle(60.0)
    line.frame(64.0)
    line.lose(1)
    assert named(line.end()) == ["running", "stopped", "slowing"]


def test_a_camera_further_down_the_line_takes_over_from_one_that_is_lost() -> None:
    line = Line(view("top"), view("bottom", behind_mm=2000.0))
    line.ends["bottom"] = 0
    for n in range(60):
        line.frame(0.1 * n)
        if n >= 16:
            line.frame(0.1 * n, camera="bottom")
    for n in range(60, 120):
        line.lose(512, CameraSilent(Counted.OTHER_CAMERA, by_camera="bottom"))
        line.frame(0.1 * n, camera="bottom")
    assert line.now == LineNow(LineState.RUNNING, 1.28)
    for n in range(10):
        line.lose(512, CameraSilent(Counted.OTHER_CAMERA, by_camera="bottom"))
        line.frame(12 + 1.0 * n, camera="bottom")
    assert line.now == LineNow(LineState.SLOWING, 0.128)
    line.idle(90.0)
    assert line.now == LineNow(LineState.STOPPED, 0.0)
    assert named(line.end()) == ["running", "slowing", "stopped", "slowing"]


def test_cameras_whose_frames_end_at_other_moments_tell_a_stop_once_and_time_once() -> None:
    line = Line(view("top"), view("bottom"))
    line.frame(-0.05, 256, camera="bottom")
    for n in range(100):
        late = 60.0 if n >= 50 else 0.0
        line.frame(0.1 * n + late)
        line.frame(0.1 * n + 0.05 + late, camera="bottom")
    line.frame(0.1 * 99 + 60.1, 256)
    found = line.end()
    assert named(found) == ["running", "stopped", "running"]
    assert abs(sum(p.seconds or 0.0 for p in found) - 70) < 1


def test_a_reverse_is_told_once_by_cameras_with_frames_of_other_heights() -> None:
    line = Line(view("top"), view("bottom"))
    for n in range(20):
        line.frame(0.1 * n)
    for n in range(4):
        line.frame(0.5 * n + 0.4, 2560, camera="bottom")
    line.frame(9.0, 100, again=4000)
    line.frame(9.2, 2560, camera="bottom", again=4000)
    for n in range(20):
        line.frame(9.3 + 0.1 * n)
    found = line.end()
    assert named(found).count("reversed") == 1
    assert sum(p.again_lines for p in found) == 4000


def test_a_strip_that_swings_while_it_stands_is_not_back() -> None:
    line = Line(again=12)
    for n in range(40):
        line.frame(0.1 * n)
    line.idle(30.0)
    assert line.now == LineNow(LineState.STOPPED, 0.0)
    line.again = 4000
    line.idle(33.0)
    assert line.now == LineNow(LineState.REVERSED, None)
    back = line.kept[1]
    assert (back.state, back.again_lines) == (LineState.REVERSED, 4000)


@given(st.lists(st.integers(1, 511), max_size=3), st.floats(0.06, 12.0))
def test_the_speed_does_not_depend_on_where_frames_are_cut(cuts: list[int], speed: float) -> None:
    line = Line()
    frame_s = 512 * MM / 1000 / speed
    for n in range(max(30, round(2 / frame_s))):
        line.frame(n * frame_s, cut_at=cuts)
    for p in line.end():
        assert p.slowest_m_s is not None
        assert p.fastest_m_s is not None
        assert abs(p.slowest_m_s - speed) < 0.002 + 0.001 * speed
        assert abs(p.fastest_m_s - speed) < 0.002 + 0.001 * speed


def test_frames_that_waited_and_come_all_at_once_are_no_speed() -> None:
    line = Line()
    for n in range(5):
        line.frame(1e-6 * n)
    assert line.now is None
    for n in range(40):
        line.frame(0.3 + 0.3 * n)
    assert max(p.fastest_m_s or 0.0 for p in line.end()) < 3


def test_a_first_frame_after_steel_that_came_again_begins_its_coil_with_a_reverse() -> None:
    line = Line()
    line.frame(0.0, again=9000)
    for n in range(40):
        line.frame(0.1 + 0.1 * n)
    found = line.end()
    assert named(found) == ["reversed", "running"]
    assert (found[0].first_line, found[1].first_line, found[1].end_line) == (0, 0, 41 * 512)


def test_coils_of_no_lines_and_of_lost_lines_alone_have_no_passages() -> None:
    line = Line()
    assert line.end() == []
    line.lose(500, FrameDropped())
    line.lose(500, AWAY)
    assert line.end() == []
    assert line.now is None
