"""Where a camera's own lines lie in an encoder's count: what passed while it was away is read from there, to the line."""

from __future__ import annotations

from skelp.capture.speed import FASTEST_HZ


class StripPlace:
    """Follows frames that tell the encoder's count."""

    def __init__(self) -> None:
        self._offset: int | None = None

    @property
    def is_known(self) -> bool:
        """Whether a frame has told the count."""
        return self._offset is not None

    def seen(self, strip_line: int | None, own_line: int) -> None:
        """A frame begins at these lines; nothing is learnt where it does not tell the encoder's."""
        if strip_line is not None:
            self._offset = strip_line - own_line

    def lines_before(self, strip_line: int | None, own_line: int, *, told: int, within_s: float) -> int | None:
        """Lines between `own_line`, up to where lines are accounted for, and a frame at `strip_line`, after `within_s` without one.

        Fewer than none by up to `told`, the lines that were told as lost meanwhile: that many too many were. None if the count is not
        known, or began anew meanwhile.
        """
        if strip_line is None or self._offset is None:
            return None
        lines = strip_line - self._offset - own_line
        return lines if -told <= lines <= within_s * FASTEST_HZ else None
