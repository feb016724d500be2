"""Finds regions in a class map: the connected components of each class (8-neighbours), with their sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import CLEAN, Box, DefectClass, Moments, Region

I64 = NDArray[np.int64]


class Thresholds:
    """Applies the growing threshold of each class (`DefectClass.growing`) to a class map."""

    def __init__(self, classes: Sequence[DefectClass]) -> None:
        table = np.full(256, 256, np.int16)
        table[CLEAN] = 0
        for c in classes:
            table[c.id] = int(np.ceil(c.growing * 255))
        self._least = table

    def apply(self, class_id: NDArray[np.uint8], score: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The class map, with cells below their threshold set to CLEAN. All arrays are uint8 [h, w]. A clean map is returned as it is."""
        if not class_id.any():
            return class_id
        return np.where(score >= self._least[class_id], class_id, CLEAN).astype(np.uint8)


def bridge(classes: NDArray[np.uint8], cells: int) -> NDArray[np.uint8]:
    """Extend each class by `cells` rows up and down over sound steel. Takes and returns a class map uint8 [h, w].

    Afterwards, cells of one class touch if at most 2 x `cells` rows of sound steel were between them. A row depends only on the `cells`
    rows above and below it, so blocks with that much context give the same map as the whole strip.
    """
    if cells == 0:
        return classes
    bridged = classes.copy()
    kernel = np.ones((2 * cells + 1, 1), np.uint8)
    for class_id in np.unique(classes).tolist():
        if class_id != CLEAN:
            reach = cv2.dilate((classes == class_id).astype(np.uint8), kernel)
            bridged[(reach > 0) & (bridged == CLEAN)] = class_id
    return bridged


@dataclass(frozen=True, slots=True)
class Tile:
    """The components of one block. `labels` int32 [h, w]: 0 is sound steel, n belongs to `regions[n - 1]`."""

    labels: NDArray[np.int32]
    regions: list[Region]


@dataclass(frozen=True, slots=True)
class Place:
    """The position of a class map: its cell (0, 0) is cell (row, column) of the side's canvas. `lines` count from `first_line`."""

    row: int
    column: int
    stride: int
    first_line: int
    lines: int
    camera: str = ""


def find_regions(bridged: NDArray[np.uint8], classes: NDArray[np.uint8], score: NDArray[np.uint8], place: Place) -> Tile:
    """Find the components of the bridged class map and measure them on the cells of `classes`. All three arrays are uint8 [h, w].

    Boxes are in lines and columns, which are cells times the stride. A box ends at the last line of `place`, although the last row of
    cells may reach further. Moments are in cells of the canvas. A component without a cell in `classes` is a bridge; its area is 0.
    """
    labels, class_of = _label(bridged)
    regions = [Region(c, Box(0, 0, 0, 0), 0, 0, 0, Moments(0, 0, 0, 0, 0), camera=place.camera) for c in class_of]
    at = np.flatnonzero(classes)
    if not at.size:
        return Tile(labels, regions)
    at = at[np.argsort(labels.ravel()[at], kind="stable")]
    of = labels.ravel()[at] - 1
    present = np.unique(of)
    for n, region in zip(present.tolist(), _measured(at, np.searchsorted(of, present), score, place), strict=True):
        regions[n] = replace(region, class_id=class_of[n])
    return Tile(labels, regions)


def _measured(at: I64, starts: I64, score: NDArray[np.uint8], place: Place) -> Iterator[Region]:
    """Measure groups of cells. `at` are flat indices into `score`; group n begins at `at[starts[n]]`. The regions get class 0."""
    y, x = np.divmod(at, score.shape[1])
    y, x = y + place.row, x + place.column
    scores = score.ravel()[at].astype(np.int64)
    sums = np.stack([np.add.reduceat(v, starts) for v in (y, x, y * y, x * x, y * x, scores)], axis=1).tolist()
    low = np.stack([np.minimum.reduceat(v, starts) for v in (y, x)], axis=1) * place.stride
    high = (np.stack([np.maximum.reduceat(v, starts) for v in (y, x)], axis=1) + 1) * place.stride
    line0, end = place.first_line - place.row * place.stride, place.first_line + place.lines
    area = np.diff(np.append(starts, len(at))).tolist()
    peak = np.maximum.reduceat(scores, starts).tolist()
    for n, (top_left, bottom_right) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        box = Box(line0 + top_left[0], min(line0 + bottom_right[0], end), top_left[1], bottom_right[1])
        yield Region(CLEAN, box, area[n], sums[n][5], peak[n], Moments(*sums[n][:5]), camera=place.camera)


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
