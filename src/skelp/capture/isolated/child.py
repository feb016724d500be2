"""The child process: runs the source, puts frames into the ring, announces them through the pipe."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection

from skelp.capture.isolated.messages import Ended, Failed, Free, FromChild, InSlot, Opened, Published, Waiting
from skelp.capture.isolated.ring import Frames
from skelp.domain.errors import SkelpError
from skelp.domain.events import Publish
from skelp.domain.reasons import RingFull
from skelp.domain.strip import CameraFrame, LostLines, OwnLine
from skelp.ports import FrameSource

Make = Callable[[Publish], FrameSource]
"""Makes the source, which publishes its events to what it is given. Must be picklable."""


def run(make: Make, frames: Frames, pipe: Connection) -> None:
    """Body of the child process. Ends when the source does, or when the parent closes the pipe or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, who stops this process in order
    try:
        _run(make, frames, pipe)
    except (BrokenPipeError, EOFError, ConnectionResetError):
        pass  # the parent stopped, or is gone
    except SkelpError as error:
        _send_last(pipe, Failed(str(error), known=True))
    except Exception:  # noqa: BLE001 - the process boundary: the parent raises it again
        _send_last(pipe, Failed(traceback.format_exc(), known=False))


def _run(make: Make, frames: Frames, pipe: Connection) -> None:
    places = _Places(frames, pipe)
    with make(lambda payload: pipe.send(Published(payload))) as source:
        pipe.send(Opened())
        for capture in source.captures():
            if capture is None:
                places.look()
                pipe.send(Waiting())
            elif isinstance(capture, LostLines):
                places.lose(capture)
            else:
                places.put(capture, wait=not source.live)
        places.report_overrun()
        pipe.send(Ended())


class _Places:
    """Free slots of the ring. A live frame that finds none is lost; the loss is reported before anything that comes after it."""

    def __init__(self, frames: Frames, pipe: Connection) -> None:
        self._frames, self._pipe = frames, pipe
        self._free = list(range(len(self._frames)))
        self._overrun: LostLines[OwnLine] | None = None

    def look(self, timeout_s: float | None = 0.0) -> None:
        """Take what the parent gave back; None waits for at least one. Raises EOFError when the parent has closed the pipe."""
        while self._pipe.poll(timeout_s):
            given = self._pipe.recv()
            if isinstance(given, Free):
                self._free.append(given.slot)
            timeout_s = 0.0

    def put(self, frame: CameraFrame[OwnLine], *, wait: bool) -> None:
        self.look()
        most = self._frames.shape[1]
        for start in range(0, frame.lines, most):
            piece = frame.cut(start, min(start + most, frame.lines))
            if wait and not self._free:
                self.look(None)
            if not self._free:
                self._count(piece)
                continue
            self.report_overrun()
            slot = self._free.pop()
            self._frames[slot, : piece.lines] = piece.pixels
            self._pipe.send(InSlot(slot, piece.first_line, piece.lines, piece.time_ns, piece.breaks, piece.strip_line))

    def lose(self, loss: LostLines[OwnLine]) -> None:
        self.look()
        self.report_overrun()
        self._pipe.send(loss)

    def report_overrun(self) -> None:
        loss, self._overrun = self._overrun, None
        if loss:
            self._pipe.send(loss)

    def _count(self, piece: CameraFrame[OwnLine]) -> None:
        before = self._overrun
        first, lines = (before.first_line, before.lines) if before else (piece.first_line, 0)
        self._overrun = LostLines(piece.camera, first, lines + piece.lines, RingFull())


def _send_last(pipe: Connection, message: FromChild) -> None:
    with suppress(OSError):  # nobody listens any more
        pipe.send(message)
