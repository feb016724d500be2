"""Decides whether steel is of a kind that the model knows. A model that cannot judge has not inspected (ADR 17).

Single tiles say little: a tile that is far from everything learned may be a defect. So a stretch of strip is judged by its median.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import CLEAN
from skelp.domain.maps import TILE_PX, Maps
from skelp.pipeline.edges import Edges

LIMIT = 1.0
"""Distances are in units of the model's limit."""


def is_unfamiliar(distance: NDArray[np.float32] | None, first: int, lines: int, edges: Edges) -> bool:
    """Whether `lines` lines from line `first` of a picture are steel that the model does not know.

    `distance` float32 [rows, columns]: one for each tile of the picture; None: not measured. `edges` are those of these lines. Steel
    narrower than a tile is not judged. A distance that is no number counts as unfamiliar.
    """
    if distance is None:
        return False
    steel = stretch(distance, first, lines, float(np.median(edges.left)), float(np.median(edges.right)))
    return bool(steel.size) and not bool(np.median(steel) <= LIMIT)


def unanswered(maps: Maps) -> Maps:
    """The same answer without a defect: what a network says about steel that it does not know means nothing."""
    return maps._replace(class_id=np.full_like(maps.class_id, CLEAN))


def stretch(distance: NDArray[np.float32], first: int, lines: int, left: float, right: float) -> NDArray[np.float32]:
    """The distances of the tiles that lie between columns `left` and `right`, and whose middle is on the stretch, float32 [n].

    A stretch that is shorter than a tile has those of the tiles at its middle.
    """
    low, high = (round(line / TILE_PX) for line in (first, first + lines))
    if low >= high:
        low = min((first + lines // 2) // TILE_PX, distance.shape[0] - 1)
        high = low + 1
    return distance[low:high, -(-int(np.ceil(left)) // TILE_PX) : int(right) // TILE_PX].ravel()
