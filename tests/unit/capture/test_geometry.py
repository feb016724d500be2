"""The scale is measured from a checkerboard, and the overlap of two cameras from the texture of the steel."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from skelp.capture.geometry import find_overlap, measure_board
from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip
from skelp.domain.errors import SkelpError
from tests.fakes import U8


def board_image(px: float, lines: float, turn_deg: float = 0.0) -> U8:
    """Draws 9 x 7 squares of `px` columns and `lines` lines on a light background, with noise."""
    squares = (np.indices((7, 9)).sum(axis=0) % 2 * 200 + 30).astype(np.uint8)
    flat = np.full((60, 60), 230, np.uint8)
    flat[20:27, 20:29] = squares
    middle = np.array([24.5, 23.5])
    turn = np.radians(turn_deg)
    size = 640
    scale = np.array([[px, 0.0], [0.0, lines]]) @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    shift = np.array([size / 2, size / 2]) - scale @ middle
    # enlarged 8 times before it is warped, so that edges may lie between two pixels
    fine = np.kron(flat, np.ones((8, 8), np.uint8))
    matrix = np.column_stack([scale / 8, shift + scale @ np.array([0.5, 0.5]) / 8])
    image = cv2.warpAffine(fine, matrix, (size, size), flags=cv2.INTER_AREA, borderValue=230)
    noise = np.random.default_rng(1).normal(0, 3, image.shape)
    return np.asarray(np.clip(cv2.GaussianBlur(image, (3, 3), 0) * 0.6 + noise, 0, 255), np.uint8)


@pytest.mark.parametrize(("px", "lines", "turn"), [(40.0, 40.0, 0.0), (37.3, 24.6, 0.0), (40.0, 30.0, 2.5)])
def test_the_scale_of_a_checkerboard(px: float, lines: float, turn: float) -> None:
    measured = measure_board(board_image(px, lines, turn), 10.0, (8, 6))
    assert measured.mm_per_px == pytest.approx(10 / px, rel=0.004)
    assert measured.mm_per_line == pytest.approx(10 / lines, rel=0.004)
    assert abs(measured.tilt_deg) == pytest.approx(turn, abs=1.0)
    assert measured.rms_px < 0.5


def test_an_image_without_a_board_is_refused() -> None:
    with pytest.raises(SkelpError, match="no checkerboard of 8 x 6 inner corners in the image"):
        measure_board(np.full((400, 400), 128, np.uint8), 10, (8, 6))


def strip(lines: int = 1024, width: int = 900) -> U8:
    return np.asarray(SyntheticStrip(SyntheticConfig(seed=3, width=width, lines=lines + 64)).pixels(0, lines + 64), np.uint8)


@pytest.mark.parametrize(("overlap", "later"), [(64, 0), (200, 7), (40, -12)])
def test_the_overlap_is_found_from_the_steel(overlap: int, later: int) -> None:
    """The right camera has its own light, its own brightness of columns and its own noise."""
    steel, rng = strip(), np.random.default_rng(2)
    left = steel[32:-32, :500]
    right = steel[32 - later : 1056 - later, 500 - overlap : 500 - overlap + 400] * rng.uniform(0.6, 0.9, 400) + rng.normal(
        0, 2, (1024, 400)
    )
    found = find_overlap(left, np.clip(right, 0, 255).astype(np.uint8), 300)
    assert (found.column, found.lines_later) == (500 - overlap, later)


def test_images_that_do_not_overlap_are_refused() -> None:
    steel = strip()[:1024]
    with pytest.raises(SkelpError, match="do not show where they overlap"):
        find_overlap(steel[:, :400], steel[:, 450:], 300)
    with pytest.raises(SkelpError, match="too few to compare"):
        find_overlap(steel[:100, :400], steel[:100, 300:], 300)
