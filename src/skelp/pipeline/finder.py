"""Finds the defects of one side of a coil, block by block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import Region
from skelp.domain.maps import Look, Maps
from skelp.domain.strip import Block
from skelp.pipeline.edges import BAND_LINES, Edges
from skelp.pipeline.familiar import judge
from skelp.pipeline.merge import Lane, Merger
from skelp.pipeline.regions import Place, Tile, find_regions, places
from skelp.pipeline.rule import DefectRule

U8 = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class BlockRegions:
    """A block's class ids after thresholds and edges, uint8 [rows, columns]; the regions in its own columns, and their place.

    `unfamiliar` bool [bands]: which of its lines the model cannot judge. Nothing is found there. `judged`: False if the whole network did
    not look where the screen was suspicious.
    """

    classes: U8
    tile: Tile
    place: Place
    unfamiliar: NDArray[np.bool_]
    judged: bool = True


class DefectFinder:
    """Finds regions in blocks, joins them across blocks and cameras, and returns defects when they are complete.

    Call `find`, then `add`, for each block. The blocks of one camera must come in line order. Cameras may alternate in any order.
    """

    def __init__(self, rules: Sequence[DefectRule]) -> None:
        self._rules = {r.view.camera: r for r in rules}
        lanes = [Lane(r.view.camera, r.view.first_column // r.stride + r.own.start, r.own.stop - r.own.start) for r in rules]
        self._merger = Merger(lanes)

    def find(self, block: Block, maps: Maps, edges: Edges, strip_edge: NDArray[np.floating]) -> BlockRegions:
        """Find the regions of a block. `maps` is the network's answer for it, `edges` are those of the block's own lines.

        `strip_edge` as in Place.
        Raises ValueError if the block has less context than bridges need.
        """
        rule = self._rules[block.camera]
        stride, own, top = rule.stride, rule.own, block.context // rule.stride
        if top < rule.reach:
            raise ValueError(f"a block with {block.context} lines of context reached a rule that needs {rule.reach * stride}")
        rows, columns = -(-block.lines // stride), -(-block.width // stride)
        steel = slice(top - block.above // stride, top - (-(block.lines + block.below) // stride))
        class_id, unfamiliar = judge(maps, block.context, block.lines, edges, stride)
        cells = rule.cells(class_id[steel, :columns], maps.score[steel, :columns], top - steel.start, rows, edges)
        row = max(-(-block.first_line // stride), self._merger.next_row(block.camera))
        place = Place(row, rule.view.first_column // stride + own.start, stride, block.first_line, block.lines, block.camera, strip_edge)
        tile = find_regions(cells.bridged[:, own], cells.classes[:, own], maps.score[top : top + rows, own], place)
        judged = maps.looks != (Look.SCREEN_ONLY,)
        return BlockRegions(cells.classes, _cut(tile, unfamiliar, stride), place, unfamiliar, judged)

    def add(self, block: Block, found: BlockRegions) -> list[Region]:
        """Join a block's regions with those before them. Returns the defects that are now complete."""
        camera, row = block.camera, found.place.row
        before = self._merger.gap(camera, row) if block.breaks or found.unfamiliar[0] or not found.judged else []
        finished = [*before, *self._merger.add(camera, row, found.tile)]
        if found.unfamiliar[-1] or not found.judged:
            finished += self._merger.gap(camera, self._merger.next_row(camera))
        return self._defects(finished)

    def lost(self, camera: str, end_line: int) -> list[Region]:
        """Record that the lines up to `end_line` are lost. No region is joined across them. Returns the defects that are now complete."""
        return self._defects(self._merger.gap(camera, -(-end_line // self._rules[camera].stride)))

    def flush(self) -> list[Region]:
        """End the coil. Returns the defects that were still open."""
        return self._defects(self._merger.flush())

    def is_defect(self, region: Region) -> bool:
        """Whether a region is a defect. A region that is still open may become one later."""
        return self._rules[region.camera].is_defect(region)

    def _defects(self, regions: list[Region]) -> list[Region]:
        return [r for r in regions if self.is_defect(r)]


def _cut(tile: Tile, unfamiliar: NDArray[np.bool_], stride: int) -> Tile:
    """The tile with its regions marked that may go on where the model could not judge, within the block."""
    borders = np.flatnonzero(np.diff(unfamiliar)) + 1
    if not borders.size:
        return tile
    rows = np.unique([row for b in borders.tolist() for row in (b * BAND_LINES // stride - 1, b * BAND_LINES // stride)])
    touching = set(np.unique(tile.labels[rows]).tolist())
    return replace(tile, regions=[replace(r, cut_by_gap=True) if n in touching else r for n, r in enumerate(tile.regions, start=1)])


def shown_cells(rule: DefectRule, finder: DefectFinder, found: BlockRegions) -> U8:
    """The cells of regions that are defects, or touch the first or last row and may become defects; uint8 [rows, columns]."""
    shown, tile = np.zeros_like(found.classes), found.tile
    if not tile.regions:
        return shown
    show = np.array([False, *(finder.is_defect(r) for r in tile.regions)])
    show[np.concatenate([tile.labels[0], tile.labels[-1]])] = True
    cells = tile.cells[show[tile.labels.ravel()[tile.cells]]]
    row, column = places(cells, tile.labels.shape[1])
    at = row * shown.shape[1] + column + rule.own.start
    shown.ravel()[at] = found.classes.ravel()[at]
    return shown
