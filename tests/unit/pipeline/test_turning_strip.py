"""A whole line whose strip stops and runs back gives the results of one whose strip never turned."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skelp.domain.recipe import Recipe
from skelp.domain.strip import CameraFrame, CameraView, Capture
from skelp.pipeline.assembly import Limits, assemble
from skelp.pipeline.runner import Line
from tests.fakes import SCALE, STEEL_DN, U8, ListSink, MapIsPicture, coil, in_turn
from tests.unit.pipeline.test_whole_strip import class_maps, cuts
from tests.unit.pipeline.walks import Counts, counted, heights, walks


def run(captures: list[Capture[Any]], views: list[CameraView]) -> tuple[ListSink, Line]:
    sink, recipe = ListSink(), Recipe(edge_margin_mm=0, bridge_mm=6)
    line = assemble(in_turn(captures, views), MapIsPicture(), recipe, coil, lambda _: sink, Limits(block_lines=64))
    line.run()
    return sink, line


def defects(sink: ListSink) -> Counter[tuple[object, ...]]:
    return Counter((d.class_name, d.camera, d.line, d.lines, d.column, d.columns, d.area_mm2) for d in sink.defects)


def strip_under(classes: U8, lines: int) -> U8:
    """The strip, long enough for so many lines."""
    return np.resize(classes, (lines, classes.shape[1])) + np.uint8(STEEL_DN)


def walked(camera: CameraView, walk: Counts, edges: list[int], strip: U8, count: int) -> list[CameraFrame[Any]]:
    """What the camera sees on this walk. A camera further down the line sees another place of the strip at the same count."""
    columns = slice(camera.first_column, camera.first_column + camera.width)
    seen = strip[:, columns][walk - camera.behind_lines]
    return [counted(a, seen[a:b], walk[a:b] + count, camera.camera) for a, b in pairwise(edges)]


@settings(max_examples=80, deadline=None)
@given(st.data(), class_maps(), walks(), st.integers(1, 80))
def test_the_defects_are_those_of_a_strip_that_never_turned(data: st.DataObject, classes: U8, walk: Counts, most: int) -> None:
    view, furthest = CameraView("cam", classes.shape[1], SCALE), int(walk.max())
    strip = strip_under(classes, furthest + 1)
    sink, line = run(list(walked(view, walk, heights(data, len(walk), most), strip, 5000)), [view])
    straight, _ = run(list(walked(view, np.arange(furthest + 1), [0, furthest + 1], strip, 5000)), [view])
    assert defects(sink) == defects(straight)
    assert not any(d.cut_by_gap for d in sink.defects)
    counts, recorded = line.meter.counts(), sum(c.lines for c in line.meter.lines())
    assert recorded == furthest + 1
    assert counts["lines_exposed"] == len(walk) == recorded + counts.get("lines_again", 0)
    assert (line.again_lines > 0) == (walk[-1] < furthest)


@settings(max_examples=60, deadline=None)
@given(st.data(), class_maps(), walks(), st.integers(0, 40))
def test_two_cameras_turn_at_the_same_moment_at_another_place(data: st.DataObject, classes: U8, walk: Counts, behind: int) -> None:
    """They lie next to each other, one further down the line, and see the same steel at different counts. Their defects are joined."""
    edges = cuts(classes.shape[1], data, 1)
    views = [CameraView(f"cam{n}", b - a, SCALE, first_column=a, behind_mm=n * behind) for n, (a, b) in enumerate(pairwise(edges))]
    walk = walk + behind  # so that both see the strip from the start
    strip = strip_under(classes, int(walk.max()) + 1)

    def streams(moved: Counts, most: int) -> list[Capture[Any]]:
        queues = [walked(view, moved, heights(data, len(moved), most), strip, 700) for view in views]
        found: list[Capture[Any]] = []
        while any(queues):
            found.append(data.draw(st.sampled_from([q for q in queues if q])).pop(0))
        return found

    straight = np.arange(behind, int(walk.max()) + 1)
    sink, _ = run(streams(walk, 60), views)
    reference, _ = run(streams(straight, 200), views)
    assert defects(sink) == defects(reference)
    for view in views:
        recorded = [sum(i.lines for i in s.coverage("C1", view.camera)) for s in (sink, reference)]
        assert recorded[0] == recorded[1]


def test_the_next_pass_of_a_reversing_mill_is_inspected() -> None:
    """The second pass runs over the steel of the first one, the other way round, and its strip has got longer."""
    view = CameraView("cam", 64, SCALE)
    forth, back = np.arange(1024), np.arange(1023, -129, -1)
    scratched = np.full((64, 64), STEEL_DN, np.uint8)
    scratched[:, 30:33] += 3
    sound = np.full_like(scratched, STEEL_DN)
    first = [counted(a, sound, forth[a : a + 64]) for a in range(0, 1024, 64)]
    second = [counted(1024 + a, scratched, back[a : a + 64]) for a in range(0, len(back), 64)]
    turns, lines = iter(range(99)), list[Line]()

    def announce() -> None:
        if next(turns) == len(first):
            lines[0].tracker.start(coil("C1~2"))

    sink = ListSink()
    lines += [assemble(in_turn([*first, *second], [view], announce), MapIsPicture(), Recipe(edge_margin_mm=0), coil, lambda _: sink)]
    lines[0].run()
    assert [sum(i.lines for i in sink.coverage(coil_id, "cam")) for coil_id in ("C1", "C1~2")] == [1024, 1152]
    assert [(d.coil_id, d.lines) for d in sink.defects] == [("C1~2", 1152)]
