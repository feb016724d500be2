"""Scale from a checkerboard, a neighbour's place from the steel's texture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from skelp.capture.geometry import find_neighbour, measure_board
from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip
from skelp.domain.errors import SkelpError
from tests.fakes import U8


def board(px: float, lines: float, turn_deg: float = 0.0) -> U8:
    """Nine by seven squares of so many px across and lines along, on light ground, seen with noise."""
    squares = (np.indices((7, 9)).sum(axis=0) % 2 * 200 + 30).astype(np.uint8)
    flat = np.full((60, 60), 230, np.uint8)
    flat[20:27, 20:29] = squares
    middle = np.array([24.5, 23.5])
    turn = np.radians(turn_deg)
    size = 640
    scale = np.array([[px, 0.0], [0.0, lines]]) @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    shift = np.array([size / 2, size / 2]) - scale @ middle
    # eight times finer first, so that edges lie where they should and not on whole squares
    fine = np.kron(flat, np.ones((8, 8), np.uint8))
    matrix = np.column_stack([scale / 8, shift + scale @ np.array([0.5, 0.5]) / 8])
    seen = cv2.warpAffine(fine, matrix, (size, size), flags=cv2.INTER_AREA, borderValue=230)
    noise = np.random.default_rng(1).normal(0, 3, seen.shape)
    return np.asarray(np.clip(cv2.GaussianBlur(seen, (3, 3), 0) * 0.6 + noise, 0, 255), np.uint8)


@pytest.mark.parametrize(("px", "lines", "turn"), [(40.0, 40.0, 0.0), (37.3, 24.6, 0.0), (40.0, 30.0, 2.5)])
def test_the_scale_of_a_checkerboard(px: float, lines: float, turn: float) -> None:
    seen = measure_board(board(px, lines, turn), 10.0, (8, 6))
    assert seen.mm_per_px == pytest.approx(10 / px, rel=0.004)
    assert seen.mm_per_line == pytest.approx(10 / lines, rel=0.004)
    assert abs(seen.tilt_deg) == pytest.approx(turn, abs=1.0)
    assert seen.rms_px < 0.5


def test_no_board_is_said() -> None:
    with pytest.raises(SkelpError, match="no checkerboard of 8 x 6 inner corners is seen"):
        measure_board(np.full((400, 400), 128, np.uint8), 10, (8, 6))


def strip(lines: int = 1024, width: int = 900) -> U8:
    return np.asarray(SyntheticStrip(SyntheticConfig(seed=3, width=width, lines=lines + 64)).pixels(0, lines + 64), np.uint8)


@pytest.mark.parametrize(("overlap", "later"), [(64, 0), (200, 7), (40, -12)])
def test_the_neighbour_is_found_by_the_steel(overlap: int, later: int) -> None:
    """With its own light, columns and noise."""
    steel, rng = strip(), np.random.default_rng(2)
    left = steel[32:-32, :500]
    right = steel[32 - later : 1056 - later, 500 - overlap : 500 - overlap + 400] * rng.uniform(0.6, 0.9, 400) + rng.normal(
        0, 2, (1024, 400)
    )
    found = find_neighbour(left, np.clip(right, 0, 255).astype(np.uint8), 300)
    assert (found.column, found.lines_later) == (500 - overlap, later)


def test_pictures_that_do_not_overlap_are_refused() -> None:
    steel = strip()[:1024]
    with pytest.raises(SkelpError, match="do not show where they overlap"):
        find_neighbour(steel[:, :400], steel[:, 450:], 300)
    with pytest.raises(SkelpError, match="too few to compare"):
        find_neighbour(steel[:100, :400], steel[:100, 300:], 300)
