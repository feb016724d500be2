"""The two properties that prove the pipeline, for any frame height, cut, number of cameras and loss.

The merged defects are the connected components of the whole strip's class map. Inspected + degraded + lost lines are the exposed lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skelp.domain.coverage import State, Totals
from skelp.domain.maps import TILE_PX, Maps, Wish
from skelp.domain.reasons import FrameDropped, Screened
from skelp.domain.recipe import Recipe
from skelp.domain.strip import CameraView, Capture, LostLines, Side
from skelp.inference.second_look import SecondLook
from skelp.pipeline.assembly import Limits, assemble
from skelp.pipeline.regions import bridge
from tests.fakes import SCALE, STEEL_DN, U8, ListSink, MapIsPicture, ScriptedSource, coil, frame, in_turn

BLOCK = 64


@st.composite
def class_maps(draw: st.DrawFn) -> U8:
    """Class maps with sparse, dense, long and diagonal marks of three classes.

    At most 32 columns: cameras of one line share a batch, so all of them must pad to one width.
    """
    lines, width = draw(st.integers(1, 300)), draw(st.integers(8, 32))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    density = draw(st.sampled_from([0.02, 0.2, 0.5]))
    classes = np.where(rng.random((lines, width)) < density, rng.integers(1, 4, (lines, width)), 0).astype(np.uint8)
    for _ in range(draw(st.integers(0, 3))):
        at = np.arange(lines)
        column = (int(rng.integers(width)) + at * rng.integers(-1, 2)) % width
        classes[at, column] = rng.integers(1, 4)
    return classes


def cuts(total: int, data: st.DataObject, most: int) -> list[int]:
    inner = data.draw(st.lists(st.integers(1, max(1, total - 1)), max_size=most))
    return sorted({0, total, *(c for c in inner if c < total)})


def overlapping(edges: list[int], data: st.DataObject) -> list[tuple[int, int]]:
    """First and last column of each camera. All but the last also see a part of their right neighbour's columns."""
    spans = list(pairwise(edges))
    beyond = [data.draw(st.integers(0, stop - start - 1)) for start, stop in spans[1:]]
    return [(start, stop + more) for (start, stop), more in zip(spans, [*beyond, 0], strict=True)]


def components(classes: U8, reach: int) -> Counter[tuple[int, ...]]:
    """The reference: class, box and area of every component of the whole bridged map, measured on the cells of `classes`."""
    found: Counter[tuple[int, ...]] = Counter()
    bridged = bridge(classes, reach)
    for c in range(1, 4):
        count, labels = cv2.connectedComponents((bridged == c).astype(np.uint8), connectivity=8)
        for n in range(1, count):
            y, x = np.nonzero((labels == n) & (classes == c))
            if not len(y):
                continue  # part of a bridge that another class separates from its own cells
            found[(c, int(y.min()), int(np.ptp(y)) + 1, int(x.min()), int(np.ptp(x)) + 1, len(y))] += 1
    return found


def inspect(streams: list[Capture[Any]], views: list[CameraView], reach: int) -> ListSink:
    """Run a line on captures in exactly this order."""
    recipe, sink = Recipe(edge_margin_mm=0, bridge_mm=2 * reach), ListSink()
    assemble(in_turn(streams, views), MapIsPicture(), recipe, coil, lambda _: sink, Limits(block_lines=BLOCK)).run()
    return sink


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from([0, 0, 1, 3, 17, 40, 64]))
def test_defects_are_the_components_of_the_whole_strip(data: st.DataObject, reach: int) -> None:
    classes = data.draw(class_maps())
    lines, width = classes.shape
    edges = cuts(width, data, 3)
    views = [CameraView(f"cam{n}", b - a, SCALE, first_column=a) for n, (a, b) in enumerate(overlapping(edges, data))]
    queues = []
    for view in views:
        rows = cuts(lines, data, 6)
        part = classes[:, view.first_column : view.first_column + view.width] + np.uint8(STEEL_DN)
        queues.append([frame(view.camera, a, part[a:b]) for a, b in pairwise(rows)])
    streams: list[Capture[Any]] = []
    while any(queues):
        turn = data.draw(st.sampled_from([q for q in queues if q]))
        streams.append(turn.pop(0))

    sink = inspect(streams, views, reach)

    names = {c.name: c.id for c in MapIsPicture.classes}
    first = {v.camera: v.first_column for v in views}
    found = Counter((names[d.class_name], d.line, d.lines, d.column + first[d.camera], d.columns, round(d.area_mm2)) for d in sink.defects)
    assert found == components(classes, reach)
    assert not any(d.cut_by_gap for d in sink.defects)
    for view in views:
        assert Totals.of(sink.coverage("C1", view.camera)).exposed == lines


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_every_exposed_line_is_recorded_once(data: st.DataObject) -> None:
    pieces = data.draw(st.lists(st.tuples(st.integers(1, 150), st.sampled_from(["frame", "lost", "dark"])), min_size=1, max_size=12))
    restarts = data.draw(st.lists(st.integers(0, len(pieces)), max_size=3))
    view = CameraView("cam", 32, SCALE)
    automatic = iter([coil(f"auto{n}") for n in range(20)]).__next__
    sink = ListSink()

    def captures() -> list[Capture[Any]]:
        found: list[Capture[Any]] = []
        line = 0
        for n, (lines, kind) in enumerate(pieces):
            if n in restarts:
                found.append(frame("cam", line, np.zeros((0, 32), np.uint8)))
            if kind == "lost":
                found.append(LostLines("cam", line, lines, FrameDropped()))
            else:
                found.append(frame("cam", line, np.full((lines, 32), 0 if kind == "dark" else STEEL_DN, np.uint8)))
            line += lines
        return found

    class Announced(ScriptedSource):
        """Starts a coil where a capture has no lines."""

        def captures(self) -> Iterator[Capture[Any]]:
            for n, c in enumerate(captures()):
                if c.lines == 0:
                    line.tracker.start(coil(f"announced{n}"))
                else:
                    yield c

    line = assemble([Announced([], view)], MapIsPicture(), Recipe(), automatic, lambda _: sink, Limits(block_lines=BLOCK))
    line.run()

    coil_ids = {o.coil_id for o in sink.outcomes}
    totals = [Totals.of(sink.coverage(c, "cam")) for c in coil_ids]
    assert sum(t.exposed for t in totals) == sum(lines for lines, _ in pieces)
    dropped = sum(lines for lines, kind in pieces if kind == "lost")
    reasons = [i for c in coil_ids for i in sink.coverage(c, "cam") if i.state is not State.INSPECTED]
    assert sum(i.lines for i in reasons if i.reason == FrameDropped()) == dropped
    assert all(i.reason for i in reasons)
    assert {o.coil_id for o in sink.outcomes if o.coil_complete} == coil_ids


class ScreenedPicture(MapIsPicture):
    """Looks as a screened network does (ADR 23). The screen is suspicious of class 3 alone. `answers`: the class map of each block."""

    def __init__(self) -> None:
        self.answers: list[U8] = []

    def look(self, frames: U8, wishes: Sequence[Wish]) -> Maps:
        for frame_, wish in zip(frames[:, 0], wishes, strict=True):
            tiles = frame_.reshape(frame_.shape[0] // TILE_PX, TILE_PX, -1, TILE_PX)
            second = SecondLook((tiles == STEEL_DN + 3).any(axis=(1, 3)), wish, self.stride, samples=False)
            while windows := second.next():
                for window in windows:
                    second.add(window, next(self.run(frame_[None, None, :, window.pixels]).each()))
            self.answers.append(second.maps.class_id)
        classes = np.stack(self.answers[-len(frames) :])
        return Maps(classes, np.full(classes.shape, 255, np.uint8), looks=tuple(wish.look for wish in wishes))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_defects_are_the_components_of_the_screened_class_map(data: st.DataObject) -> None:
    lines, width = data.draw(st.integers(1, 300)), 16 * TILE_PX
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    classes = np.zeros((lines, width), np.uint8)
    for _ in range(data.draw(st.integers(0, 8))):
        y, x, high, wide = (int(rng.integers(most)) for most in (lines, width, 90, 200))
        classes[y : y + high + 1, x : x + wide + 1] = rng.choice([1, 2, 2, 3])
    view, network = CameraView("cam", width, SCALE), ScreenedPicture()
    rows = cuts(lines, data, 6)
    source = in_turn([frame("cam", a, classes[a:b] + np.uint8(STEEL_DN)) for a, b in pairwise(rows)], [view])
    sink, recipe = ListSink(), Recipe(edge_margin_mm=0, bridge_mm=0, screen=(Side.TOP,))
    assemble(source, network, recipe, coil, lambda _: sink, Limits(block_lines=BLOCK)).run()
    context = (network.answers[0].shape[0] - BLOCK) // 2
    screened = np.concatenate([answer[context : context + BLOCK] for answer in network.answers])[:lines]
    names = {c.name: c.id for c in MapIsPicture.classes}
    found = Counter((names[d.class_name], d.line, d.lines, d.column, d.columns, round(d.area_mm2)) for d in sink.defects)
    assert found == components(screened, 0)
    assert (screened[screened > 0] == classes[screened > 0]).all()
    assert (screened[classes == 3] == 3).all()
    assert {(i.state, i.reason) for i in sink.coverage("C1", "cam")} == {(State.INSPECTED, Screened())}
