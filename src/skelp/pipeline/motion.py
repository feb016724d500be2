"""Leaves out the lines in which a camera shows steel a second time, because the strip ran back (ADR 33).

The camera tells the encoder's count at each line. Steel that was passed on, or reported as lost, is known. Its lines are left out when they
come again. So the captures go on as if the strip had never run back.

Steel that was not seen must not be left out. So the count is used only while it can be followed from line to line. After a jump, after the
camera was opened again, and where the count does not move with the lines, no steel is known, and every line is new.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from skelp.domain.reasons import BufferUnderrun, FrameDropped, FrameIncomplete, FrameShort, FramesMissing, RingFull
from skelp.domain.strip import CameraFrame, Capture, LostLines, OwnLine, after

_RAN_ON = (BufferUnderrun, FrameDropped, FrameIncomplete, FrameShort, FramesMissing, RingFull)
"""Reasons of losses during which the camera and its count ran on, and whose number of lines is exact."""
_TOLERANCE_LINES = 1
"""Where the strip turns, and after lost lines, the count may be off by so much: an encoder has backlash, and a divider begins again."""
_MOST_JUMPS = 4
"""A frame in which the count jumps more often is not believed. To begin anew at each of its lines would take long."""


class _Known:
    """The steel that is known: from `floor` to `frontier`, in lines of the encoder's count.

    Steel before the floor is new, too. So nothing is left out if the encoder's count falls while the strip runs forward.
    """

    def __init__(self) -> None:
        self._floor = self.frontier = 0

    def take(self, positions: NDArray[np.int64], jumps: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which lines are new steel, and at which it began anew: at jumps, and where a gap is between a line and the known steel."""
        new, begins, start = np.zeros(len(positions), np.bool_), jumps.copy(), 0
        while start < len(positions):
            if begins[start]:
                self._floor = self.frontier = int(positions[start])
            ahead = np.flatnonzero(jumps[start + 1 :])
            part = positions[start : start + 1 + int(ahead[0])] if len(ahead) else positions[start:]
            top = np.maximum.accumulate(np.r_[self.frontier - 1, part])[:-1]
            bottom = np.minimum.accumulate(np.r_[self._floor, part])[:-1]
            gaps = np.flatnonzero((part > top + 1) | (part < bottom - 1))
            lines = int(gaps[0]) if len(gaps) else len(part)
            if lines:
                new[start : start + lines] = ((part > top) | (part < bottom))[:lines]
                self.frontier = max(self.frontier, int(part[:lines].max()) + 1)
                self._floor = min(self._floor, int(part[:lines].min()))
            if len(gaps):
                begins[start + lines] = True
            start += lines
        return new, begins


@dataclass(frozen=True, slots=True)
class _Last:
    """The last line: its count, the direction of the count's last step (1, -1, or 0 if it is not known), and the lines lost since."""

    position: int
    direction: int
    lost: int = 0


class Motion:
    """Gives the captures of one camera a count of their own, without repeated steel and without holes.

    One thread calls `push`. Any thread may read the properties.
    """

    def __init__(self) -> None:
        self._known = _Known()
        self._last: _Last | None = None  # None: the next line cannot be followed from the last one
        self._end = OwnLine(0)
        self._again = 0
        self._passed: int | None = None  # the count of the last line that was passed on, if it can be compared with the next
        self._is_back = False

    @property
    def end(self) -> OwnLine:
        """The line after the last capture that was passed on."""
        return self._end

    @property
    def again_lines(self) -> int:
        """How many lines of steel it has seen again since the last new one, if the strip is back now; else 0."""
        return self._again if self._is_back else 0

    def push(self, capture: Capture[OwnLine]) -> list[Capture[OwnLine]]:
        """The parts of a capture that are new steel. A frame's `again` says how many lines were left out before it."""
        if isinstance(capture, LostLines):
            self._lose(capture)
            return [self._numbered(capture)]
        if capture.positions is not None:
            steps = self._steps(capture.positions)
            jumps = self._jumps(capture.positions, steps)
            if np.count_nonzero(jumps) <= _MOST_JUMPS and self._moves_with_lines(steps):
                return self._new_steel(capture, capture.positions, steps, jumps)
        self.forget()
        return [self._numbered(self._after_again(capture))]

    def forget(self) -> None:
        """No steel is known from here on: every line is new."""
        self._last = self._passed = None
        self._is_back = False

    def _lose(self, loss: LostLines[OwnLine]) -> None:
        """All lost lines may have been new steel. If they were not, the lines up to the frontier stay lost although they come again."""
        self._passed = None
        if self._last is None or not isinstance(loss.reason, _RAN_ON):
            self.forget()
            return
        self._known.frontier += loss.lines
        self._last = replace(self._last, lost=self._last.lost + loss.lines)

    def _steps(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """Steps of the count from line to line. If lines were lost before the frame, the first step is inside it."""
        follows = self._last is not None and not self._last.lost
        return np.diff(np.r_[self._last.position, positions] if self._last and follows else positions)

    def _jumps(self, positions: NDArray[np.int64], steps: NDArray[np.int64]) -> NDArray[np.bool_]:
        """At which lines the count does not follow from the line before, bool [lines]."""
        jumps, signs = np.zeros(len(positions), np.bool_), np.sign(steps)
        turns = np.r_[self._direction, signs][: len(signs)] * signs < 0
        jumps[len(positions) - len(steps) :] = np.abs(steps) > 1 + _TOLERANCE_LINES * turns
        if self._last is None:
            jumps[0] = True
        elif self._last.lost:
            jumps[0] = abs(int(positions[0]) - self._last.position) > self._last.lost + 1 + _TOLERANCE_LINES
        return jumps

    @property
    def _direction(self) -> int:
        return 0 if self._last is None or self._last.lost else self._last.direction

    def _moves_with_lines(self, steps: NDArray[np.int64]) -> bool:
        """Whether the count moves with each line, as it does if the encoder triggers the lines.

        Where the strip turns, a line may have the count of the line before. Elsewhere such a line says that this is no count of lines: its
        counts per line are wrong, or it stands still. Steel that nobody saw would be left out.
        """
        signs = np.sign(np.r_[self._direction, steps] if self._direction else steps)
        moving = np.flatnonzero(signs)
        if len(moving) == len(signs):
            return True
        if len(moving) == 0 or moving[0] != 0 or moving[-1] != len(signs) - 1:
            return False
        stood = np.diff(moving) > 1
        return not np.any(stood & (signs[moving[1:]] == signs[moving[:-1]]))

    def _new_steel(
        self, frame: CameraFrame[OwnLine], positions: NDArray[np.int64], steps: NDArray[np.int64], jumps: NDArray[np.bool_]
    ) -> list[Capture[OwnLine]]:
        new, begins = self._known.take(positions, jumps)
        parts: list[Capture[OwnLine]] = []
        edges, done = np.flatnonzero(np.diff(np.r_[False, new, False].astype(np.int8))), 0
        for start, stop in edges.reshape(-1, 2).tolist():
            self._again += start - done
            timed = 0 if parts else int(np.count_nonzero(new))
            part = replace(frame.cut(start, stop), strip_line=int(positions[start]), timed_lines=timed)
            torn = self._passed is not None and not begins[start] and abs(int(positions[start]) - self._passed) > 1
            parts.append(self._numbered(self._after_again(replace(part, breaks=part.breaks or torn))))
            self._passed, done = int(positions[stop - 1]), stop
        self._again += len(positions) - done
        self._last = _Last(int(positions[-1]), int(np.sign(steps[-1])) if len(steps) else 0)
        self._is_back = not new[-1] and self._last.position + 1 != self._known.frontier
        return parts

    def _after_again(self, frame: CameraFrame[OwnLine]) -> CameraFrame[OwnLine]:
        again, self._again = self._again, 0
        return replace(frame, again=frame.again + again) if again else frame

    def _numbered(self, capture: Capture[OwnLine]) -> Capture[OwnLine]:
        first, self._end = self._end, after(self._end, capture.lines)
        return capture if capture.first_line == first else capture.at(first)
