"""Steel that the model does not know is degraded, and nothing is reported from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from skelp.domain.coverage import State
from skelp.domain.maps import STRETCH_LINES, Maps
from skelp.domain.reasons import NoStrip, Overexposed, StripUnfamiliar
from skelp.domain.recipe import Recipe
from skelp.domain.strip import CoilEnd
from skelp.pipeline.edges import BAND_LINES, Edges
from skelp.pipeline.familiar import judge, unfamiliar_bands
from skelp.pipeline.inspector import Inspector, Segmented
from tests.fakes import STEEL_DN, U8, ListSink, MapIsPicture
from tests.unit.pipeline.test_stages import VIEW, segmented


def edges(left: float, right: float, bands: int = 4) -> Edges:
    return Edges(np.full(bands, left, np.float32), np.full(bands, right, np.float32), np.ones(bands, np.bool_), np.zeros(bands, np.float32))


def one_stretch(distance: NDArray[np.float32], left: float, right: float) -> bool:
    found = unfamiliar_bands(distance, 0, STRETCH_LINES, edges(left, right))
    assert len(set(found.tolist())) == 1
    return bool(found[0])


def with_distance(item: Segmented, distance: float | NDArray[np.float32]) -> Segmented:
    rows, columns = (side // 32 for side in item.block.pixels.shape)
    return replace(item, maps=item.maps._replace(distance=np.broadcast_to(np.float32(distance), (rows, columns))))


def test_a_stretch_is_judged_by_the_median_of_its_tiles() -> None:
    distance = np.full((8, 20), 0.2, np.float32)
    distance[:, :9] = 9  # fewer than half: a large defect is no other steel
    assert not one_stretch(distance, 0, 640)
    distance[:, :11] = 1.1
    assert one_stretch(distance, 0, 640)
    assert not one_stretch(distance, 320, 640), "what lies beside the strip does not count"
    assert one_stretch(distance, 0, 360)


def test_the_limit_is_1_and_what_is_no_number_is_unfamiliar() -> None:
    for value, unfamiliar in ((1.0, False), (1.001, True), (np.nan, True), (np.inf, True), (-5.0, False)):
        assert one_stretch(np.full((8, 4), value, np.float32), 0, 128) is unfamiliar
    assert not unfamiliar_bands(None, 0, 256, edges(0, 128)).any()


@given(st.integers(0, 96), st.integers(1, 512), st.integers(1, 12), st.data())
def test_every_tile_whose_middle_is_on_the_steel_counts_and_no_other(first: int, lines: int, columns: int, data: st.DataObject) -> None:
    """With one tile far away and all others near, or the other way round, the median of a stretch is that of these tiles alone."""
    bands = -(-lines // BAND_LINES)
    rows = -(-(first + lines + 16) // 32)
    left = data.draw(st.integers(0, 32 * columns - 1))
    right = data.draw(st.integers(left + 1, 32 * columns))
    inside = np.zeros((rows, columns), np.bool_)
    on = [r for r in range(rows) if first <= 32 * r + 16 < first + lines] or [min(int(first + lines / 2) // 32, rows - 1)]
    across = [c for c in range(columns) if left <= 32 * c and 32 * c + 32 <= right] or [int((left + right) / 2) // 32]
    inside[np.ix_(on, across)] = True
    if lines % BAND_LINES < 32:  # a last band without the middle of a tile takes the tile at its own middle
        inside[min(int(first + (bands - 1) * BAND_LINES + (lines % BAND_LINES or BAND_LINES) / 2) // 32, rows - 1), across] = True
    for far in (True, False):
        distance = np.where(inside == far, 5.0, 0.1).astype(np.float32)
        assert unfamiliar_bands(distance, first, lines, edges(left, right, bands)).tolist() == [far] * bands


def test_the_head_of_a_coil_and_narrow_steel_are_judged() -> None:
    far = np.full((16, 20), 5, np.float32)
    head = edges(0, 0, 8)
    head.left[5:], head.right[5:] = 0, 640
    head.strip_seen[:5] = False
    found = unfamiliar_bands(far, 0, 512, head)
    assert found[5:].all()
    for left, right in ((10, 60), (33, 95), (600, 610)):
        assert one_stretch(far, left, right)
        assert not one_stretch(far * 0, left, right)


def test_a_piece_of_other_steel_of_one_stretch_is_seen() -> None:
    distance = np.full((17, 10), 0.2, np.float32)
    distance[:9] = 5
    class_id = np.ones((272, 160), np.uint8)
    judged = judge(Maps(class_id, class_id, distance), 16, 512, edges(0, 320, 8), 2)
    assert judged.unfamiliar.tolist() == [True] * 4 + [False] * 4
    assert not judged.class_id[8:136].any()
    assert judged.class_id[136:264].all()


def test_a_block_of_unfamiliar_steel_is_degraded_and_reports_nothing() -> None:
    pixels = np.full((64, 48), STEEL_DN, np.uint8)
    pixels[20:40, 10:30] = STEEL_DN + 2
    inspector, sink = Inspector([VIEW], lambda _: MapIsPicture.classes, Recipe(), 1), ListSink()
    for n, distance in enumerate((0.3, 5.0, 0.3)):
        sink.write([inspector.push(with_distance(segmented(pixels, n * 64), distance))])
    sink.write([inspector.push(CoilEnd("C1", "cam"))])
    states = [(i.first_line, i.lines, i.state, i.reason) for i in sink.coverage("C1", "cam")]
    assert states == [
        (0, 64, State.INSPECTED, None),
        (64, 64, State.DEGRADED, StripUnfamiliar()),
        (128, 64, State.INSPECTED, None),
    ]
    assert sorted((d.along_mm, d.cut_by_gap) for d in sink.defects) == [(20, False), (148, False)]
    (shown,) = [o.picture for o in sink.outcomes if o.picture and o.picture.first_line == 64]
    assert not shown.shown.any()


@pytest.mark.parametrize("unfamiliar", [0, 1, 2, 3])
def test_a_defect_that_goes_on_in_unfamiliar_steel_is_cut_there_and_says_so(unfamiliar: int) -> None:
    """Four blocks with a scratch from end to end, of which one is not judged."""
    pixels = np.full((64, 48), STEEL_DN, np.uint8)
    pixels[:, 20:24] = STEEL_DN + 3
    inspector, sink = Inspector([VIEW], lambda _: MapIsPicture.classes, Recipe(), 1), ListSink()
    for n in range(4):
        sink.write([inspector.push(with_distance(segmented(pixels, n * 64), 5.0 if n == unfamiliar else 0.3))])
    sink.write([inspector.push(CoilEnd("C1", "cam"))])
    pieces = [(0, 64 * unfamiliar), (64 * (unfamiliar + 1), 64 * (3 - unfamiliar))]
    assert sorted((d.along_mm, d.length_mm) for d in sink.defects) == [p for p in pieces if p[1]]
    assert all(d.cut_by_gap for d in sink.defects)


def test_a_defect_is_cut_within_a_block_too() -> None:
    pixels = np.full((512, 48), STEEL_DN, np.uint8)
    pixels[200:300, 12:20] = pixels[20:40, 12:20] = pixels[300:320, 30:36] = STEEL_DN + 3
    item = segmented(pixels, lines=512)
    distance = np.full((17, 2), 0.3, np.float32)
    distance[9:] = 5
    inspector, sink = Inspector([VIEW], lambda _: MapIsPicture.classes, Recipe(bridge_mm=0), 1), ListSink()
    item = replace(item, maps=item.maps._replace(distance=distance))
    sink.write([inspector.push(item), inspector.push(CoilEnd("C1", "cam"))])
    assert sorted((d.along_mm, d.length_mm, d.cut_by_gap) for d in sink.defects) == [(20, 20, False), (200, 56, True)]


@pytest.mark.parametrize(("grey", "state", "reason"), [(3, State.LOST, NoStrip()), (255, State.DEGRADED, Overexposed())])
def test_a_picture_that_is_unfit_keeps_its_own_reason(grey: int, state: State, reason: object) -> None:
    item = segmented(np.full((64, 48), grey, np.uint8))
    empty: U8 = np.zeros_like(item.maps.class_id)
    item = with_distance(replace(item, maps=Maps(empty, empty)), 5.0)
    (interval,) = Inspector([VIEW], lambda _: (), Recipe(), 1).push(item).intervals
    assert (interval.state, interval.reason) == (state, reason)
