"""One count of lines for all cameras: the same number is the same steel, on both sides and across the width.

Each source counts its own lines from its own start. Cameras that tell a shared encoder's count are placed by it; others are taken
to have started together (by a common trigger, their frame ids count alike). A camera that stands further down the line sees the
steel later. What a camera has not seen yet when the count begins is lost; its lines from before the count's line 0 are from before
the station began.

    not heard yet --first capture--> in step --silent for QUIET_S while others go on--> told as lost by their count --frame--> in step
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from skelp.domain.strip import CameraFrame, Capture, LostLines

QUIET_S = 3.0
"""A camera that gave nothing for so long while others went on is told as lost by their count."""
_HEARD_S = 1.0
_NOTICED_S = 15.0
"""A camera that is lost tells so within this; one that was silent longer and told nothing is silent because the strip stands."""
_SAME_COUNT = 200_000
"""Lines that cameras which read one counter may be apart when they are read: ten seconds of a fast line."""
_ROUNDING = 2
_LATE = "before this camera's first line: it began later than the others, or stands behind them"


@dataclass(slots=True)
class _Camera:
    """`shift` from its own count to the shared one; `told` is where the shared count of what was told ends, `sees` whether that was a
    frame: a camera that is lost tells so at once. `in_step`: it was placed by the encoder, or cannot be.
    """

    behind: int
    shift: int
    heard: float
    told: int = 0
    sees: bool = False
    in_step: bool = False
    ended: bool = False


class Aligner:
    """`push` and `overdue` are called by one thread; `heard`, `ended` and `reach` by the cameras' own.

    `behind`: by camera, the lines by which it stands further down the line than the first one.
    """

    def __init__(
        self,
        behind: Mapping[str, int],
        now: float,
        *,
        say: Callable[[str, dict[str, Any]], None] = lambda *_: None,
    ) -> None:
        most = max(behind.values())
        self._cameras = {name: _Camera(lines, most - lines, now) for name, lines in behind.items()}
        self._say = say
        self._origin: int | None = None
        self._newest_strip_line = 0

    def heard(self, camera: str, now: float) -> None:
        """A capture of the camera arrived."""
        self._cameras[camera].heard = now

    def ended(self, camera: str) -> None:
        """The camera's source has ended by itself, or waits for us: it owes nothing when it is silent."""
        self._cameras[camera].ended = True

    def reach(self, camera: str, own_end: int) -> int:
        """A camera's own count in the shared one."""
        return own_end + self._cameras[camera].shift

    def push(self, capture: Capture) -> Iterator[Capture]:
        """The capture in the shared count, behind what must be told before it. Without holes from line 0 on, for each camera."""
        camera = self._cameras[capture.camera]
        if isinstance(capture, CameraFrame) and capture.strip_line is not None:
            if not camera.in_step:
                self._fall_in(camera, capture, capture.strip_line)
            self._newest_strip_line = capture.strip_line
        first, lines = capture.first_line + camera.shift, capture.lines
        if first > camera.told:
            yield self._tell(camera, LostLines(capture.camera, camera.told, first - camera.told, _LATE))
        if first < camera.told:
            if isinstance(capture, CameraFrame) and not self._is_exact(camera, capture, first):
                camera.shift, first = camera.shift + camera.told - first, camera.told
            else:  # what was told as lost stays lost
                again = min(camera.told - first, lines)
                capture, first, lines = capture.cut(again, lines), first + again, lines - again
        if isinstance(capture, LostLines) and capture.estimated and lines:
            lines = self._no_further_than_others(camera, first, lines)
            capture = replace(capture, lines=lines)
        if lines:
            yield self._tell(camera, replace(capture, first_line=first))

    def overdue(self, now: float) -> Iterator[Capture]:
        """What silent cameras have missed of what others saw meanwhile."""
        for name, camera in self._cameras.items():
            if camera.ended or now - camera.heard <= QUIET_S:
                continue
            others = {other: self._seen_by(c, camera) for other, c in self._cameras.items() if now - c.heard < _HEARD_S}
            if others and (end := min(others.values())) > camera.told:
                reason = f"camera silent: lines counted by camera {min(others, key=lambda o: others[o])}"
                yield self._tell(camera, LostLines(name, camera.told, end - camera.told, reason))

    def _fall_in(self, camera: _Camera, frame: CameraFrame, strip_line: int) -> None:
        """Take the camera's place from the encoder's count; the first camera that tells it says where the shared count begins."""
        camera.in_step = True
        place = frame.first_line + camera.shift
        if self._origin is None:
            self._origin = strip_line - camera.behind - place
            return
        apart = strip_line - self._newest_strip_line
        if abs(apart) <= _SAME_COUNT:
            camera.shift += strip_line - camera.behind - self._origin - place
            return
        what = f"its encoder count differs by {apart} lines from another camera's; reset both counters at once, and start the station again"
        self._say("cameras.unaligned", {"camera": frame.camera, "reason": what})

    def _is_exact(self, camera: _Camera, frame: CameraFrame, first: int) -> bool:
        """Whether the encoder says that the frame belongs at `first`."""
        if frame.strip_line is None or self._origin is None:
            return False
        return abs(frame.strip_line - camera.behind - self._origin - first) <= _ROUNDING

    def _no_further_than_others(self, camera: _Camera, first: int, lines: int) -> int:
        """Lines of a loss that was counted by time, cut where other cameras are: they saw the strip move, or stand.

        One that fell silent a moment ago may be lost too and not know it yet: it is no witness.
        """
        others = [self._seen_by(c, camera) for c in self._cameras.values() if c is not camera and self._is_witness(c, camera.heard)]
        fewer = min(lines, max([1, *(seen - first for seen in others)])) if others else lines
        camera.shift -= lines - fewer
        return fewer

    def _is_witness(self, other: _Camera, now: float) -> bool:
        return other.sees and not _HEARD_S < now - other.heard < _NOTICED_S

    def _seen_by(self, other: _Camera, camera: _Camera) -> int:
        """How far `camera` must have come, by what the other one saw."""
        return other.told - (camera.behind - other.behind)

    def _tell(self, camera: _Camera, capture: Capture) -> Capture:
        camera.told, camera.sees = capture.first_line + capture.lines, isinstance(capture, CameraFrame)
        return capture
