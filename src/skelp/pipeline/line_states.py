"""Tells in which states of the line a coil passed: threading, running, slowing, stopped, reversed (ADR 34).

    threading --running_from_m_s--> running <--> slowing
    each of them --no line--> stopped --line--> the state before or another one

The states come from the cameras' times and the encoder's count alone. A source that tells no time, as picture files, gives none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from skelp.domain.line_state import KnownBy, LineNow, LineState, Passage
from skelp.domain.strip import CameraFrame, CameraView, CoilEnd, CoilLine, Travelling
from skelp.pipeline.strip_speed import StripSpeed

RUNNING_FROM_M_S = 0.5
"""Default speed from which the line runs. Strip is threaded at a few tenths of a metre a second."""
_LEAVES_BELOW = 0.95
"""A line that runs does so until it is slower than this share of the speed, so that a speed near it is no change each second."""
_BACK_FROM_MM = 10.0
"""A strip that stands swings by a few lines, which is no reverse."""
_TELL_EVERY_S = 2.0
_MOVING = frozenset({LineState.THREADING, LineState.RUNNING, LineState.SLOWING})


@dataclass(frozen=True, slots=True)
class Passed:
    """The passages of a coil that are new or have grown. `camera`: the one that told them."""

    coil_id: str
    camera: str
    passages: tuple[Passage, ...]


@dataclass(slots=True)
class _OpenCoil:
    """A coil that passes. `end`: after the last line that any camera gave. `told`: after the last line that a passage has."""

    threading: bool
    end: int = 0
    told: int = 0
    count: int = 0
    open: Passage | None = None
    ended: set[str] = field(default_factory=set)
    told_s: float = 0.0

    @property
    def stands(self) -> bool:
        """Whether the strip stands or runs back at the coil's last line."""
        return self.open is not None and self.open.state not in _MOVING and self.open.first_line == self.end


class LineStates:
    """Follows the line. One thread calls `push` and `idle`; any thread may read `now`.

    `live`: the cameras whose frames arrive at the pace of the strip. `is_back`: whether the strip has run back and shows
    steel that was seen before.
    """

    def __init__(
        self,
        views: Sequence[CameraView],
        live: Collection[str],
        running_from_m_s: float = RUNNING_FROM_M_S,
        is_back: Callable[[], bool] = lambda: False,
    ) -> None:
        self._speeds = {v.camera: StripSpeed(v.scale.mm_per_line) for v in views}
        self._arrival_is_time = {v.camera for v in views if v.camera in live and not v.free_running}
        self._running_from, self._is_back = running_from_m_s, is_back
        self._coils: dict[str, _OpenCoil] = {}
        self._arrived_ns: dict[str, int] = {}
        self._back_from = {v.camera: _BACK_FROM_MM / v.scale.mm_per_line for v in views}
        self._threading = True
        self._newest: tuple[str, str] | None = None
        self.now: LineNow | None = None
        """What the line does; None as long as no camera told it."""

    def push(self, item: Travelling) -> Passed | None:
        """Take a capture or a coil's end on its way. The passages that change by it, to be stored before it."""
        coil = self._coils.setdefault(item.coil_id, _OpenCoil(self._threading))
        if isinstance(item, CoilEnd):
            return self._ended(item, coil)
        capture = item.capture
        speed, new = self._speeds[capture.camera], capture.first_line + capture.lines - coil.end
        at_ns = self._time(capture) if isinstance(capture, CameraFrame) else None
        if at_ns is None or not isinstance(capture, CameraFrame):
            speed.lost(capture.lines)
            coil.end += max(0, new)
            return None
        turned = capture.again >= self._back_from[capture.camera]
        step = speed.add(capture.lines, at_ns, turned=turned)
        if new <= 0:
            return None
        self._newest = (item.coil_id, capture.camera)
        self._arrived_ns[capture.camera] = capture.time_ns
        found: list[Passage] = []
        if step.stood_s or turned:
            found += self._stood(coil, step.stood_s, capture.again, back=turned)
        coil.end += new
        if step.speed_m_s is not None:
            found += self._moved(coil, step.took_s, step.speed_m_s)
        return Passed(item.coil_id, capture.camera, tuple(found)) if found else None

    def idle(self, now_ns: int) -> Passed | None:
        """Look at a line from which no capture came. `now_ns`: monotonic clock. The stop that begins or goes on."""
        if self._newest is None or self._newest[0] not in self._coils:
            return None
        coil_id, camera = self._newest
        coil, silent_s = self._coils[coil_id], (now_ns - self._arrived_ns[camera]) / 1e9
        if camera not in self._arrival_is_time or not self._speeds[camera].stands_after(silent_s):
            return None
        if coil.stands and coil.open and silent_s - (coil.open.seconds or 0.0) < _TELL_EVERY_S:
            return None
        found = self._stood(coil, silent_s, 0, back=self._is_back())
        self.now = LineNow(found[-1].state, 0.0)
        return Passed(coil_id, camera, tuple(found))

    def _time(self, frame: CameraFrame[CoilLine]) -> int | None:
        if frame.exposed_ns is not None:
            return frame.exposed_ns
        return frame.time_ns if frame.camera in self._arrival_is_time else None

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
        state = self._state_at(coil, speed)
        coil.threading = self._threading = state is LineState.THREADING
        last, measured = coil.open, round(speed, 3)
        self.now = LineNow(state, measured)
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
        coil.open = Passage(
            coil.count, state, KnownBy.SPEED, coil.told, coil.end - coil.told, began, took_s, slowest_m_s=measured, fastest_m_s=measured
        )
        coil.count, coil.told, coil.told_s = coil.count + 1, coil.end, 0.0
        return [*ended, coil.open]

    def _state_at(self, coil: _OpenCoil, speed: float) -> LineState:
        runs = coil.open is not None and coil.open.state is LineState.RUNNING
        if speed >= self._running_from * (_LEAVES_BELOW if runs else 1.0):
            return LineState.RUNNING
        return LineState.THREADING if coil.threading else LineState.SLOWING

    def _closed(self, coil: _OpenCoil) -> list[Passage]:
        """The passage that ends at the coil's last line. It takes the lines at whose time no speed was measured."""
        last = coil.open
        if last is None or coil.told == coil.end:
            return [] if last is None else [last]
        if last.state in _MOVING:
            coil.open = replace(last, lines=coil.end - last.first_line)
        else:  # it stood, and moved too little since to have a speed
            state = LineState.THREADING if coil.threading else LineState.SLOWING
            coil.open = Passage(coil.count, state, KnownBy.SPEED, coil.told, coil.end - coil.told)
            coil.count += 1
        coil.told = coil.end
        return [coil.open]

    def _ended(self, item: CoilEnd, coil: _OpenCoil) -> Passed | None:
        coil.ended.add(item.camera)
        if coil.ended != set(self._speeds):
            return None
        del self._coils[item.coil_id]
        found = self._closed(coil)
        return Passed(item.coil_id, item.camera, tuple(found)) if found else None
