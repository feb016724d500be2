"""Finds the defects of one side of a coil, block by block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import Region
from skelp.domain.strip import Block
from skelp.pipeline.edges import Edges
from skelp.pipeline.merge import Lane, Merger
from skelp.pipeline.regions import Place, Tile, find_regions
from skelp.pipeline.rule import DefectRule

U8 = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class BlockRegions:
    """A block's class ids after thresholds and edges, uint8 [rows, columns]; the regions in its own columns, and their place."""

    classes: U8
    tile: Tile
    place: Place


class DefectFinder:
    """Finds regions in blocks, joins them across blocks and cameras, and returns defects when they are complete.

    Call `find`, then `add`, for each block. The blocks of one camera must come in line order. Cameras may alternate in any order.
    """

    def __init__(self, rules: Sequence[DefectRule]) -> None:
        self._rules = {r.view.camera: r for r in rules}
        lanes = [Lane(r.view.camera, r.view.first_column // r.stride + r.own.start, r.own.stop - r.own.start) for r in rules]
        self._merger = Merger(lanes)

    def find(self, block: Block, class_id: U8, score: U8, edges: Edges) -> BlockRegions:
        """Find the regions of a block.

        `class_id` and `score`, uint8 [height/stride, width/stride], are the network's output for the block. `edges` are those of the
        block's own lines. Raises ValueError if the block has less context than bridges need.
        """
        rule = self._rules[block.camera]
        stride, own, top = rule.stride, rule.own, block.context // rule.stride
        if top < rule.reach:
            raise ValueError(f"a block with {block.context} lines of context reached a rule that needs {rule.reach * stride}")
        rows, columns = -(-block.lines // stride), -(-block.width // stride)
        steel = slice(top - block.above // stride, top - (-(block.lines + block.below) // stride))
        cells = rule.cells(class_id[steel, :columns], score[steel, :columns], top - steel.start, rows, edges)
        row = max(-(-block.first_line // stride), self._merger.next_row(block.camera))
        place = Place(row, rule.view.first_column // stride + own.start, stride, block.first_line, block.lines, block.camera)
        if not cells.classes.any() and not cells.bridged.any():
            return BlockRegions(cells.classes, Tile(np.zeros((rows, own.stop - own.start), np.int32), []), place)
        return BlockRegions(
            cells.classes, find_regions(cells.bridged[:, own], cells.classes[:, own], score[top : top + rows, own], place), place
        )

    def add(self, block: Block, found: BlockRegions) -> list[Region]:
        """Join a block's regions with those before them. Returns the defects that are now complete."""
        before = self._merger.gap(block.camera, found.place.row) if block.breaks else []
        return self._defects([*before, *self._merger.add(block.camera, found.place.row, found.tile)])

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
