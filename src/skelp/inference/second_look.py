"""Where the whole network looks: windows around suspicious tiles, as high as the frame (ADR 23)."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.maps import FAMILIAR, STRETCH_LINES, TILE_PX, Look, Maps, Wish

OWN = 4
"""Tiles across the part of a window that is kept."""
HALO = 4
"""Tiles on either side of it, for the network's view of the surroundings. With fewer, the answer differs from that for the whole frame."""
WIDTHS = (OWN + 2 * HALO, 2 * OWN + 2 * HALO)
"""Tiles across a window for one place, and for two beside each other, which share their halo."""
_STRETCH_ROWS = STRETCH_LINES // TILE_PX
_GOLDEN = 0.618033988749895
"""Its multiples, without their whole parts, cover 0 to 1 evenly, however many there are."""

U8 = NDArray[np.uint8]
Bools = NDArray[np.bool_]
T = TypeVar("T", np.bool_, np.uint8)


class Window(NamedTuple):
    """A window over all lines of a frame, in columns of tiles of the frame: `width` of them from `column` on, of which `kept` count."""

    column: int
    width: int
    kept: slice

    @property
    def pixels(self) -> slice:
        """Its columns of the frame, in px."""
        return slice(self.column * TILE_PX, (self.column + self.width) * TILE_PX)

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
    found: list[Window] = []
    places_left = np.flatnonzero(wanted).tolist()
    while places_left:
        count = 2 if places_left[1:2] == [places_left[0] + 1] and columns >= WIDTHS[1] else 1
        width, start = WIDTHS[count - 1], places_left[0] * OWN
        found.append(Window(min(max(start - HALO, 0), columns - width), width, slice(start, min(start + count * OWN, columns))))
        places_left = places_left[count:]
    return found


class SecondLook:
    """The whole network's answer for a frame of which it is shown windows.

    `suspicious` bool [H/32, W/32]: what the screen says of the frame's tiles. A defect that is found is followed: the places beside it are
    looked at too, until nothing more is found there. `samples`: if nothing is suspicious, a place is looked at all the same, so that steel
    that the model does not know is noticed.
    """

    def __init__(self, suspicious: Bools, wish: Wish, stride: int, *, samples: bool) -> None:
        self._stride, self._tiles = stride, suspicious.shape
        self._steel, self._turn, self._samples = wish.steel, wish.turn, samples
        self.suspicious = suspicious & _grown(wish.steel)
        """What is suspicious on the strip or at its edge."""
        self._wanted = places(self.suspicious) | places(wish.goes_on[None])
        self._hurried = wish.look is Look.SCREEN_ONLY
        self._looked = np.zeros_like(self._wanted)
        self._sampled = np.zeros_like(self._wanted)
        rows, columns = (tiles * TILE_PX // stride for tiles in self._tiles)
        self._classes, self._scores = np.zeros((rows, columns), np.uint8), np.zeros((rows, columns), np.uint8)
        self._distance = np.zeros(self._tiles, np.float32) if samples else None
        self.shown = 0
        """Columns of tiles of all windows so far."""

    def next(self) -> list[Window]:
        """The windows that the network must look at next. None: the answer is complete, or there is time for the sample only."""
        sampled = self._sampled.any()
        if self._samples and not sampled and (self._hurried or not self._wanted.any() or self._seems_unfamiliar()):
            self._sampled = self._sample()
        new = (self._sampled if self._hurried else self._wanted | self._sampled) & ~self._looked
        self._looked = self._looked | new
        found = windows(new, self._tiles[1])
        self.shown += sum(window.width for window in found)
        return found

    def add(self, window: Window, answer: Maps) -> None:
        """Take over what the network answered for a window."""
        inner, outer = window.inner(self._stride), window.outer(self._stride)
        self._classes[:, outer], self._scores[:, outer] = answer.class_id[:, inner], answer.score[:, inner]
        if self._distance is not None and answer.distance is not None:
            self._distance[:, window.kept] = answer.distance[:, window.inner(TILE_PX)]
        before, beyond = window.kept.start // OWN - 1, -(-window.kept.stop // OWN)
        if before >= 0 and self._classes[:, outer.start].any():
            self._wanted[before] = True
        if beyond < len(self._wanted) and self._classes[:, outer.stop - 1].any():
            self._wanted[beyond] = True

    @property
    def is_complete(self) -> bool:
        """Whether the network saw all that is suspicious, and where each defect that it found goes on."""
        return not (self._wanted & ~self._looked).any()

    @property
    def maps(self) -> Maps:
        """The answer, without the first axis. What was not looked at is sound with score 0."""
        return Maps(self._classes, self._scores, self._distances())

    def _seems_unfamiliar(self) -> bool:
        """Whether a stretch of what was looked at is far from known steel, or nothing of it is steel. Defects may be that far, so a sample
        decides.
        """
        if self._distance is None or not self._looked.any():
            return False
        seen = self._steel_of(self._looked)
        stretches = [slice(row, row + _STRETCH_ROWS) for row in range(0, self._tiles[0], _STRETCH_ROWS)]
        medians = [_median(self._distance[s][seen[s]]) for s in stretches if seen[s].any()]
        return not medians or not all(m <= FAMILIAR for m in medians)

    def _sample(self) -> Bools:
        """A place that shows as much steel as others and is not looked at anyway, bool [places]; none if there is none."""
        chosen = np.zeros_like(self._wanted)
        steel = np.add.reduceat(self._steel.sum(axis=0), np.arange(0, self._tiles[1], OWN))
        free = np.flatnonzero((2 * steel > steel.max()) & (~self._wanted | self._hurried))
        if free.size:
            chosen[free[int(self._turn * _GOLDEN % 1 * free.size)]] = True
        return chosen

    def _steel_of(self, of: Bools) -> Bools:
        """The tiles of these places that lie on the strip, bool [rows, columns]."""
        return np.asarray(self._steel & of.repeat(OWN)[: self._tiles[1]], np.bool_)

    def _distances(self) -> NDArray[np.float32] | None:
        """Distances of all tiles, float32 [rows, columns]. In a row, tiles that were not looked at get the median of those that were.

        If there is a sample, it alone gives the median. A row without any gets the median of all rows.
        """
        found = self._distance
        if found is None:
            return None
        seen = self._steel_of(self._sampled if self._sampled.any() else self._looked)
        if not seen.any():
            return found  # no tile lies on the strip: there is nothing to judge
        unseen, of_all = ~self._looked.repeat(OWN)[: self._tiles[1]], _median(found[seen])
        for row, here in zip(found, seen, strict=True):
            row[unseen] = _median(row[here]) if here.any() else of_all
        return found


def _grown(tiles: Bools) -> Bools:
    """These tiles and those beside them."""
    return np.asarray(cv2.dilate(tiles.astype(np.uint8), np.ones((3, 3), np.uint8)), np.bool_)


def _median(values: NDArray[np.float32]) -> float:
    """As np.median of a few values, in a tenth of the time. NaN if one of them is."""
    ordered = np.sort(values)  # NaN is last
    if np.isnan(ordered[-1]):
        return float("nan")
    return (float(ordered[(len(ordered) - 1) // 2]) + float(ordered[len(ordered) // 2])) / 2
