"""Tells in which states of the line a coil passed: threading, running, slowing, stopped, reversed (ADR 34).

    threading --running_from_m_s--> running <--> slowing
    each of them --no line--> stopped --line--> the state before or another one

The states come from the cameras' times and the encoder's count alone. A source that tells no time, as picture files, gives none of them.

One camera at a time tells them: of those that deliver frames with times, the one that stands first on the line.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from skelp.domain.line_state import KnownBy, LineNow, LineState, Passage
from skelp.domain.reasons import CameraNoAnswer, CameraNoFrames, CameraProcessEnded, CameraProcessSilent, CameraSilent
from skelp.domain.strip import CameraFrame, CameraView, Capture, CoilEnd, CoilLine, LostLines, Travelling
from skelp.pipeline.frame_clock import FrameClock
from skelp.pipeline.strip_speed import StripSpeed

RUNNING_FROM_M_S = 0.5
"""Default speed from which the line runs. Strip is threaded at a few tenths of a metre a second."""
_LEAVES_BELOW = 0.95
"""A line that runs does so until it is slower than this share of the speed, so that a speed near it is no change each second."""
_BACK_FROM_MM = 10.0
"""A strip that stands swings by a few lines, which is no reverse."""
_TELL_EVERY_S = 2.0
_MOVING = frozenset({LineState.THREADING, LineState.RUNNING, LineState.SLOWING})
_AWAY = (CameraNoAnswer, CameraNoFrames, CameraProcessEnded, CameraProcessSilent, CameraSilent)
"""Reasons of losses that say that the camera itself is lost. Its silence then says nothing about the strip."""


@dataclass(frozen=True, slots=True)
class Passed:
    """The passages of a coil that are new or have grown. `camera`: the one that told them."""

    coil_id: str
    camera: str
    passages: tuple[Passage, ...]


@dataclass(slots=True)
class _OpenCoil:
    """A coil that passes. `exposed`: after the last line that any camera gave. `end`: after the last one of those that told the states.

    `told`: after the last line that a passage has. `silent_since`: the state before a stop that no frame has confirmed yet.
    """

    threading: bool
    exposed: int = 0
    end: int = 0
    told: int = 0
    count: int = 0
    open: Passage | None = None
    silent_since: LineState | None = None
    ended: set[str] = field(default_factory=set)
    told_s: float = 0.0

    @property
    def slow(self) -> LineState:
        """The state in which it moves while the line does not run."""
        return LineState.THREADING if self.threading else LineState.SLOWING

    @property
    def stands(self) -> bool:
        """Whether the strip stands or runs back at the coil's last line."""
        return self.open is not None and self.open.state not in _MOVING and self.open.first_line == self.end


class LineStates:
    """Follows the line. One thread calls `push` and `idle`; any thread may read `now`.

    `live`: the cameras whose frames arrive at the pace of the strip. `again_lines`: how many lines of steel a camera has seen again, if the
    strip is back now; else 0.
    """

    def __init__(
        self,
        views: Sequence[CameraView],
        live: Collection[str],
        running_from_m_s: float = RUNNING_FROM_M_S,
        again_lines: Callable[[], int] = lambda: 0,
    ) -> None:
        self._live = frozenset(live)
        self._clocks = {v.camera: FrameClock(arrival_is_time=v.camera in live, free_running=v.free_running) for v in views}
        self._speeds = {v.camera: StripSpeed(v.scale.mm_per_line) for v in views}
        self._behind = {v.camera: v.behind_lines for v in views}
        self._running_from, self._again_lines = running_from_m_s, again_lines
        self._coils: dict[str, _OpenCoil] = {}
        self._arrived_ns: dict[str, int] = {}  # of the cameras that deliver frames with times
        self._back_from = {v.camera: _BACK_FROM_MM / v.scale.mm_per_line for v in views}
        self._threading = True
        self._newest = ""
        self.now: LineNow | None = None
        """What the line does; None while no camera tells it."""

    def push(self, item: Travelling) -> Passed | None:
        """Take a capture or a coil's end on its way. The passages that change by it, to be stored before it."""
        coil = self._coils.setdefault(item.coil_id, _OpenCoil(self._threading))
        if isinstance(item, CoilEnd):
            return self._ended(item, coil)
        capture = item.capture
        camera, coil.exposed = capture.camera, max(coil.exposed, capture.first_line + capture.lines)
        at_ns = self._clocks[camera].at(capture) if isinstance(capture, CameraFrame) else None
        if at_ns is None or not isinstance(capture, CameraFrame):
            found = self._without_time(coil, capture)
            return Passed(item.coil_id, camera, tuple(found)) if found else None
        turned = capture.again >= self._back_from[camera]
        timed = capture.lines if capture.timed_lines is None else capture.timed_lines
        step = self._speeds[camera].add(timed, at_ns, turned=turned)
        self._arrived_ns[camera] = capture.time_ns
        if camera != self._leader:
            return None
        self._newest = item.coil_id
        new, passages = capture.first_line + capture.lines - coil.end, list[Passage]()
        if new <= 0:  # another camera told of these lines, and was lost
            self._moves(coil, step.speed_m_s)
            return None
        if step.stood_s or turned:
            passages += self._stood(coil, step.stood_s, capture.again, back=turned)
        coil.end, coil.silent_since = coil.end + new, None
        if step.speed_m_s is not None:
            passages += self._moved(coil, step.took_s, step.speed_m_s)
        return Passed(item.coil_id, camera, tuple(passages)) if passages else None

    def idle(self, now_ns: int) -> Passed | None:
        """Look at a line from which no capture came. `now_ns`: monotonic clock. The stop that begins or goes on."""
        leader = self._leader
        if leader is None or not all(self._is_silent(camera, now_ns) for camera in self._arrived_ns):
            return None
        coil, again = self._coils.get(self._newest), self._again_lines()
        back = again >= self._back_from[leader]
        self.now = LineNow(LineState.REVERSED, None) if back else LineNow(LineState.STOPPED, 0.0)
        silent_s = (now_ns - self._arrived_ns[leader]) / 1e9
        if coil is None or (coil.stands and coil.open and silent_s - (coil.open.seconds or 0.0) < _TELL_EVERY_S):
            return None
        if not coil.stands:
            coil.silent_since = self._state_before_stop(coil)
        found = self._stood(coil, silent_s, again if back else 0, back=back)
        return Passed(self._newest, leader, tuple(found))

    @property
    def _leader(self) -> str | None:
        """The camera that tells the states; None if no camera delivers frames with times."""
        return min(self._arrived_ns, key=lambda camera: self._behind[camera], default=None)

    def _is_silent(self, camera: str, now_ns: int) -> bool:
        silent_s = (now_ns - self._arrived_ns[camera]) / 1e9
        return camera in self._live and self._speeds[camera].stands_after(silent_s)

    def _without_time(self, coil: _OpenCoil, capture: Capture[CoilLine]) -> list[Passage]:
        """Lines passed at an unknown time. If their camera is lost, a stop that only its silence told of was none."""
        leads = capture.camera == self._leader
        self._speeds[capture.camera].lost(capture.lines)
        if isinstance(capture, LostLines) and isinstance(capture.reason, _AWAY):
            self._arrived_ns.pop(capture.camera, None)
            self.now = self.now if self._arrived_ns else None
            return self._withdrawn(coil) if leads else []
        if leads:
            coil.end = max(coil.end, capture.first_line + capture.lines)
        return []

    def _withdrawn(self, coil: _OpenCoil) -> list[Passage]:
        """Make a stop that no frame has confirmed a part of the coil that moves, in the state before it."""
        stop, before = coil.open, coil.silent_since
        coil.silent_since = None
        if before is None or stop is None or not coil.stands or stop.state is not LineState.STOPPED:
            return []
        self._threading = coil.threading = before is LineState.THREADING
        coil.open = Passage(stop.number, before, KnownBy.SPEED, coil.end, 0, stop.started_at, 0.0)
        return [coil.open]

    def _state_before_stop(self, coil: _OpenCoil) -> LineState:
        if coil.open is not None and coil.open.state in _MOVING:
            return coil.open.state
        return coil.slow

    def _stood(self, coil: _OpenCoil, seconds: float, again: int, *, back: bool) -> list[Passage]:
        """The strip stood or ran back at the coil's last line. What was open ends there."""
        state, by = (LineState.REVERSED, KnownBy.ENCODER) if back else (LineState.STOPPED, KnownBy.SPEED)
        self._threading = True
        coil.threading = coil.threading or coil.end == 0
        if coil.stands and coil.open is not None:
            coil.open = replace(coil.open, state=state, by=by, seconds=seconds, again_lines=again)
            return [coil.open]
        ended = self._closed(coil)
        began = datetime.now(UTC) - timedelta(seconds=seconds)
        coil.open = Passage(coil.count, state, by, coil.end, 0, began, seconds, again)
        coil.count += 1
        return [*ended, coil.open]

    def _moved(self, coil: _OpenCoil, took_s: float, speed: float) -> list[Passage]:
        state, measured = self._moves(coil, speed), round(speed, 3)
        last = coil.open
        coil.threading = self._threading = state is LineState.THREADING
        if last is not None and last.state is state:
            slowest, fastest = min(last.slowest_m_s or measured, measured), max(last.fastest_m_s or measured, measured)
            seconds = (last.seconds or 0.0) + took_s
            coil.open = replace(last, lines=coil.end - last.first_line, seconds=seconds, slowest_m_s=slowest, fastest_m_s=fastest)
            coil.told, coil.told_s = coil.end, coil.told_s + took_s
            if coil.told_s <= _TELL_EVERY_S:
                return []
            coil.told_s = 0.0
            return [coil.open]
        ended = [] if last is None or not last.lines else [last]
        began = datetime.now(UTC) - timedelta(seconds=took_s)
        withdrawn = last is not None and last.state in _MOVING and not last.lines
        number = last.number if last is not None and withdrawn else coil.count
        coil.open = Passage(number, state, KnownBy.SPEED, coil.told, coil.end - coil.told, began, took_s, 0, measured, measured)
        coil.count, coil.told, coil.told_s = max(coil.count, number + 1), coil.end, 0.0
        return [*ended, coil.open]

    def _moves(self, coil: _OpenCoil, speed: float | None) -> LineState:
        """Set what the line does now. `speed` in m/s; None: not known yet."""
        state = self._state_at(coil, speed or 0.0)
        if speed is not None:
            self.now = LineNow(state, round(speed, 3))
        return state

    def _state_at(self, coil: _OpenCoil, speed: float) -> LineState:
        runs = coil.open is not None and coil.open.state is LineState.RUNNING
        if speed >= self._running_from * (_LEAVES_BELOW if runs else 1.0):
            return LineState.RUNNING
        return coil.slow

    def _closed(self, coil: _OpenCoil) -> list[Passage]:
        """The passage that ends at the coil's last line. It takes the lines at whose time no speed was measured."""
        last = coil.open
        if last is None or coil.told == coil.end:
            return [] if last is None else [last]
        if last.state in _MOVING:
            coil.open = replace(last, lines=coil.end - last.first_line)
        else:  # it stood, and moved too little since to have a speed
            coil.open = Passage(coil.count, coil.slow, KnownBy.SPEED, coil.told, coil.end - coil.told)
            coil.count += 1
        coil.told = coil.end
        return [coil.open]

    def _ended(self, item: CoilEnd, coil: _OpenCoil) -> Passed | None:
        coil.ended.add(item.camera)
        if coil.ended != set(self._speeds):
            return None
        del self._coils[item.coil_id]
        coil.end = coil.exposed if coil.open is not None or coil.end else 0
        found = self._closed(coil)
        return Passed(item.coil_id, item.camera, tuple(found)) if found else None
