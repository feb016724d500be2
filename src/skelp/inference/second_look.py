"""Where the whole network looks: windows around suspicious tiles, and a sample of the others (ADR 23)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skelp.domain.maps import TILE_PX

OWN = 4
"""Tiles on either side of the part of a window that is kept."""
HALO = 2
"""Tiles around that part, for the network's view of the surroundings."""
WINDOW = OWN + 2 * HALO
WINDOW_PX = WINDOW * TILE_PX
_SAMPLE_STEP = 7
"""Places by which the sample moves from one row to the next, so that it covers the whole width in time."""

Bools = NDArray[np.bool_]


class Window(NamedTuple):
    """A window of WINDOW x WINDOW tiles whose first tile is (`row`, `column`); the tiles of `kept` are taken from it."""

    row: int
    column: int
    kept: tuple[slice, slice]

    @property
    def pixels(self) -> tuple[slice, slice]:
        """Its lines and columns in the picture."""
        top, left = self.row * TILE_PX, self.column * TILE_PX
        return slice(top, top + WINDOW_PX), slice(left, left + WINDOW_PX)

    def inner(self, stride: int) -> tuple[slice, slice]:
        """Its kept part, as cells of its own class map."""
        rows, columns = self.kept
        return _cells(rows, self.row, stride), _cells(columns, self.column, stride)

    def outer(self, stride: int) -> tuple[slice, slice]:
        """Its kept part, as cells of the picture's class map."""
        rows, columns = self.kept
        return _cells(rows, 0, stride), _cells(columns, 0, stride)


def _cells(tiles: slice, first: int, stride: int) -> slice:
    each = TILE_PX // stride
    return slice((tiles.start - first) * each, (tiles.stop - first) * each)


def fits(rows: int, columns: int) -> bool:
    """Whether a picture of so many tiles is large enough for windows."""
    return rows >= WINDOW and columns >= WINDOW


def places(suspicious: Bools) -> Bools:
    """Which places of the grid of OWN x OWN tiles need a window, bool [rows / OWN, columns / OWN] rounded up.

    `suspicious` bool [rows, columns] of tiles. The tiles beside a suspicious one are looked at too: what it shows may begin there.
    """
    rows, columns = suspicious.shape
    near = np.zeros((rows + 2, columns + 2), bool)
    for down in range(3):
        for across in range(3):
            near[down : down + rows, across : across + columns] |= suspicious
    return _of_places(near[1:-1, 1:-1])


def sample(lit: Bools, turn: int) -> Bools:
    """One place in each row of the grid where `lit`, bool [rows, columns] of tiles, has steel. `turn` moves it along the width."""
    found = _of_places(lit)
    chosen = np.zeros_like(found)
    for row, there in enumerate(found):
        columns = np.flatnonzero(there)
        if columns.size:
            chosen[row, columns[(turn + row) * _SAMPLE_STEP % columns.size]] = True
    return chosen


def windows(wanted: Bools, rows: int, columns: int) -> list[Window]:
    """The windows of the wanted places of the grid, in a picture of rows x columns tiles. At its border a window moves inwards."""
    found = []
    for place_row, place_column in np.argwhere(wanted).tolist():
        top, left = place_row * OWN, place_column * OWN
        kept = slice(top, min(top + OWN, rows)), slice(left, min(left + OWN, columns))
        found.append(Window(_within(top - HALO, rows), _within(left - HALO, columns), kept))
    return found


def _within(first: int, count: int) -> int:
    return min(max(first, 0), count - WINDOW)


def _of_places(tiles: Bools) -> Bools:
    rows, columns = tiles.shape
    down = np.logical_or.reduceat(tiles, np.arange(0, rows, OWN), axis=0)
    return np.asarray(np.logical_or.reduceat(down, np.arange(0, columns, OWN), axis=1), bool)
