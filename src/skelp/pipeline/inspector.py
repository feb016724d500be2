"""Class maps in, defects and the ledger out: the last stage before a result is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from skelp.domain.coverage import Interval, Ledger, LineCount, State
from skelp.domain.defect import CLEAN, Defect, DefectClass, Region
from skelp.domain.outcome import Outcome, Picture
from skelp.domain.recipe import Recipe
from skelp.domain.strip import Block, CameraView, CoilEnd, LostLines, OnCoil, Side, after
from skelp.pipeline.edges import BAND_LINES, Edges, find_edges
from skelp.pipeline.fitness import Expected, fitness
from skelp.pipeline.measure import add_looks, context_lines, least_cells, reach_cells, to_defect
from skelp.pipeline.merge import Lane, Merger
from skelp.pipeline.optics import OpticsMeter
from skelp.pipeline.regions import Place, Thresholds, Tile, bridge, find_regions
from skelp.pipeline.seams import own_cells

U8 = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Judged:
    """A block with what the network said of it: class ids and scores, uint8 [height/stride, width/stride]."""

    block: Block
    class_id: U8
    score: U8


@dataclass(slots=True)
class _OpenCoil:
    """What is remembered of a coil while its lines pass: a few borders and counters, whatever its length."""

    ledgers: dict[str, Ledger]
    mergers: dict[Side, Merger]
    found: int = 0
    ended: set[str] = field(default_factory=set)
    stopped: bool = False
    edge_px: dict[Side, float] = field(default_factory=dict)
    widest_px: dict[str, float] = field(default_factory=dict)
    strip_mm: float | None = None
    optics: dict[str, OpticsMeter] = field(default_factory=dict)


class Inspector:
    """`push` takes judged blocks, losses and coil ends of any cameras, each camera's in line order.

    `strip_mm` is asked once a coil how wide its strip is; None where nobody knows.
    """

    def __init__(
        self,
        views: Sequence[CameraView],
        classes: tuple[DefectClass, ...],
        recipe: Recipe,
        stride: int,
        strip_mm: Callable[[str], float | None] = lambda _: None,
    ) -> None:
        self._own = own_cells(views, stride)
        self._views = {v.camera: v for v in views}
        self._classes = {c.id: c for c in classes}
        self._names = {c.id: c.name for c in classes}
        self._thresholds = Thresholds(classes)
        self.context = context_lines(recipe.bridge_mm, views, stride)
        """Lines of context that blocks need."""
        self._reach = {v.camera: reach_cells(recipe.bridge_mm, v, stride) for v in views}
        self._least = {v.camera: least_cells(classes, v, stride) for v in views}
        self._recipe, self._stride, self._strip_mm = recipe, stride, strip_mm
        self._canvas_px = {s: max(v.first_column + v.width for v in views if v.side is s) for s in {v.side for v in views}}
        self._coils: dict[str, _OpenCoil] = {}

    def push(self, item: Judged | OnCoil | CoilEnd) -> Outcome:
        """What became of the item's lines."""
        if isinstance(item, Judged):
            return self._judged(item)
        if isinstance(item, CoilEnd):
            return self._ended(item)
        lost = item.capture
        if not isinstance(lost, LostLines):
            raise TypeError("a frame reached the inspector without having been through the network")
        coil = self._coil(item.coil_id)
        account = coil.ledgers[lost.camera].record(lost.first_line, lost.lines, State.LOST, lost.reason)
        view = self._views[lost.camera]
        end_row = -(-(lost.first_line + lost.lines) // self._stride)
        finished = coil.mergers[view.side].gap(lost.camera, end_row)
        count = LineCount(State.LOST, lost.reason.code, lost.lines)
        return Outcome(item.coil_id, lost.camera, (account,), self._defects(item.coil_id, coil, finished), lines=(count,))

    def _judged(self, item: Judged) -> Outcome:
        block, view = item.block, self._views[item.block.camera]
        coil = self._coil(block.coil_id)
        own = block.own
        edges = find_edges(own, view.gain)
        if block.breaks:
            coil.widest_px.pop(block.camera, None)
        entered = list(self._account(coil, block, edges))
        accounts = tuple({i.first_line: i for i, _ in entered}.values())
        left, right = float(edges.left.mean()), float(edges.right.mean())
        coil.optics.setdefault(block.camera, OpticsMeter(block.camera)).see(own, left, right)
        merger = coil.mergers[view.side]
        row = max(-(-block.first_line // self._stride), merger.next_row(block.camera))
        classes, tile = self._tile(item, edges, row, coil.edge_px[view.side])
        finished = merger.gap(block.camera, row) if block.breaks else []
        finished += merger.add(block.camera, row, tile)
        return Outcome(
            block.coil_id,
            block.camera,
            accounts,
            self._defects(block.coil_id, coil, finished),
            picture=Picture(
                block.camera,
                block.coil_id,
                block.first_line,
                own,
                classes,
                self._stride,
                left,
                right,
                block.time_ns,
                self._names,
                self._shown(block.camera, classes, tile),
            ),
            time_ns=block.time_ns,
            lines=tuple(count for _, count in entered),
            reach_mm=(view.first_column + right - coil.edge_px[view.side]) * view.scale.mm_per_px,
        )

    def _tile(self, item: Judged, edges: Edges, row: int, edge_px: float) -> tuple[U8, Tile]:
        """Thresholded class map of the block's own lines on steel, and the regions of what is this camera's. A clean map costs one look.

        `row` is the block's first row on the canvas, `edge_px` the strip's edge there as the outermost camera saw it last.
        """
        block, stride = item.block, self._stride
        view, reach, own = self._views[block.camera], self._reach[block.camera], self._own[block.camera]
        top = block.context // stride
        if top < reach:
            raise ValueError(f"a block with {block.context} lines of context reached an inspector that needs {self.context}")
        rows, cols = -(-block.lines // stride), -(-block.width // stride)
        around = np.s_[top - reach : top + rows + reach, :cols]
        classes = self._thresholds.apply(item.class_id[around], item.score[around])
        if classes.any():
            classes = _within(self._on_steel(classes, edges, view, reach), own)
        mine = np.s_[reach : reach + rows, own]
        if not classes.any():
            return classes[reach : reach + rows], Tile(np.zeros((rows, own.stop - own.start), np.int32), [])
        place = Place(row, view.first_column // stride + own.start, stride, block.first_line, block.lines)
        tile = find_regions(bridge(classes, reach)[mine], classes[mine], item.score[around][mine], place)
        edge = view.first_column + edges.left if view.first_column == 0 else np.full(len(edges.left), edge_px)
        placed = [_placed(r, block, edge) for r in tile.regions]
        pixels = block.own[:, own.start * stride : own.stop * stride]
        return classes[reach : reach + rows], add_looks(Tile(tile.labels, placed), pixels, place, self._least[view.camera])

    def _shown(self, camera: str, classes: U8, tile: Tile) -> U8:
        """Of the camera's own cells, those of regions that are defects or touch the first or last row."""
        shown = np.zeros_like(classes)
        if not tile.regions:
            return shown
        kept = np.array([False, *(self._is_defect(r) for r in tile.regions)])
        kept[np.concatenate([tile.labels[0], tile.labels[-1]])] = True
        kept[0] = False
        own = self._own[camera]
        shown[:, own] = np.where(kept[tile.labels], classes[:, own], CLEAN)
        return shown

    def _is_defect(self, region: Region) -> bool:
        least = self._least[region.camera].get(region.class_id, 0)
        return bool(region.area) and region.score_peak >= self._classes[region.class_id].threshold * 255 and region.area >= least

    def _on_steel(self, classes: U8, edges: Edges, view: CameraView, reach: int) -> U8:
        """Without what lies beside the strip or within the edge margin; `reach` rows at top and bottom are context."""
        left, right = (np.pad(e, reach, mode="edge") for e in edges.rows(classes.shape[0] - 2 * reach, self._stride))
        margin = self._recipe.edge_margin_mm / view.scale.mm_per_px
        left = np.where(left > 0, left + margin, 0)
        right = np.where(right < view.width, right - margin, view.width)
        column = np.arange(classes.shape[1]) * self._stride
        beside = (column < left[:, None]) | (column >= right[:, None])
        return np.where(beside, CLEAN, classes).astype(np.uint8)

    def _account(self, coil: _OpenCoil, block: Block, edges: Edges) -> Iterator[tuple[Interval, LineCount]]:
        """Record the block's lines in the ledger, band by band: each band's interval as it now stands, and the lines added to it."""
        view, first = self._views[block.camera], block.first_line
        if view.first_column == 0 or view.side not in coil.edge_px:
            coil.edge_px[view.side] = view.first_column + float(edges.left.mean())
        widest = max(coil.widest_px.get(block.camera, 0.0), float((edges.right - edges.left).max()))
        coil.widest_px[block.camera] = widest
        expected = Expected.of(view, widest, coil.edge_px[view.side], coil.strip_mm, self._canvas_px[view.side])
        for lines, state, reason in fitness(block.own, edges, expected):
            interval = coil.ledgers[block.camera].record(first, lines, state, reason)
            yield interval, LineCount(state, reason.code if reason else None, lines)
            first = after(first, lines)

    def _ended(self, item: CoilEnd) -> Outcome:
        coil = self._coil(item.coil_id)
        coil.ended.add(item.camera)
        coil.stopped = coil.stopped or item.stopped
        complete = coil.ended == set(self._views)
        finished = [r for m in coil.mergers.values() for r in m.flush()] if complete else []
        defects = self._defects(item.coil_id, coil, finished)
        if complete:
            del self._coils[item.coil_id]
        meter = coil.optics.get(item.camera)
        optics = meter.reading() if meter else None
        return Outcome(item.coil_id, item.camera, (), defects, ended=True, coil_complete=complete, stopped=coil.stopped, optics=optics)

    def _defects(self, coil_id: str, coil: _OpenCoil, finished: list[Region]) -> tuple[Defect, ...]:
        defects = []
        for region in finished:
            kind = self._classes[region.class_id]
            if not self._is_defect(region):
                continue
            coil.found += 1
            defects.append(
                to_defect(
                    region,
                    coil.found,
                    coil_id=coil_id,
                    kind=kind,
                    view=self._views[region.camera],
                    recipe=self._recipe,
                    stride=self._stride,
                )
            )
        return tuple(defects)

    def _coil(self, coil_id: str) -> _OpenCoil:
        coil = self._coils.get(coil_id)
        if coil is None:
            lanes: dict[Side, list[Lane]] = {}
            for v in self._views.values():
                own = self._own[v.camera]
                lanes.setdefault(v.side, []).append(Lane(v.camera, v.first_column // self._stride + own.start, own.stop - own.start))
            coil = _OpenCoil({c: Ledger(c) for c in self._views}, {side: Merger(ls) for side, ls in lanes.items()})
            coil.strip_mm = self._strip_mm(coil_id)
            self._coils[coil_id] = coil
        return coil


def _within(classes: U8, own: slice) -> U8:
    """Without what a neighbour answers for."""
    if own == slice(0, classes.shape[1]):
        return classes
    kept = np.zeros_like(classes)
    kept[:, own] = classes[:, own]
    return kept


def _placed(region: Region, block: Block, edge: NDArray[np.float32] | NDArray[np.float64]) -> Region:
    """The region with its camera and its extent across counted from the strip's edge, px per band of lines."""
    band = (region.box.line - block.first_line) // BAND_LINES
    at = float(edge[min(max(band, 0), len(edge) - 1)])
    return replace(region, camera=block.camera, near_px=region.box.column - at, far_px=region.box.column_end - at)
