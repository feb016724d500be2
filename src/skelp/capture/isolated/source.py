"""The parent's side: a frame source that runs another source in a child process, and replaces the child if it dies or hangs.

closed --with--> running --child died, or no message for heartbeat_timeout_s--> lost --new child open--> running
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
from skelp.capture.isolated.joined_lines import JoinedLines
from skelp.capture.isolated.messages import Ended, Failed, FrameInSlot, FromChild, Heartbeat, Opened, Published, SlotFree
from skelp.capture.isolated.ring import Ring
from skelp.domain.errors import SkelpError
from skelp.domain.events import CameraBack, CameraLost, Publish, nowhere
from skelp.domain.reasons import CameraProcessEnded, CameraProcessSilent, Gap
from skelp.domain.strip import CameraFrame, CameraView, Capture, LostLines, OwnLine

_POLL_S = 0.05
_OPEN_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 5.0
_FIRST_RETRY_S, _MAX_RETRY_S = 0.2, 10.0


class IsolatedSource:
    """Runs a source in a child process. Satisfies ports.FrameSource.

    When a child is replaced, the count of lines goes on. The lines that a live source exposed meanwhile are lost. A source that is not
    live (files) is read again from its start, and no line is lost.
    """

    def __init__(
        self,
        make_source: child.MakeSource,
        *,
        frame_lines: int = 512,
        slots: int = 16,
        heartbeat_timeout_s: float = 5.0,
        publish: Publish = nowhere,
    ) -> None:
        """`make_source(publish)` makes the source, here to read its view and in the child to run it. It must be picklable.

        `frame_lines`, `slots`: size of the ring. `heartbeat_timeout_s`: a child that sends no message for this time is replaced.
        """
        self._make_source, self._frame_lines, self._slots, self._publish = make_source, frame_lines, slots, publish
        self._heartbeat_timeout_s = heartbeat_timeout_s
        source = make_source(publish)
        self._view, self._live = source.view, source.live
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
        """Process id of the present child; None if there is none."""
        return self._child.process.pid if self._child else None

    def __enter__(self) -> Self:
        self._ring = Ring(self._slots, self._frame_lines, self._view.width)
        try:
            self._child = _Child(self._make_source, self._ring)
            self._child.wait_until_open()
        except BaseException:  # Ctrl-C too: `with` does not call __exit__ after a failed __enter__, and the child would go on
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
        """Yields frames and losses from line 0 on, and None if nothing came for 50 ms, so that the caller can stop."""
        if self._child is None:
            raise RuntimeError("IsolatedSource.captures outside of `with`")
        lines = JoinedLines(self._view.camera, self._live)
        while self._child is not None:
            try:
                message = self._child.receive(_POLL_S)
            except EOFError:
                yield from self._replace_child(lines, CameraProcessEnded(ended_by=self._child.exit_status()))
                continue
            if message is None:
                if self._child.silent_s() > self._heartbeat_timeout_s:
                    yield from self._replace_child(lines, CameraProcessSilent(silent_s=self._heartbeat_timeout_s))
                yield None
            elif isinstance(message, Ended):
                return
            else:
                yield from self._handle(message, lines)

    def _handle(self, message: FromChild, lines: JoinedLines) -> Iterator[Capture[OwnLine] | None]:
        if isinstance(message, FrameInSlot):
            frame = self._copy_frame(message)
            yield from lines.convert(frame)
        elif isinstance(message, LostLines):
            yield from lines.convert(message)
        elif isinstance(message, Published):
            self._publish(message.payload)
        elif isinstance(message, Heartbeat):
            yield None
        elif isinstance(message, Failed):
            _raise(message)

    def _copy_frame(self, message: FrameInSlot) -> CameraFrame[OwnLine]:
        if self._ring is None or self._child is None:
            raise RuntimeError("the source was closed while it was read")
        pixels = self._ring.copy(message.slot, message.lines)
        self._child.free(message.slot)
        return CameraFrame(
            self._view.camera,
            message.first_line,
            pixels,
            message.time_ns,
            message.breaks,
            message.strip_line,
            message.positions,
            exposed_ns=message.exposed_ns,
        )

    def _replace_child(self, lines: JoinedLines, reason: Gap) -> Iterator[Capture[OwnLine] | None]:
        """Kills the child and starts new ones until one has opened the source. The pause between two retries grows from 0.2 s to 10 s."""
        camera, retry_s = self._view.camera, _FIRST_RETRY_S
        self._publish(CameraLost(camera, reason))
        yield from lines.child_lost(reason)
        while self._child is not None and self._ring is not None:
            self._child.stop(at_once=True)
            until = time.monotonic() + retry_s
            while time.monotonic() < until:
                time.sleep(min(_POLL_S, retry_s))
                yield None
            self._child = _Child(self._make_source, self._ring)
            try:
                self._child.wait_until_open()
            except (SkelpError, EOFError):
                retry_s = min(2 * retry_s, _MAX_RETRY_S)
                continue
            yield from lines.child_replaced()
            self._publish(CameraBack(camera, round(lines.lost_s, 1)))
            return


class _Child:
    """A child process and the parent's end of its pipe."""

    def __init__(self, make_source: child.MakeSource, ring: Ring) -> None:
        context = mp.get_context("spawn")  # a fork would copy locks of threads that do not exist in the child
        self._pipe, child_end = context.Pipe()
        self.process: SpawnProcess = context.Process(target=child.run, args=(make_source, ring, child_end), daemon=True)
        self.process.start()
        child_end.close()
        self._last_message = time.monotonic()

    def wait_until_open(self) -> None:
        """Waits until the source is open. Raises SkelpError if it cannot be opened in 60 s, EOFError if the process dies."""
        until = time.monotonic() + _OPEN_TIMEOUT_S
        while time.monotonic() < until:
            message = self.receive(_POLL_S)
            if isinstance(message, Opened):
                return
            if isinstance(message, Failed):
                _raise(message)
        raise SkelpError(f"the capture process did not open its camera within {_OPEN_TIMEOUT_S:g} s; check the camera and its driver")

    def receive(self, timeout_s: float) -> FromChild | None:
        """Returns the next message, or None if none comes within `timeout_s`. Raises EOFError if the process has ended."""
        if not self._pipe.poll(timeout_s):
            return None
        try:
            message: FromChild = self._pipe.recv()
        except (ConnectionResetError, BrokenPipeError) as error:
            raise EOFError from error
        self._last_message = time.monotonic()
        return message

    def silent_s(self) -> float:
        """Returns the seconds since the last message."""
        return time.monotonic() - self._last_message

    def free(self, slot: int) -> None:
        with suppress(OSError):  # the process has ended: the next `receive` raises EOFError
            self._pipe.send(SlotFree(slot))

    def exit_status(self) -> str:
        """Returns how the process ended: "signal 9" or "exit code 1"."""
        self.process.join(1)
        code = self.process.exitcode
        return "still running" if code is None else f"signal {-code}" if code < 0 else f"exit code {code}"

    def stop(self, *, at_once: bool = False) -> None:
        """Closes the pipe, which stops the child. Kills a child that does not end within 5 s, or `at_once`."""
        self._pipe.close()
        self.process.join(0 if at_once else _STOP_TIMEOUT_S)
        if self.process.is_alive():
            self.process.kill()
        self.process.join()


def _raise(failure: Failed) -> None:
    if failure.known:
        raise SkelpError(failure.text)
    raise RuntimeError(f"a bug in the capture process:\n{failure.text}")
