"""Where the whole network looks: windows around suspicious tiles, as high as the frame (ADR 23)."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from skelp.domain.maps import TILE_PX, Maps

OWN = 4
"""Tiles across the part of a window that is kept."""
HALO = 4
"""Tiles on either side of it, for the network's view of the surroundings. With fewer, the answer differs from that for the whole frame."""
WINDOW = OWN + 2 * HALO
WINDOW_PX = WINDOW * TILE_PX
_STEEL_DN = 15
"""Grey at the middle of a tile from which on it may be steel: just above the background that `pipeline/edges.py` allows beside it."""
_SAMPLE_STEP = 7
"""Places by which the sample moves from one frame to the next, so that it covers the whole width in time."""
_UNFAMILIAR = 1.0
"""Distances are in units of the model's limit (`pipeline/familiar.py`)."""

U8 = NDArray[np.uint8]
Bools = NDArray[np.bool_]
T = TypeVar("T", np.bool_, np.uint8)


class Window(NamedTuple):
    """A window over all lines of a frame whose first column of tiles is `column`. Of its columns `kept` count, as columns of the frame."""

    column: int
    kept: slice

    @property
    def pixels(self) -> slice:
        """Its columns of the frame, in px."""
        return slice(self.column * TILE_PX, self.column * TILE_PX + WINDOW_PX)

    def inner(self, stride: int) -> slice:
        """Its kept columns, as cells of its own class map."""
        return _cells(self.kept, self.column, stride)

    def outer(self, stride: int) -> slice:
        """Its kept columns, as cells of the frame's class map."""
        return _cells(self.kept, 0, stride)


def _cells(tiles: slice, first: int, stride: int) -> slice:
    each = TILE_PX // stride
    return slice((tiles.start - first) * each, (tiles.stop - first) * each)


def places(tiles: NDArray[T]) -> NDArray[T]:
    """The highest value in each place. The width is divided into places of OWN columns of tiles.

    bool or uint8 [rows, columns] to [columns / OWN], rounded up.
    """
    highest: NDArray[T] = np.maximum.reduceat(tiles, np.arange(0, tiles.shape[1], OWN), axis=1).max(axis=0)
    return highest


def windows(wanted: Bools, columns: int) -> list[Window]:
    """The windows of the wanted places in a frame that is `columns` tiles wide. At its border a window moves inwards."""
    starts = (np.flatnonzero(wanted) * OWN).tolist()
    return [Window(min(max(start - HALO, 0), columns - WINDOW), slice(start, min(start + OWN, columns))) for start in starts]


class SecondLook:
    """The whole network's answer for a frame, uint8 [H, W], of which it is shown windows.

    A defect that is found is followed: the places beside it are looked at too, until nothing more is found there. `turn` chooses the place
    that is looked at if nothing is suspicious, so that steel that the model does not know is noticed (`samples`).
    """

    def __init__(self, frame: U8, suspicious: Bools, stride: int, *, samples: bool, turn: int) -> None:
        self.frame, self._stride = frame, stride
        self._tiles = suspicious.shape
        half = TILE_PX // 2
        self._steel = frame[half::TILE_PX, half::TILE_PX] >= _STEEL_DN
        self._wanted = places(suspicious)
        self._looked = np.zeros_like(self._wanted)
        self._sampled = np.zeros_like(self._wanted)
        self._samples, self._turn = samples, turn
        rows, columns = (tiles * TILE_PX // stride for tiles in self._tiles)
        self._classes, self._scores = np.zeros((rows, columns), np.uint8), np.zeros((rows, columns), np.uint8)
        self._distance = np.zeros(self._tiles, np.float32) if samples else None

    @property
    def places(self) -> int:
        """How many places are to be looked at, or were."""
        return int((self._wanted | self._looked).sum())

    def next(self) -> list[Window]:
        """The windows that the network must look at next. None: the answer is complete."""
        if self._samples and not self._sampled.any() and (not self._wanted.any() or self._seems_unfamiliar()):
            self._sampled = self._sample()
            self._wanted = self._wanted | self._sampled
        new = self._wanted & ~self._looked
        self._looked = self._looked | new
        return windows(new, self._tiles[1])

    def add(self, window: Window, answer: Maps) -> None:
        """Take over what the network answered for a window."""
        inner, outer = window.inner(self._stride), window.outer(self._stride)
        self._classes[:, outer], self._scores[:, outer] = answer.class_id[:, inner], answer.score[:, inner]
        if self._distance is not None and answer.distance is not None:
            self._distance[:, window.kept] = answer.distance[:, window.inner(TILE_PX)]
        place = window.kept.start // OWN
        for beside, border in ((place - 1, outer.start), (place + 1, outer.stop - 1)):
            if 0 <= beside < len(self._wanted) and self._classes[:, border].any():
                self._wanted[beside] = True

    @property
    def maps(self) -> Maps:
        """The answer, without the first axis. What was not looked at is sound with score 0."""
        return Maps(self._classes, self._scores, self._distances())

    def _seems_unfamiliar(self) -> bool:
        """Whether what was looked at for another reason is far from known steel. That may be its defects, so a sample decides."""
        found = self._distance
        return found is not None and bool(self._looked.any()) and not np.median(found[self._seen(self._looked)]) <= _UNFAMILIAR

    def _sample(self) -> Bools:
        """A place with steel that is not suspicious, bool [places]; none if there is none."""
        chosen = np.zeros_like(self._wanted)
        free = np.flatnonzero(places(self._steel) & ~self._wanted)
        if free.size:
            chosen[free[self._turn * _SAMPLE_STEP % free.size]] = True
        return chosen

    def _seen(self, of: Bools) -> Bools:
        """The tiles of these places that show steel, bool [rows, columns]; all of the places' tiles if none does."""
        tiles = np.broadcast_to(of.repeat(OWN)[: self._tiles[1]], self._tiles)
        return np.asarray(tiles & self._steel if (tiles & self._steel).any() else tiles, np.bool_)

    def _distances(self) -> NDArray[np.float32] | None:
        """Distances of all tiles, float32 [rows, columns]. In a row, tiles that were not looked at get the median of those that were.

        If there is a sample, it alone gives the median. Rows that show no steel are not far from it.
        """
        found = self._distance
        if found is None:
            return None
        from_these = self._seen(self._sampled if self._sampled.any() else self._looked)
        looked = self._looked.repeat(OWN)[: self._tiles[1]]
        for row, seen in zip(found, from_these, strict=True):
            if seen.any():
                row[~looked] = np.median(row[seen])
        return found
