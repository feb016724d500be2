"""Which line comes next, and what became of those that did not come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skelp.capture.speed import Speed
from skelp.capture.strip_place import StripPlace
from skelp.domain.strip import CameraFrame, Capture, LostLines, Pixels

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
    """Counts lines by the camera's frame ids: a frame that is missing between two, the tail of a short one, and what passed while
    the camera was away are losses, each with its reason.

    While a camera that runs free is silent its lines are told as lost by its rate, whole frames and never more than must have
    passed; what the next frame id then tells exactly has those taken off. A camera that tells the encoder's count is placed by it
    after it was away, if the count went on meanwhile.
    """

    def __init__(self, camera: str, frame_lines: int, line_rate_hz: float | None, silent_frames: int, now: float) -> None:
        self._camera, self._whole, self._rate, self._silent_frames = camera, frame_lines, line_rate_hz, silent_frames
        self._line = 0
        self._expected: int | None = None
        self._fresh = False
        self._told = 0
        self._heard = now
        self._speed = Speed(now)
        self._place = StripPlace()
        self._away = False
        self._incomplete = self._underruns = 0

    def opened(self, first_id: int) -> None:
        """The camera was started: its first frame should have this id, and its link's counters begin anew."""
        self._expected = first_id
        self._fresh = True
        self._incomplete = self._underruns = 0

    def silent(self, now: float) -> bool:
        """Whether a camera that runs free should have sent frames by now."""
        return self._rate is not None and now - self._heard > self._silent_frames * self._whole / self._rate

    def silent_s(self, now: float) -> float:
        """Since the last frame, or since it was opened."""
        return now - self._heard

    def silence(self, now: float) -> LostLines | None:
        """What has certainly passed unseen while a camera that runs free said nothing."""
        if self._rate is None or not self.silent(now):
            return None
        away = now - self._heard
        lines = (int(away * self._rate) // self._whole - 1) * self._whole - self._told
        if lines < self._whole:
            return None
        self._told += lines
        return self._lost(lines, f"camera silent: lines counted by its rate of {self._rate:g} Hz")

    def gone(self) -> LostLines | None:
        """The camera is lost. One that an encoder triggers tells a line at once, so that a coil which ends meanwhile shows it."""
        self._away = True
        if self._rate is not None:
            return None
        self._told += 1
        return self._lost(1, "camera lost: what passes meanwhile is counted when it is back")

    def came_back(self, first_id: int, now: float) -> LostLines | None:
        """The camera was opened again: what passed meanwhile, by time, because its ids begin anew. None if its encoder will tell."""
        self.opened(first_id)
        if self._place.is_known:
            return None
        lines, how = self._since_heard(now)
        return self._caught_up(lines, f"camera lost: {how}", now)

    def frame(self, given: Delivered, now: float) -> Iterator[Capture]:
        """What a frame tells: what is missing before it, itself, and its tail if it is short."""
        gap, reason, estimated = self._before(given, now)
        if gap > 0:
            yield self._lost(gap, reason, estimated=estimated)
        came = given.pixels.shape[0]
        self._place.seen(given.strip_line, self._line)
        yield CameraFrame(self._camera, self._line, given.pixels, int(now * 1e9), strip_line=given.strip_line)
        self._line += came
        if came < self._whole:
            yield self._lost(self._whole - came, f"short frame: the last lines of {self._whole} did not come")
        self._told, self._heard, self._away = max(0, -gap), now, False
        self._incomplete, self._underruns = given.incomplete, given.underruns
        self._speed.passed(now, self._line)

    def _before(self, given: Delivered, now: float) -> tuple[int, str, bool]:
        """Lines missing before a frame, without those told already; why; whether that was estimated."""
        missing = self._missing(given.frame_id)
        if missing is not None and not (self._away and self._place.is_known):
            return missing * self._whole - self._told, self._why(missing, given), False
        what = "camera lost" if self._away else "the camera began to count anew"
        by_encoder = self._place.lines_before(given.strip_line, self._line, told=self._told, within_s=now - self._heard)
        if by_encoder is not None:
            return by_encoder, f"{what}: lines counted by the encoder", False
        lines, how = self._since_heard(now)
        return max(1, lines - self._whole) - self._told, f"{what}: {how}", self._rate is None

    def _since_heard(self, now: float) -> tuple[int, str]:
        """Lines that passed since the last frame by time and speed, at least one because something happened; how that was counted."""
        rate = self._rate or self._speed.lines_hz
        if rate is None:
            return 1, "how many lines passed is not known"
        how = f"its rate of {rate:g} Hz" if self._rate else f"the last speed seen, {rate:.0f} lines/s: the strip may have stood"
        return max(1, round((now - self._heard) * rate)), f"lines counted by {how}"

    def _caught_up(self, lines: int, reason: str, now: float) -> LostLines | None:
        """What was not told yet of so many lines; the time before `now` is accounted for."""
        lines -= self._told
        self._told, self._heard, self._away = 0, now, False
        self._speed.anew(now, self._line + max(0, lines))
        return self._lost(lines, reason, estimated=self._rate is None) if lines > 0 else None

    def _missing(self, frame_id: int) -> int | None:
        """Frames exposed and not delivered since the last one; None if the camera began to count anew, so that nobody knows."""
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

    def _why(self, missing: int, given: Delivered) -> str:
        if missing and given.incomplete - self._incomplete >= missing:
            return "incomplete frame: data were lost between camera and host"
        if given.underruns > self._underruns:
            return "buffer underrun: the host gave buffers back too late"
        return "frame ids are missing: frames were lost in the camera or on the way"

    def _lost(self, lines: int, reason: str, *, estimated: bool = False) -> LostLines:
        first, self._line = self._line, self._line + lines
        return LostLines(self._camera, first, lines, reason, estimated)
