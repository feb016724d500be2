"""A screened network answers as the whole network does wherever the screen is suspicious, and never looks away silently."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import helper

from skelp.config import ModelChoice
from skelp.domain.maps import TILE_PX, Look, Wish
from skelp.domain.recipe import ClassRule, Recipe
from skelp.domain.strip import CameraView, Scale, Side
from skelp.inference import second_look
from skelp.inference.card import CardError
from skelp.inference.engine import Engine
from skelp.inference.model_file import ModelError, ModelFile
from skelp.inference.screened import ScreenedSegmenter
from skelp.inference.segmenter import OnnxSegmenter
from skelp.model import make_segmenter
from tests.models import CARD, MARKS_CARD, bright_spots, with_distance, with_screen

HEIGHT, WIDTH = 5 * TILE_PX, 41 * TILE_PX


def engine(folder: Path) -> Engine:
    return Engine("cpu", "auto", 1, folder)


def segmenters(file: Path, batch: int = 2, height: int = HEIGHT, width: int = WIDTH) -> tuple[OnnxSegmenter, ScreenedSegmenter]:
    model = ModelFile.open(file)
    model.verify()
    whole = OnnxSegmenter(model, engine(file.parent), batch=batch, height=height, width=width)
    return whole, ScreenedSegmenter(model, engine(file.parent), batch=batch, height=height, width=width)


def line_with(file: Path, recipe: Recipe | None = None) -> None:
    """A segmenter that screens, as a line makes it."""
    view, choice = CameraView("cam", WIDTH, Scale(0.25, 0.25)), ModelChoice(path=file, provider="cpu", threads=1)
    make_segmenter(ModelFile.open(file), choice, [view], replace(recipe or Recipe(), screen=(Side.TOP,)), 512)


def frames_with(spots: list[tuple[int, int, int]], count: int = 2) -> np.ndarray:
    """Grey frames with bright spots of 8 x 8 px at (frame, line, column)."""
    frames = np.full((count, 1, HEIGHT, WIDTH), 90, np.uint8)
    for n, line, column in spots:
        frames[n, 0, line : line + 8, column : column + 8] = 250
    return frames


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, HEIGHT - 8), st.integers(0, WIDTH - 8)), max_size=6))
def test_the_answer_is_that_of_the_whole_network(tmp_path_factory: pytest.TempPathFactory, spots: list[tuple[int, int, int]]) -> None:
    file = with_screen(with_distance(tmp_path_factory.mktemp("model") / "m.onnx", grey=100))
    whole, screened = segmenters(file)
    frames = frames_with(spots)
    expected, found = whole.run(frames), screened.run(frames)
    assert np.array_equal(expected.class_id, found.class_id)
    assert np.array_equal(expected.score, found.score)
    assert expected.distance is not None
    assert found.distance is not None
    # a frame whose only suspicious place is one tile wide is judged by that tile, until it seems unfamiliar: then a sample decides
    apart = np.median(found.distance, axis=(1, 2)) - np.median(expected.distance, axis=(1, 2))
    assert np.all((apart >= -1e-3) & (apart <= 0.1 + 1e-3))


def test_a_defect_is_followed_where_the_screen_sees_nothing(tmp_path: Path) -> None:
    """The screen is suspicious of its brightest pixel only; a network at a lower limit sees that the defect goes on to both sides."""
    file = with_screen(bright_spots(tmp_path / "m.onnx", limit=120), limit=200)
    whole, screened = segmenters(file, batch=1, width=100 * TILE_PX)
    frames = np.full((1, 1, HEIGHT, 100 * TILE_PX), 90, np.uint8)
    frames[0, 0, 40:48, 500:900] = 150
    frames[0, 0, 40, 700] = 250
    frames[0, 0, 100, 2000:2004] = 150  # nothing leads here
    expected = whole.run(frames).class_id
    expected[:, :, 2000 // 4 :] = 0
    assert np.array_equal(screened.run(frames).class_id, expected)


def test_sound_steel_is_looked_at_by_the_screen_and_a_sample_of_it_by_the_whole_network(tmp_path: Path) -> None:
    whole, screened = segmenters(with_screen(with_distance(tmp_path / "m.onnx", grey=100)))
    answer = screened.run(frames_with([]))
    assert not answer.class_id.any()
    assert answer.distance is not None
    assert np.allclose(answer.distance, 0.9)
    assert screened.looks.record == {"suspicious_share": 0.0, "whole_network_share": pytest.approx(second_look.WIDTHS[0] / 41, abs=1e-4)}
    assert (whole.stride, whole.classes, whole.info) == (screened.stride, screened.classes, screened.info)


def wish(look: Look = Look.SCREENED, steel: slice = slice(None), turn: int = 0, columns: int = 41) -> Wish:
    """`steel`: the columns of tiles that lie on the strip."""
    on_strip = np.zeros((5, columns), bool)
    on_strip[:, steel] = True
    return Wish(look, on_strip, np.zeros(columns, bool), turn)


def test_unfamiliar_steel_is_found_by_the_sample_wherever_it_lies(tmp_path: Path) -> None:
    """Beside the strip, and at its edge, nothing is to be learned, however bright it is there."""
    _, screened = segmenters(with_screen(with_distance(tmp_path / "m.onnx", grey=100)), batch=1)
    frame = np.full((1, 1, HEIGHT, WIDTH), 60, np.uint8)
    frame[..., 20 * TILE_PX + 15 :] = 180
    for turn in range(30):
        distance = screened.look(frame, [wish(steel=slice(21, 41), turn=turn)]).distance
        assert distance is not None
        assert (distance[:, :, 21:] > 1).all()


def test_a_large_defect_does_not_make_its_steel_unfamiliar(tmp_path: Path) -> None:
    """What was looked at because of a defect is far from known steel; the sample says that the rest is not."""
    _, screened = segmenters(with_screen(with_distance(tmp_path / "m.onnx", grey=100)), batch=1)
    frames = frames_with([], count=1)
    frames[:, :, :, 260:380] = 250
    distance = screened.run(frames).distance
    assert distance is not None
    assert np.median(distance) == pytest.approx(0.9)
    assert (distance[0, :, 9:11] > 1).all()


def test_a_defect_in_one_stretch_does_not_make_that_stretch_unfamiliar(tmp_path: Path) -> None:
    file = with_screen(with_distance(tmp_path / "m.onnx", grey=100))
    _, screened = segmenters(file, batch=1, height=17 * TILE_PX)
    frame = np.full((1, 1, 17 * TILE_PX, WIDTH), 90, np.uint8)
    frame[0, 0, 0 : 8 * TILE_PX, 8 * TILE_PX : 12 * TILE_PX] = 250
    distance = screened.run(frame).distance
    assert distance is not None
    assert np.median(distance[0, :8]) == pytest.approx(0.9)


def test_where_there_is_no_strip_nothing_is_looked_at(tmp_path: Path) -> None:
    _, screened = segmenters(with_screen(with_distance(tmp_path / "m.onnx", grey=100)), batch=1)
    frames = frames_with([(0, 40, 40)], count=1)
    answer = screened.look(frames, [wish(steel=slice(0, 0))])
    assert answer.distance is not None
    assert not answer.distance.any()
    assert screened.looks.record == {"suspicious_share": 0.0, "whole_network_share": 0.0}
    beside = screened.look(frames, [wish(Look.SCREEN_ONLY, steel=slice(20, 41))])
    assert beside.looks == (Look.SCREENED,)  # a glint beside the strip leaves nothing to look at


def test_a_hurried_frame_gets_one_window_at_most(tmp_path: Path) -> None:
    _, screened = segmenters(with_screen(with_distance(tmp_path / "m.onnx", grey=100)), batch=1)
    frames = np.full((1, 1, HEIGHT, WIDTH), 250, np.uint8)
    assert screened.look(frames, [wish(Look.SCREEN_ONLY)]).looks == (Look.SCREEN_ONLY,)
    assert screened.looks.whole_px == second_look.WIDTHS[0] * TILE_PX * HEIGHT


def test_what_reached_the_end_of_the_frame_before_is_looked_at(tmp_path: Path) -> None:
    whole, screened = segmenters(with_screen(bright_spots(tmp_path / "m.onnx", limit=120), limit=200), batch=1)
    frames = frames_with([], count=1)
    frames[0, 0, 0:50, 700:708] = 150
    goes_on = wish()
    goes_on.goes_on[700 // TILE_PX] = True
    assert not screened.look(frames, [wish()]).class_id.any()
    assert np.array_equal(screened.look(frames, [goes_on]).class_id, whole.run(frames).class_id)
    hurried = replace(goes_on, look=Look.SCREEN_ONLY)
    assert screened.look(frames, [hurried]).looks == (Look.SCREEN_ONLY,)  # it was found, and not followed


@pytest.mark.parametrize("tiles", [12, 14])
def test_a_narrow_picture_is_looked_at_once(tmp_path: Path, tiles: int) -> None:
    _, screened = segmenters(with_screen(with_distance(tmp_path / "m.onnx", grey=100)), batch=1, width=tiles * TILE_PX)
    screened.run(np.full((1, 1, HEIGHT, tiles * TILE_PX), 90, np.uint8))
    assert screened.looks.record["whole_network_share"] == 1


def test_a_frame_that_is_suspicious_all_over_is_looked_at_once(tmp_path: Path) -> None:
    whole, screened = segmenters(with_screen(bright_spots(tmp_path / "m.onnx")))
    frames = frames_with([(0, 5, 5)])
    frames[1] = 250
    assert np.array_equal(whole.run(frames).class_id, screened.run(frames).class_id)
    one_window, a_frame = second_look.WIDTHS[0], 41
    assert screened.looks.record["whole_network_share"] == pytest.approx((one_window + a_frame) / (2 * a_frame), abs=1e-4)


def test_a_picture_smaller_than_a_window_is_looked_at_as_a_whole(tmp_path: Path) -> None:
    whole, screened = segmenters(with_screen(bright_spots(tmp_path / "m.onnx")), batch=1, height=64, width=96)
    frames = np.full((1, 1, 64, 96), 90, np.uint8)
    frames[0, 0, 20:30, 20:30] = 250
    assert np.array_equal(whole.run(frames).class_id, screened.run(frames).class_id)


@given(st.integers(1, 20), st.integers(second_look.WIDTHS[0], 90), st.data())
def test_windows_lie_in_the_frame_and_keep_every_suspicious_tile_once(rows: int, columns: int, data: st.DataObject) -> None:
    suspicious = np.zeros((rows, columns), bool)
    for row, column in data.draw(st.lists(st.tuples(st.integers(0, rows - 1), st.integers(0, columns - 1)), max_size=8)):
        suspicious[row, column] = True
    kept = np.zeros(columns, int)
    for window in second_look.windows(second_look.places(suspicious), columns):
        assert 0 <= window.pixels.start < window.pixels.stop <= columns * TILE_PX
        kept[window.kept] += 1
        for stride in (2, 4, TILE_PX):
            inner, outer = window.inner(stride), window.outer(stride)
            assert inner.stop - inner.start == outer.stop - outer.start
            assert 0 <= inner.start < inner.stop <= window.width * TILE_PX // stride
        end = window.column + window.width
        assert window.column == 0 or window.kept.start - window.column >= second_look.HALO
        assert end == columns or end - window.kept.stop >= second_look.HALO
    assert (kept[suspicious.any(axis=0)] == 1).all()
    assert kept.max(initial=0) <= 1


def test_two_places_beside_each_other_share_a_window() -> None:
    wanted = np.array([True, True, True, False, True, False, False, True, True, False])
    found = [(w.column, w.width, w.kept.start, w.kept.stop) for w in second_look.windows(wanted, 40)]
    assert found == [(0, 16, 0, 8), (4, 12, 8, 12), (12, 12, 16, 20), (24, 16, 28, 36)]
    assert {w.width for w in second_look.windows(wanted[:4], 14)} == {12}


@pytest.mark.parametrize("places", [4, 5, 7, 10])
def test_the_sample_moves_over_the_whole_width_of_the_steel(places: int) -> None:
    sampled = []
    for turn in range(4 * places):
        look = second_look.SecondLook(np.zeros((5, 41), bool), wish(steel=slice(0, 4 * places), turn=turn), 4, samples=True)
        (window,) = look.next()
        sampled.append(window.kept.start)
    assert sorted(set(sampled)) == list(range(0, 4 * places, 4))
    assert max(sampled.count(s) for s in sampled) <= 7


def test_a_model_without_a_screen_cannot_be_screened(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"cannot be screened: it has no screen; make a screen \(skelp screen\)"):
        line_with(bright_spots(tmp_path / "m.onnx"))


@pytest.mark.parametrize(
    ("made_for", "rule", "why"),
    [
        ({"growing": 0.6}, ClassRule(), "its screen was made for higher thresholds of bright"),
        ({"threshold": 0.6}, ClassRule(), "its screen was made for higher thresholds of bright"),
        ({}, ClassRule(threshold=0.4), "its screen was made for higher thresholds of bright"),
        ({"min_area_mm2": 3}, ClassRule(min_area_mm2=2), "its screen was made for larger bright"),
    ],
)
def test_a_screen_for_other_limits_is_not_used(tmp_path: Path, made_for: dict[str, float], rule: ClassRule, why: str) -> None:
    with pytest.raises(ModelError, match=why):
        line_with(with_screen(bright_spots(tmp_path / "m.onnx"), made_for=made_for), Recipe(classes={"bright": rule}))
    line_with(with_screen(bright_spots(tmp_path / "other.onnx")), Recipe(classes={"bright": ClassRule(ignore=True)}))


@pytest.mark.parametrize(
    ("recipe", "why"), [(Recipe(bridge_mm=9), "a bridge_mm of 8 at most"), (Recipe(edge_margin_mm=1), "an edge_margin_mm of 2")]
)
def test_a_screen_is_not_used_where_more_is_joined_or_counted(tmp_path: Path, recipe: Recipe, why: str) -> None:
    file = with_screen(bright_spots(tmp_path / "m.onnx"), margin=2.0)
    line_with(file)
    with pytest.raises(ModelError, match=why):
        line_with(file, recipe)


def test_a_screen_that_passes_over_marks_is_not_used_where_they_are_defects(tmp_path: Path) -> None:
    file = with_screen(bright_spots(tmp_path / "m.onnx", MARKS_CARD))
    line_with(file)
    with pytest.raises(ModelError, match="its screen passes over marks, and the recipe makes marking a defect"):
        line_with(file, Recipe(classes={"marking": ClassRule(as_defect=True)}))


def test_a_screen_and_a_card_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CardError, match="has a screen that its card does not name"):
        ModelFile.open(with_screen(bright_spots(tmp_path / "a.onnx"), named=False))
    named = {
        **CARD,
        "screen": {"limit": 9, "made_for": [{"threshold": 0.5, "growing": 0.5, "min_area_mm2": 0}], "bridge_mm": 8, "edge_margin_mm": 2},
    }
    with pytest.raises(CardError, match="has no screen, but its card describes one"):
        ModelFile.open(bright_spots(tmp_path / "b.onnx", named))


def test_a_damaged_screen_is_refused(tmp_path: Path) -> None:
    file = with_screen(bright_spots(tmp_path / "a.onnx"))
    model = onnx.load(file)
    metadata = {p.key: p.value for p in model.metadata_props}
    helper.set_model_props(model, metadata | {"skelp.screen": metadata["skelp.screen"][:-3]})
    onnx.save(model, file)
    with pytest.raises(CardError, match=r"the screen of .* is damaged"):
        ModelFile.open(file)
    helper.set_model_props(model, metadata | {"skelp.screen": metadata["skelp.screen"][:40]})
    onnx.save(model, file)
    with pytest.raises((CardError, ModelError)):
        ModelFile.open(file).verify()


def test_a_screen_with_another_output_is_refused(tmp_path: Path) -> None:
    other = bright_spots(tmp_path / "other.onnx").read_bytes()
    with pytest.raises((CardError, ModelError), match=r"its screen cannot be run|its screen must give"):
        ModelFile.open(with_screen(bright_spots(tmp_path / "a.onnx"), screen=other)).verify()
