"""Shows a second network the same steel as the first one, where there is time (ADR 30).

The network's thread offers every block after it was answered, and never waits. A thread with the lowest priority runs the second network.
A block for which there is no time is left out for both: two inspectors count what each network found on the same lines, with the same gaps.
"""

from __future__ import annotations

import os
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from skelp.domain.alone import Alone, LoneDefect, found_alone
from skelp.domain.coilmap import Coil, Tally
from skelp.domain.coverage import State
from skelp.domain.defect import Defect, DefectClass
from skelp.domain.found import Found
from skelp.domain.outcome import Outcome
from skelp.domain.reasons import Overrun
from skelp.domain.recipe import Recipe
from skelp.domain.ruling import Evidence
from skelp.domain.shadow import ModelVerdict, ShadowResult
from skelp.domain.status import ModelId
from skelp.domain.strip import Block, CameraView, CoilEnd, LostLines, OnCoil
from skelp.pipeline.inspector import Inspector, Segmented
from skelp.pipeline.networks import Network

_LOWEST = 19
_MOST_COMPARED = 20_000
"""Of a coil with more defects than this, nobody compares one by one which model found which."""
_BATCHES = 2
"""Blocks wait for the second network in at most so many batches."""
Offered = Segmented | OnCoil | CoilEnd


@dataclass(slots=True)
class _Side:
    """What one network found of a coil so far, on the lines that both saw."""

    found: Counter[tuple[str, int]] = field(default_factory=Counter)
    series: set[str] = field(default_factory=set)
    defects: list[Defect] = field(default_factory=list)
    lone: list[LoneDefect] = field(default_factory=list)

    def add(self, outcome: Outcome, *, one_by_one: bool) -> None:
        """`one_by_one`: keep the defects themselves, which a recipe with rules needs."""
        self.found.update((d.class_name, d.severity) for d in outcome.defects)
        if len(self.lone) <= _MOST_COMPARED:
            self.lone += [LoneDefect.of(d) for d in outcome.defects]
        if one_by_one:
            self.defects += [replace(d, patch=None) for d in outcome.defects]
        self.series.update(p.periodic_id for p in outcome.periodic)

    def alone(self, other: _Side) -> Alone | None:
        """What the other one did not find. None if there are too many defects to compare."""
        is_known = max(len(self.lone), len(other.lone)) <= _MOST_COMPARED
        return found_alone(self.lone, other.lone) if is_known else None

    def verdict(self, model: ModelId, recipe: Recipe, coil: Coil, seen_m: float) -> ModelVerdict:
        tally = Tally.counted([(name, severity, n) for (name, severity), n in self.found.items()])
        ruling = recipe.decide(
            Evidence(
                seen_m,
                by_severity=tally.by_severity,
                marks=tally.marks,
                width_known=coil.strip_width_mm is not None,
                periodic=len(self.series),
                found=Found.of(self.defects),
                width_mm=coil.strip_width_mm,
            )
        )
        return ModelVerdict(model, tally, ruling.decision, tuple(ruling.reasons))


@dataclass(slots=True)
class _Shadowed:
    """A coil while it passes: the network that inspects it, and what both networks found."""

    coil: Coil
    first: Network
    exposed: int = 0
    seen: int = 0
    sides: tuple[_Side, _Side] = field(default_factory=lambda: (_Side(), _Side()))


class Shadow:
    """`open_network` opens the second network, in the shadow's thread. `recipe` is the line's, and `recipe_of` gives that of a coil, which
    inspects it and decides on it; crops are not left out. `has_time`: whether the first one can spare the machine.

    `of` gives a coil and its network when its first block comes. `done` is called with the result of each coil, `failed` with the error
    that ended the shadow; the line goes on without it. `run` is the body of a thread.
    """

    def __init__(
        self,
        open_network: Callable[[], Network],
        views: Sequence[CameraView],
        recipe: Recipe,
        recipe_of: Callable[[Coil], Recipe],
        stride: int,
        of: Callable[[str], tuple[Coil, Network]],
        has_time: Callable[[], bool],
        done: Callable[[ShadowResult], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._open, self._recipe_of, self._of, self._has_time = open_network, recipe_of, of, has_time
        self._done, self._failed, self._most = done, failed, len(views)
        self._coils: dict[str, _Shadowed] = {}
        self._network: Network | None = None

        def strip_mm(coil_id: str) -> float | None:
            return self._coils[coil_id].coil.strip_width_mm

        def recipe_by(coil_id: str) -> Recipe:
            return recipe_of(self._coils[coil_id].coil)

        def inspector(network: Callable[[str], Network]) -> Inspector:
            def classes(coil_id: str) -> tuple[DefectClass, ...]:
                return recipe_by(coil_id).applied_to(network(coil_id).looking.classes)

            return Inspector(views, classes, recipe, stride, strip_mm, recipe_of=recipe_by)

        self._first = inspector(lambda coil_id: self._coils[coil_id].first)
        self._second = inspector(lambda _: self._opened)
        self._changed = threading.Condition()
        self._items: deque[Offered] = deque()
        self._blocks, self._closed = 0, False

    def offer(self, item: Offered) -> None:
        """Take an item that the first network is done with, in line order. Never waits."""
        with self._changed:
            if self._closed:
                return
            coil_id = item.block.coil_id if isinstance(item, Segmented) else item.coil_id
            if coil_id not in self._coils:
                self._coils[coil_id] = _Shadowed(*self._of(coil_id))
            if isinstance(item, Segmented) and (self._blocks >= _BATCHES * self._most or self._network is None or not self._has_time()):
                item = _left_out(item.block)
            self._blocks += isinstance(item, Segmented)
            self._items.append(item)
            self._changed.notify()

    def close(self) -> None:
        """Let `run` end. Blocks that wait are left out."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def run(self) -> None:
        """Open the network and look at what is offered, until `close` is called or an error comes."""
        if hasattr(os, "setpriority"):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST)  # threads that the network starts inherit it
        try:
            network = self._open()
            with self._changed:
                self._network = network
            while items := self._take():
                self._look(items)
        except Exception as error:  # noqa: BLE001 - the thread boundary: the line must go on without its shadow
            with self._changed:
                self._closed = True
                self._items.clear()
            self._failed(error)

    @property
    def _opened(self) -> Network:
        if self._network is None:
            raise RuntimeError("the second network is not open yet")
        return self._network

    def _take(self) -> list[Offered]:
        """The blocks that come next, at most a batch, or the one item that is no block; nothing at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._items)
            taken: list[Offered] = []
            while self._items and len(taken) < self._most:
                if taken and not isinstance(self._items[0], Segmented):
                    break
                taken.append(self._items.popleft())
                if not isinstance(taken[-1], Segmented):
                    break
            self._blocks -= sum(isinstance(item, Segmented) for item in taken)
            return taken

    def _look(self, items: Sequence[Offered]) -> None:
        segmented = [item for item in items if isinstance(item, Segmented)]
        if not segmented:
            self._pass_on(items[0])
        elif self._closed or not self._has_time():
            for item in segmented:
                self._pass_on(_left_out(item.block))
        else:
            answers = self._opened.looking.at([item.block for item in segmented], hurried=False)
            for item, answer in zip(segmented, list(answers), strict=True):
                self._pass_on(item, Segmented(item.block, *answer))

    def _pass_on(self, item: Offered, second: Segmented | None = None) -> None:
        """Give an item to both inspectors. `second`: the second network's answer for a block."""
        outcomes = self._first.push(item), self._second.push(second or item)
        shadowed = self._coils[outcomes[0].coil_id]
        shadowed.exposed += sum(c.lines for c in outcomes[0].lines)
        shadowed.seen += sum(c.lines for c in outcomes[0].lines if c.state is not State.LOST)
        for side, outcome in zip(shadowed.sides, outcomes, strict=True):
            side.add(outcome, one_by_one=self._recipe_of(shadowed.coil).needs_defects)
        if outcomes[0].coil_complete:
            del self._coils[outcomes[0].coil_id]
            if (result := self._result(shadowed)) is not None:
                self._done(result)

    def _result(self, shadowed: _Shadowed) -> ShadowResult | None:
        """The result of a coil; None if a network names no model."""
        models = shadowed.first.model, self._opened.model
        seen_m = shadowed.seen / self._most * shadowed.coil.mm_per_line / 1000
        if models[0] is None or models[1] is None:
            return None
        c = shadowed.coil
        first, second = (
            replace(side.verdict(model, self._recipe_of(c), c, seen_m), alone=side.alone(other))
            for side, other, model in zip(shadowed.sides, shadowed.sides[::-1], models, strict=True)
            if model is not None
        )
        return ShadowResult(shadowed.coil.coil_id, shadowed.exposed, shadowed.seen, first, second)


def _left_out(block: Block) -> OnCoil:
    return OnCoil(block.coil_id, LostLines(block.camera, block.first_line, block.lines, Overrun()))
