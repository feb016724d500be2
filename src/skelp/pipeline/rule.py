"""What a defect is: thresholds, steel, bridges, regions, least areas. The line and skelp-training both count by this rule (ADR 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import CLEAN, DefectClass, Region
from skelp.domain.recipe import Recipe
from skelp.domain.strip import CameraView
from skelp.pipeline.edges import Edges
from skelp.pipeline.measure import least_cells, reach_cells
from skelp.pipeline.regions import Thresholds, bridge

U8 = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells that may become defects, uint8 [rows, columns] each: their class ids, and the same with bridges.

    Regions are the components of `bridged`, measured on `classes` (`regions.find_regions`).
    """

    classes: U8
    bridged: U8


class DefectRule:
    """The rule for one camera.

    `classes` have the recipe's limits already (`Recipe.applied_to`). `own` are the columns of the class map in which this camera
    counts, where the pictures of several overlap; None: all columns.
    """

    def __init__(self, view: CameraView, classes: Sequence[DefectClass], recipe: Recipe, stride: int, own: slice | None = None) -> None:
        self.view, self.stride = view, stride
        self.own = own or slice(0, -(-view.width // stride))
        self.reach = reach_cells(recipe.bridge_mm, view, stride)
        """Rows that a cell reaches up and down to bridge a gap: so many rows of context `cells` needs."""
        self.least = least_cells(tuple(classes), view, stride)
        """Least area of each class, in cells."""
        self._peak = {c.id: c.threshold * 255 for c in classes}
        self._margin_px = recipe.edge_margin_mm / view.scale.mm_per_px
        self._thresholds = Thresholds(classes)

    def cells(self, class_id: U8, score: U8, first: int, rows: int, edges: Edges) -> Cells:
        """The cells of `rows` rows from row `first` on, in the network's answer uint8 [height, columns].

        The rows before and after them are context: `reach` of them are looked at, fewer where the strip begins or ends. `edges` are
        those of the `rows` rows; context takes the nearest one. A clean map costs one look.
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
        """Whether a finished region has a cell of its own, its class's threshold and its least area."""
        return bool(region.area) and region.score_peak >= self._peak[region.class_id] and region.area >= self.least[region.class_id]

    def _on_steel(self, classes: U8, edges: Edges, above: int, rows: int) -> U8:
        """Without cells that lie beside the strip or within the edge margin. The first `above` rows are context."""
        context = (above, classes.shape[0] - above - rows)
        left, right = (np.pad(e, context, mode="edge") for e in edges.rows(rows, self.stride))
        left = np.where(left > 0, left + self._margin_px, 0)
        right = np.where(right < self.view.width, right - self._margin_px, self.view.width)
        column = np.arange(classes.shape[1]) * self.stride
        beside = (column < left[:, None]) | (column >= right[:, None])
        return np.where(beside, CLEAN, classes).astype(np.uint8)

    def _within_own(self, classes: U8) -> U8:
        """Without the columns in which a neighbouring camera counts."""
        if self.own == slice(0, classes.shape[1]):
            return classes
        kept = np.zeros_like(classes)
        kept[:, self.own] = classes[:, self.own]
        return kept
