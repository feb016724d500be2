"""Where a coil begins and ends: at the line that was exposed when it was announced, with all that was lost before."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from skelp.domain.reasons import Other, Overrun
from skelp.domain.strip import Capture, LostLines, OnCoil, OwnLine, SharedLine
from skelp.model import AutomaticIds
from skelp.pipeline.align import Aligner
from skelp.pipeline.channel import Channel
from skelp.pipeline.coils import CoilTracker
from skelp.pipeline.intake import Intake
from skelp.pipeline.meter import Meter
from tests.fakes import coil, frame
from tests.unit.pipeline.walks import numbered

PIXELS = np.zeros((100, 4), np.uint8)


def tracker_of(*cameras: str) -> CoilTracker:
    return CoilTracker(cameras, lambda: coil("auto", automatic=True))


def lines_of(tracker: CoilTracker, *captures: Capture[Any]) -> dict[str, int]:
    """How many lines of the captures each coil has got."""
    found: dict[str, int] = {}
    for placed in (p for c in captures for p in tracker.place(c) if isinstance(p, OnCoil)):
        found[placed.coil_id] = found.get(placed.coil_id, 0) + placed.capture.lines
    return found


def test_the_line_waits_at_a_border_for_the_records() -> None:
    tracker, found = tracker_of("cam"), dict[str, int]()
    tracker.record_exposed(SharedLine(150))
    with tracker.border() as at:
        assert lines_of(tracker, frame("cam", 0, PIXELS)) == {"auto": 100}, "what lies before the border does not wait"
        later = threading.Thread(target=lambda: found.update(lines_of(tracker, frame("cam", 100, PIXELS))))
        later.start()
        later.join(0.2)
        assert later.is_alive()
        assert not found
        tracker.record_exposed(SharedLine(900))  # the strip runs on while the records are asked
        tracker.start(coil("B"), at)
    later.join(10)
    assert found == {"auto": 50, "B": 50}


def test_the_line_goes_on_where_a_coil_was_refused() -> None:
    tracker = tracker_of("cam")
    with tracker.border():
        pass
    assert lines_of(tracker, frame("cam", 0, PIXELS)) == {"auto": 100}


def test_two_coils_that_are_announced_while_the_records_are_slow_begin_where_each_was_announced() -> None:
    tracker = tracker_of("cam")
    tracker.record_exposed(SharedLine(20))
    with tracker.border() as first:
        tracker.record_exposed(SharedLine(50))
        with tracker.border() as second:
            tracker.record_exposed(SharedLine(100))
            tracker.start(coil("B"), first)
            tracker.start(coil("C"), second)
    assert lines_of(tracker, frame("cam", 0, PIXELS)) == {"auto": 20, "B": 30, "C": 50}


def test_a_coil_ends_where_the_end_was_told() -> None:
    tracker = tracker_of("cam")
    tracker.start(coil("B"))
    with tracker.border() as at:
        tracker.record_exposed(SharedLine(100))
        tracker.finish("B", at)
    assert lines_of(tracker, frame("cam", 0, PIXELS)) == {"auto": 100}


def intake(room: int, announced: list[int]) -> tuple[Intake, Channel[Capture[Any]]]:
    channel: Channel[Capture[Any]] = Channel(room)
    made = Intake(channel, Meter(), live=True, exposed=lambda _: None, why_dropped=lambda: None, announced=lambda: announced[0])
    return made, channel


def test_a_loss_that_waits_is_passed_on_while_the_line_stands() -> None:
    camera, channel = intake(1, [0])
    camera.push(numbered(range(10)))
    camera.push(numbered(range(10, 20)))
    camera.idle()  # there is no room yet
    channel.get()
    camera.idle()
    assert channel.get() == LostLines("cam", 10, 10, Overrun())


def test_steel_of_the_coil_before_is_new_on_the_next_one() -> None:
    """A reversing mill: the second pass runs over steel that the first one has shown, and has to show it again."""
    announced = [0]
    camera, channel = intake(9, announced)
    camera.push(numbered(range(100)))
    camera.push(numbered(range(99, 79, -1)))  # the same coil: the strip is back
    announced[0] = 1
    camera.push(numbered(range(79, 9, -1)))
    camera.push(numbered(range(10, 20)))  # and forward again
    assert [c.lines for c in (channel.get(), channel.get()) if c] == [100, 70]
    assert len(channel) == 0


def test_a_loss_that_is_estimated_moves_no_border_before_it_is_aligned() -> None:
    aligner = Aligner({"a": 0, "b": 0}, 0.0)
    seen: list[Capture[Any]] = []

    def push(capture: Capture[Any], at: float) -> None:
        aligner.capture_arrived(capture.camera, at)
        seen.extend(aligner.push(capture))

    for camera in "ab":
        push(frame(camera, 0, PIXELS), 0.0)
    assert aligner.exposed(frame("b", 100, PIXELS)) == 200
    away: LostLines[Any] = LostLines("b", 100, 5000, Other("away"), estimated=True)
    assert aligner.exposed(away) is None
    assert aligner.exposed(frame("b", 5100, PIXELS)) is None
    push(away, 0.5)  # the other camera has seen nothing pass: one line at most
    assert seen[-1].lines == 1
    assert aligner.exposed(frame("b", 5100, PIXELS)) == 201


def test_an_estimated_loss_is_still_estimated_when_it_waited_with_dropped_frames() -> None:
    camera, channel = intake(1, [0])
    camera.push(frame("cam", 0, PIXELS))
    camera.push(frame("cam", 100, PIXELS))
    camera.push(LostLines("cam", OwnLine(200), 5000, Other("away"), estimated=True))
    channel.get()
    camera.idle()
    assert channel.get() == LostLines("cam", 100, 5100, Overrun(), estimated=True)


def test_automatic_ids_differ_in_one_millisecond_and_when_the_clock_is_set_back() -> None:
    start = datetime(2026, 11, 28, 12, 0, 0, 900, UTC)
    clock = iter([start, start, start + timedelta(microseconds=200), start - timedelta(hours=1), start + timedelta(seconds=1)])
    ids = AutomaticIds(lambda: next(clock))
    assert [ids() for _ in range(5)] == [f"auto-20261128T12000{t}Z" for t in ("0000", "0001", "0002", "0003", "1000")]
