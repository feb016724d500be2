"""The parent's side: a frame source whose frames are made in another process, which is replaced when it dies or hangs.

closed --with--> running --dies, or says nothing for hang_s--> away --opened again--> running
"""

from __future__ import annotations

import multiprocessing as mp
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Self

from skelp.capture.isolated import child
from skelp.capture.isolated.messages import Ended, Failed, Free, FromChild, InSlot, Opened, Published, Waiting
from skelp.capture.isolated.ring import Ring
from skelp.capture.speed import Speed
from skelp.capture.strip_place import StripPlace
from skelp.domain.errors import SkelpError
from skelp.domain.events import CameraBack, CameraLost, Publish, nowhere
from skelp.domain.reasons import CameraNoAnswer, CameraProcessEnded, CameraProcessSilent, Counted, Gap
from skelp.domain.strip import CameraFrame, CameraView, Capture, LostLines, OwnLine, after

_WAIT_S = 0.05
_OPENS_WITHIN_S = 60.0
_STOPS_WITHIN_S = 5.0
_FIRST_TRY_S, _LAST_TRY_S = 0.2, 10.0


class IsolatedSource:
    """Satisfies ports.FrameSource. `make(publish)` makes the source: here to ask for its view, in the child to run. It must be picklable.

    Lines go on where they were when a child is replaced. What a live source exposed meanwhile is lost, counted by the speed seen
    before; a source that waits is read again from its start and nothing is lost.
    """

    def __init__(
        self,
        make: child.Make,
        *,
        frame_lines: int = 512,
        slots: int = 16,
        hang_s: float = 5.0,
        publish: Publish = nowhere,
    ) -> None:
        self._make, self._frame_lines, self._slots, self._hang_s, self._publish = make, frame_lines, slots, hang_s, publish
        described = make(publish)
        self._view, self._live = described.view, described.live
        self._ring: Ring | None = None
        self._child: _Child | None = None

    @property
    def view(self) -> CameraView:
        return self._view

    @property
    def live(self) -> bool:
        return self._live

    @property
    def process_id(self) -> int | None:
        """Of the child that runs now."""
        return self._child.process.pid if self._child else None

    def __enter__(self) -> Self:
        self._ring = Ring(self._slots, self._frame_lines, self._view.width)
        try:
            self._child = _Child(self._make, self._ring)
            self._child.wait_until_open()
        except BaseException:  # Ctrl-C too: `with` does not exit what it has not entered, and the child would live on
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        running, self._child = self._child, None
        if running:
            running.stop()
        ring, self._ring = self._ring, None
        if ring:
            ring.close()

    def captures(self) -> Iterator[Capture[OwnLine] | None]:
        """Frames and losses from line 0 on; None when nothing came for a moment, so that whoever asks may stop."""
        if self._child is None:
            raise RuntimeError("IsolatedSource.captures outside of `with`")
        lines = _Lines(self._view.camera, self._live)
        while self._child is not None:
            try:
                message = self._child.receive(_WAIT_S)
            except EOFError:
                yield from self._away(lines, CameraProcessEnded(ended_by=self._child.how_it_ended()))
                continue
            if message is None:
                if self._child.silent_s() > self._hang_s:
                    yield from self._away(lines, CameraProcessSilent(silent_s=self._hang_s))
                yield None
            elif isinstance(message, Ended):
                return
            else:
                yield from self._received(message, lines)

    def _received(self, message: FromChild, lines: _Lines) -> Iterator[Capture[OwnLine] | None]:
        if isinstance(message, InSlot):
            frame = self._taken(message)
            yield from lines.follow(frame)
        elif isinstance(message, LostLines):
            yield from lines.follow(message)
        elif isinstance(message, Published):
            self._publish(message.payload)
        elif isinstance(message, Waiting):
            yield None
        elif isinstance(message, Failed):
            _raise(message)

    def _taken(self, slot: InSlot) -> CameraFrame[OwnLine]:
        if self._ring is None or self._child is None:
            raise RuntimeError("the source was closed while it was read")
        pixels = self._ring.take(slot.slot, slot.lines)
        self._child.free(slot.slot)
        return CameraFrame(self._view.camera, slot.first_line, pixels, slot.time_ns, slot.breaks, slot.strip_line)

    def _away(self, lines: _Lines, why: Gap) -> Iterator[Capture[OwnLine] | None]:
        """Replace the child, however often it takes, waiting longer from try to try."""
        camera, wait_s = self._view.camera, _FIRST_TRY_S
        self._publish(CameraLost(camera, why))
        yield from lines.gone(why)
        while self._child is not None and self._ring is not None:
            self._child.stop(at_once=True)
            until = time.monotonic() + wait_s
            while time.monotonic() < until:
                time.sleep(min(_WAIT_S, wait_s))
                yield None
            self._child = _Child(self._make, self._ring)
            try:
                self._child.wait_until_open()
            except (SkelpError, EOFError):
                wait_s = min(2 * wait_s, _LAST_TRY_S)
                continue
            yield from lines.began_anew()
            self._publish(CameraBack(camera, round(lines.away_s, 1)))
            return


class _Child:
    """A running child process and this side of its pipe."""

    def __init__(self, make: child.Make, ring: Ring) -> None:
        context = mp.get_context("spawn")  # a fork would copy the locks of threads that do not exist in the child
        self._pipe, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=child.run, args=(make, ring, theirs), daemon=True)
        self.process.start()
        theirs.close()
        self._last_message = time.monotonic()

    def wait_until_open(self) -> None:
        """Raises SkelpError if the source cannot be opened, EOFError if the process dies of it."""
        until = time.monotonic() + _OPENS_WITHIN_S
        while time.monotonic() < until:
            message = self.receive(_WAIT_S)
            if isinstance(message, Opened):
                return
            if isinstance(message, Failed):
                _raise(message)
        raise SkelpError(f"the capture process did not open its camera within {_OPENS_WITHIN_S:g} s")

    def receive(self, timeout_s: float) -> FromChild | None:
        """The next message, None if none comes in time. Raises EOFError if the process is gone."""
        if not self._pipe.poll(timeout_s):
            return None
        try:
            message: FromChild = self._pipe.recv()
        except (ConnectionResetError, BrokenPipeError) as error:
            raise EOFError from error
        self._last_message = time.monotonic()
        return message

    def silent_s(self) -> float:
        return time.monotonic() - self._last_message

    def free(self, slot: int) -> None:
        with suppress(OSError):  # the process is gone: the next `receive` raises it
            self._pipe.send(Free(slot))

    def how_it_ended(self) -> str:
        self.process.join(1)
        code = self.process.exitcode
        return "still running" if code is None else f"signal {-code}" if code < 0 else f"exit code {code}"

    def stop(self, *, at_once: bool = False) -> None:
        """Closing the pipe tells the child to stop; one that does not react is killed."""
        self._pipe.close()
        self.process.join(0 if at_once else _STOPS_WITHIN_S)
        if self.process.is_alive():
            self.process.kill()
        self.process.join()


class _Lines:
    """Lines of one child after the other, as one count."""

    def __init__(self, camera: str, live: bool) -> None:
        self._camera, self._live = camera, live
        self._next = OwnLine(0)
        self._offset = 0
        self._speed = Speed(time.monotonic())
        self._place = StripPlace()
        self._why: Gap = CameraNoAnswer()
        self._reported = 0
        self._waits_for_encoder = False
        self.away_s = 0.0

    def follow(self, capture: Capture[OwnLine]) -> Iterator[Capture[OwnLine]]:
        """The capture in the parent's count. Lines that were accounted for before a child was replaced are left out."""
        if self._waits_for_encoder:
            strip_line = capture.strip_line if isinstance(capture, CameraFrame) else None
            away_s = time.monotonic() - self._speed.last_heard
            yield from self._passed(self._place.lines_before(strip_line, self._next, reported=self._reported, within_s=away_s))
        first = capture.first_line + self._offset
        again = min(max(0, self._next - first), capture.lines)
        if again:
            capture = capture.cut(again, capture.lines)
        if capture.lines == 0:
            return
        yield capture.at(self._next)
        if isinstance(capture, CameraFrame):
            self._place.seen(capture.strip_line, self._next)
        self._next = after(self._next, capture.lines)
        self._speed.passed(time.monotonic(), self._next)

    def gone(self, why: Gap) -> Iterator[Capture[OwnLine]]:
        """The child is gone. A live source loses one line at once, so that a coil which ends meanwhile shows it."""
        self._why, self._reported = why, 0
        if self._live:
            yield self._lost(1, Counted.LATER)

    def began_anew(self) -> Iterator[Capture[OwnLine]]:
        """A new child counts from 0: a live source's lines go on behind those that passed meanwhile, a waiting one's are read again."""
        self.away_s = time.monotonic() - self._speed.last_heard
        self._waits_for_encoder = self._live and self._place.is_known
        if self._live and not self._waits_for_encoder:
            yield from self._passed(None)

    def _passed(self, by_encoder: int | None) -> Iterator[Capture[OwnLine]]:
        """What passed while there was no child, less what was reported: by the encoder, or by time and speed."""
        self._waits_for_encoder = False
        now, rate = time.monotonic(), self._speed.lines_hz
        lines, counted, lines_hz = by_encoder, Counted.ENCODER, None
        if lines is None:
            lines = max(1, round((now - self._speed.last_heard) * rate)) - self._reported if rate else 0
            counted, lines_hz = (Counted.SPEED, round(rate, 1)) if rate else (Counted.NOT_KNOWN, None)
        if lines > 0:
            yield self._lost(lines, counted, lines_hz, estimated=by_encoder is None)
        self._offset = self._next
        self._speed.anew(now, self._next)

    def _lost(self, lines: int, counted: Counted, lines_hz: float | None = None, *, estimated: bool = False) -> LostLines[OwnLine]:
        first, self._next, self._reported = self._next, after(self._next, lines), self._reported + lines
        return LostLines(self._camera, first, lines, self._why.by(counted, lines_hz=lines_hz), estimated)


def _raise(failure: Failed) -> None:
    if failure.known:
        raise SkelpError(failure.text)
    raise RuntimeError(f"a bug in the capture process:\n{failure.text}")
