"""Gives all cameras one count of lines: the same number is the same steel, on both sides and across the width.

Each source counts its own lines from its own start. A camera that sends a shared encoder's count is placed by it. The others are
taken to have started together, as they do by a common trigger. A camera that stands further down the line sees the steel later.

Two kinds of lines are not inspected for it. What a camera did not see at the beginning of the count is lost. What it saw before the
count's line 0 is dropped: those lines passed before the station began.

    no capture yet --first capture--> in step --silent for QUIET_S while others go on--> lost, by the others' count --frame--> in step
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from skelp.domain.events import CamerasUnaligned, Publish, nowhere
from skelp.domain.reasons import BeforeFirst, CameraOutOfStep, CameraSilent, Counted
from skelp.domain.strip import CameraFrame, Capture, LostLines, OwnLine, SharedLine, after

QUIET_S = 3.0
"""If a camera sends nothing for so long while others go on, the aligner reports its lines as lost, by the others' count."""
_RECENT_S = 1.0
_REPORTS_WITHIN_S = 15.0
"""A source reports a lost camera within this time. A camera that was silent for longer without a report waits for a strip that stands."""
_SAME_COUNT = 200_000
"""Lines that cameras which read one counter may be apart when they are read: ten seconds of a fast line."""
_ROUNDING = 2


@dataclass(slots=True)
class _Camera:
    """`shift` leads from the camera's own count to the shared one. `end` is the shared line up to which the camera is accounted for.

    `sees`: its last capture was a frame and not a loss. `in_step`: the encoder placed it, or could not.
    """

    behind: int
    shift: int
    last_capture: float
    end: SharedLine = SharedLine(0)  # noqa: RUF009 - a number
    sees: bool = False
    in_step: bool = False
    ended: bool = False


class Aligner:
    """`push` and `overdue` are called by one thread; `heard`, `ended` and `reach` by the cameras' own.

    `behind`: by camera, the lines by which it stands further down the line than the first one.
    """

    def __init__(self, behind: Mapping[str, int], now: float, *, publish: Publish = nowhere) -> None:
        most = max(behind.values())
        self._cameras = {name: _Camera(lines, most - lines, now) for name, lines in behind.items()}
        self._publish = publish
        self._origin: int | None = None
        self._newest_strip_line = 0

    def heard(self, camera: str, now: float) -> None:
        """A capture of the camera arrived."""
        self._cameras[camera].last_capture = now

    def ended(self, camera: str) -> None:
        """The camera's source has ended by itself, or waits for the line: when it is silent, nothing is lost."""
        self._cameras[camera].ended = True

    def reach(self, camera: str, own_end: OwnLine) -> SharedLine:
        """A camera's own count in the shared one."""
        return SharedLine(own_end + self._cameras[camera].shift)

    def push(self, capture: Capture[OwnLine]) -> Iterator[Capture[SharedLine]]:
        """The capture in the shared count, after the losses that come before it. For each camera without holes from line 0 on."""
        camera = self._cameras[capture.camera]
        if isinstance(capture, CameraFrame) and capture.strip_line is not None:
            if not camera.in_step:
                self._fall_in(camera, capture, capture.strip_line)
            self._newest_strip_line = capture.strip_line
        first, lines = SharedLine(capture.first_line + camera.shift), capture.lines
        if first > camera.end:
            yield self._account(camera, LostLines(capture.camera, camera.end, first - camera.end, BeforeFirst()))
        if first < camera.end:
            if isinstance(capture, CameraFrame) and not self._is_exact(camera, capture, first):
                camera.shift, first = camera.shift + camera.end - first, camera.end
            else:  # what was reported as lost stays lost
                again = min(camera.end - first, lines)
                capture, first, lines = capture.cut(again, lines), after(first, again), lines - again
        if isinstance(capture, LostLines) and capture.estimated and lines:
            lines = self._no_further_than_others(camera, first, lines)
            capture = replace(capture, lines=lines)
        if lines:
            yield self._account(camera, capture.at(first))

    def overdue(self, now: float) -> Iterator[Capture[SharedLine]]:
        """The lines that silent cameras have missed, by the count of the cameras that saw them."""
        for name, camera in self._cameras.items():
            if camera.ended or now - camera.last_capture <= QUIET_S:
                continue
            others = {other: self._seen_by(c, camera) for other, c in self._cameras.items() if now - c.last_capture < _RECENT_S}
            if others and (end := min(others.values())) > camera.end:
                slowest = min(others, key=lambda o: others[o])
                reason = CameraSilent(Counted.OTHER_CAMERA, by_camera=slowest)
                yield self._account(camera, LostLines(name, camera.end, end - camera.end, reason))

    def _fall_in(self, camera: _Camera, frame: CameraFrame[OwnLine], strip_line: int) -> None:
        """Place the camera by the encoder's count. The first camera that sends it defines where the shared count begins."""
        camera.in_step = True
        place = frame.first_line + camera.shift
        if self._origin is None:
            self._origin = strip_line - camera.behind - place
            return
        apart = strip_line - self._newest_strip_line
        if abs(apart) <= _SAME_COUNT:
            camera.shift += strip_line - camera.behind - self._origin - place
            return
        self._publish(CamerasUnaligned(frame.camera, CameraOutOfStep(apart)))

    def _is_exact(self, camera: _Camera, frame: CameraFrame[OwnLine], first: SharedLine) -> bool:
        """Whether the encoder says that the frame belongs at `first`."""
        if frame.strip_line is None or self._origin is None:
            return False
        return abs(frame.strip_line - camera.behind - self._origin - first) <= _ROUNDING

    def _no_further_than_others(self, camera: _Camera, first: SharedLine, lines: int) -> int:
        """The lines of a loss that was estimated from time, cut where the other cameras are: they saw the strip move, or stand.

        A camera that became silent a moment ago does not count here: it may be lost too, and its source has not noticed yet.
        """
        others = [self._seen_by(c, camera) for c in self._cameras.values() if c is not camera and self._is_witness(c, camera.last_capture)]
        fewer = min(lines, max([1, *(seen - first for seen in others)])) if others else lines
        camera.shift -= lines - fewer
        return fewer

    def _is_witness(self, other: _Camera, now: float) -> bool:
        return other.sees and not _RECENT_S < now - other.last_capture < _REPORTS_WITHIN_S

    def _seen_by(self, other: _Camera, camera: _Camera) -> SharedLine:
        """The line that `camera` must have reached, by what the other one saw."""
        return after(other.end, other.behind - camera.behind)

    def _account(self, camera: _Camera, capture: Capture[SharedLine]) -> Capture[SharedLine]:
        camera.end, camera.sees = after(capture.first_line, capture.lines), isinstance(capture, CameraFrame)
        return capture
