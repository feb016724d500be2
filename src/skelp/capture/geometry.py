"""Measures from images how cameras see the strip: mm per pixel from a checkerboard, and the overlap of two cameras from the steel."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.errors import SkelpError
from skelp.domain.strip import Pixels

TEMPLATE_PX = 24
"""Columns that are compared. A smaller overlap is not found."""
_MAX_SHIFT_LINES = 64
"""The largest shift along the strip between the images of two neighbouring cameras."""
_MIN_SIMILARITY = 0.4
_MAX_SECOND = 0.8
"""The second best position may have at most this share of the best position's similarity. Otherwise the texture repeats."""
_FLAGS = cv2.CALIB_CB_NORMALIZE_IMAGE | cv2.CALIB_CB_EXHAUSTIVE


@dataclass(frozen=True, slots=True)
class BoardMeasurement:
    """The scale of a camera, measured from the image of a checkerboard.

    `tilt_deg`: the angle between the board and the strip. `rms_px`: the mean distance of the corners from a plane grid; it is large if the
    board was not flat or the speed changed.
    """

    mm_per_px: float
    mm_per_line: float
    tilt_deg: float
    rms_px: float
    corners: int


def measure_board(image: Pixels, square_mm: float, corners: tuple[int, int]) -> BoardMeasurement:
    """Measures the scale across and along the strip from the image of a checkerboard, uint8 [lines, width].

    `square_mm`: the side of a square. `corners`: the number of inner corners in both directions, in any order. Raises SkelpError if no such
    board is found.
    """
    for columns, rows in (corners, corners[::-1]):
        found, points = cv2.findChessboardCornersSB(image, (columns, rows), flags=_FLAGS)
        if found:
            return _fit_grid(np.asarray(points, np.float64).reshape(-1, 2), columns, rows, square_mm)
    raise SkelpError(
        f"no checkerboard of {corners[0]} x {corners[1]} inner corners in the image; the whole board must be visible, flat and evenly lit, "
        "with a light border"
    )


def _fit_grid(points: NDArray[np.float64], columns: int, rows: int, square_mm: float) -> BoardMeasurement:
    """Fits a plane grid to the corners by least squares."""
    grid = np.stack([np.tile(np.arange(columns), rows), np.repeat(np.arange(rows), columns), np.ones(rows * columns)], axis=1)
    fit, *_ = np.linalg.lstsq(grid, points, rcond=None)
    rms = float(np.sqrt(np.mean(np.sum((grid @ fit - points) ** 2, axis=1))))
    across, along = np.hypot(fit[0, 0], fit[1, 0]), np.hypot(fit[0, 1], fit[1, 1])
    turn = np.degrees(np.arctan2(fit[0, 1] / along, fit[0, 0] / across))
    return BoardMeasurement(square_mm / across, square_mm / along, float((turn + 45) % 90 - 45), rms, len(points))


@dataclass(frozen=True, slots=True)
class Overlap:
    """Where the image of the right camera lies on the image of the left one.

    `column`: the left camera's column that shows the right camera's first column. `lines_later`: the right camera sees the same steel so
    many lines later; negative if earlier. `similarity`: correlation of the two textures there, -1 to 1.
    """

    column: int
    lines_later: int
    similarity: float


def find_overlap(left: Pixels, right: Pixels, max_px: int) -> Overlap:
    """Finds the overlap of two cameras, of at most `max_px` columns, from the texture of the steel.

    Both images are uint8 [lines, width] and show the same lines. Raises SkelpError if the images are too small, or if the texture does not
    show one position clearly.
    """
    max_px = min(max_px, left.shape[1])
    if right.shape[0] < 8 * _MAX_SHIFT_LINES or max_px < 2 * TEMPLATE_PX:
        raise SkelpError(f"{right.shape[0]} lines of {max_px} px are too few to compare; take at least {8 * _MAX_SHIFT_LINES} lines")
    template = _texture(right[_MAX_SHIFT_LINES:-_MAX_SHIFT_LINES, :TEMPLATE_PX])
    similarity = cv2.matchTemplate(_texture(left[:, -max_px:]), template, cv2.TM_CCOEFF_NORMED)
    row, column = (int(v) for v in np.unravel_index(int(similarity.argmax()), similarity.shape))
    best = float(similarity[row, column])
    elsewhere = similarity.copy()
    elsewhere[max(0, row - 3) : row + 4, max(0, column - 3) : column + 4] = -1
    second = float(elsewhere.max())
    if best < _MIN_SIMILARITY or second > _MAX_SECOND * best:
        raise SkelpError(
            f"the images do not show where they overlap (similarity {best:.2f} at the best position, {second:.2f} at the second best); "
            f"take steel with more texture or more lines, and check that both cameras see the same lines and overlap by {TEMPLATE_PX} px "
            "or more"
        )
    return Overlap(left.shape[1] - max_px + column, _MAX_SHIFT_LINES - row, best)


def _texture(image: Pixels) -> NDArray[np.float32]:
    """Removes each column's mean and its moving average over 63 lines, so that light and sensor do not matter. float32 [lines, width]."""
    grey = image.astype(np.float32)
    grey -= grey.mean(axis=0)
    return np.asarray(grey - cv2.blur(grey, (1, 63)), np.float32)
