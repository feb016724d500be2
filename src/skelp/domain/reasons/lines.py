"""Reasons of lines without pixels, of lines that were not shown to the whole network, and faults of cameras."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from skelp.domain.reasons.code import Code, Counted, Reason


class Gap(Reason):
    """A loss whose number of lines had to be found out. `lines_hz` goes with line_rate and speed, `by_camera` with other_camera."""

    counted: Counted | None = None
    lines_hz: float | None = None
    by_camera: str | None = None

    def by(self, counted: Counted, *, lines_hz: float | None = None, by_camera: str | None = None) -> Self:
        """The same reason, with how its lines were counted."""
        return replace(self, counted=counted, lines_hz=lines_hz, by_camera=by_camera)


class Overrun(Reason, code=Code.LINE_OVERRUN):
    """The inspection was slower than the line, so the queue of frames was full."""


class RingFull(Reason, code=Code.LINE_RING_FULL):
    """The inspection was slower than the line, so the capture process had no free buffer for a frame."""


class FrameDropped(Reason, code=Code.LINE_FRAME_DROPPED):
    """The camera itself dropped a frame. Only the simulated camera says so."""


class FramesMissing(Gap, code=Code.LINE_FRAMES_MISSING):
    """Frame ids are missing between two frames: frames were lost in the camera or on the way to the station."""


class FrameIncomplete(Gap, code=Code.LINE_FRAME_INCOMPLETE):
    """A frame arrived without some of its data: packets were lost between the camera and the station."""


class FrameShort(Reason, code=Code.LINE_FRAME_SHORT):
    """The camera sent fewer lines than a frame of `frame_lines` has."""

    frame_lines: int


class FrameRepeated(Reason, code=Code.LINE_FRAME_REPEATED):
    """The frame shows, pixel for pixel, an earlier one, or one line over and over: the steel that passed is not on it."""


class BufferUnderrun(Gap, code=Code.LINE_BUFFER_UNDERRUN):
    """The station gave buffers back too late, so the camera driver had none for the next frames."""


class BeforeFirst(Reason, code=Code.LINE_BEFORE_FIRST):
    """The camera started later than the others, or stands further down the line, so it did not see the first lines."""


class CameraSilent(Gap, code=Code.CAMERA_SILENT):
    """No frame came from the camera while lines passed."""


class CameraNoAnswer(Gap, code=Code.CAMERA_NO_ANSWER):
    """The camera does not answer. It has no power, or its cable or network is interrupted."""


class CameraNoFrames(Gap, code=Code.CAMERA_NO_FRAMES):
    """The camera answers, but sent no frame for `silent_s` seconds, so the station opens it again."""

    silent_s: float = 0.0


class CameraProcessEnded(Gap, code=Code.CAMERA_PROCESS_ENDED):
    """The process that runs the camera's driver ended. `ended_by`: "signal 9" or "exit code 1"."""

    ended_by: str = ""


class CameraProcessSilent(Gap, code=Code.CAMERA_PROCESS_SILENT):
    """The process that runs the camera's driver did not respond for `silent_s` seconds, so the station replaced it."""

    silent_s: float = 0.0


class CountRestarted(Gap, code=Code.CAMERA_COUNT_RESTARTED):
    """The camera's frame ids restarted, so they do not say how many frames are missing."""


class CameraEndedEarly(Reason, code=Code.CAMERA_ENDED_EARLY):
    """One camera's lines of this coil end before those of the others, so its part of the width was not seen."""


class CameraOutOfStep(Reason, code=Code.CAMERA_OUT_OF_STEP):
    """The camera's encoder count differs from the other cameras' by `lines_apart` lines, so it cannot align the camera with them."""

    lines_apart: int


class Screened(Reason, code=Code.LINE_SCREENED):
    """The lines are inspected: the model's screen looked at them, and the whole network where the screen was suspicious."""


class ScreenOnly(Reason, code=Code.LINE_SCREEN_ONLY):
    """The screen was suspicious, and the line was too fast for the whole network to look there."""
