"""How cameras stand, by their pictures: mm per pixel from a checkerboard, a neighbour's place from the steel itself."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.errors import SkelpError
from skelp.domain.strip import Pixels

TEMPLATE_PX = 24
"""Columns that are compared: a smaller overlap is not found."""
_AROUND_LINES = 64
"""How far apart along the strip two neighbours' pictures of the same steel may be."""
_LEAST_ALIKE = 0.4
_RUNNER_UP = 0.8
_SEARCH = cv2.CALIB_CB_NORMALIZE_IMAGE | cv2.CALIB_CB_EXHAUSTIVE


@dataclass(frozen=True, slots=True)
class Board:
    """A checkerboard as a camera saw it. `tilt_deg` is how far it lay from square to the strip, `rms_px` how well a plane grid fits."""

    mm_per_px: float
    mm_per_line: float
    tilt_deg: float
    rms_px: float
    corners: int


def measure_board(picture: Pixels, square_mm: float, corners: tuple[int, int]) -> Board:
    """Scale across and along from a checkerboard with squares of `square_mm` and so many inner corners, lying either way.

    `picture` is uint8 [lines, width]. Raises SkelpError where no such board is found.
    """
    for columns, rows in (corners, corners[::-1]):
        found, seen = cv2.findChessboardCornersSB(picture, (columns, rows), flags=_SEARCH)
        if found:
            return _fit(np.asarray(seen, np.float64).reshape(-1, 2), columns, rows, square_mm)
    raise SkelpError(
        f"no checkerboard of {corners[0]} x {corners[1]} inner corners is seen: all of it must lie flat and evenly lit in the picture, "
        "with a light border"
    )


def _fit(at: NDArray[np.float64], columns: int, rows: int, square_mm: float) -> Board:
    grid = np.stack([np.tile(np.arange(columns), rows), np.repeat(np.arange(rows), columns), np.ones(rows * columns)], axis=1)
    fit, *_ = np.linalg.lstsq(grid, at, rcond=None)
    rms = float(np.sqrt(np.mean(np.sum((grid @ fit - at) ** 2, axis=1))))
    across, along = np.hypot(fit[0, 0], fit[1, 0]), np.hypot(fit[0, 1], fit[1, 1])
    turn = np.degrees(np.arctan2(fit[0, 1] / along, fit[0, 0] / across))
    return Board(square_mm / across, square_mm / along, float((turn + 45) % 90 - 45), rms, len(at))


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Where the right camera's first column lies in the left one's picture, and by how many lines it shows the same steel later."""

    column: int
    lines_later: int
    alike: float


def find_neighbour(left: Pixels, right: Pixels, most_px: int) -> Neighbour:
    """Find the right camera's first columns in the last `most_px` columns of the left one, by the steel's texture.

    Both are uint8 [lines, width], of the same lines. Raises SkelpError where the texture does not tell one place from another.
    """
    most_px = min(most_px, left.shape[1])
    if right.shape[0] < 8 * _AROUND_LINES or most_px < 2 * TEMPLATE_PX:
        raise SkelpError(f"{right.shape[0]} lines of {most_px} px are too few to compare; take at least {8 * _AROUND_LINES} lines")
    template = _texture(right[_AROUND_LINES:-_AROUND_LINES, :TEMPLATE_PX])
    alike = cv2.matchTemplate(_texture(left[:, -most_px:]), template, cv2.TM_CCOEFF_NORMED)
    row, column = (int(v) for v in np.unravel_index(int(alike.argmax()), alike.shape))
    best = float(alike[row, column])
    elsewhere = alike.copy()
    elsewhere[max(0, row - 3) : row + 4, max(0, column - 3) : column + 4] = -1
    second = float(elsewhere.max())
    if best < _LEAST_ALIKE or second > _RUNNER_UP * best:
        raise SkelpError(
            f"the pictures do not show where they overlap (best place {best:.2f} alike, the next {second:.2f}): take steel with more "
            f"texture or more lines, look whether they overlap by {TEMPLATE_PX} px at least, and whether both see the same lines"
        )
    return Neighbour(left.shape[1] - most_px + column, _AROUND_LINES - row, best)


def _texture(picture: Pixels) -> NDArray[np.float32]:
    """Without what light and columns do to it: float32."""
    grey = picture.astype(np.float32)
    grey -= grey.mean(axis=0)
    return np.asarray(grey - cv2.blur(grey, (1, 63)), np.float32)
