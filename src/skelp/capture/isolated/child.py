"""The child process: runs the source, copies its frames into the ring and announces them through the pipe."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection

from skelp.capture.isolated.messages import Ended, Failed, FrameInSlot, FromChild, Heartbeat, Opened, Published, SlotFree
from skelp.capture.isolated.ring import Frames
from skelp.domain.errors import SkelpError
from skelp.domain.events import Publish
from skelp.domain.reasons import RingFull
from skelp.domain.strip import CameraFrame, LostLines, OwnLine
from skelp.ports import FrameSource

MakeSource = Callable[[Publish], FrameSource]
"""Makes the source, which publishes its events through the argument. It must be picklable."""


def run(make_source: MakeSource, frames: Frames, pipe: Connection) -> None:
    """Runs the source until it ends, or until the parent closes the pipe or dies. This is the body of the child process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C, and stops this process in order
    try:
        _run(make_source, frames, pipe)
    except (BrokenPipeError, EOFError, ConnectionResetError):
        pass  # the parent closed the pipe or died
    except SkelpError as error:
        _send_last(pipe, Failed(str(error), known=True))
    except Exception:  # noqa: BLE001 - the process boundary: the parent raises it again
        _send_last(pipe, Failed(traceback.format_exc(), known=False))


def _run(make_source: MakeSource, frames: Frames, pipe: Connection) -> None:
    sender = _Sender(frames, pipe)
    with make_source(lambda payload: pipe.send(Published(payload))) as source:
        pipe.send(Opened())
        for capture in source.captures():
            if capture is None:
                sender.collect_free_slots()
                sender.send_overrun()  # a coil may end before the next frame
                pipe.send(Heartbeat())
            elif isinstance(capture, LostLines):
                sender.send_loss(capture)
            else:
                sender.send_frame(capture, wait=not source.live)
        sender.send_overrun()
        pipe.send(Ended())


class _Sender:
    """Sends captures to the parent in line order. Frames go through free slots of the ring.

    If a live source finds no free slot, its frame is lost. The loss is sent before any later capture.
    """

    def __init__(self, frames: Frames, pipe: Connection) -> None:
        self._frames, self._pipe = frames, pipe
        self._free = list(range(len(self._frames)))
        self._overrun: LostLines[OwnLine] | None = None

    def collect_free_slots(self, timeout_s: float | None = 0.0) -> None:
        """Takes back the slots that the parent has freed. Waits up to `timeout_s` for the first; None: without limit.

        Raises EOFError if the parent has closed the pipe.
        """
        while self._pipe.poll(timeout_s):
            message = self._pipe.recv()
            if isinstance(message, SlotFree):
                self._free.append(message.slot)
            timeout_s = 0.0

    def send_frame(self, frame: CameraFrame[OwnLine], *, wait: bool) -> None:
        """Sends a frame, cut into parts that fit into a slot. `wait`: waits for a free slot instead of losing a part."""
        self.collect_free_slots()
        slot_lines = self._frames.shape[1]
        for start in range(0, frame.lines, slot_lines):
            part = frame.cut(start, min(start + slot_lines, frame.lines))
            if wait and not self._free:
                self.collect_free_slots(None)
            if not self._free:
                self._add_overrun(part)
                continue
            self.send_overrun()
            slot = self._free.pop()
            self._frames[slot, : part.lines] = part.pixels
            of_encoder = part.strip_line, part.positions, part.exposed_ns
            self._pipe.send(FrameInSlot(slot, part.first_line, part.lines, part.time_ns, part.breaks, *of_encoder))

    def send_loss(self, loss: LostLines[OwnLine]) -> None:
        self.collect_free_slots()
        self.send_overrun()
        self._pipe.send(loss)

    def send_overrun(self) -> None:
        """Sends the lines for which no slot was free, if there are any."""
        loss, self._overrun = self._overrun, None
        if loss:
            self._pipe.send(loss)

    def _add_overrun(self, part: CameraFrame[OwnLine]) -> None:
        before = self._overrun
        first, lines = (before.first_line, before.lines) if before else (part.first_line, 0)
        self._overrun = LostLines(part.camera, first, lines + part.lines, RingFull())


def _send_last(pipe: Connection, message: FromChild) -> None:
    with suppress(OSError):  # the parent may be gone
        pipe.send(message)
