"""Joins the lines of the child processes of one camera, one after the other, into one count."""

from __future__ import annotations

import time
from collections.abc import Iterator

from skelp.capture.encoder_offset import EncoderOffset
from skelp.capture.speed import Speed
from skelp.domain.reasons import CameraNoAnswer, Counted, Gap
from skelp.domain.strip import CameraFrame, Capture, LostLines, OwnLine, after


class JoinedLines:
    """Converts captures of a child's count, which begins at 0, into one count that goes on from child to child.

    If the source is live, the lines that passed between two children are lost: by the encoder's count if frames carry it, else by the speed
    before. If the source is not live (files), a new child reads from the start again, and lines that were captured before are left out.
    """

    def __init__(self, camera: str, live: bool) -> None:
        self._camera, self._live = camera, live
        self._next = OwnLine(0)
        self._offset = 0  # line 0 of the present child in the joined count
        self._speed = Speed(time.monotonic())
        self._encoder = EncoderOffset()
        self._reason: Gap = CameraNoAnswer()
        self._reported = 0
        self._waits_for_encoder = False
        self.lost_s = 0.0
        """Seconds without a child, the last time."""

    def convert(self, capture: Capture[OwnLine]) -> Iterator[Capture[OwnLine]]:
        """Yields a capture of the present child in the joined count, after the loss that comes before it."""
        if self._waits_for_encoder:
            strip_line = capture.strip_line if isinstance(capture, CameraFrame) else None
            lost_s = time.monotonic() - self._speed.last_capture
            yield from self._report_gap(self._encoder.lines_before(strip_line, self._next, reported=self._reported, within_s=lost_s))
        first = capture.first_line + self._offset
        repeated = min(max(0, self._next - first), capture.lines)
        if repeated:
            capture = capture.cut(repeated, capture.lines)
        if capture.lines == 0:
            return
        joined = capture.at(self._next)
        yield joined
        if isinstance(joined, CameraFrame):
            self._encoder.update(joined)
        self._next = after(self._next, capture.lines)
        self._speed.add(time.monotonic(), self._next)

    def child_lost(self, reason: Gap) -> Iterator[Capture[OwnLine]]:
        """Starts a gap because the child is lost. A live source loses one line at once, so that a coil which ends now shows the loss."""
        self._reason, self._reported = reason, 0
        if self._live:
            yield self._loss(1, Counted.LATER)

    def child_replaced(self) -> Iterator[Capture[OwnLine]]:
        """Yields the lines that passed until the new child was open, unless its first frame will give their number."""
        self.lost_s = time.monotonic() - self._speed.last_capture
        self._waits_for_encoder = self._live and self._encoder.is_known
        if self._live and not self._waits_for_encoder:
            yield from self._report_gap(None)

    def _report_gap(self, by_encoder: int | None) -> Iterator[Capture[OwnLine]]:
        """Yields the lines that passed while there was no child, less those already reported.

        `by_encoder`: their number by the encoder's count. None: the number is estimated from time and speed.
        """
        self._waits_for_encoder = False
        now, rate = time.monotonic(), self._speed.lines_hz
        lines, counted, lines_hz = by_encoder, Counted.ENCODER, None
        if lines is None:
            lines = max(1, round((now - self._speed.last_capture) * rate)) - self._reported if rate else 0
            counted, lines_hz = (Counted.SPEED, round(rate, 1)) if rate else (Counted.NOT_KNOWN, None)
        if lines > 0:
            yield self._loss(lines, counted, lines_hz, estimated=by_encoder is None)
        self._offset = self._next
        self._speed.restart(now, self._next)

    def _loss(self, lines: int, counted: Counted, lines_hz: float | None = None, *, estimated: bool = False) -> LostLines[OwnLine]:
        first, self._next, self._reported = self._next, after(self._next, lines), self._reported + lines
        return LostLines(self._camera, first, lines, self._reason.by(counted, lines_hz=lines_hz), estimated)
