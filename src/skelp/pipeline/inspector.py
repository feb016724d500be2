"""Makes outcomes of class maps: intervals for the coverage, and defects. It is the last stage before the sink."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from skelp.domain.coverage import Interval, Ledger, LineCount, State
from skelp.domain.defect import Defect, DefectClass, Region
from skelp.domain.line_state import Passage
from skelp.domain.maps import Look, Maps
from skelp.domain.outcome import Outcome, Picture
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.reasons import Reason, Screened, ScreenOnly, StripUnfamiliar
from skelp.domain.recipe import Recipe
from skelp.domain.rolls import RollTable
from skelp.domain.strip import Block, CameraView, CoilEnd, CoilLine, LostLines, OnCoil, Side, after
from skelp.pipeline.edges import Edges, find_edges
from skelp.pipeline.finder import BlockRegions, DefectFinder, shown_cells
from skelp.pipeline.fitness import Expected, band_states
from skelp.pipeline.line_states import Passed
from skelp.pipeline.measure import add_appearance, context_lines, to_defect
from skelp.pipeline.optics import OpticsMeter
from skelp.pipeline.periodic import PeriodicFinder
from skelp.pipeline.regions import Tile
from skelp.pipeline.rule import DefectRule
from skelp.pipeline.seams import own_cells
from skelp.pipeline.welds import WeldFinder

U8 = NDArray[np.uint8]


_BY_LOOK: dict[Look, tuple[State, Reason | None]] = {
    Look.WHOLE: (State.INSPECTED, None),
    Look.SCREENED: (State.INSPECTED, Screened()),
    Look.SCREEN_ONLY: (State.DEGRADED, ScreenOnly()),
}


@dataclass(frozen=True, slots=True)
class Segmented:
    """A block and the network's answer for it. `edges`: the strip's edges, if they are known already."""

    block: Block
    maps: Maps
    edges: Edges | None = None


@dataclass(frozen=True, slots=True)
class _Kinds:
    """The classes of a coil's network, by id, and the rule of each camera for them."""

    classes: Mapping[int, DefectClass]
    rules: Mapping[str, DefectRule]
    names: Mapping[int, str]
    marks: frozenset[int]


@dataclass(slots=True)
class _OpenCoil:
    """The state of a coil while its lines pass: ledgers, open regions and counters. Its size does not grow with the coil."""

    recipe: Recipe
    kinds: _Kinds
    ledgers: dict[str, Ledger]
    finders: dict[Side, DefectFinder]
    welds: WeldFinder
    found: int = 0
    ended: set[str] = field(default_factory=set)
    stopped: bool = False
    edge_px: dict[Side, float] = field(default_factory=dict)
    widest_px: dict[str, float] = field(default_factory=dict)
    strip_mm: float | None = None
    periodic: dict[Side, PeriodicFinder] = field(default_factory=dict)
    optics: dict[str, OpticsMeter] = field(default_factory=dict)


class Inspector:
    """Makes an outcome of each segmented block, loss and coil end. The items of one camera must come in line order.

    `classes` gives the classes of a coil's network, with the limits of the coil's recipe, `strip_mm` the width of a coil's strip in mm, or
    None if it is not known, and `recipe_of` the recipe of a coil, which is `recipe` without it. They are called once for each coil. No
    recipe has longer bridges than `recipe`. `rolls` names the rolls that may have left defects that repeat.

    Raises SkelpError if the cameras' columns do not fit together (`seams.own_cells`).
    """

    def __init__(
        self,
        views: Sequence[CameraView],
        classes: Callable[[str], tuple[DefectClass, ...]],
        recipe: Recipe,
        stride: int,
        strip_mm: Callable[[str], float | None] = lambda _: None,
        rolls: RollTable = RollTable(),  # noqa: B008 - it is frozen
        recipe_of: Callable[[str], Recipe] | None = None,
    ) -> None:
        self._own, self._classes = own_cells(views, stride), classes
        self._views = {v.camera: v for v in views}
        self._first = views[0].camera
        self.context = context_lines(recipe.bridge_mm, views, stride)
        """Lines of context that blocks must have above and below."""
        self._recipe_of = recipe_of or (lambda _: recipe)
        self._stride, self._strip_mm, self._rolls = stride, strip_mm, rolls
        self._canvas_px = {s: max(v.first_column + v.width for v in views if v.side is s) for s in {v.side for v in views}}
        self._coils: dict[str, _OpenCoil] = {}

    def push(self, item: Segmented | OnCoil | CoilEnd | Passed) -> Outcome:
        """The outcome of the item. Raises LedgerError if lines are missing or come twice."""
        if isinstance(item, Passed):
            return Outcome(item.coil_id, item.camera, passages=item.passages)
        if isinstance(item, Segmented):
            return self._segmented(item)
        if isinstance(item, CoilEnd):
            return self._ended(item)
        lost = item.capture
        if not isinstance(lost, LostLines):
            raise TypeError("a frame reached the inspector without having been through the network")
        coil = self._coil(item.coil_id)
        interval = coil.ledgers[lost.camera].record(lost.first_line, lost.lines, State.LOST, lost.reason)
        finished = coil.finders[self._views[lost.camera].side].lost(lost.camera, lost.first_line + lost.lines)
        count = LineCount(State.LOST, lost.reason.code, lost.lines)
        self._note_uninspected(coil, lost.camera, lost.first_line, lost.lines)
        defects = self._defects(item.coil_id, coil, finished)
        return Outcome(item.coil_id, lost.camera, (interval,), defects, lines=(count,), periodic=_periodic(coil, defects))

    def _segmented(self, item: Segmented) -> Outcome:
        block, view = item.block, self._views[item.block.camera]
        coil = self._coil(block.coil_id)
        own = block.own
        edges = find_edges(own, view.gain) if item.edges is None else item.edges
        if block.breaks:
            coil.widest_px.pop(block.camera, None)
        finder = coil.finders[view.side]
        if view.first_column == 0 or view.side not in coil.edge_px:
            coil.edge_px[view.side] = view.first_column + float(edges.left.mean())
        edge_px = coil.edge_px[view.side]
        strip_edge = edges.left if view.first_column == 0 else np.full(len(edges.left), edge_px)
        found = finder.find(block, item.maps, edges, strip_edge)
        entered = list(self._record(coil, item, edges, found.unfamiliar))
        intervals = tuple(interval for interval, _ in entered)
        left, right = float(edges.left.mean()), float(edges.right.mean())
        coil.optics.setdefault(block.camera, OpticsMeter(block.camera)).add(own, left, right)
        if found.tile.regions:
            found = replace(found, tile=_with_appearance(coil.kinds.rules[block.camera], block, found))
        defects = self._defects(block.coil_id, coil, finder.add(block, found))
        return Outcome(
            block.coil_id,
            block.camera,
            intervals,
            defects,
            picture=Picture(
                block.camera,
                block.coil_id,
                block.first_line,
                own,
                found.classes,
                self._stride,
                left,
                right,
                block.time_ns,
                coil.kinds.names,
                shown_cells(coil.kinds.rules[block.camera], finder, found),
                coil.kinds.marks,
            ),
            time_ns=block.time_ns,
            lines=tuple(count for _, count in entered),
            reach_mm=(view.first_column + right - edge_px) * view.scale.mm_per_px,
            periodic=_periodic(coil, defects),
            passages=self._welds(coil, block, edges),
        )

    def _welds(self, coil: _OpenCoil, block: Block, edges: Edges) -> tuple[Passage, ...]:
        """The weld seams that the first camera sees. They cross the whole strip, so one camera is enough."""
        if block.camera != self._first or not edges.strip_seen.all():
            return ()
        return coil.welds.add(block.own, block.first_line, float(edges.left.max()), float(edges.right.min()))

    def _record(
        self, coil: _OpenCoil, item: Segmented, edges: Edges, unfamiliar: NDArray[np.bool_]
    ) -> Iterator[tuple[Interval, LineCount]]:
        """Record the block's lines in the ledger. Yields each interval that is new or has grown, and the lines added to it.

        `unfamiliar` bool [bands]: where the picture is fit to inspect, but the model does not know the steel.
        """
        block = item.block
        view, first = self._views[block.camera], block.first_line
        widest = max(coil.widest_px.get(block.camera, 0.0), float((edges.right - edges.left).max()))
        coil.widest_px[block.camera] = widest
        margin_mm = coil.recipe.edge_margin_mm
        expected = Expected.of(view, widest, coil.edge_px[view.side], coil.strip_mm, self._canvas_px[view.side], margin_mm)
        looked = _BY_LOOK[item.maps.looks[0]] if item.maps.looks else (State.INSPECTED, None)
        bands = (
            (lines, *((State.DEGRADED, StripUnfamiliar()) if strange else looked)) if fit is State.INSPECTED else (lines, fit, why)
            for (lines, fit, why), strange in zip(band_states(block.own, edges, expected), unfamiliar.tolist(), strict=True)
        )
        for (state, reason), alike in groupby(bands, key=itemgetter(1, 2)):
            lines = sum(of for of, _, _ in alike)
            interval = coil.ledgers[block.camera].record(first, lines, state, reason)
            if state is not State.INSPECTED:
                self._note_uninspected(coil, block.camera, first, lines)
            yield interval, LineCount(state, reason.code if reason else None, lines)
            first = after(first, lines)

    def _ended(self, item: CoilEnd) -> Outcome:
        coil = self._coil(item.coil_id)
        coil.ended.add(item.camera)
        coil.stopped = coil.stopped or item.stopped
        complete = coil.ended == set(self._views)
        finished = [r for f in coil.finders.values() for r in f.flush()] if complete else []
        defects = self._defects(item.coil_id, coil, finished)
        periodic = _periodic(coil, defects)
        if complete:
            del self._coils[item.coil_id]
            periodic += tuple(series for finder in coil.periodic.values() for series in finder.end())
        meter = coil.optics.get(item.camera)
        return Outcome(
            item.coil_id,
            item.camera,
            (),
            defects,
            ended=True,
            coil_complete=complete,
            stopped=coil.stopped,
            optics=meter.reading() if meter else None,
            periodic=periodic,
        )

    def _note_uninspected(self, coil: _OpenCoil, camera: str, first: CoilLine, lines: int) -> None:
        view = self._views[camera]
        each = view.scale.mm_per_line
        coil.periodic[view.side].not_inspected(camera, first * each, (first + lines) * each)

    def _defects(self, coil_id: str, coil: _OpenCoil, finished: list[Region]) -> tuple[Defect, ...]:
        defects = []
        for region in finished:
            coil.found += 1
            defects.append(
                to_defect(
                    region,
                    coil.found,
                    coil_id=coil_id,
                    kind=coil.kinds.classes[region.class_id],
                    view=self._views[region.camera],
                    recipe=coil.recipe,
                    stride=self._stride,
                    strip_mm=coil.strip_mm,
                )
            )
        return tuple(defects)

    def _coil(self, coil_id: str) -> _OpenCoil:
        coil = self._coils.get(coil_id)
        if coil is None:
            recipe = self._recipe_of(coil_id)
            kinds = self._kinds(self._classes(coil_id), recipe)
            rules: dict[Side, list[DefectRule]] = {}
            for v in self._views.values():
                rules.setdefault(v.side, []).append(kinds.rules[v.camera])
            finders, welds = {side: DefectFinder(rs) for side, rs in rules.items()}, WeldFinder(self._views[self._first].scale.mm_per_line)
            coil = _OpenCoil(recipe, kinds, {c: Ledger(c) for c in self._views}, finders, welds)
            coil.strip_mm = self._strip_mm(coil_id)
            coil.periodic = {side: PeriodicFinder(coil_id, side, self._rolls) for side in rules}
            self._coils[coil_id] = coil
        return coil

    def _kinds(self, classes: Sequence[DefectClass], recipe: Recipe) -> _Kinds:
        return _Kinds(
            {c.id: c for c in classes},
            {name: DefectRule(v, classes, recipe, self._stride, self._own[name]) for name, v in self._views.items()},
            {c.id: c.name for c in classes},
            frozenset(c.id for c in classes if c.pseudo),
        )


def _with_appearance(rule: DefectRule, block: Block, found: BlockRegions) -> Tile:
    """The block's regions with their contrast and their crop."""
    pixels = block.own[:, rule.own.start * rule.stride : rule.own.stop * rule.stride]
    return add_appearance(found.tile, pixels, found.place, rule.is_defect)


def _periodic(coil: _OpenCoil, defects: Sequence[Defect]) -> tuple[PeriodicDefect, ...]:
    """The series that these defects begin or continue, where they are to be reported."""
    return tuple(p for finder in coil.periodic.values() for p in finder.add(defects)) if defects else ()
