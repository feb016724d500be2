"""Lines that a camera did not deliver are counted by frame ids, the encoder or time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from skelp.capture.genicam.gaps import DeliveredFrame, GapDetector
from skelp.domain.reasons import CameraNoAnswer, Code, Counted, Reason
from skelp.domain.strip import CameraFrame, Capture, LostLines

FRAME_LINES, RATE = 100, 1000.0
"""10 frames a second."""


@dataclass
class ScriptedCamera:
    """A camera whose frames and losses a test gives one by one. If `rate` is None, an encoder triggers its lines.

    It starts at 0 s, so its first frame is due at 0.1 s.
    """

    rate: float | None = RATE
    first_id: int = 0
    captures: list[Capture[Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gaps = GapDetector("cam", FRAME_LINES, self.rate, 5, 0.0)
        self.gaps.opened(self.first_id)

    def frame(
        self,
        frame_id: int,
        at: float,
        lines: int = FRAME_LINES,
        incomplete: int = 0,
        underruns: int = 0,
        strip_line: int | None = None,
        positions: Sequence[int] | None = None,
    ) -> None:
        pixels = np.zeros((lines, 8), np.uint8)
        each = None if positions is None else np.array(positions)
        self.captures += self.gaps.add(DeliveredFrame(frame_id, pixels, incomplete, underruns, strip_line, each, 5), at)

    def silent(self, at: float) -> None:
        self.captures += filter(None, [self.gaps.report_silence(at)])

    def idle(self, incomplete: int = 0, underruns: int = 0) -> None:
        self.captures += filter(None, [self.gaps.report_undelivered(incomplete, underruns)])

    def lost(self) -> None:
        self.captures += filter(None, [self.gaps.camera_lost(CameraNoAnswer())])

    def reopened(self, at: float, first_id: int = 0) -> None:
        self.captures += filter(None, [self.gaps.camera_reopened(first_id, at)])

    def reason(self, at: int) -> Reason:
        loss = self.captures[at]
        assert isinstance(loss, LostLines)
        return loss.reason

    def result(self) -> list[tuple[str, int]]:
        """Checks that the captures follow each other, and returns (kind, lines) of each."""
        line = 0
        for c in self.captures:
            assert (c.first_line, c.camera) == (line, "cam")
            line += c.lines
        return [("frame" if isinstance(c, CameraFrame) else c.reason.code, c.lines) for c in self.captures]

    def lost_lines(self) -> int:
        return sum(n for kind, n in self.result() if kind != "frame")


def test_frames_that_follow_each_other_lose_nothing() -> None:
    camera = ScriptedCamera()
    for n in range(3):
        camera.frame(n, 0.1 * (n + 1))
    assert camera.result() == [("frame", 100)] * 3


def test_frames_missing_before_the_first_frame_are_lost() -> None:
    camera = ScriptedCamera(first_id=1)
    camera.frame(3, 0.3)
    assert camera.result() == [(Code.LINE_FRAMES_MISSING, 200), ("frame", 100)]


@pytest.mark.parametrize("first", [65401, 65, 0])
def test_a_counter_that_does_not_restart_with_the_camera_is_no_loss(first: int) -> None:
    camera = ScriptedCamera(first_id=1 if first != 65 else 0)
    camera.frame(first, 0.1)
    camera.frame(first + 2, 0.3)
    assert camera.result() == [("frame", 100), (Code.LINE_FRAMES_MISSING, 100), ("frame", 100)]


@pytest.mark.parametrize(
    ("incomplete", "underruns", "reason"),
    [
        (2, 0, Code.LINE_FRAME_INCOMPLETE),
        (1, 0, Code.LINE_FRAMES_MISSING),
        (0, 1, Code.LINE_BUFFER_UNDERRUN),
        (0, 0, Code.LINE_FRAMES_MISSING),
    ],
)
def test_the_counters_of_the_link_give_the_reason_of_a_gap(incomplete: int, underruns: int, reason: Code) -> None:
    camera = ScriptedCamera()
    camera.frame(0, 0.1)
    camera.frame(3, 0.4, incomplete=incomplete, underruns=underruns)
    assert camera.result() == [("frame", 100), (reason, 200), ("frame", 100)]


def test_the_tail_of_a_short_frame_is_lost() -> None:
    camera = ScriptedCamera()
    camera.frame(0, 0.1, lines=30)
    camera.frame(1, 0.2)
    assert camera.result() == [("frame", 30), (Code.LINE_FRAME_SHORT, 70), ("frame", 100)]


@pytest.mark.parametrize(("before", "after", "lost"), [(65535, 1, 0), (65535, 3, 2), (65534, 1, 1), (65535, 65536, 0)])
def test_ids_of_16_bits_wrap_around_and_skip_zero(before: int, after: int, lost: int) -> None:
    camera = ScriptedCamera(first_id=before)
    camera.frame(before, 0.1)
    camera.frame(after, 0.1 * (lost + 2))
    assert [n for kind, n in camera.result() if kind != "frame"] == ([100 * lost] if lost else [])


def test_if_the_ids_restart_lost_lines_are_counted_by_time() -> None:
    camera = ScriptedCamera()
    camera.frame(0, 0.1)
    camera.frame(1, 0.2)
    camera.frame(0, 0.7)
    assert camera.result()[2] == (Code.CAMERA_COUNT_RESTARTED, 400)


def test_lines_of_a_silent_camera_are_lost_and_the_next_id_gives_the_exact_number() -> None:
    camera = ScriptedCamera()
    camera.frame(0, 0.1)
    for tick in range(1, 30):
        camera.silent(0.1 + tick * 0.05)
    camera.frame(16, 1.7)
    camera.frame(17, 1.8)
    assert camera.result()[1][0] == Code.CAMERA_SILENT
    assert camera.lost_lines() == 1500
    assert camera.result()[-2:] == [("frame", 100), ("frame", 100)]


def test_silence_of_a_camera_with_an_encoder_is_no_loss_because_the_strip_may_stand() -> None:
    camera = ScriptedCamera(rate=None)
    camera.frame(0, 0.1)
    camera.silent(60.0)
    camera.frame(1, 60.1)
    assert camera.result() == [("frame", 100), ("frame", 100)]


def test_lines_of_a_lost_free_running_camera_are_counted_by_its_line_rate() -> None:
    camera = ScriptedCamera()
    camera.frame(0, 0.1)
    camera.silent(2.1)
    camera.reopened(3.1)
    camera.frame(0, 3.2)
    assert camera.lost_lines() == 3000
    assert camera.result()[-1] == ("frame", 100)


def test_without_line_rate_and_encoder_count_lost_lines_are_counted_by_the_last_speed() -> None:
    camera = ScriptedCamera(rate=None)
    camera.frame(0, 0.1)
    camera.frame(1, 0.15)
    camera.lost()
    camera.reopened(1.15)
    assert camera.result()[-2:] == [(Code.CAMERA_NO_ANSWER, 1), (Code.CAMERA_NO_ANSWER, 1999)]
    assert camera.reason(-1).args == {"counted": "speed", "lines_hz": 2000.0}


def test_frames_that_arrive_together_after_a_stall_do_not_raise_the_speed_much() -> None:
    camera = ScriptedCamera(rate=None)
    for n in range(20):
        camera.frame(n, 0.1 * (n + 1))
    for n in range(20, 24):
        camera.frame(n, 2.4 + 0.0001 * n)
    camera.reopened(3.4)
    lost = camera.result()[-1][1]
    assert 1000 <= lost < 1500


@pytest.mark.parametrize(("count", "lines"), [(7300, 7100), (201, 1), (200, 1)])
def test_the_encoder_gives_the_lines_that_passed_while_the_camera_was_lost(count: int, lines: int) -> None:
    """7,100 lines passed, or 1, or 0 because the strip stood. One line is reported at once in any case."""
    camera = ScriptedCamera(rate=None)
    camera.frame(0, 0.1, strip_line=5000)
    camera.frame(1, 0.15, strip_line=5100)
    camera.lost()
    camera.reopened(9.0)
    camera.frame(0, 9.1, strip_line=5000 + count)
    assert camera.result()[2] == (Code.CAMERA_NO_ANSWER, 1)
    assert camera.lost_lines() == lines
    assert camera.captures[-1].first_line == 200 + lines


def test_the_encoder_counts_the_lines_of_a_lost_camera_from_the_last_line_that_it_saw() -> None:
    """The strip ran back within the last frame."""
    camera = ScriptedCamera(rate=None)
    turned = [*range(5000, 5060), *range(5060, 5020, -1)]
    camera.frame(0, 0.1, strip_line=5000, positions=turned)
    camera.lost()
    camera.reopened(2.0)
    camera.frame(0, 2.1, strip_line=5051, positions=range(5051, 5151))
    assert camera.result() == [("frame", 100), (Code.CAMERA_NO_ANSWER, 1), (Code.CAMERA_NO_ANSWER, 28), ("frame", 100)]
    frames = [c for c in camera.captures if isinstance(c, CameraFrame)]
    assert [c.positions is not None and c.positions[0] for c in frames] == [5000, 5051]
    assert [c.exposed_ns for c in frames] == [5, 5]


def test_an_encoder_count_that_restarted_is_not_used() -> None:
    camera = ScriptedCamera(rate=None)
    camera.frame(0, 0.1, strip_line=500_000)
    camera.frame(1, 0.2, strip_line=500_100)
    camera.lost()
    camera.reopened(1.1)
    camera.frame(0, 1.2, strip_line=40)
    assert camera.result()[-2:] == [(Code.CAMERA_NO_ANSWER, 899), ("frame", 100)]
    assert camera.reason(-2).args["counted"] == Counted.SPEED


def test_a_camera_lost_before_its_first_frame_loses_one_line() -> None:
    camera = ScriptedCamera(rate=None)
    camera.lost()
    camera.reopened(10.0)
    assert camera.result() == [(Code.CAMERA_NO_ANSWER, 1)]


@pytest.mark.parametrize(("incomplete", "underruns", "reason"), [(2, 0, Code.LINE_FRAME_INCOMPLETE), (0, 2, Code.LINE_BUFFER_UNDERRUN)])
def test_frames_that_are_not_delivered_are_lost_although_the_line_stands(incomplete: int, underruns: int, reason: Code) -> None:
    """A coil that ends meanwhile has lost them."""
    camera = ScriptedCamera(rate=None)
    camera.frame(0, 0.1)
    camera.idle(incomplete, underruns)
    camera.idle(incomplete, underruns)
    assert camera.result() == [("frame", 100), (reason, 200)]
    camera.frame(4, 9.0, incomplete=incomplete, underruns=underruns)  # of three that are missing, one more was never sent
    assert camera.result()[2:] == [(Code.LINE_FRAMES_MISSING if incomplete else reason, 100), ("frame", 100)]
    camera.idle(incomplete, underruns)
    assert len(camera.captures) == 4


def test_a_free_running_camera_reports_its_silence_by_time_alone() -> None:
    camera = ScriptedCamera()
    camera.frame(0, 0.1)
    camera.idle(3)
    assert camera.result() == [("frame", 100)]
