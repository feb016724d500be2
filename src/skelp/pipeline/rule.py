"""Defines what a defect is: thresholds, edges, bridges and least areas. The line and skelp-training use the same rule (ADR 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import DefectClass, Region
from skelp.domain.recipe import Recipe
from skelp.domain.strip import CameraView
from skelp.pipeline.edges import Edges
from skelp.pipeline.measure import min_area_cells, reach_cells
from skelp.pipeline.regions import bridge, marked, places

U8 = NDArray[np.uint8]
I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells that may become defects: class ids without and with bridges, uint8 [rows, columns] each.

    `regions.find_regions` finds the components of `bridged` and measures them on `classes`.
    """

    classes: U8
    bridged: U8


def least_scores(limits: Mapping[int, float]) -> NDArray[np.int16]:
    """The least score of a cell of each class, int16 [256] by class id. `limits`: 0 to 1; a class without one has no cell."""
    least = np.full(256, 256, np.int16)
    for class_id, limit in limits.items():
        least[class_id] = int(np.ceil(limit * 255))
    return least


class DefectRule:
    """The rule for the pictures of one camera.

    `classes` already have the recipe's limits (`Recipe.applied_to`). `own` are the columns of the class map in which this camera counts
    defects, because pictures of neighbouring cameras overlap; None: all columns.
    """

    def __init__(self, view: CameraView, classes: Sequence[DefectClass], recipe: Recipe, stride: int, own: slice | None = None) -> None:
        self.view, self.stride = view, stride
        self.own = own or slice(0, -(-view.width // stride))
        self.reach = reach_cells(recipe.bridge_mm, view, stride)
        """Rows by which bridges extend a cell up and down. `cells` needs this number of context rows."""
        self.min_area = min_area_cells(tuple(classes), view, stride)
        """Least area of each class, in cells, by class id."""
        self._peak = {c.id: c.threshold * 255 for c in classes}
        self._margin_px = recipe.edge_margin_mm / view.scale.mm_per_px
        self._least = least_scores({c.id: c.growing for c in classes})

    def cells(self, class_id: U8, score: U8, first: int, rows: int, edges: Edges) -> Cells:
        """The cells that may become defects, in `rows` rows from row `first` on.

        `class_id` and `score`, uint8 [height, columns], are the network's output. The rows before and after are context, of which
        `reach` are used, or fewer at the strip's ends. `edges` are those of the `rows` rows; context rows use the nearest edge.
        """
        start = max(0, first - self.reach)
        around = np.s_[start : first + rows + self.reach]
        classes = self._kept(class_id[around], score[around], edges, first - start, rows)
        mine = np.s_[first - start : first - start + rows]
        return Cells(classes[mine], bridge(classes, self.reach)[mine])

    def is_defect(self, region: Region) -> bool:
        """Whether a region has a cell in `classes`, and reaches the threshold and the least area of its class."""
        return bool(region.area) and region.score_peak >= self._peak[region.class_id] and region.area >= self.min_area[region.class_id]

    def _kept(self, class_id: U8, score: U8, edges: Edges, above: int, rows: int) -> U8:
        """The class map without cells below their threshold, beside the strip, within the edge margin, or in a neighbour's columns.

        The first `above` rows are context.
        """
        kept = np.zeros(class_id.shape, np.uint8)
        at = marked(class_id)
        if at.size:
            ids = class_id.ravel()[at]
            row, column = places(at, class_id.shape[1])
            first, last = (limit[np.clip(np.arange(len(class_id)) - above, 0, rows - 1)] for limit in self._columns(edges, rows))
            at = at[(score.ravel()[at] >= self._least[ids]) & (column >= first[row]) & (column < last[row])]
            kept.ravel()[at] = class_id.ravel()[at]
        return kept

    def _columns(self, edges: Edges, rows: int) -> tuple[I64, I64]:
        """The first column of cells that counts in each row, and the one after the last, int64 [rows]."""
        left, right = edges.rows(rows, self.stride)
        left = np.where(left > 0, left + self._margin_px, 0)
        right = np.where(right < self.view.width, right - self._margin_px, self.view.width)
        first, last = np.ceil(left / self.stride).astype(np.int64), np.ceil(right / self.stride).astype(np.int64)
        return np.maximum(first, self.own.start), np.minimum(last, self.own.stop)
