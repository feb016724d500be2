"""What comes from one camera into the line: new steel, in a channel that drops a live camera's frames when it is full."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from skelp.domain.reasons import Overrun, Reason
from skelp.domain.strip import CameraFrame, Capture, LostLines, OwnLine
from skelp.pipeline.channel import Channel
from skelp.pipeline.meter import Meter
from skelp.pipeline.motion import Motion


class Intake:
    """Passes one camera's captures on, less those of steel that came again. One thread calls it.

    If a live camera finds the channel full, its frames are lost from there on, until there is room for the loss.
    """

    def __init__(
        self,
        captures: Channel[Capture[OwnLine]],
        meter: Meter,
        *,
        live: bool,
        exposed: Callable[[Capture[OwnLine]], None],
        why_dropped: Callable[[], Reason | None],
        announced: Callable[[], int] = lambda: 0,
    ) -> None:
        """`exposed` is called with each capture, before it goes into the channel. `announced`: how many coils were announced so far."""
        self._captures, self._meter, self._live = captures, meter, live
        self._exposed, self._why_dropped, self._announced = exposed, why_dropped, announced
        self._motion, self._coils = Motion(), announced()
        self._dropped: LostLines[OwnLine] | None = None
        self._again = 0  # of dropped frames

    @property
    def again_lines(self) -> int:
        """How many lines of steel the camera has seen again, if the strip is back now; else 0. Any thread may read it."""
        return self._motion.again_lines

    def push(self, capture: Capture[OwnLine]) -> None:
        """Pass on what is new steel in a capture. Raises ClosedError if the channel is closed.

        What the camera has seen is known on the coil that it was seen on: the next coil may be another pass of the same steel.
        """
        if (coils := self._announced()) != self._coils:
            self._coils = coils
            self._motion.forget()
        new = self._motion.push(capture)
        self._meter.count("lines_exposed", capture.lines)
        if again := capture.lines - sum(c.lines for c in new):
            self._meter.count("lines_again", again)
        for part in new:
            self._exposed(part)
            if self._live:
                self._offer(part)
            else:
                self._captures.put(part)
        if not new:
            self._offer_dropped()

    def idle(self) -> None:
        """Pass on a loss that waits, if there is room now: the coil may end before the next capture."""
        self._offer_dropped()

    def close(self) -> None:
        """Pass on the loss that still waits. Raises ClosedError if the channel is closed."""
        if self._dropped is not None:
            self._captures.put(self._dropped)

    def _offer(self, capture: Capture[OwnLine]) -> None:
        self._offer_dropped()
        if isinstance(capture, CameraFrame) and self._again:
            capture = replace(capture, again=capture.again + self._again)
        if self._dropped is None and self._captures.offer(capture):
            self._again = 0 if isinstance(capture, CameraFrame) else self._again
            return
        if isinstance(capture, CameraFrame):
            self._again = capture.again
        lost = self._dropped or LostLines(capture.camera, capture.first_line, 0, Overrun())
        estimated = lost.estimated or (isinstance(capture, LostLines) and capture.estimated)
        reason = self._why_dropped() or lost.reason
        self._dropped = replace(lost, lines=lost.lines + capture.lines, reason=reason, estimated=estimated)
        self._meter.count("lines_overrun", capture.lines)

    def _offer_dropped(self) -> None:
        if self._dropped is not None and self._captures.offer(self._dropped):
            self._dropped = None
