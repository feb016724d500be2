"""Measures regions: contrast, crop, size in millimetres."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import MARK, Box, Defect, DefectClass, Patch, Region
from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
from skelp.domain.severity import Measures
from skelp.domain.strip import CameraView, Pixels, round_up
from skelp.pipeline.blocks import CONTEXT_LINES
from skelp.pipeline.regions import Place, Tile, places

PATCH_MAX_PX = 512
PATCH_MARGIN_PX = 24
MAX_CROPS = 200
"""Regions of one block that get a contrast and a crop, the largest first. A limit, because thousands of regions would stop the line."""
_RING = 4
"""Cells around a region's box in which sound steel is its surroundings."""


def add_appearance(tile: Tile, own: Pixels, place: Place, may_be_defect: Callable[[Region], bool]) -> Tile:
    """Add grey, grey of the surroundings and a crop to the regions of a tile that may become defects.

    `own` uint8 [lines, width] are the block's pixels. A region that `may_be_defect` refuses and that does not touch the tile's border
    stays as it is, because it cannot become a defect.
    """
    h, w = tile.labels.shape
    grey = _middles(own, place.stride, h, w)
    sums = _sums(grey[places(tile.cells, w)], [r.area for r in tile.regions])
    regions = list(tile.regions)
    for n in sorted(range(len(regions)), key=lambda i: -regions[i].area)[:MAX_CROPS]:
        region = regions[n]
        if not region.area:
            break
        box = _in_cells(region.box, place, h, w)
        inside = box.line > 0 and box.column > 0 and box.line_end < h and box.column_end < w
        if not inside or may_be_defect(region):
            regions[n] = _with_appearance(region, sums[n], n + 1, box, tile.labels, grey, own, place.stride)
    return replace(tile, regions=regions)


def _middles(own: Pixels, stride: int, rows: int, columns: int) -> Pixels:
    """The grey at the middle of each cell, uint8 [rows, columns]: a view where every cell has its middle in the picture."""
    half = stride // 2
    view = own[half::stride, half::stride]
    if view.shape == (rows, columns):
        return view
    at = np.minimum(np.arange(rows) * stride + half, own.shape[0] - 1), np.minimum(np.arange(columns) * stride + half, own.shape[1] - 1)
    return own[np.ix_(*at)]


def _sums(grey: Pixels, areas: list[int]) -> list[int]:
    """The sum of each region's grey. `grey` uint8 [sum of all areas]: the first region's cells first."""
    total = np.concatenate([[0], np.cumsum(grey, dtype=np.int64)])
    ends = np.cumsum(areas)
    return [int(v) for v in total[ends] - total[ends - areas]]


def _in_cells(box: Box, place: Place, h: int, w: int) -> Box:
    """Convert a box from lines and columns of the canvas to cells of the tile, which has h x w cells."""
    line, column, stride = place.first_line, place.column * place.stride, place.stride
    return Box(
        (box.line - line) // stride,
        min(h, -(-(box.line_end - line) // stride)),
        (box.column - column) // stride,
        min(w, -(-(box.column_end - column) // stride)),
    )


def _with_appearance(
    region: Region, grey_sum: int, label: int, box: Box, labels: NDArray[np.int32], grey: Pixels, own: Pixels, stride: int
) -> Region:
    ring = np.s_[max(0, box.line - _RING) : box.line_end + _RING, max(0, box.column - _RING) : box.column_end + _RING]
    sound = (labels[ring] == 0).view(np.uint8)
    around = cv2.mean(np.ascontiguousarray(grey[ring]), sound)[0] * region.area if cv2.countNonZero(sound) else grey_sum
    return replace(
        region,
        grey_sum=float(grey_sum),
        around_sum=float(around),
        patch=_crop(label, box, labels, own, stride),
        patch_score=float(region.area),
    )


def _crop(label: int, box: Box, labels: NDArray[np.int32], own: Pixels, stride: int) -> Patch:
    """The crop of a region with a margin. A region larger than PATCH_MAX_PX is cropped around its middle."""
    top, bottom = _crop_span(box.line * stride, box.line_end * stride, own.shape[0])
    left, right = _crop_span(box.column * stride, box.column_end * stride, own.shape[1])
    row, column = top // stride, left // stride
    cells = labels[row : -(-bottom // stride), column : -(-right // stride)] == label
    mask = cv2.resize(cells.view(np.uint8) * np.uint8(255), None, fx=stride, fy=stride, interpolation=cv2.INTER_NEAREST)
    top_left = np.s_[top - row * stride : bottom - row * stride, left - column * stride : right - column * stride]
    return Patch(own[top:bottom, left:right].copy(), np.ascontiguousarray(mask[top_left]))


def _crop_span(start: int, stop: int, limit: int) -> tuple[int, int]:
    start, stop = start - PATCH_MARGIN_PX, stop + PATCH_MARGIN_PX
    if stop - start > PATCH_MAX_PX:
        middle = (start + stop) // 2
        start, stop = middle - PATCH_MAX_PX // 2, middle + PATCH_MAX_PX // 2
    return max(0, start), min(limit, stop)


def reach_cells(bridge_mm: float, view: CameraView, stride: int) -> int:
    """Rows by which each piece is extended, so that two pieces with `bridge_mm` of sound steel between them touch."""
    return math.ceil(bridge_mm / view.scale.mm_per_line / stride / 2 - 1e-9)  # 2.4 / 0.1 is 23.999999999999996


def context_lines(bridge_mm: float, views: Sequence[CameraView], stride: int) -> int:
    """Lines of context that a block needs above and below: the reach of the longest bridge, rounded up to CONTEXT_LINES."""
    reach = max(reach_cells(bridge_mm, v, stride) for v in views) * stride
    return max(CONTEXT_LINES, round_up(reach, CONTEXT_LINES))


def block_height(bridge_mm: float, views: Sequence[CameraView], stride: int, block_lines: int) -> int:
    """Lines of a block with its context. Raises SkelpError if the bridge needs more context than a block has lines."""
    context = context_lines(bridge_mm, views, stride)
    if context > block_lines:
        mm = min(v.scale.mm_per_line for v in views)
        raise SkelpError(
            f"bridge_mm {bridge_mm:g} at {mm:g} mm a line needs {context} lines of context on either side of each block of {block_lines}; "
            f"give a bridge_mm of at most {2 * block_lines * mm:g}, or block_lines of at least {round_up(context, 2 * CONTEXT_LINES)}"
        )
    return block_lines + 2 * context


def min_area_cells(classes: tuple[DefectClass, ...], view: CameraView, stride: int) -> dict[int, float]:
    """The least area of each class, in cells of the class map, by class id."""
    return {c.id: c.min_area_mm2 / view.scale.area_mm2(stride * stride) for c in classes}


def to_defect(
    region: Region,
    number: int,
    *,
    coil_id: str,
    kind: DefectClass,
    view: CameraView,
    recipe: Recipe,
    stride: int,
    strip_mm: float | None,
) -> Defect:
    """Convert a finished region to a defect, in mm. `number` counts the coil's defects; `view` is that of the region's camera.

    `strip_mm`: the width that was given for the strip, if any. Contrast is Weber's: (grey - grey of the surroundings) / grey of the
    surroundings; 0 where it was not measured.
    """
    scale, box = view.scale, region.box
    found = Measures(
        area_mm2=scale.area_mm2(region.area * stride * stride),
        length_mm=box.lines * scale.mm_per_line,
        width_mm=(region.far_px - region.near_px) * scale.mm_per_px,
        across_mm=region.near_px * scale.mm_per_px,
        contrast=(region.grey_sum - region.around_sum) / region.around_sum if region.around_sum else 0.0,
    )
    return Defect(
        defect_id=f"{coil_id}-{number:06d}",
        coil_id=coil_id,
        class_name=kind.name,
        code=kind.code,
        severity=MARK if kind.pseudo else recipe.severity_of(kind.name).graded(found, strip_mm)[0],
        score=region.score_peak / 255,
        mean_score=region.score_sum / region.area / 255,
        side=view.side,
        camera=view.camera,
        along_mm=box.line * scale.mm_per_line,
        across_mm=found.across_mm,
        length_mm=found.length_mm,
        width_mm=found.width_mm,
        area_mm2=found.area_mm2,
        orientation_deg=region.moments.orientation_deg(region.area, scale.mm_per_px, scale.mm_per_line),
        contrast=found.contrast,
        cut_by_gap=region.cut_by_gap,
        line=box.line,
        lines=box.lines,
        column=box.column - view.first_column,
        columns=box.columns,
        patch=region.patch,
    )
