"""Steel that comes again is left out, and steel that was not seen never is, however the strip moves and the count fails."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skelp.domain.reasons import CameraNoAnswer, FrameIncomplete, FrameShort, Overrun, Reason
from skelp.domain.strip import CameraFrame, Capture, LostLines, OwnLine, after
from skelp.pipeline.channel import Channel
from skelp.pipeline.intake import Intake
from skelp.pipeline.meter import Meter
from skelp.pipeline.motion import Motion
from tests.fakes import frame
from tests.unit.pipeline.walks import Counts, heights, numbered, steel_of, walks


def passed(captures: Iterable[Capture[Any]], motion: Motion | None = None) -> list[Capture[Any]]:
    """What comes out of `motion`. The captures that come out have no holes, and those that go in are numbered likewise."""
    motion, found, line = motion or Motion(), [], 0
    for c in captures:
        found += motion.push(c.at(OwnLine(line)))
        line += c.lines
    end = 0
    for c in found:
        assert c.first_line == end
        end = after(c.first_line, c.lines)
    assert motion.end == end
    return found


def steel(found: Iterable[Capture[Any]]) -> list[int]:
    return [n for c in found if isinstance(c, CameraFrame) for n in steel_of(c)]


def lost(found: Iterable[Capture[Any]]) -> int:
    return sum(c.lines for c in found if isinstance(c, LostLines))


def frames(found: Iterable[Capture[Any]]) -> list[CameraFrame[Any]]:
    return [c for c in found if isinstance(c, CameraFrame)]


@settings(max_examples=400, deadline=None)
@given(st.data(), walks(), st.integers(1, 80), st.integers(-100, 10**9))
def test_the_strip_comes_out_as_if_it_had_never_turned(data: st.DataObject, walk: Counts, most: int, count: int) -> None:
    """Line n of the result is steel n, or it is lost. Without a loss, all steel up to the furthest is there once."""
    edges = heights(data, len(walk), most)
    captures: list[Capture[Any]] = []
    for start, stop in pairwise(edges):
        if start and data.draw(st.sampled_from([False, False, False, True])):
            captures.append(LostLines("cam", 0, stop - start, data.draw(st.sampled_from([FrameIncomplete(), FrameShort(64)]))))
        else:
            captures.append(numbered(walk[start:stop] + count, walk[start:stop]))
    found = passed(captures)
    for c in frames(found):
        assert steel_of(c) == list(range(c.first_line, c.first_line + c.lines))
        assert c.strip_line == c.first_line + count
        assert c.positions is not None
        assert c.positions.tolist() == [n + count for n in steel_of(c)]
        assert not c.breaks
    end = after(found[-1].first_line, found[-1].lines)
    assert lost(found) == lost(captures)
    assert end > walk.max()
    if not lost(captures):
        assert steel(found) == list(range(int(walk.max()) + 1))
    assert sum(c.again for c in frames(found)) <= len(walk) - sum(c.lines for c in found)


@settings(max_examples=400, deadline=None)
@given(st.data(), walks(), st.integers(1, 80))
def test_steel_that_was_not_seen_is_never_left_out(data: st.DataObject, walk: Counts, most: int) -> None:
    """Frames are lost, the camera is opened again, and its count restarts."""
    edges = heights(data, len(walk), most)
    captures: list[Capture[Any]] = []
    count, previous = data.draw(st.integers(-5, 1000)), "frame"
    for start, stop in pairwise(edges):
        kind = data.draw(st.sampled_from(["frame", "frame", "frame", "lost", "reopened", "no count"]))
        if kind == "frame" and (previous in ("reopened", "no count") or (previous == "frame" and data.draw(st.integers(0, 3)) == 0)):
            count += data.draw(st.integers(4, 500)) * data.draw(st.sampled_from([-1, 1]))
        if kind in ("lost", "reopened"):
            reason: Reason = FrameIncomplete() if kind == "lost" else CameraNoAnswer()
            captures.append(LostLines("cam", 0, stop - start, reason))
            kind = previous if kind == "lost" and previous == "reopened" else kind
        elif kind == "no count":
            captures.append(frame("cam", 0, numbered(walk[start:stop]).pixels))
        else:
            captures.append(numbered(walk[start:stop] + count, walk[start:stop]))
        previous = kind
    found = passed(captures)
    missing = {int(n) for n in walk} - set(steel(found))
    assert len(missing) <= lost(found)
    assert lost(found) == lost(captures)


@settings(max_examples=300, deadline=None)
@given(st.data(), st.lists(st.sampled_from([0, 0, 1, 1, 1, 2, 3, 700]), min_size=1, max_size=200), st.integers(1, 60))
def test_a_count_that_does_not_move_with_the_lines_leaves_nothing_out(data: st.DataObject, steps: list[int], most: int) -> None:
    """The strip runs forward. The camera has one count for several lines, or counts too fast, or jumps."""
    counts, edges = np.cumsum(steps), heights(data, len(steps), most)
    found = passed(numbered(counts[a:b], range(a, b)) for a, b in pairwise(edges))
    assert steel(found) == list(range(len(steps)))
    assert all(c.again == 0 for c in frames(found))


@pytest.mark.parametrize("counts_per_line", [0.25, 0.5, 0.99, 1.01, 2.0])
def test_wrong_counts_per_line_leave_nothing_out(counts_per_line: float) -> None:
    counts = np.floor(np.arange(2000) * counts_per_line).astype(np.int64)
    found = passed(numbered(counts[a : a + 64], range(a, min(2000, a + 64))) for a in range(0, 2000, 64))
    assert steel(found) == list(range(2000))


def test_a_frame_says_how_many_lines_were_left_out_before_it() -> None:
    up, back, on = numbered(range(100)), numbered(range(99, 49, -1)), numbered(range(49, 149))
    found = passed([up, back, on])
    assert [(c.first_line, c.lines, c.again) for c in frames(found)] == [(0, 100, 0), (100, 49, 50 + 51)]


def test_several_turns_within_a_frame() -> None:
    counts = [*range(10), *range(8, 4, -1), *range(6, 15), *range(13, 11, -1), *range(13, 20)]
    found = passed([numbered(counts)])
    assert steel(found) == list(range(20))
    assert [(c.lines, c.again) for c in frames(found)] == [(10, 0), (5, 8), (5, 4)]


def test_a_line_with_the_count_of_the_line_before_is_left_out_where_the_strip_turns() -> None:
    found = passed([numbered([*range(10), 9, 8, 7, 7, 8, 9, *range(10, 15)])])
    assert steel(found) == list(range(15))


def test_backlash_of_a_line_where_the_strip_turns() -> None:
    found = passed([numbered([*range(10), 7, 6, 5, 7, 8, 9, 10, 11])])
    assert steel(found) == list(range(12))


def test_the_strip_is_back_until_it_is_at_new_steel() -> None:
    motion = Motion()
    seen = []
    for counts in (range(50), range(49, 19, -1), range(20, 45), range(45, 60)):
        passed_on = motion.push(numbered(counts))
        seen.append((motion.again_lines > 0, sum(c.lines for c in passed_on)))
    assert seen == [(False, 50), (True, 0), (True, 0), (False, 10)]


def test_a_loss_while_the_strip_is_back_stays_lost_at_the_frontier() -> None:
    """The camera lost 20 lines on the way back. Nobody can say which, so 20 lines of new steel are lost, although they are seen later."""
    captures: list[Capture[Any]] = [
        numbered(range(100)),
        LostLines("cam", 0, 20, FrameIncomplete()),
        numbered(range(79, 59, -1)),
        numbered(range(60, 150)),
    ]
    found = passed(captures)
    assert steel(found) == [*range(100), *range(120, 150)]
    assert [c.first_line for c in found] == [0, 100, 120]


def test_after_the_camera_was_opened_again_every_line_is_new() -> None:
    captures: list[Capture[Any]] = [
        numbered(range(100)),
        numbered(range(99, 49, -1)),
        LostLines("cam", 0, 1, CameraNoAnswer()),
        numbered(range(48, 110)),
    ]
    assert steel(passed(captures)) == [*range(100), *range(48, 110)]


def test_steel_before_a_jump_of_the_count_is_not_known() -> None:
    """Where the strip runs back beyond the jump, its lines are another piece of steel than the line before."""
    captures: list[Capture[Any]] = [
        numbered(range(100)),
        numbered(range(500, 510), range(100, 110)),
        numbered(range(509, 479, -1), range(109, 79, -1)),
    ]
    found = passed([*captures, numbered(range(480, 520), range(80, 120))])
    assert steel(found) == [*range(110), *range(99, 79, -1), *range(110, 120)]
    assert [c.breaks for c in frames(found)] == [False, False, True, True]


def test_a_count_that_restarts_while_lines_are_lost_begins_anew() -> None:
    captures: list[Capture[Any]] = [
        numbered(range(100)),
        LostLines("cam", 0, 10, FrameIncomplete()),
        numbered(range(5, 60), range(110, 165)),
    ]
    assert steel(passed(captures)) == [*range(100), *range(110, 165)]


def test_a_line_that_is_skipped_below_a_jump_is_not_known() -> None:
    captures: list[Capture[Any]] = [numbered(range(50)), numbered([500, 498, 497, 498, 499, 500, 501], [50, 48, 47, 48, 49, 50, 51])]
    assert steel(passed(captures)) == [*range(50), 50, 48, 47, 49, 50, 51]


def test_a_count_that_moves_faster_than_the_lines_on_the_way_back_begins_anew() -> None:
    captures: list[Capture[Any]] = [
        numbered([*range(100), 98, 96, 95, 96, 97, 98, 99, 100], [*range(100), 98, 97, 96, 97, 98, 99, 100, 101])
    ]
    assert {100, 101} <= set(steel(passed(captures)))


def test_after_lost_lines_the_direction_is_not_known() -> None:
    """So the second of two lines with one count may be new steel."""
    back = numbered([*range(100), 98])
    captures: list[Capture[Any]] = [back, LostLines("cam", 0, 10, FrameIncomplete()), numbered([110, 110, 111], [110, 111, 112])]
    assert steel(passed(captures))[-3:] == [110, 111, 112]


def test_a_strip_that_runs_back_first_shows_new_steel() -> None:
    found = passed([numbered(range(100, 50, -1)), numbered(range(51, 120))])
    assert steel(found) == [*range(100, 50, -1), *range(101, 120)]
    assert [c.breaks for c in frames(found)] == [False, True]


def test_nothing_is_left_out_if_the_count_falls_while_the_strip_runs_forward() -> None:
    """Somebody has exchanged the encoder's two lines. Steel that comes again is left out all the same, until lines are lost."""
    back: list[Capture[Any]] = [numbered(range(0, -100, -1), range(100)), numbered(range(-98, -48), range(98, 48, -1))]
    on: list[Capture[Any]] = [numbered(range(-50, -150, -1), range(50, 150)), LostLines("cam", 0, 10, FrameIncomplete())]
    found = passed([*back, *on, numbered(range(-160, -260, -1), range(160, 260))])
    assert steel(found) == [*range(150), *range(160, 260)]
    assert not any(c.breaks for c in frames(found))


def test_frames_without_counts_pass_unchanged() -> None:
    captures: list[Capture[Any]] = [frame("cam", n * 10, np.zeros((10, 8), np.uint8)) for n in range(5)]
    motion = Motion()
    assert [motion.push(c) for c in captures] == [[c] for c in captures]


def intake(room: int, meter: Meter) -> tuple[Intake, Channel[Capture[Any]]]:
    channel: Channel[Capture[Any]] = Channel(room)
    return Intake(channel, meter, live=True, exposed=lambda _: None, why_dropped=lambda: None), channel


def test_new_steel_that_finds_no_room_is_lost_and_its_repeated_lines_are_told_by_the_next_frame() -> None:
    meter = Meter()
    camera, channel = intake(2, meter)
    camera.push(numbered(range(10)))
    camera.push(numbered(range(10, 20)))
    camera.push(numbered(range(20, 30)))  # dropped
    camera.push(numbered(range(29, 19, -1)))
    camera.push(numbered(range(20, 40)))  # of which 30 ... 40 are new, and dropped, after 10 + 10 lines that came again
    assert [steel_of(c) for c in (channel.get(), channel.get()) if isinstance(c, CameraFrame)] == [[*range(10)], [*range(10, 20)]]
    camera.push(numbered(range(39, 36, -1)))  # all of them came again, and the loss finds room
    loss = channel.get()
    assert isinstance(loss, LostLines)
    assert (loss.first_line, loss.lines, loss.reason) == (20, 20, Overrun())
    camera.push(numbered(range(37, 45)))
    last = channel.get()
    assert isinstance(last, CameraFrame)
    assert (last.first_line, last.lines, last.again) == (40, 5, 20 + 6)
    assert meter.counts() == {"lines_exposed": 71, "lines_again": 26, "lines_overrun": 20}
    assert not camera.again_lines
    camera.close()
    assert len(channel) == 0


def test_a_loss_that_still_waits_is_passed_on_at_the_end() -> None:
    camera, channel = intake(1, Meter())
    camera.push(numbered(range(10)))
    camera.push(numbered(range(10, 20)))
    channel.get()
    camera.close()
    assert channel.get() == LostLines("cam", 10, 10, Overrun())


def test_the_parts_of_a_frame_are_timed_once_by_its_new_steel() -> None:
    motion = Motion()
    motion.push(numbered(range(100)))
    parts = motion.push(numbered([*range(100, 150), *range(148, 119, -1), *range(120, 200)]))
    assert [(p.lines, p.timed_lines) for p in parts if isinstance(p, CameraFrame)] == [(50, 100), (50, 0)]
