"""The stages of the pipeline one by one, and a whole line with scripted sources."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skelp.domain.coverage import LineCount, State, Totals
from skelp.domain.errors import SkelpError
from skelp.domain.maps import Maps
from skelp.domain.reasons import (
    Code,
    FrameDropped,
    Overrun,
    Reason,
    StripBeyondPicture,
    StripLessThanGiven,
    StripMoreThanGiven,
    StripWithinMargins,
)
from skelp.domain.recipe import Recipe
from skelp.domain.strip import Block, CameraView, Capture, CoilEnd, CoilLine, LostLines, OnCoil
from skelp.pipeline.assembly import Limits, assemble
from skelp.pipeline.blocks import Blocker
from skelp.pipeline.channel import Channel, ClosedError
from skelp.pipeline.coils import CoilTracker
from skelp.pipeline.inspector import Inspector, Segmented
from skelp.pipeline.runner import Line
from tests.fakes import SCALE, STEEL_DN, U8, ListSink, MapIsPicture, ScriptedSource, coil, frame

STRIP = np.random.default_rng(1).integers(0, 256, (700, 48), np.uint8)
VIEW = CameraView("cam", 48, SCALE)


def blocks_of(heights: list[int], block_lines: int = 64) -> list[Block]:
    blocker, found, line = Blocker("cam", 48, block_lines=block_lines), [], 0
    for height in heights:
        found += list(blocker.push(OnCoil("C1", frame("cam", line, STRIP[line : line + height]))))
        line += height
    return [b for b in [*found, *blocker.flush()] if isinstance(b, Block)]


@settings(deadline=None)
@given(st.lists(st.integers(1, 150), min_size=1, max_size=6).filter(lambda h: sum(h) <= 700))
def test_blocks_contain_every_line_once_with_its_context(heights: list[int]) -> None:
    blocks = blocks_of(heights)
    total = sum(heights)
    assert np.array_equal(np.concatenate([b.own for b in blocks]), STRIP[:total])
    assert [b.first_line for b in blocks] == [64 * n for n in range(len(blocks))]
    assert all(b.pixels.shape == (96, 64) for b in blocks)
    for b in blocks:
        above, below = (
            STRIP[max(0, b.first_line - 16) : b.first_line],
            STRIP[b.first_line + b.lines : min(total, b.first_line + b.lines + 16)],
        )
        assert np.array_equal(b.pixels[16 - len(above) : 16, :48], above)
        assert np.array_equal(b.pixels[16 + b.lines : 16 + b.lines + len(below), :48], below)


def test_a_loss_comes_after_the_lines_before_it() -> None:
    blocker = Blocker("cam", 48, block_lines=64)
    assert list(blocker.push(OnCoil("C1", frame("cam", 0, STRIP[:10])))) == []
    before, loss = list(blocker.push(OnCoil("C1", LostLines("cam", CoilLine(10), 5, FrameDropped()))))
    assert isinstance(before, Block)
    assert (before.first_line, before.lines) == (0, 10)
    assert isinstance(loss, OnCoil)
    after, end = list(blocker.push(OnCoil("C1", frame("cam", 15, STRIP[15:20])))) + list(blocker.push(CoilEnd("C1", "cam")))
    assert isinstance(after, Block)
    assert after.first_line == 15
    assert end == CoilEnd("C1", "cam")


def test_a_frame_of_the_wrong_width_is_refused_with_what_to_set() -> None:
    with pytest.raises(SkelpError, match="set the camera's width"):
        list(Blocker("cam", 48, block_lines=64).push(OnCoil("C1", frame("cam", 0, STRIP[:4, :40]))))


def test_a_channel_is_bounded_and_ordered_and_can_be_emptied_after_close() -> None:
    channel: Channel[int] = Channel(2)
    assert [channel.offer(n) for n in range(3)] == [True, True, False]
    waiting = threading.Thread(target=channel.put, args=(9,))
    waiting.start()
    assert channel.get() == 0
    waiting.join()
    channel.close()
    assert [channel.get(), channel.get()] == [1, 9]
    with pytest.raises(ClosedError):
        channel.get()
    with pytest.raises(ClosedError):
        channel.put(1)
    assert Channel[int](1).get(timeout_s=0.01) is None


def test_coils_are_cut_at_the_same_line_for_every_camera() -> None:
    names = iter(["auto1", "auto2"])
    tracker = CoilTracker(["a", "b"], lambda: coil(next(names), automatic=True))
    placed = list(tracker.place(frame("a", 0, STRIP[:100])))
    tracker.start(coil("C1"))
    placed += tracker.place(frame("b", 0, STRIP[:150]))
    placed += tracker.place(frame("a", 100, STRIP[:50]))
    tracker.finish("C1")
    placed += tracker.ends_at_border()
    placed += tracker.place(frame("b", 150, STRIP[:10]))
    placed += tracker.remaining_ends()
    got = [(p.coil_id, p.camera, "end") if isinstance(p, CoilEnd) else (p.coil_id, p.capture.camera, p.capture.first_line) for p in placed]
    assert got == [
        ("auto1", "a", 0),
        ("auto1", "b", 0),
        ("auto1", "b", "end"),
        ("C1", "b", 0),
        ("auto1", "a", "end"),
        ("C1", "a", 0),
        ("C1", "a", "end"),
        ("C1", "b", "end"),
        ("auto2", "b", 0),
        ("auto2", "a", "end"),
        ("auto2", "b", "end"),
    ]


def test_unannounced_steel_is_divided_into_automatic_coils() -> None:
    names = iter([f"auto{n}" for n in range(9)])
    tracker = CoilTracker(["a"], lambda: coil(next(names), automatic=True), automatic_lines=250)
    placed = [p for n in range(0, 600, 100) for p in tracker.place(frame("a", n, STRIP[:100]))]
    lines: dict[str, int] = {}
    for p in placed:
        if isinstance(p, OnCoil):
            lines[p.coil_id] = lines.get(p.coil_id, 0) + p.capture.lines
    assert lines == {"auto0": 250, "auto1": 250, "auto2": 100}


def line_of(captures: list[Capture[Any]], sink: ListSink, network: MapIsPicture, *, live: bool = False, ring: int = 4) -> Line:
    source = ScriptedSource(captures, VIEW, live=live)
    return assemble([source], network, Recipe(), coil, lambda _: sink, Limits(block_lines=64, ring_frames=ring))


def frames_of(count: int) -> list[Capture[Any]]:
    return [frame("cam", n * 50, np.full((50, 48), STEEL_DN, np.uint8)) for n in range(count)]


def test_a_line_records_every_line_and_closes_its_sink() -> None:
    sink = ListSink()
    line_of(frames_of(20), sink, MapIsPicture()).run()
    assert sink.closed
    assert Totals.of(sink.coverage("C1", "cam")) == Totals(inspected=1000)
    assert sink.outcomes[-1].coil_complete


class SlowNetwork(MapIsPicture):
    def run(self, frames: U8) -> Maps:
        time.sleep(0.02)
        return super().run(frames)


def test_a_line_slower_than_a_live_camera_loses_frames_and_records_the_loss() -> None:
    sink = ListSink()
    line = line_of(frames_of(60), sink, SlowNetwork(), live=True, ring=2)
    line.run()
    totals = Totals.of(sink.coverage("C1", "cam"))
    assert totals.exposed == 3000
    assert totals.lost == line.meter.counts()["lines_overrun"] > 0
    assert {i.reason for i in sink.coverage("C1", "cam") if i.state is State.LOST} == {Overrun()}
    assert LineCount(State.LOST, Code.LINE_OVERRUN, totals.lost) in line.meter.lines()


class BrokenNetwork(MapIsPicture):
    def run(self, frames: U8) -> Maps:
        raise SkelpError("the network is broken")


class FullDisk(ListSink):
    def write(self, outcomes: object) -> None:
        raise SkelpError("the disk is full")


@pytest.mark.parametrize(
    ("network", "sink", "message"), [(BrokenNetwork(), ListSink(), "network is broken"), (MapIsPicture(), FullDisk(), "disk is full")]
)
def test_the_first_error_ends_the_line_and_is_raised(network: MapIsPicture, sink: ListSink, message: str) -> None:
    before = set(threading.enumerate())
    with pytest.raises(SkelpError, match=message):
        line_of(frames_of(200), sink, network).run()
    assert sink.closed
    assert set(threading.enumerate()) <= before


def segmented(pixels: U8, first_line: int = 0, lines: int = 64) -> Segmented:
    blocker = Blocker("cam", 48, block_lines=lines)
    assert list(blocker.push(OnCoil("C1", frame("cam", first_line, pixels)))) == []
    (block,) = blocker.flush()
    maps = MapIsPicture().run(block.pixels[None, None])
    return Segmented(block, next(maps.each()))


def without_defects(item: Segmented) -> Segmented:
    return replace(item, maps=item.maps._replace(class_id=np.zeros_like(item.maps.class_id)))


def test_marks_beside_the_strip_are_no_defects_and_glare_is_degraded() -> None:
    pixels = np.full((64, 48), STEEL_DN, np.uint8)
    pixels[:, :12] = 3
    pixels[20:24, 4:8] = STEEL_DN + 1
    pixels[30:34, 20:30] = STEEL_DN + 2
    inspector, sink = Inspector([VIEW], lambda _: MapIsPicture.classes, Recipe(), 1), ListSink()
    sink.write([inspector.push(segmented(pixels)), inspector.push(CoilEnd("C1", "cam"))])
    (defect,) = sink.defects
    assert (defect.class_name, defect.along_mm, defect.length_mm, defect.width_mm, defect.area_mm2) == ("patch", 30, 4, 10, 40)
    assert defect.across_mm == pytest.approx(20 - 12, abs=1)
    assert defect.patch is not None
    assert defect.patch.mask.max() == 255

    glare = np.full((64, 48), 255, np.uint8)
    other = Inspector([VIEW], lambda _: (), Recipe(), 1)
    item = segmented(glare)
    intervals = other.push(without_defects(item)).intervals
    assert [(i.state, i.lines) for i in intervals] == [(State.DEGRADED, 64)]


def test_a_defect_that_touches_a_loss_is_marked_cut_by_gap() -> None:
    pixels = np.full((64, 48), STEEL_DN, np.uint8)
    pixels[50:, 20:24] = STEEL_DN + 3
    inspector, sink = Inspector([VIEW], lambda _: MapIsPicture.classes, Recipe(), 1), ListSink()
    lost = OnCoil("C1", LostLines("cam", CoilLine(64), 10, FrameDropped()))
    sink.write([inspector.push(segmented(pixels)), inspector.push(lost), inspector.push(CoilEnd("C1", "cam"))])
    assert [d.cut_by_gap for d in sink.defects] == [True]


def test_a_region_that_does_not_reach_its_threshold_is_no_defect() -> None:
    classes = tuple(replace(c, threshold=0.9, grow_threshold=0.2) for c in MapIsPicture.classes)
    pixels = np.full((64, 48), STEEL_DN, np.uint8)
    pixels[10:30, 20:24] = STEEL_DN + 3
    for peak, expected in ((100, 0), (240, 1)):
        item = segmented(pixels)
        score = np.full_like(item.maps.score, 100)
        score[30, 22] = peak
        inspector, sink = Inspector([VIEW], lambda _: classes, Recipe(), 1), ListSink()
        sink.write([inspector.push(replace(item, maps=item.maps._replace(score=score))), inspector.push(CoilEnd("C1", "cam"))])
        assert len(sink.defects) == expected
        assert all(d.area_mm2 == 80 for d in sink.defects)


def test_a_dark_picture_with_flat_field_correction_is_lost() -> None:
    dark = segmented(np.full((64, 48), 30, np.uint8))
    for gain, state in ((None, State.INSPECTED), (np.full(48, 3, np.float32), State.LOST)):
        inspector = Inspector([replace(VIEW, gain=gain)], lambda _: (), Recipe(), 1)
        intervals = inspector.push(without_defects(dark)).intervals
        assert [(i.state, i.lines) for i in intervals] == [(state, 64)]


def test_a_strip_that_is_half_dark_is_degraded() -> None:
    whole, half = np.full((64, 48), STEEL_DN, np.uint8), np.full((64, 48), STEEL_DN, np.uint8)
    half[:, 24:] = 3
    inspector = Inspector([VIEW], lambda _: MapIsPicture.classes, Recipe(), 1)
    states = [[i.state for i in inspector.push(segmented(p, n * 64)).intervals] for n, p in enumerate((whole, half, whole))]
    assert states == [[State.INSPECTED], [State.DEGRADED], [State.INSPECTED]]


@pytest.mark.parametrize(
    ("strip_mm", "dark_from", "state", "reason"),
    [
        (48.0, 48, State.INSPECTED, None),
        (48.0, 24, State.DEGRADED, StripLessThanGiven()),
        (60.0, 48, State.DEGRADED, StripBeyondPicture()),
        (30.0, 48, State.DEGRADED, StripMoreThanGiven()),  # a given width that is too small would hide a dark camera beside this one
        (None, 24, State.INSPECTED, None),  # the width is not known; the coil's decision has a reason for that
    ],
)
def test_a_strip_width_other_than_the_given_one_is_degraded(
    strip_mm: float | None, dark_from: int, state: State, reason: Reason | None
) -> None:
    pixels = np.full((64, 48), STEEL_DN, np.uint8)
    pixels[:, dark_from:] = 3
    inspector = Inspector([VIEW], lambda _: MapIsPicture.classes, Recipe(), 1, lambda _: strip_mm)
    (interval,) = inspector.push(segmented(pixels)).intervals
    assert (interval.state, interval.reason) == (state, reason)


@pytest.mark.parametrize(("margin_mm", "state", "reason"), [(11.0, State.INSPECTED, None), (12.0, State.DEGRADED, StripWithinMargins())])
def test_edge_margins_that_cover_all_steel_leave_nothing_inspected(margin_mm: float, state: State, reason: Reason | None) -> None:
    """24 px of steel at 1 mm, with both edges in the picture."""
    pixels = np.full((64, 48), 3, np.uint8)
    pixels[:, 12:36] = STEEL_DN
    inspector = Inspector([VIEW], lambda _: MapIsPicture.classes, Recipe(edge_margin_mm=margin_mm), 1)
    assert [(i.state, i.reason) for i in inspector.push(segmented(pixels)).intervals] == [(state, reason)]


def test_a_camera_beside_a_narrow_strip_has_inspected_lines() -> None:
    beside = replace(VIEW, camera="cam-2", first_column=48)
    inspector = Inspector([VIEW, beside], lambda _: MapIsPicture.classes, Recipe(), 1, lambda _: 24.0)
    steel, dark = np.full((64, 48), STEEL_DN, np.uint8), np.full((64, 48), 3, np.uint8)
    steel[:, 24:] = 3  # far from the picture's border: an edge within a few px of it would count as the border
    items = (segmented(steel), replace(segmented(dark), block=replace(segmented(dark).block, camera="cam-2")))
    assert [inspector.push(i).intervals[0].state for i in items] == [State.INSPECTED, State.INSPECTED]
