"""Compares two answers for the same frames by what a line makes of them, and measures how fast a segmenter is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import CLEAN
from skelp.domain.maps import FAMILIAR, Maps
from skelp.inference.segmenter import OnnxSegmenter

MOST_DIFFERENT = 0.05
"""Share of the cells of defects in which two providers, or a model and its engine, may answer otherwise. On simulated strip bf16 differed
from fp32 in 0.2% of them, and OpenVINO from the CPU provider in 2.5% with the int8 file.
"""
_SAME_SCORE = 12
"""Scores (0 to 255) that are this far apart are the same answer."""

U8 = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Parity:
    """How far two answers agree. Only cells that one of both does not call sound are compared, because nearly all others are plain steel.

    `cells` that were compared; `class_differs`: those of another class; `score_differs`: those of the same class whose scores are 0.05
    apart; `score_differs_at_most`: of 255. `tiles`: tiles whose distance was compared; `tiles_differ`: those that are steel that the model
    does not know for one of both only.
    """

    cells: int = 0
    class_differs: int = 0
    score_differs: int = 0
    score_differs_at_most: int = 0
    tiles: int = 0
    tiles_differ: int = 0

    def __add__(self, more: Parity) -> Parity:
        return Parity(
            self.cells + more.cells,
            self.class_differs + more.class_differs,
            self.score_differs + more.score_differs,
            max(self.score_differs_at_most, more.score_differs_at_most),
            self.tiles + more.tiles,
            self.tiles_differ + more.tiles_differ,
        )

    @property
    def share(self) -> float:
        """The share of the cells, or of the tiles, that differ: the larger one."""
        return max((self.class_differs + self.score_differs) / max(1, self.cells), self.tiles_differ / max(1, self.tiles))


def compare(a: Maps, b: Maps) -> Parity:
    """Compare two answers for the same frames."""
    either = (a.class_id != CLEAN) | (b.class_id != CLEAN)
    other = (a.class_id != b.class_id)[either]
    apart = np.abs(a.score.astype(np.int16) - b.score)[either]
    tiles = unlike = 0
    if a.distance is not None and b.distance is not None:
        tiles, unlike = a.distance.size, int(((a.distance <= FAMILIAR) != (b.distance <= FAMILIAR)).sum())
    return Parity(
        cells=other.size,
        class_differs=int(other.sum()),
        score_differs=int((~other & (apart > _SAME_SCORE)).sum()),
        score_differs_at_most=int(apart.max(initial=0)),
        tiles=tiles,
        tiles_differ=unlike,
    )


def mpix_per_s(segmenter: OnnxSegmenter, frames: U8, seconds: float, clock: Callable[[], float] = time.perf_counter) -> float:
    """MPix/s for frames uint8 [n, 1, H, W], from and to main memory: by the median time of the runs within `seconds`, at least three."""
    taken: list[float] = []
    begin = clock()
    while len(taken) < 3 or clock() - begin < seconds:
        start = clock()
        segmenter.run(frames)
        taken.append(clock() - start)
    return frames.size / 1e6 / max(float(np.median(taken)), 1e-9)
