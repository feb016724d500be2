"""Finds regions in a class map: the connected components of each class (8-neighbours), with their sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import CLEAN, Box, Moments, Region
from skelp.pipeline.edges import BAND_LINES

I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]


def marked(classes: U8) -> I64:
    """The cells that are not sound, as flat indices, int64 [n]. Nearly all strip is sound, so what follows looks at these cells alone."""
    flat = np.ascontiguousarray(classes).ravel()
    if flat.size % 8:
        return np.flatnonzero(flat != CLEAN)
    eight = np.flatnonzero(flat.view(np.uint64) != 0)  # eight cells at once: three times as fast
    at = (eight[:, None] * 8 + np.arange(8)).ravel()
    return np.asarray(at[flat[at] != CLEAN], np.int64)


def places(at: I64, width: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Rows and columns of flat indices into a map of `width` columns, int32 [n] each. 32 bits divide six times as fast as 64."""
    short = at.astype(np.int32)
    row = short // np.int32(width)
    return row, short - row * np.int32(width)


def bridge(classes: U8, cells: int) -> U8:
    """Extend each class by `cells` rows up and down over sound steel. Takes and returns a class map uint8 [h, w].

    Afterwards, cells of one class touch if at most 2 x `cells` rows of sound steel were between them. A row depends only on the `cells`
    rows above and below it, so blocks with that much context give the same map as the whole strip.
    """
    at = marked(classes)
    if cells == 0 or not at.size:
        return classes
    narrow = _Narrow(at, classes)
    grown, kernel = narrow.classes.copy(), np.ones((2 * cells + 1, 1), np.uint8)
    for class_id in narrow.present:
        reach = cv2.dilate((narrow.classes == class_id).astype(np.uint8), kernel)
        grown[(reach > 0) & (grown == CLEAN)] = class_id
    bridged, added = classes.copy(), marked(grown)
    bridged.ravel()[narrow.whole(added)] = grown.ravel()[added]
    return bridged


class _Narrow:
    """A class map without most of its sound columns: one stays between columns with marks that do not touch."""

    def __init__(self, at: I64, classes: U8) -> None:
        """`at`: the cells that are not sound."""
        height, self._width = classes.shape
        row, column = places(at, self._width)
        stays = np.zeros(self._width + 1, bool)
        stays[column] = True
        stays[1:] |= stays[:-1]
        self._columns = np.flatnonzero(stays)
        self.at = row * len(self._columns) + (np.cumsum(stays) - 1)[column]
        """The same cells in the narrow map, as flat indices."""
        self.classes = np.zeros((height, len(self._columns)), np.uint8)
        ids = classes.ravel()[at]
        self.classes.ravel()[self.at] = ids
        there = np.zeros(256, bool)
        there[ids] = True
        self.present = np.flatnonzero(there).tolist()

    def whole(self, at: I64) -> I64:
        """Flat indices into the whole map of cells of the narrow one."""
        row, column = places(at, len(self._columns))
        return np.asarray(row.astype(np.int64) * self._width + self._columns[column], np.int64)


_NOWHERE, _NO_MOMENTS = Box(0, 0, 0, 0), Moments(0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Tile:
    """The components of one block. `labels` int32 [h, w]: 0 is sound steel, n belongs to `regions[n - 1]`.

    `cells` are the flat indices of the regions' own cells, without bridges, int64 [sum of all areas]: those of the first region first.
    """

    labels: NDArray[np.int32]
    regions: list[Region]
    cells: I64

    @staticmethod
    def sound(rows: int, columns: int) -> Tile:
        """A tile without a region."""
        return Tile(np.broadcast_to(np.int32(0), (rows, columns)), [], np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True)
class Place:
    """The position of a class map: its cell (0, 0) is cell (row, column) of the side's canvas. `lines` count from `first_line`.

    `strip_edge` float [bands]: the canvas's column of the strip's edge in each band of lines, px.
    """

    row: int
    column: int
    stride: int
    first_line: int
    lines: int
    camera: str = ""
    strip_edge: NDArray[np.floating] = field(default_factory=lambda: np.zeros(1))


def find_regions(bridged: U8, classes: U8, score: U8, place: Place) -> Tile:
    """Find the components of the bridged class map and measure them on the cells of `classes`. All three arrays are uint8 [h, w].

    Boxes are in lines and columns, which are cells times the stride. A box ends at the last line of `place`, although the last row of
    cells may reach further. Moments are in cells of the canvas. A component without a cell in `classes` is a bridge; its area is 0.
    """
    at = marked(bridged)
    if not at.size:
        return Tile.sound(*bridged.shape)
    of, class_of = _components(at, bridged)
    labels = np.zeros(bridged.shape, np.int32)
    labels.ravel()[at] = of
    own = classes.ravel()[at] != CLEAN
    at, of = at[own], of[own]
    order = np.argsort(of.astype(np.uint16) if len(class_of) < 1 << 16 else of, kind="stable")  # 16 bits sort eight times as fast
    at, of = at[order], of[order]
    starts = np.flatnonzero(np.diff(of, prepend=0))
    present = (of[starts] - 1).tolist()
    measured = dict(zip(present, _measured(at, starts, [class_of[n] for n in present], score, place), strict=True))
    bridges = ((n, Region(c, _NOWHERE, 0, 0, 0, _NO_MOMENTS, camera=place.camera)) for n, c in enumerate(class_of) if n not in measured)
    regions = [region for _, region in sorted([*measured.items(), *bridges], key=itemgetter(0))]
    return Tile(labels, regions, at)


def _measured(at: I64, starts: I64, class_of: list[int], score: U8, place: Place) -> Iterator[Region]:
    """Measure groups of cells. `at` are flat indices into `score`; group n begins at `at[starts[n]]` and is of class `class_of[n]`."""
    if not at.size:
        return
    row, column = places(at, score.shape[1])
    y, x = row.astype(np.int64) + place.row, column.astype(np.int64) + place.column
    scores = score.ravel()[at].astype(np.int64)
    sums = np.stack([np.add.reduceat(v, starts) for v in (y, x, y * y, x * x, y * x, scores)], axis=1).tolist()
    low = np.stack([np.minimum.reduceat(v, starts) for v in (y, x)], axis=1) * place.stride
    high = (np.stack([np.maximum.reduceat(v, starts) for v in (y, x)], axis=1) + 1) * place.stride
    line0, end = place.first_line - place.row * place.stride, place.first_line + place.lines
    area = np.diff(np.append(starts, len(at))).tolist()
    peak = np.maximum.reduceat(scores, starts).tolist()
    band = np.clip((low[:, 0] - place.row * place.stride) // BAND_LINES, 0, len(place.strip_edge) - 1)
    edge = place.strip_edge[band].tolist()
    for n, (top_left, bottom_right) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        box = Box(line0 + top_left[0], min(line0 + bottom_right[0], end), top_left[1], bottom_right[1])
        near, far = box.column - edge[n], box.column_end - edge[n]
        yield Region(class_of[n], box, area[n], sums[n][5], peak[n], Moments(*sums[n][:5]), near_px=near, far_px=far, camera=place.camera)


def _components(at: I64, classes: U8) -> tuple[NDArray[np.int32], list[int]]:
    """The components of one class each: the number of each cell's, int32 [n], from 1 on, and their classes. `at`: the marked cells."""
    narrow = _Narrow(at, classes)
    count, found = cv2.connectedComponents(narrow.classes, connectivity=8, ltype=cv2.CV_32S)  # cells that touch, of whatever class
    of, ids = found.ravel()[narrow.at], classes.ravel()[at]
    class_of = np.zeros(count, np.uint8)
    class_of[of] = ids
    mixed = np.zeros(count, bool)
    mixed[of[class_of[of] != ids]] = True
    split = mixed[of]
    if split.any():
        of[split], more = _components_of_each_class(at[split], ids[split], classes.shape[1])
        of[split] += count - 1
        class_of = np.concatenate([class_of, more])
        there = np.zeros(len(class_of), bool)
        there[0] = there[of] = True
        of, class_of = (np.cumsum(there, dtype=np.int32) - 1)[of], class_of[there]
    return of, class_of[1:].tolist()


def _components_of_each_class(at: I64, ids: U8, width: int) -> tuple[NDArray[np.int32], U8]:
    """The components of the cells at flat indices `at` with classes `ids`: each cell's number, from 1 on, and each component's class."""
    row, column = places(at, width)
    row, column = row - row.min(), column - column.min()
    of, class_of = np.zeros(len(at), np.int32), list[int]()
    for class_id in np.flatnonzero(np.bincount(ids)).tolist():
        mine = ids == class_id
        own = np.zeros((row.max() + 1, column.max() + 1), np.uint8)
        own[row[mine], column[mine]] = 1
        count, labels = cv2.connectedComponents(own, connectivity=8, ltype=cv2.CV_32S)
        of[mine] = labels[row[mine], column[mine]] + len(class_of)
        class_of += [class_id] * (count - 1)
    return of, np.array(class_of, np.uint8)
