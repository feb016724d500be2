"""Relates a camera's own count of lines to the encoder's count, so that lost lines can be counted exactly."""

from __future__ import annotations

from skelp.capture.speed import MAX_LINES_HZ
from skelp.domain.strip import CameraFrame, OwnLine


class EncoderOffset:
    """Holds the difference between the encoder's count and the camera's own count, from the last frame that carried both."""

    def __init__(self) -> None:
        self._offset: int | None = None

    @property
    def is_known(self) -> bool:
        """Whether a frame has carried the encoder's count."""
        return self._offset is not None

    def update(self, frame: CameraFrame[OwnLine]) -> None:
        """Takes both counts of a frame's end. A frame without the encoder's count changes nothing.

        The encoder's count there is that of the last line, where the camera tells it, because the strip may have run back within the frame.
        """
        if frame.positions is not None:
            self._offset = int(frame.positions[-1]) + 1 - frame.first_line - frame.lines
        elif frame.strip_line is not None:
            self._offset = frame.strip_line - frame.first_line

    def lines_before(self, strip_line: int | None, own_line: int, *, reported: int, within_s: float) -> int | None:
        """Returns the number of lines between `own_line`, where the last capture ended, and a frame that begins at `strip_line`.

        `reported`: lines that were reported as lost since the last frame. If fewer lines passed than were reported, the result is negative.
        `within_s`: seconds since the last frame.

        Returns None if the encoder's count is not known, or if it restarted meanwhile. Two results show that it
        restarted: more lines than the fastest camera exposes in `within_s`, or fewer than minus `reported`.
        """
        if strip_line is None or self._offset is None:
            return None
        lines = strip_line - self._offset - own_line
        return lines if -reported <= lines <= within_s * MAX_LINES_HZ else None
