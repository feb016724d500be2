"""Class map to regions: connected components of each class, 8-neighbours, with their sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import CLEAN, Box, DefectClass, Moments, Region

I64 = NDArray[np.int64]


class Thresholds:
    """Applies each class's growing threshold to a class map."""

    def __init__(self, classes: Sequence[DefectClass]) -> None:
        table = np.full(256, 256, np.int16)
        table[CLEAN] = 0
        for c in classes:
            table[c.id] = int(np.ceil(c.growing * 255))
        self._least = table

    def apply(self, class_id: NDArray[np.uint8], score: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Class map with cells below their threshold set to sound steel. A clean map is returned as it is."""
        if not class_id.any():
            return class_id
        return np.where(score >= self._least[class_id], class_id, CLEAN).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Tile:
    """Components of one block: `labels` int32 [h, w], 0 for sound steel, else 1 + index into `regions`."""

    labels: NDArray[np.int32]
    regions: list[Region]


def find_regions(
    classes: NDArray[np.uint8], score: NDArray[np.uint8], *, row: int, column: int, stride: int, first_line: int, lines: int
) -> Tile:
    """Regions of a class map uint8 [h, w], whose cell (0, 0) is cell (row, column) of the side's canvas.

    Boxes come out in lines and columns: cells times `stride`, lines from `first_line` and never past its `lines` (the
    last row of cells may hang over). Moments are in cells of the canvas.
    """
    labels, class_of = _label(classes)
    if not class_of:
        return Tile(labels, [])
    at = np.flatnonzero(labels)
    order = np.argsort(labels.ravel()[at], kind="stable")
    at = at[order]
    of = labels.ravel()[at] - 1
    y, x = np.divmod(at, classes.shape[1])
    scores = score.ravel()[at].astype(np.int64)
    starts = np.searchsorted(of, np.arange(len(class_of)))
    area = np.diff(np.append(starts, len(of)))
    y = y + row
    x = x + column
    sums = {k: np.add.reduceat(v, starts) for k, v in (("y", y), ("x", x), ("yy", y * y), ("xx", x * x), ("xy", x * y), ("s", scores))}
    low_y, low_x = np.minimum.reduceat(y, starts), np.minimum.reduceat(x, starts)
    high_y, high_x = np.maximum.reduceat(y, starts) + 1, np.maximum.reduceat(x, starts) + 1
    peak = np.maximum.reduceat(scores, starts)
    line0 = first_line - row * stride
    regions = [
        Region(
            class_id=class_of[n],
            box=Box(
                line0 + int(low_y[n]) * stride,
                min(line0 + int(high_y[n]) * stride, first_line + lines),
                int(low_x[n]) * stride,
                int(high_x[n]) * stride,
            ),
            area=int(area[n]),
            score_sum=int(sums["s"][n]),
            score_peak=int(peak[n]),
            moments=Moments(*(int(sums[k][n]) for k in ("y", "x", "yy", "xx", "xy"))),
        )
        for n in range(len(class_of))
    ]
    return Tile(labels, regions)


def _label(classes: NDArray[np.uint8]) -> tuple[NDArray[np.int32], list[int]]:
    labels = np.zeros(classes.shape, np.int32)
    class_of: list[int] = []
    for class_id in np.unique(classes).tolist():
        if class_id == CLEAN:
            continue
        count, own = cv2.connectedComponents((classes == class_id).astype(np.uint8), connectivity=8, ltype=cv2.CV_32S)
        labels += np.where(own > 0, own + len(class_of), 0).astype(np.int32)
        class_of += [class_id] * (count - 1)
    return labels, class_of
