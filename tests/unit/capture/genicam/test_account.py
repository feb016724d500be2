"""What a camera's frame ids and silences say of its lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from skelp.capture.genicam.account import Delivered, FrameAccount
from skelp.domain.reasons import CameraNoAnswer, Code, Counted, Reason
from skelp.domain.strip import CameraFrame, Capture, LostLines

WHOLE, RATE = 100, 1000.0
"""Ten frames a second."""


@dataclass
class Told:
    """Captures of a camera that runs free unless told otherwise, its first frame due at 0.1 s."""

    rate: float | None = RATE
    first_id: int = 0
    captures: list[Capture[Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.account = FrameAccount("cam", WHOLE, self.rate, 5, 0.0)
        self.account.opened(self.first_id)

    def frame(
        self, frame_id: int, at: float, lines: int = WHOLE, incomplete: int = 0, underruns: int = 0, strip_line: int | None = None
    ) -> None:
        pixels = np.zeros((lines, 8), np.uint8)
        self.captures += self.account.frame(Delivered(frame_id, pixels, incomplete, underruns, strip_line), at)

    def silence(self, at: float) -> None:
        self.captures += filter(None, [self.account.silence(at)])

    def gone(self) -> None:
        self.captures += filter(None, [self.account.gone(CameraNoAnswer())])

    def back(self, at: float, first_id: int = 0) -> None:
        self.captures += filter(None, [self.account.came_back(first_id, at)])

    def reason(self, at: int) -> Reason:
        loss = self.captures[at]
        assert isinstance(loss, LostLines)
        return loss.reason

    def check(self) -> list[tuple[str, int]]:
        """(kind, lines) of each capture, after checking that they follow each other."""
        line = 0
        for c in self.captures:
            assert (c.first_line, c.camera) == (line, "cam")
            line += c.lines
        return [("frame" if isinstance(c, CameraFrame) else c.reason.code, c.lines) for c in self.captures]


def test_frames_that_follow_each_other_lose_nothing() -> None:
    told = Told()
    for n in range(3):
        told.frame(n, 0.1 * (n + 1))
    assert told.check() == [("frame", 100)] * 3


def test_the_first_frame_may_be_missing_too() -> None:
    told = Told(first_id=1)
    told.frame(3, 0.3)
    assert told.check() == [(Code.LINE_FRAMES_MISSING, 200), ("frame", 100)]


@pytest.mark.parametrize("first", [65401, 65, 0])
def test_a_counter_that_goes_on_from_start_to_start_is_no_loss(first: int) -> None:
    told = Told(first_id=1 if first != 65 else 0)
    told.frame(first, 0.1)
    told.frame(first + 2, 0.3)
    assert told.check() == [("frame", 100), (Code.LINE_FRAMES_MISSING, 100), ("frame", 100)]


@pytest.mark.parametrize(
    ("incomplete", "underruns", "reason"),
    [
        (2, 0, Code.LINE_FRAME_INCOMPLETE),
        (1, 0, Code.LINE_FRAMES_MISSING),
        (0, 1, Code.LINE_BUFFER_UNDERRUN),
        (0, 0, Code.LINE_FRAMES_MISSING),
    ],
)
def test_a_gap_says_why(incomplete: int, underruns: int, reason: Code) -> None:
    told = Told()
    told.frame(0, 0.1)
    told.frame(3, 0.4, incomplete=incomplete, underruns=underruns)
    assert told.check() == [("frame", 100), (reason, 200), ("frame", 100)]


def test_a_short_frame_loses_its_tail() -> None:
    told = Told()
    told.frame(0, 0.1, lines=30)
    told.frame(1, 0.2)
    assert told.check() == [("frame", 30), (Code.LINE_FRAME_SHORT, 70), ("frame", 100)]


@pytest.mark.parametrize(("before", "after", "lost"), [(65535, 1, 0), (65535, 3, 2), (65534, 1, 1), (65535, 65536, 0)])
def test_ids_of_16_bits_wrap_around_and_skip_zero(before: int, after: int, lost: int) -> None:
    told = Told(first_id=before)
    told.frame(before, 0.1)
    told.frame(after, 0.1 * (lost + 2))
    assert [n for kind, n in told.check() if kind != "frame"] == ([100 * lost] if lost else [])


def test_a_counter_that_begins_anew_is_counted_by_time() -> None:
    told = Told()
    told.frame(0, 0.1)
    told.frame(1, 0.2)
    told.frame(0, 0.7)
    assert told.check()[2] == (Code.CAMERA_COUNT_RESTARTED, 400)


def test_silence_is_loss_and_the_next_id_makes_it_exact() -> None:
    told = Told()
    told.frame(0, 0.1)
    for tick in range(1, 30):
        told.silence(0.1 + tick * 0.05)
    told.frame(16, 1.7)
    told.frame(17, 1.8)
    kinds = told.check()
    assert kinds[1][0] == Code.CAMERA_SILENT
    assert sum(n for kind, n in kinds if kind != "frame") == 1500
    assert kinds[-2:] == [("frame", 100), ("frame", 100)]


def test_silence_of_an_encoder_camera_may_mean_that_the_strip_stands() -> None:
    told = Told(rate=None)
    told.frame(0, 0.1)
    told.silence(60.0)
    told.frame(1, 60.1)
    assert told.check() == [("frame", 100), ("frame", 100)]


def test_a_camera_that_was_away_is_counted_by_its_rate() -> None:
    told = Told()
    told.frame(0, 0.1)
    told.silence(2.1)
    told.back(3.1)
    told.frame(0, 3.2)
    assert sum(n for kind, n in told.check() if kind != "frame") == 3000
    assert told.check()[-1] == ("frame", 100)


def test_an_encoder_camera_that_was_away_is_counted_by_the_last_speed_and_says_so() -> None:
    told = Told(rate=None)
    told.frame(0, 0.1)
    told.frame(1, 0.15)
    told.gone()
    told.back(1.15)
    assert told.check()[-2:] == [(Code.CAMERA_NO_ANSWER, 1), (Code.CAMERA_NO_ANSWER, 1999)]
    assert told.reason(-1).args == {"counted": "speed", "lines_hz": 2000.0}


def test_frames_that_come_together_after_a_stall_do_not_make_the_strip_seem_fast() -> None:
    told = Told(rate=None)
    for n in range(20):
        told.frame(n, 0.1 * (n + 1))
    for n in range(20, 24):
        told.frame(n, 2.4 + 0.0001 * n)
    told.back(3.4)
    lost = told.check()[-1][1]
    assert 1000 <= lost < 1500


@pytest.mark.parametrize(("count", "lines"), [(7300, 7100), (201, 1), (200, 1)])
def test_an_encoder_tells_what_passed_while_the_camera_was_away(count: int, lines: int) -> None:
    """7,100 lines passed, or one, or none: the strip stood. One is told at once in any case."""
    told = Told(rate=None)
    told.frame(0, 0.1, strip_line=5000)
    told.frame(1, 0.15, strip_line=5100)
    told.gone()
    told.back(9.0)
    told.frame(0, 9.1, strip_line=5000 + count)
    kinds = told.check()
    assert kinds[2] == (Code.CAMERA_NO_ANSWER, 1)
    assert sum(n for kind, n in kinds if kind != "frame") == lines
    assert told.captures[-1].first_line == 200 + lines


def test_a_count_that_began_anew_is_not_believed() -> None:
    told = Told(rate=None)
    told.frame(0, 0.1, strip_line=500_000)
    told.frame(1, 0.2, strip_line=500_100)
    told.gone()
    told.back(1.1)
    told.frame(0, 1.2, strip_line=40)
    assert told.check()[-2:] == [(Code.CAMERA_NO_ANSWER, 899), ("frame", 100)]
    assert told.reason(-2).args["counted"] == Counted.SPEED


def test_a_camera_lost_before_its_first_frame_leaves_a_trace() -> None:
    told = Told(rate=None)
    told.gone()
    told.back(10.0)
    assert told.check() == [(Code.CAMERA_NO_ANSWER, 1)]
