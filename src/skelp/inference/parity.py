"""Compares the answers of two sessions or segmenters for the same frames, and measures how fast one is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skelp.domain.maps import FAMILIAR
from skelp.inference.model_file import DISTANCE, MAPS, SUSPICION
from skelp.inference.segmenter import OnnxSegmenter

MOST_DIFFERENT = 0.01
"""Share of the cells in which two providers, or a model and its engine, may answer otherwise. Arithmetic of fewer bits, and kernels that a
provider chooses by measuring, change a few cells where two answers are equally likely.
"""
_SAME_SCORE = 12
"""Scores (0 to 255) that are this far apart are the same answer."""

U8 = NDArray[np.uint8]


def other(name: str, a: NDArray[Any], b: NDArray[Any], limit: int = 0) -> NDArray[np.bool_]:
    """Where two answers of the output `name` differ in what a line makes of them. `limit`: that of the screen."""
    if name == SUSPICION:
        return np.asarray((a >= limit) != (b >= limit))
    if name == DISTANCE:
        return np.asarray((a <= FAMILIAR) != (b <= FAMILIAR))
    if name == MAPS[1]:
        return np.asarray(np.abs(a.astype(np.int16) - b) > _SAME_SCORE)
    return np.asarray(a != b)


@dataclass(frozen=True, slots=True)
class Parity:
    """How far two providers agree. `class_differs`: cells of another class; `score_differs`: those whose scores are 0.05 apart.

    `defect_cells`: cells that the first one does not call sound. `score_differs_at_most`: of 255. `tiles_differ`: tiles that are unfamiliar
    steel for one of them only; None if the model does not measure distance.
    """

    cells: int = 0
    defect_cells: int = 0
    class_differs: int = 0
    score_differs: int = 0
    score_differs_at_most: int = 0
    tiles_differ: int | None = None

    @property
    def share(self) -> float:
        """The larger share of cells that differ, of classes and of scores."""
        return max(self.class_differs, self.score_differs) / max(1, self.cells)


def compare(first: OnnxSegmenter, second: OnnxSegmenter, frames: Iterable[U8]) -> Parity:
    """Compare the answers for frames uint8 [n, 1, H, W] of the segmenters' shape."""
    found = Parity()
    for batch in frames:
        a, b = first.run(batch), second.run(batch)
        tiles = found.tiles_differ
        if a.distance is not None and b.distance is not None:
            tiles = (tiles or 0) + int(other(DISTANCE, a.distance, b.distance).sum())
        found = Parity(
            found.cells + a.class_id.size,
            found.defect_cells + int(np.count_nonzero(a.class_id)),
            found.class_differs + int((a.class_id != b.class_id).sum()),
            found.score_differs + int(other(MAPS[1], a.score, b.score).sum()),
            max(found.score_differs_at_most, int(np.abs(a.score.astype(np.int16) - b.score).max())),
            tiles,
        )
    return found


def mpix_per_s(segmenter: OnnxSegmenter, frames: U8, seconds: float, clock: Callable[[], float] = time.perf_counter) -> float:
    """MPix/s for frames uint8 [n, 1, H, W], from and to main memory: by the median time of the runs within `seconds`, at least three."""
    taken: list[float] = []
    begin = clock()
    while len(taken) < 3 or clock() - begin < seconds:
        start = clock()
        segmenter.run(frames)
        taken.append(clock() - start)
    return frames.size / 1e6 / max(float(np.median(taken)), 1e-9)
