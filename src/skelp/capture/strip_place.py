"""Where a camera's own lines lie in the encoder's count, so that what passed while it was away is counted exactly."""

from __future__ import annotations

from skelp.capture.speed import FASTEST_HZ


class StripPlace:
    """Follows frames that carry the encoder's count."""

    def __init__(self) -> None:
        self._offset: int | None = None

    @property
    def is_known(self) -> bool:
        """Whether a frame has carried the count."""
        return self._offset is not None

    def seen(self, strip_line: int | None, own_line: int) -> None:
        """A frame begins at these lines of the encoder's and the camera's count. Without the encoder's nothing changes."""
        if strip_line is not None:
            self._offset = strip_line - own_line

    def lines_before(self, strip_line: int | None, own_line: int, *, reported: int, within_s: float) -> int | None:
        """Lines between `own_line`, where the account ends, and a frame at `strip_line`, after `within_s` without a frame.

        The result is negative, by at most `reported`, if more lines were reported as lost than passed. It is None if the encoder's count
        is not known, or began anew meanwhile: then the distance is more than the fastest camera could expose in that time.
        """
        if strip_line is None or self._offset is None:
            return None
        lines = strip_line - self._offset - own_line
        return lines if -reported <= lines <= within_s * FASTEST_HZ else None
