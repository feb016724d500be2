"""Counts a camera's lines by its frame ids, and reports those that did not come as lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skelp.capture.speed import Speed
from skelp.capture.strip_place import StripPlace
from skelp.domain.reasons import (
    BufferUnderrun,
    CameraNoAnswer,
    CameraSilent,
    Counted,
    CountRestarted,
    FrameIncomplete,
    FrameShort,
    FramesMissing,
    Gap,
    Reason,
)
from skelp.domain.strip import CameraFrame, Capture, LostLines, OwnLine, Pixels, after

GIGE_LAST_ID = 65535
"""GigE Vision 1.x counts in 16 bits: 65535 is followed by 1, zero is never used."""

MOST_MISSED_AT_START = 64
"""A first id further than this from the expected one is a counter that goes on from start to start, not so many frames missed."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A frame as the camera gave it. `pixels` uint8 [lines that came, width]; the counters are the link's since it was opened.

    `strip_line`: where its first line is by the encoder's count, if the camera sends that.
    """

    frame_id: int
    pixels: Pixels
    incomplete: int
    underruns: int
    strip_line: int | None = None


class FrameAccount:
    """Turns delivered frames into captures without holes.

    Three things are losses: a frame that is missing between two, the tail of a short frame, and what passed while the camera was away.

    A camera that runs free (`line_rate_hz` is given) exposes lines while it is silent. The account reports them as lost by that rate:
    whole frames, and never more than must have passed. If the next frame id then gives the exact number, the lines already reported
    are subtracted from it. A camera that sends the encoder's count is placed by that count after it was away, unless the count began
    anew meanwhile.
    """

    def __init__(self, camera: str, frame_lines: int, line_rate_hz: float | None, silent_frames: int, now: float) -> None:
        self._camera, self._whole, self._rate, self._silent_frames = camera, frame_lines, line_rate_hz, silent_frames
        self._line = OwnLine(0)
        self._expected: int | None = None
        self._fresh = False
        self._reported = 0
        self._last_frame = now
        self._speed = Speed(now)
        self._place = StripPlace()
        self._away: Gap | None = None
        self._incomplete = self._underruns = 0

    def opened(self, first_id: int) -> None:
        """The camera was started: its first frame should have this id, and its link's counters begin anew."""
        self._expected = first_id
        self._fresh = True
        self._incomplete = self._underruns = 0

    def silent(self, now: float) -> bool:
        """Whether a camera that runs free should have sent frames by now."""
        return self._rate is not None and now - self._last_frame > self._silent_frames * self._whole / self._rate

    def silent_s(self, now: float) -> float:
        """Since the last frame, or since it was opened."""
        return now - self._last_frame

    def silence(self, now: float) -> LostLines[OwnLine] | None:
        """The lines that a silent camera which runs free has certainly exposed by now, without those reported before."""
        if self._rate is None or not self.silent(now):
            return None
        away = now - self._last_frame
        lines = (int(away * self._rate) // self._whole - 1) * self._whole - self._reported
        if lines < self._whole:
            return None
        self._reported += lines
        return self._lost(lines, CameraSilent(Counted.LINE_RATE, self._rate))

    def gone(self, why: Gap) -> LostLines[OwnLine] | None:
        """The camera is lost. With an encoder's trigger one line is lost at once, so that a coil which ends meanwhile shows it."""
        self._away = why
        if self._rate is not None:
            return None
        self._reported += 1
        return self._lost(1, why.by(Counted.LATER))

    def came_back(self, first_id: int, now: float) -> LostLines[OwnLine] | None:
        """The camera was opened again: what passed meanwhile, by time, as its ids begin anew. None if its encoder will say."""
        self.opened(first_id)
        if self._place.is_known:
            return None
        lines, reason = self._by_time(self._away or CameraNoAnswer(), now)
        return self._caught_up(lines, reason, now)

    def frame(self, given: Delivered, now: float) -> Iterator[Capture[OwnLine]]:
        """The captures of one frame: what is missing before it, itself, and its tail if it is short."""
        gap, reason, estimated = self._before(given, now)
        if gap > 0:
            yield self._lost(gap, reason, estimated=estimated)
        came = given.pixels.shape[0]
        self._place.seen(given.strip_line, self._line)
        yield CameraFrame(self._camera, self._line, given.pixels, int(now * 1e9), strip_line=given.strip_line)
        self._line = after(self._line, came)
        if came < self._whole:
            yield self._lost(self._whole - came, FrameShort(self._whole))
        self._reported, self._last_frame, self._away = max(0, -gap), now, None
        self._incomplete, self._underruns = given.incomplete, given.underruns
        self._speed.passed(now, self._line)

    def _before(self, given: Delivered, now: float) -> tuple[int, Reason, bool]:
        """Lines missing before a frame, less those already reported; the reason; whether the number is an estimate."""
        missing = self._missing(given.frame_id)
        if missing is not None and not (self._away and self._place.is_known):
            return missing * self._whole - self._reported, self._why(missing, given), False
        why = self._away or CountRestarted()
        away_s = now - self._last_frame
        by_encoder = self._place.lines_before(given.strip_line, self._line, reported=self._reported, within_s=away_s)
        if by_encoder is not None:
            return by_encoder, why.by(Counted.ENCODER), False
        lines, reason = self._by_time(why, now)
        return max(1, lines - self._whole) - self._reported, reason, self._rate is None

    def _by_time(self, why: Gap, now: float) -> tuple[int, Reason]:
        """Lines since the last frame by time and rate or speed, and `why` with how they were counted. At least one: something happened."""
        rate = self._rate or self._speed.lines_hz
        if rate is None:
            return 1, why.by(Counted.NOT_KNOWN)
        counted = Counted.LINE_RATE if self._rate else Counted.SPEED
        return max(1, round((now - self._last_frame) * rate)), why.by(counted, lines_hz=round(rate, 1))

    def _caught_up(self, lines: int, reason: Reason, now: float) -> LostLines[OwnLine] | None:
        """The loss of so many lines, less those already reported. The time before `now` is accounted for from here on."""
        lines -= self._reported
        self._reported, self._last_frame, self._away = 0, now, None
        self._speed.anew(now, self._line + max(0, lines))
        return self._lost(lines, reason, estimated=self._rate is None) if lines > 0 else None

    def _missing(self, frame_id: int) -> int | None:
        """Frames exposed and not delivered since the last one; None if the camera's ids began anew, so that nobody knows."""
        expected, self._expected = self._expected, frame_id + 1
        fresh, self._fresh = self._fresh, False
        if expected is None or (fresh and not expected <= frame_id <= expected + MOST_MISSED_AT_START):
            return 0
        if frame_id >= expected:
            return frame_id - expected
        last = expected - 1
        if GIGE_LAST_ID // 2 < last <= GIGE_LAST_ID and 0 < frame_id <= GIGE_LAST_ID // 2:
            return GIGE_LAST_ID - last + frame_id - 1
        return None

    def _why(self, missing: int, given: Delivered) -> Reason:
        if missing and given.incomplete - self._incomplete >= missing:
            return FrameIncomplete(Counted.FRAME_IDS)
        if given.underruns > self._underruns:
            return BufferUnderrun(Counted.FRAME_IDS)
        return FramesMissing(Counted.FRAME_IDS)

    def _lost(self, lines: int, reason: Reason, *, estimated: bool = False) -> LostLines[OwnLine]:
        first, self._line = self._line, after(self._line, lines)
        return LostLines(self._camera, first, lines, reason, estimated)
