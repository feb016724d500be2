"""Gives all cameras one count of lines: the same number is the same steel, on both sides and across the width.

Each source counts its own lines from its own start. If a camera sends the count of a shared encoder, the aligner places it by that
count. Otherwise the aligner assumes that the cameras started together, as with a common trigger. A camera that stands further down
the line sees the same steel later.

Two kinds of lines at the start are not inspected. Lines that a camera did not see because it started later are lost. Lines that it saw
before line 0 of the shared count are dropped, because they passed before the station began.

    waiting --first capture--> aligned --no capture for SILENT_AFTER_S while others go on--> lost --next capture--> aligned
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from skelp.domain.events import CamerasUnaligned, Publish, nowhere
from skelp.domain.reasons import BeforeFirst, CameraOutOfStep, CameraSilent, Counted
from skelp.domain.strip import CameraFrame, Capture, LostLines, OwnLine, SharedLine, after

SILENT_AFTER_S = 3.0
"""If a camera sends nothing for this time while others go on, the aligner reports its lines as lost and counts them by the others."""
_RUNNING_WITHIN_S = 1.0
"""A camera that sent a capture within this time is running."""
_SOURCE_REPORTS_WITHIN_S = 15.0
"""A source reports a lost camera within this time. If a camera is silent for longer without such a report, the strip does not move."""
_MAX_APART_LINES = 200_000
"""Largest difference between two cameras that read one encoder: ten seconds of a fast line."""
_TOLERANCE_LINES = 2
"""An encoder count may differ from the number of lines by rounding."""


@dataclass(slots=True)
class _Camera:
    """`shift` is added to the camera's own count to get the shared one. `end`: the shared line after the camera's last capture.

    `delivers`: its last capture was a frame and not a loss. `encoder_read`: the aligner has used or refused its first encoder count.
    `estimated_to` and `aligned_to`: the end of the last loss that was estimated, and of what was aligned, in the camera's own count.
    """

    behind: int
    shift: int
    last_capture: float
    end: SharedLine = SharedLine(0)  # noqa: RUF009 - a number
    delivers: bool = False
    encoder_read: bool = False
    ended: bool = False
    estimated_to: int = 0
    aligned_to: int = 0


class Aligner:
    """Converts captures to the shared count and reports the lines that a camera missed.

    One thread calls `push` and `silent_losses`. Each camera's thread calls `capture_arrived`, `exposed` and `ended`.
    `behind` gives for each camera the distance in lines by which it stands further down the line than the first camera.
    """

    def __init__(self, behind: Mapping[str, int], now: float, *, publish: Publish = nowhere) -> None:
        most = max(behind.values())
        self._cameras = {name: _Camera(lines, most - lines, now) for name, lines in behind.items()}
        self._publish = publish
        self._origin: int | None = None
        self._newest_strip_line = 0

    def capture_arrived(self, camera: str, now: float) -> None:
        """Record when a capture of the camera arrived. `now`: monotonic clock, s."""
        self._cameras[camera].last_capture = now

    def ended(self, camera: str) -> None:
        """Record that the source has ended, or that it waits for the inspection. Its silence is then no loss."""
        self._cameras[camera].ended = True

    def exposed(self, capture: Capture[OwnLine]) -> SharedLine | None:
        """The end of a capture that `push` will get, in the shared count. None after an estimated loss, until `push` has corrected it."""
        camera, end = self._cameras[capture.camera], after(capture.first_line, capture.lines)
        if isinstance(capture, LostLines) and capture.estimated:
            camera.estimated_to = end
        return SharedLine(end + camera.shift) if camera.aligned_to >= camera.estimated_to else None

    def push(self, capture: Capture[OwnLine]) -> Iterator[Capture[SharedLine]]:
        """The capture in the shared count, after a loss if the camera missed lines before it. Each camera's captures have no holes."""
        camera, own_end = self._cameras[capture.camera], after(capture.first_line, capture.lines)
        if isinstance(capture, CameraFrame) and capture.strip_line is not None:
            if not camera.encoder_read:
                self._place_by_encoder(camera, capture, capture.strip_line)
            self._newest_strip_line = capture.strip_line
        first, lines = SharedLine(capture.first_line + camera.shift), capture.lines
        if first > camera.end:
            yield self._accept(camera, LostLines(capture.camera, camera.end, first - camera.end, BeforeFirst()))
        if first < camera.end:
            if isinstance(capture, CameraFrame) and not self._encoder_confirms(camera, capture, first):
                camera.shift, first = camera.shift + camera.end - first, camera.end
            else:  # lines that were reported as lost stay lost
                known = min(camera.end - first, lines)
                capture, first, lines = _without(capture, known), after(first, known), lines - known
        if isinstance(capture, LostLines) and capture.estimated and lines:
            lines = self._limited_by_others(camera, first, lines)
            capture = replace(capture, lines=lines)
        if lines:
            yield self._accept(camera, capture.at(first))
        camera.aligned_to = own_end

    def silent_losses(self, now: float) -> Iterator[Capture[SharedLine]]:
        """The lines that silent cameras have missed, counted by the running camera that has seen the fewest."""
        for name, camera in self._cameras.items():
            if camera.ended or now - camera.last_capture <= SILENT_AFTER_S:
                continue
            others = {
                other: self._expected_end(c, camera) for other, c in self._cameras.items() if now - c.last_capture < _RUNNING_WITHIN_S
            }
            if others and (end := min(others.values())) > camera.end:
                slowest = min(others, key=lambda o: others[o])
                reason = CameraSilent(Counted.OTHER_CAMERA, by_camera=slowest)
                yield self._accept(camera, LostLines(name, camera.end, end - camera.end, reason))

    def _place_by_encoder(self, camera: _Camera, frame: CameraFrame[OwnLine], strip_line: int) -> None:
        """Place the camera by its encoder count. The first camera that sends one defines where the shared count begins.

        Publishes CamerasUnaligned if the count is too far from that of the other cameras.
        """
        camera.encoder_read = True
        shared = frame.first_line + camera.shift
        if self._origin is None:
            self._origin = strip_line - camera.behind - shared
            return
        apart = strip_line - self._newest_strip_line
        if abs(apart) <= _MAX_APART_LINES:
            camera.shift += strip_line - camera.behind - self._origin - shared
            return
        self._publish(CamerasUnaligned(frame.camera, CameraOutOfStep(apart)))

    def _encoder_confirms(self, camera: _Camera, frame: CameraFrame[OwnLine], first: SharedLine) -> bool:
        """Whether the encoder count places the frame at `first`."""
        if frame.strip_line is None or self._origin is None:
            return False
        return abs(frame.strip_line - camera.behind - self._origin - first) <= _TOLERANCE_LINES

    def _limited_by_others(self, camera: _Camera, first: SharedLine, lines: int) -> int:
        """The number of lines of an estimated loss, at most what the other cameras saw pass meanwhile.

        A camera that became silent a short time ago is left out: it may be lost too, and its source has not reported it yet.
        """
        others = [
            self._expected_end(c, camera)
            for c in self._cameras.values()
            if c is not camera and self._knows_progress(c, camera.last_capture)
        ]
        fewer = min(lines, max([1, *(seen - first for seen in others)])) if others else lines
        camera.shift -= lines - fewer
        return fewer

    def _knows_progress(self, other: _Camera, now: float) -> bool:
        return other.delivers and not _RUNNING_WITHIN_S < now - other.last_capture < _SOURCE_REPORTS_WITHIN_S

    def _expected_end(self, other: _Camera, camera: _Camera) -> SharedLine:
        """The line that `camera` must have reached when the other camera is at its `end`."""
        return after(other.end, other.behind - camera.behind)

    def _accept(self, camera: _Camera, capture: Capture[SharedLine]) -> Capture[SharedLine]:
        camera.end, camera.delivers = after(capture.first_line, capture.lines), isinstance(capture, CameraFrame)
        return capture


def _without(capture: Capture[OwnLine], lines: int) -> Capture[OwnLine]:
    """The capture without its first lines. Lines that came again before it still did."""
    rest = capture.cut(lines, capture.lines)
    return replace(rest, again=capture.again) if isinstance(rest, CameraFrame) and isinstance(capture, CameraFrame) else rest
