"""Finds the lines that a camera exposed but did not deliver, by its frame ids, the encoder or time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skelp.capture.encoder_offset import EncoderOffset
from skelp.capture.genicam.repeats import Repeats
from skelp.capture.speed import Speed
from skelp.domain.reasons import (
    BufferUnderrun,
    CameraNoAnswer,
    CameraSilent,
    Counted,
    CountRestarted,
    FrameIncomplete,
    FrameRepeated,
    FrameShort,
    FramesMissing,
    Gap,
    Reason,
)
from skelp.domain.strip import CameraFrame, Capture, LostLines, OwnLine, Pixels, after

GIGE_LAST_ID = 65535
"""The last frame id of GigE Vision 1.x, which has 16 bits. The next id is 1; 0 is not used."""

MAX_MISSING_AT_START = 64
"""If the first id after a start is further than this from the expected one, the ids did not restart, and no frame counts as missing."""


@dataclass(frozen=True, slots=True)
class DeliveredFrame:
    """A frame as the producer delivered it. `pixels`: uint8 [lines, width].

    `incomplete`, `underruns`: counts of incomplete buffers and buffer underruns since the camera was opened. `strip_line`, `positions`
    and `exposed_ns` as in CameraFrame; None if the camera does not send them.
    """

    frame_id: int
    pixels: Pixels
    incomplete: int
    underruns: int
    strip_line: int | None = None
    positions: NDArray[np.int64] | None = None
    exposed_ns: int | None = None


class GapDetector:
    """Turns delivered frames into captures without holes.

    Four kinds of lines are lost: frames that are missing between two others, the tail of a short frame, a frame that is an earlier
    one again, and the lines that passed while the camera was lost.

    A free-running camera (one with a `line_rate_hz`) also exposes lines while it is silent. The detector reports them as lost by that
    rate, in whole frames, and never more than must have passed. The next frame id gives the exact number, and the detector reports the
    rest.

    After a camera was lost, the encoder's count gives the number of lines, if the camera sends that count and it did not restart. Otherwise
    the line rate gives it, or the speed before the loss.
    """

    def __init__(self, camera: str, frame_lines: int, line_rate_hz: float | None, silent_frames: int, now: float) -> None:
        """`line_rate_hz`: None if an encoder triggers the lines. `silent_frames`: after this many frame periods the camera is silent."""
        self._camera, self._frame_lines, self._line_rate_hz, self._silent_frames = camera, frame_lines, line_rate_hz, silent_frames
        self._next_line = OwnLine(0)
        self._expected_id: int | None = None
        self._just_opened = False
        self._reported = 0  # lines of the current gap that were reported as lost already
        self._last_frame = now
        self._speed = Speed(now)
        self._encoder = EncoderOffset()
        self._lost_reason: Gap | None = None
        self._incomplete = self._underruns = 0
        self._repeats = Repeats()

    def opened(self, first_id: int) -> None:
        """Restarts the counting of ids: the camera was opened, and its first frame should have this id. Its buffers are new too."""
        self._expected_id = first_id
        self._just_opened = True
        self._incomplete = self._underruns = 0
        self._repeats = Repeats()

    def is_silent(self, now: float) -> bool:
        """Returns whether a free-running camera should have sent a frame by now, but did not."""
        return self._line_rate_hz is not None and self.silent_s(now) > self._silent_frames * self._frame_lines / self._line_rate_hz

    def silent_s(self, now: float) -> float:
        """Returns the seconds since the last frame, or since the camera was opened."""
        return now - self._last_frame

    def report_silence(self, now: float) -> LostLines[OwnLine] | None:
        """Reports the lines that a silent free-running camera must have exposed by now, less those reported before; None if none."""
        if self._line_rate_hz is None or not self.is_silent(now):
            return None
        exposed = int(self.silent_s(now) * self._line_rate_hz)
        lines = (exposed // self._frame_lines - 1) * self._frame_lines - self._reported
        if lines < self._frame_lines:
            return None
        self._reported += lines
        return self._loss(lines, CameraSilent(Counted.LINE_RATE, self._line_rate_hz))

    def report_undelivered(self, incomplete: int, underruns: int) -> LostLines[OwnLine] | None:
        """Reports the frames that were not delivered since the last one, by the counts of `DeliveredFrame`; None if none, or none is new.

        An encoder-triggered camera may send no other frame for long, and a coil that ends meanwhile has lost them. The next frame id gives
        the exact number, and the detector reports the rest. Call it when no frame waits.
        """
        broken, no_buffer = incomplete - self._incomplete, underruns - self._underruns
        lines = (broken + no_buffer) * self._frame_lines - self._reported
        if self._line_rate_hz is not None or self._lost_reason is not None or lines <= 0:
            return None
        self._reported += lines
        return self._loss(lines, FrameIncomplete(Counted.FRAME_IDS) if broken >= no_buffer else BufferUnderrun(Counted.FRAME_IDS))

    def camera_lost(self, reason: Gap) -> LostLines[OwnLine] | None:
        """Starts a gap because the camera is lost. If an encoder triggers its lines, reports one line as lost at once.

        So a coil that ends before the camera is back shows the loss. The lines of a free-running camera are reported by `report_silence`.
        """
        self._lost_reason = reason
        if self._line_rate_hz is not None:
            return None
        self._reported += 1
        return self._loss(1, reason.by(Counted.LATER))

    def camera_reopened(self, first_id: int, now: float) -> LostLines[OwnLine] | None:
        """Reports the lines that passed while the camera was lost. They are counted by time, because the frame ids have restarted.

        Returns None if the camera sends the encoder's count: its next frame then gives the number of lines.
        """
        self.opened(first_id)
        if self._encoder.is_known:
            return None
        lines, reason = self._lines_by_time(self._lost_reason or CameraNoAnswer(), now)
        lines -= self._reported
        self._reported, self._last_frame, self._lost_reason = 0, now, None
        self._speed.restart(now, self._next_line + max(0, lines))
        return self._loss(lines, reason, estimated=self._line_rate_hz is None) if lines > 0 else None

    def add(self, frame: DeliveredFrame, now: float) -> Iterator[Capture[OwnLine]]:
        """Yields the captures of a frame: the gap before it, the frame itself, and the missing tail of a short frame."""
        repeated = self._repeats.add(frame.pixels)
        if repeated and self._expected_id is not None and frame.frame_id < self._expected_id:
            yield self._loss(frame.pixels.shape[0], FrameRepeated())  # an old buffer with its old id, which says nothing of the next one
            self._last_frame = now
            return
        gap, reason, estimated = self._gap_before(frame, now)
        if gap > 0:
            yield self._loss(gap, reason, estimated=estimated)
        lines = frame.pixels.shape[0]
        taken = CameraFrame(
            self._camera,
            self._next_line,
            frame.pixels,
            int(now * 1e9),
            strip_line=frame.strip_line,
            positions=frame.positions,
            exposed_ns=frame.exposed_ns,
        )
        if repeated:
            yield self._loss(lines, FrameRepeated())
        else:
            self._encoder.update(taken)
            yield taken
            self._next_line = after(self._next_line, lines)
        if lines < self._frame_lines:
            yield self._loss(self._frame_lines - lines, FrameShort(self._frame_lines))
        self._reported = max(0, -gap)  # if more lines were reported than were lost, the next gap is shorter
        self._last_frame, self._lost_reason = now, None
        self._incomplete, self._underruns = frame.incomplete, frame.underruns
        self._speed.add(now, self._next_line)

    def _gap_before(self, frame: DeliveredFrame, now: float) -> tuple[int, Reason, bool]:
        """Returns the lines lost before a frame less those already reported, the reason, and whether the number is an estimate."""
        missing = self._missing_frames(frame.frame_id)
        if missing is not None and not (self._lost_reason and self._encoder.is_known):
            return missing * self._frame_lines - self._reported, self._reason_by_counters(missing, frame), False
        cause = self._lost_reason or CountRestarted()
        silent_s = self.silent_s(now)
        by_encoder = self._encoder.lines_before(frame.strip_line, self._next_line, reported=self._reported, within_s=silent_s)
        if by_encoder is not None:
            return by_encoder, cause.by(Counted.ENCODER), False
        lines, reason = self._lines_by_time(cause, now)
        return max(1, lines - self._frame_lines) - self._reported, reason, self._line_rate_hz is None

    def _lines_by_time(self, cause: Gap, now: float) -> tuple[int, Reason]:
        """Returns the lines since the last frame by line rate or speed, at least 1, and the reason with the way of counting."""
        rate = self._line_rate_hz or self._speed.lines_hz
        if rate is None:
            return 1, cause.by(Counted.NOT_KNOWN)
        counted = Counted.LINE_RATE if self._line_rate_hz else Counted.SPEED
        return max(1, round(self.silent_s(now) * rate)), cause.by(counted, lines_hz=round(rate, 1))

    def _missing_frames(self, frame_id: int) -> int | None:
        """Returns the number of frames exposed but not delivered since the last one; None if the camera's frame ids restarted."""
        expected, self._expected_id = self._expected_id, frame_id + 1
        just_opened, self._just_opened = self._just_opened, False
        if expected is None or (just_opened and not expected <= frame_id <= expected + MAX_MISSING_AT_START):
            return 0
        if frame_id >= expected:
            return frame_id - expected
        last = expected - 1
        if GIGE_LAST_ID // 2 < last <= GIGE_LAST_ID and 0 < frame_id <= GIGE_LAST_ID // 2:
            return GIGE_LAST_ID - last + frame_id - 1
        return None

    def _reason_by_counters(self, missing: int, frame: DeliveredFrame) -> Reason:
        if missing and frame.incomplete - self._incomplete >= missing:
            return FrameIncomplete(Counted.FRAME_IDS)
        if frame.underruns > self._underruns:
            return BufferUnderrun(Counted.FRAME_IDS)
        return FramesMissing(Counted.FRAME_IDS)

    def _loss(self, lines: int, reason: Reason, *, estimated: bool = False) -> LostLines[OwnLine]:
        first, self._next_line = self._next_line, after(self._next_line, lines)
        return LostLines(self._camera, first, lines, reason, estimated)
