"""In which states of the line a coil passed: by the times of frames, stops, and steel that came again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.line_state import LineNow, LineState, Passage
from skelp.domain.reasons import FrameDropped
from skelp.domain.strip import CameraFrame, CameraView, CoilEnd, CoilLine, LostLines, OnCoil, Scale
from skelp.pipeline.line_states import LineStates, Passed

MM = 0.25
LINES = 512
MOVING = {LineState.THREADING, LineState.RUNNING, LineState.SLOWING}


@dataclass
class Strip:
    """A strip that passes one camera or several. It keeps what the states told, as the records would."""

    cameras: tuple[str, ...] = ("top",)
    clock: bool = False
    free_running: bool = False
    ns: int = 10**12
    line: int = 0
    kept: dict[str, dict[int, Passage]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        views = [CameraView(c, 64, Scale(MM, MM), free_running=self.free_running) for c in self.cameras]
        self.states = LineStates(views, self.cameras, running_from_m_s=0.5)

    def run(self, speed: float, frames: int, *, coil: str = "K1", again: int = 0) -> None:
        """Frames at a speed in m/s; steel came again before the first one."""
        for n in range(frames):
            self.ns += round(LINES * MM / 1000 / speed * 1e9)
            for camera in self.cameras:
                pixels = np.zeros((LINES, 64), np.uint8)
                exposed = self.ns + 5 * 10**15 if self.clock else None
                back = again if n == 0 else 0
                frame = CameraFrame(camera, CoilLine(self.line), pixels, self.ns, again=back, exposed_ns=exposed)
                self.keep(self.states.push(OnCoil(coil, frame)))
            self.line += LINES

    def lose(self, lines: int, coil: str = "K1") -> None:
        for camera in self.cameras:
            self.keep(self.states.push(OnCoil(coil, LostLines(camera, CoilLine(self.line), lines, FrameDropped()))))
        self.line += lines

    def stand(self, seconds: float, *, watched: bool = False) -> None:
        """The strip stands. `watched`: the line looks at it meanwhile."""
        for _ in range(int(seconds)):
            self.ns += 10**9
            if watched:
                self.keep(self.states.idle(self.ns))

    def end(self, coil: str = "K1") -> list[Passage]:
        for camera in self.cameras:
            self.keep(self.states.push(CoilEnd(coil, camera)))
        self.line = 0
        return self.passages(coil)

    def passages(self, coil: str = "K1") -> list[Passage]:
        return list(self.kept.get(coil, {}).values())

    def keep(self, passed: Passed | None) -> None:
        for p in passed.passages if passed else ():
            self.kept.setdefault(passed.coil_id if passed else "", {})[p.number] = p


def _named(passages: list[Passage]) -> list[str]:
    return [p.state.value for p in passages]


def _tiles(passages: list[Passage]) -> Iterator[tuple[int, int]]:
    return ((p.first_line, p.end_line) for p in passages if p.state in MOVING)


def test_a_strip_is_threaded_runs_slows_down_stops_and_goes_on() -> None:
    strip = Strip()
    strip.run(0.2, 8)
    strip.run(4.0, 100)
    strip.run(0.3, 6)
    stopped_at = strip.line
    strip.stand(120)
    strip.run(0.3, 6)
    strip.run(4.0, 50)
    found = strip.end()
    assert _named(found) == ["threading", "running", "slowing", "stopped", "slowing", "running"]
    stop = found[3]
    assert (stop.first_line, stop.lines) == (stopped_at, 0)
    assert abs((stop.seconds or 0) - 120) < 1
    assert found[1].fastest_m_s == 4.0
    assert abs((found[0].slowest_m_s or 0) - 0.2) < 0.01


def test_a_stop_is_told_while_it_lasts_and_stays_one_stop() -> None:
    strip = Strip()
    strip.run(2.0, 40)
    strip.stand(30, watched=True)
    assert strip.states.now == LineNow(LineState.STOPPED, 0.0)
    (stop,) = [p for p in strip.passages() if p.state is LineState.STOPPED]
    assert 28 <= (stop.seconds or 0) <= 30
    strip.run(2.0, 40)
    assert strip.states.now == LineNow(LineState.RUNNING, 2.0)
    assert _named(strip.end()) == ["running", "stopped", "running"]


def test_a_strip_that_slows_down_to_a_crawl_does_not_stop() -> None:
    strip = Strip()
    strip.run(2.0, 40)
    for speed in (1.5, 1.0, 0.7, 0.4, 0.25, 0.15, 0.1, 0.06, 0.04):
        strip.run(speed, 1)
    assert _named(strip.end()) == ["running", "slowing"]


def test_steel_that_came_again_is_a_reverse_at_one_line() -> None:
    strip = Strip()
    strip.run(2.0, 40)
    at = strip.line
    strip.stand(40)
    strip.run(2.0, 40, again=9000)
    found = strip.end()
    assert _named(found) == ["running", "reversed", "running"]
    assert (found[1].first_line, found[1].lines, found[1].again_lines) == (at, 0, 9000)


def test_a_strip_that_swings_by_a_few_lines_is_not_reversed() -> None:
    strip = Strip()
    strip.run(2.0, 40)
    strip.run(2.0, 40, again=12)
    assert _named(strip.end()) == ["running"]


def test_a_coil_that_follows_at_speed_is_not_threaded_and_one_after_a_stop_is() -> None:
    strip = Strip()
    strip.run(0.2, 4)
    strip.run(2.0, 40)
    strip.run(0.3, 6)
    strip.end()
    strip.run(0.3, 6, coil="K2")
    strip.run(2.0, 40, coil="K2")
    strip.stand(60)
    assert _named(strip.end("K2")) == ["slowing", "running"]
    strip.run(0.3, 6, coil="K3")
    strip.run(2.0, 40, coil="K3")
    assert _named(strip.end("K3")) == ["stopped", "threading", "running"]


def test_the_cameras_own_clock_is_preferred_and_gives_the_same() -> None:
    found = []
    for clock in (False, True):
        strip = Strip(clock=clock)
        strip.run(0.2, 8)
        strip.run(4.0, 100)
        strip.stand(30, watched=True)
        strip.run(4.0, 100)
        found.append([(p.state, p.first_line, p.lines) for p in strip.end()])
    assert found[0] == found[1]


def test_cameras_that_tell_no_time_give_no_states() -> None:
    strip = Strip(free_running=True)
    strip.run(2.0, 40)
    strip.stand(60, watched=True)
    assert strip.end() == []
    assert strip.states.now is None


def test_two_cameras_tell_each_line_once() -> None:
    strip = Strip(cameras=("top", "bottom"))
    strip.run(2.0, 40)
    strip.lose(3000)
    strip.run(2.0, 40)
    (found,) = strip.end()
    assert (found.state, found.first_line, found.lines) == (LineState.RUNNING, 0, 80 * LINES + 3000)


_ACT = st.one_of(
    st.tuples(st.just("run"), st.sampled_from([0.1, 0.3, 0.49, 0.51, 1.0, 5.0]), st.integers(1, 12)),
    st.tuples(st.just("stand"), st.integers(4, 90), st.booleans()),
    st.tuples(st.just("lose"), st.integers(1, 4000), st.none()),
    st.tuples(st.just("back"), st.integers(40, 20_000), st.none()),
)


@given(st.lists(_ACT, max_size=12), st.integers(1, 2))
def test_the_moving_states_cover_a_coil_without_a_hole_whatever_it_does(acts: list[tuple[str, float, int]], cameras: int) -> None:
    strip = Strip(cameras=("top", "bottom")[:cameras])
    strip.run(1.0, 2)
    for what, size, more in acts:
        if what == "run":
            strip.run(size, more)
        elif what == "stand":
            strip.stand(size, watched=bool(more))
        elif what == "lose":
            strip.lose(int(size))
        else:
            strip.run(1.0, 1, again=int(size))
    end = strip.line
    found = strip.end()
    at = 0
    for first, stop in _tiles(found):
        assert first == at < stop
        at = stop
    assert at == end
    assert all(0 <= p.first_line <= end and p.lines == 0 for p in found if p.state not in MOVING)
    assert [p.number for p in found] == list(range(len(found)))
    assert sum(p.again_lines for p in found) == sum(int(size) for what, size, _ in acts if what == "back")
