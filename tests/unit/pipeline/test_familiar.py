"""Steel that the model does not know is degraded, and nothing is reported from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.coverage import State
from skelp.domain.maps import Maps
from skelp.domain.reasons import NoStrip, Overexposed, Unfamiliar
from skelp.domain.recipe import Recipe
from skelp.domain.strip import CoilEnd
from skelp.pipeline.edges import Edges
from skelp.pipeline.familiar import is_unfamiliar, stretch
from skelp.pipeline.inspector import Inspector, Segmented
from tests.fakes import STEEL_DN, U8, ListSink, MapIsPicture
from tests.unit.pipeline.test_stages import VIEW, segmented


def edges(left: float, right: float, bands: int = 1) -> Edges:
    return Edges(np.full(bands, left, np.float32), np.full(bands, right, np.float32), np.ones(bands, np.bool_))


def with_distance(item: Segmented, distance: float) -> Segmented:
    rows, columns = (side // 32 for side in item.block.pixels.shape)
    return replace(item, maps=item.maps._replace(distance=np.full((rows, columns), distance, np.float32)))


def test_a_stretch_is_judged_by_the_median_of_its_tiles() -> None:
    distance = np.full((16, 20), 0.2, np.float32)
    distance[:, :9] = 9  # fewer than half: a large defect is no other steel
    assert not is_unfamiliar(distance, 0, 512, edges(0, 640))
    distance[:, :11] = 1.1
    assert is_unfamiliar(distance, 0, 512, edges(0, 640))
    assert not is_unfamiliar(distance, 0, 512, edges(320, 640)), "what lies beside the strip does not count"
    assert is_unfamiliar(distance, 0, 512, edges(0, 360))


def test_the_limit_is_1_and_what_is_no_number_is_unfamiliar() -> None:
    for value, unfamiliar in ((1.0, False), (1.001, True), (np.nan, True), (np.inf, True), (-5.0, False)):
        assert is_unfamiliar(np.full((4, 4), value, np.float32), 0, 128, edges(0, 128)) is unfamiliar
    assert not is_unfamiliar(None, 0, 128, edges(0, 128))


@given(st.integers(0, 64), st.integers(1, 512), st.integers(1, 20))
def test_any_stretch_of_steel_has_tiles_and_only_those_on_it(first: int, lines: int, columns: int) -> None:
    rows = -(-(first + lines + 16) // 32)
    line = np.arange(rows, dtype=np.float32)[:, None].repeat(columns, 1)
    found = stretch(line, first, lines, 0, 32.0 * columns)
    assert found.size
    assert ((found + 1) * 32 > first - 32).all()
    assert (found * 32 < first + lines + 32).all()
    if lines >= 64:
        assert len(set(found.tolist())) == pytest.approx(lines / 32, abs=1)


def test_a_block_of_unfamiliar_steel_is_degraded_and_reports_nothing() -> None:
    pixels = np.full((64, 48), STEEL_DN, np.uint8)
    pixels[20:40, 10:30] = STEEL_DN + 2
    inspector, sink = Inspector([VIEW], MapIsPicture.classes, Recipe(), 1), ListSink()
    for n, distance in enumerate((0.3, 5.0, 0.3)):
        sink.write([inspector.push(with_distance(segmented(pixels, n * 64), distance))])
    sink.write([inspector.push(CoilEnd("C1", "cam"))])
    states = [(i.first_line, i.lines, i.state, i.reason) for i in sink.coverage("C1", "cam")]
    assert states == [
        (0, 64, State.INSPECTED, None),
        (64, 64, State.DEGRADED, Unfamiliar()),
        (128, 64, State.INSPECTED, None),
    ]
    assert sorted(d.along_mm for d in sink.defects) == [20, 148]
    (shown,) = [o.picture for o in sink.outcomes if o.picture and o.picture.first_line == 64]
    assert not shown.shown.any()


@pytest.mark.parametrize(("grey", "state", "reason"), [(3, State.LOST, NoStrip()), (255, State.DEGRADED, Overexposed())])
def test_a_picture_that_is_unfit_keeps_its_own_reason(grey: int, state: State, reason: object) -> None:
    item = segmented(np.full((64, 48), grey, np.uint8))
    empty: U8 = np.zeros_like(item.maps.class_id)
    item = with_distance(replace(item, maps=Maps(empty, empty)), 5.0)
    (interval,) = Inspector([VIEW], (), Recipe(), 1).push(item).intervals
    assert (interval.state, interval.reason) == (state, reason)
