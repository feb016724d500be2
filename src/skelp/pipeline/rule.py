"""Defines what a defect is: thresholds, edges, bridges and least areas. The line and skelp-training use the same rule (ADR 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import CLEAN, DefectClass, Region
from skelp.domain.recipe import Recipe
from skelp.domain.strip import CameraView
from skelp.pipeline.edges import Edges
from skelp.pipeline.measure import min_area_cells, reach_cells
from skelp.pipeline.regions import Thresholds, bridge

U8 = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells that may become defects: class ids without and with bridges, uint8 [rows, columns] each.

    `regions.find_regions` finds the components of `bridged` and measures them on `classes`.
    """

    classes: U8
    bridged: U8


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
        self._thresholds = Thresholds(classes)

    def cells(self, class_id: U8, score: U8, first: int, rows: int, edges: Edges) -> Cells:
        """The cells that may become defects, in `rows` rows from row `first` on.

        `class_id` and `score`, uint8 [height, columns], are the network's output. The rows before and after are context, of which
        `reach` are used, or fewer at the strip's ends. `edges` are those of the `rows` rows; context rows use the nearest edge.
        """
        start = max(0, first - self.reach)
        around = np.s_[start : first + rows + self.reach]
        classes = self._thresholds.apply(class_id[around], score[around])
        mine = np.s_[first - start : first - start + rows]
        if classes.any():
            classes = self._within_own(self._on_steel(classes, edges, first - start, rows))
        if not classes.any():
            return Cells(classes[mine], classes[mine])
        return Cells(classes[mine], bridge(classes, self.reach)[mine])

    def is_defect(self, region: Region) -> bool:
        """Whether a region has a cell in `classes`, and reaches the threshold and the least area of its class."""
        return bool(region.area) and region.score_peak >= self._peak[region.class_id] and region.area >= self.min_area[region.class_id]

    def _on_steel(self, classes: U8, edges: Edges, above: int, rows: int) -> U8:
        """Remove cells beside the strip or within the edge margin. The first `above` rows are context."""
        context = (above, classes.shape[0] - above - rows)
        left, right = (np.pad(e, context, mode="edge") for e in edges.rows(rows, self.stride))
        left = np.where(left > 0, left + self._margin_px, 0)
        right = np.where(right < self.view.width, right - self._margin_px, self.view.width)
        column = np.arange(classes.shape[1]) * self.stride
        beside = (column < left[:, None]) | (column >= right[:, None])
        return np.where(beside, CLEAN, classes).astype(np.uint8)

    def _within_own(self, classes: U8) -> U8:
        """Remove cells in columns where a neighbouring camera counts."""
        if self.own == slice(0, classes.shape[1]):
            return classes
        own = np.zeros_like(classes)
        own[:, self.own] = classes[:, self.own]
        return own
