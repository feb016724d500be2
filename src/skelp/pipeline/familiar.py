"""Decides whether steel is of a kind that the model knows. A model that cannot judge has not inspected (ADR 17).

Single tiles say little: a tile that is far from everything learned may be a defect. So a stretch of strip is judged by its median.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import CLEAN
from skelp.domain.maps import FAMILIAR, STRETCH_LINES, TILE_PX, Maps
from skelp.pipeline.edges import BAND_LINES, Edges

_STRETCH_BANDS = STRETCH_LINES // BAND_LINES


class Judged(NamedTuple):
    """Class ids, uint8 as in Maps, without those on steel that the model does not know; and which bands are such steel, bool [bands]."""

    class_id: NDArray[np.uint8]
    unfamiliar: NDArray[np.bool_]


def judge(maps: Maps, first: int, lines: int, edges: Edges, stride: int) -> Judged:
    """The answer `maps` for a picture, of which `lines` lines from line `first` are judged. `edges` are those of these lines."""
    unfamiliar = unfamiliar_bands(maps.distance, first, lines, edges)
    if not unfamiliar.any():
        return Judged(maps.class_id, unfamiliar)
    class_id = maps.class_id.copy()
    for band in np.flatnonzero(unfamiliar).tolist():
        start, end = first + band * BAND_LINES, first + min(lines, (band + 1) * BAND_LINES)
        class_id[start // stride : -(-end // stride)] = CLEAN
    return Judged(class_id, unfamiliar)


def unfamiliar_bands(distance: NDArray[np.float32] | None, first: int, lines: int, edges: Edges) -> NDArray[np.bool_]:
    """Which bands are steel that the model does not know, bool [bands].

    `distance` float32 [rows, columns]: one for each tile of the picture; None: not measured. A band without steel belongs to no stretch.
    A distance that is no number is unfamiliar.
    """
    unfamiliar = np.zeros(len(edges.strip_seen), np.bool_)
    if distance is None or (distance <= FAMILIAR).all():
        return unfamiliar
    for bands in np.array_split(np.arange(len(unfamiliar)), max(1, round(len(unfamiliar) / _STRETCH_BANDS))):
        seen = bands[edges.strip_seen[bands]]
        if seen.size:
            tiles = np.concatenate([_tiles(distance, first + b * BAND_LINES, first + lines, edges.left[b], edges.right[b]) for b in seen])
            unfamiliar[bands] = is_beyond(tiles)
    return unfamiliar


def is_beyond(distances: NDArray[np.float32]) -> bool:
    """Whether steel with these distances is unlike what the model learned. A median that is no number is."""
    return not np.median(distances) <= FAMILIAR


def _tiles(distance: NDArray[np.float32], start: int, last: int, left: float, right: float) -> NDArray[np.float32]:
    """Distances of the tiles whose middle is on the band from line `start` on and that lie between two columns, float32 [n].

    `last`: where the picture's lines end. A band, or steel, that is smaller than a tile has the tile at its middle.
    """
    end = min(start + BAND_LINES, last)
    rows = _within(-(-(start - TILE_PX // 2) // TILE_PX), -(-(end - TILE_PX // 2) // TILE_PX), (start + end) / 2, distance.shape[0])
    columns = _within(-(-int(np.ceil(left)) // TILE_PX), int(right) // TILE_PX, (left + right) / 2, distance.shape[1])
    return distance[rows, columns].ravel()


def _within(low: int, high: int, middle: float, count: int) -> slice:
    """Tiles `low ... high`, or the one at `middle` px if there is none."""
    if low < high:
        return slice(low, high)
    at = min(int(middle) // TILE_PX, count - 1)
    return slice(at, at + 1)
