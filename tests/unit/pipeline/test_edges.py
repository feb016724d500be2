"""The strip's edges in simulated pictures and photographs."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from skelp.capture.flat_field import FlatField, References
from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip
from skelp.domain.coverage import State
from skelp.domain.greys import BACKGROUND_MAX_DN
from skelp.domain.reasons import PartlyDark
from skelp.domain.strip import CameraView, Scale
from skelp.pictures.listing import list_pictures
from skelp.pipeline.edges import BAND_LINES, find_edges
from skelp.pipeline.fitness import Expected, band_states
from tests.conftest import PHOTOGRAPHS
from tests.fakes import U8


@pytest.mark.parametrize("seed", range(6))
def test_edges_of_a_simulated_strip_are_found_within_2_px(seed: int) -> None:
    strip = SyntheticStrip(SyntheticConfig(seed=seed, width=1024, margin_px=100))
    for first in range(0, 40_000, 4000):
        edges = find_edges(strip.pixels(first, 512))
        middles = first + np.arange(8) * BAND_LINES + BAND_LINES // 2
        left = strip.surface.left_edge(middles)
        assert np.abs(edges.left - left).max() <= 2
        assert np.abs(edges.right - left - strip.surface.strip_width_px).max() <= 2


def test_a_dark_picture_shows_no_strip_and_a_full_picture_no_edge() -> None:
    dark = find_edges(np.full((130, 300), 5, np.uint8))
    assert not dark.strip_seen.any()
    assert (dark.left == dark.right).all()
    full = find_edges(np.full((130, 300), 90, np.uint8))
    assert (full.left == 0).all()
    assert (full.right == 300).all()
    assert full.strip_seen.all()


def black(lines: slice, columns: slice) -> U8:
    """Steel over the whole picture, of which this part is black."""
    pixels = np.random.default_rng(1).integers(60, 90, (130, 1024)).astype(np.uint8)
    pixels[lines, columns] = 3
    return pixels


WHOLE = slice(None)


@pytest.mark.parametrize(
    ("lines", "columns", "dark"),
    [
        (WHOLE, slice(100, 900), True),  # between both edges
        (WHOLE, slice(400, 520), True),
        (WHOLE, slice(400, 450), False),  # a defect
        (slice(1, None, 2), WHOLE, True),  # every other line: every eighth one, by which edges are found, is there
        (slice(20, 22), WHOLE, False),
        (slice(30, 60), slice(200, 400), False),
    ],
)
def test_a_strip_of_which_a_part_is_black_was_not_inspected(lines: slice, columns: slice, dark: bool) -> None:
    pixels = black(lines, columns)
    view = CameraView("cam", 1024, Scale(1, 1))
    found = list(band_states(pixels, find_edges(pixels), Expected.of(view, 1024, 0.0, 1024.0, 1024)))
    state = (State.DEGRADED, PartlyDark()) if dark else (State.INSPECTED, None)
    assert found[0] == (64, *state)
    assert sum(n for n, *_ in found) == 130


def test_background_made_brighter_by_a_flat_field_is_no_steel() -> None:
    """Background of real pictures has up to 10 DN. A gain of 3 makes it 30, far above BACKGROUND_MAX_DN."""
    white = np.concatenate([np.linspace(60, 200, 400), np.linspace(200, 60, 400)]).astype(np.float32)
    flat = FlatField(References(None, white), 800)
    assert flat.gain.max() > 2
    unlit = flat.correct(np.full((128, 800), 10, np.uint8))
    assert unlit.max() > 1.5 * BACKGROUND_MAX_DN
    assert not find_edges(unlit, flat.gain).strip_seen.any()

    lit = np.full((128, 800), 8.0) + (np.arange(800) < 650) * 0.4 * white
    edges = find_edges(flat.correct(np.round(lit).astype(np.uint8)), flat.gain)
    assert np.abs(edges.right - 650).max() <= 2
    assert (edges.left == 0).all()


# Column of the strip's edge, read off the photograph by eye: (image, "left" or "right", column).
EDGES_BY_EYE = [
    (0, "right", 789),
    (7, "left", 1350),
    (10, "right", 255),
    (28, "right", 1016),
    (42, "left", 1080),
    (44, "right", 1414),
    (47, "none", 0),
    (60, "left", 1012),
    (65, "right", 164),
    (81, "left", 1003),
    (87, "right", 1493),
]


@pytest.mark.photographs
@pytest.mark.parametrize(("number", "side", "column"), EDGES_BY_EYE)
def test_edges_of_photographs_are_within_8_px_of_those_read_by_eye(number: int, side: str, column: int) -> None:
    image = np.asarray(Image.open(list_pictures([PHOTOGRAPHS / "line-scan-strips" / "images"], order="name").files[number]).convert("L"))
    edges = find_edges(image)
    assert bool((edges.left > 0).any()) is (side == "left")
    assert bool((edges.right < image.shape[1]).any()) is (side == "right")
    if side != "none":
        found = edges.left if side == "left" else edges.right
        assert np.abs(found - column).max() <= 8
