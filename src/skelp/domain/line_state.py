"""The states of the line while a coil passes: what the strip did, and how skelp knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import chain, groupby

from skelp.domain.coverage import Interval, Totals
from skelp.domain.crops import NO_CROPS, Crops, coverage_in
from skelp.domain.reasons import NoStrip, Screened


class LineState(StrEnum):
    """What the line did.

    threading: the head moves, and the line has not run since the last stop. slowing: it has run, and moves slower than that. stopped and
    reversed are at one line of the coil, which does not grow meanwhile. docs/states.md describes all of them.
    """

    THREADING = "threading"
    RUNNING = "running"
    SLOWING = "slowing"
    STOPPED = "stopped"
    REVERSED = "reversed"
    WELD_SEAM = "weld_seam"
    NO_STRIP = "no_strip"
    HEAD_CROP = "head_crop"
    TAIL_CROP = "tail_crop"


class KnownBy(StrEnum):
    """How skelp knows a state: by speed, by the encoder's count, by the picture, by the recipe, or because the MES said so."""

    SPEED = "speed"
    ENCODER = "encoder"
    PICTURE = "picture"
    RECIPE = "recipe"
    MES = "mes"


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a coil that passed in one state.

    `first_line` counts from the coil's head; a stop and a reverse have no lines. `number` counts the coil's passages that are known by
    the same. `seconds`: how long it took, None if no camera tells the time. `again_lines`: lines of steel that was seen before, because
    the strip had run back; they were left out. `slowest_m_s` and `fastest_m_s` are None where no speed was measured.
    """

    number: int
    state: LineState
    by: KnownBy
    first_line: int
    lines: int
    started_at: datetime | None = None
    seconds: float | None = None
    again_lines: int = 0
    slowest_m_s: float | None = None
    fastest_m_s: float | None = None

    @property
    def end_line(self) -> int:
        """The line after the last one."""
        return self.first_line + self.lines


@dataclass(frozen=True, slots=True)
class LineNow:
    """What the line does at this moment. `speed_m_s`: None if it is not known, as while the strip runs back."""

    state: LineState
    speed_m_s: float | None


@dataclass(frozen=True, slots=True)
class StateOfCoil:
    """A stretch of a coil in one state, and how far its lines were inspected. `screened`: those that only the screen found sound."""

    passage: Passage
    totals: Totals
    screened: int


def states_of(
    passages: Sequence[Passage], coverage: Sequence[Interval], crops: Crops = NO_CROPS, *, closed: bool = False
) -> list[StateOfCoil]:
    """All states of a coil, from the head on: the passages, where no strip was seen, and the lines that the recipe crops.

    States may lie upon each other: the coil runs, and its weld seam passes. `coverage`: the strip's. `closed`: it is complete, so what was
    told beyond its end is no part of the coil.
    """
    end = max([i.end_line for i in coverage], default=0)
    passed = list(_within(passages, end)) if closed else passages
    found = sorted(
        chain(passed, _without_strip(coverage), _cropped(end, crops, passed)),
        key=lambda p: (p.first_line, p.lines > 0, -p.lines, p.state.value),
    )
    return [StateOfCoil(p, *_seen(coverage, p)) for p in found]


def _seen(coverage: Sequence[Interval], passage: Passage) -> tuple[Totals, int]:
    parts = list(coverage_in(coverage, [(passage.first_line, passage.end_line)]))
    return Totals.of(parts), sum(i.lines for i in parts if i.reason == Screened())


def _within(passages: Sequence[Passage], end: int) -> Iterator[Passage]:
    """The passages of a coil that ends there, without what lies beyond."""
    for p in passages:
        if p.first_line < end or (p.lines == 0 and p.first_line == end):
            yield p if p.end_line <= end else replace(p, lines=end - p.first_line)


def _without_strip(coverage: Sequence[Interval]) -> Iterator[Passage]:
    number = 0
    for is_gone, lines in groupby(coverage, key=lambda i: i.reason == NoStrip()):
        joined = list(lines)
        if is_gone:
            first = joined[0].first_line
            yield Passage(number, LineState.NO_STRIP, KnownBy.PICTURE, first, joined[-1].end_line - first)
            number += 1


def _cropped(end: int, crops: Crops, passages: Sequence[Passage]) -> Iterator[Passage]:
    """The lines that the recipe crops at head and tail. A coil that would be cropped altogether is judged whole."""
    seams = [(p.first_line, p.end_line) for p in passages if p.state is LineState.WELD_SEAM and p.by is KnownBy.MES]
    if crops.judged(end, seams) == [(0, end)]:
        return
    if crops.head:
        yield Passage(0, LineState.HEAD_CROP, KnownBy.RECIPE, 0, crops.head)
    if crops.tail:
        yield Passage(1, LineState.TAIL_CROP, KnownBy.RECIPE, end - crops.tail, crops.tail)
