"""The ledger: every exposed line ends as inspected, degraded or lost, with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise

from skelp.domain.errors import SkelpError
from skelp.domain.reasons import CameraEndedEarly, Code, Reason
from skelp.domain.strip import CoilLine


class State(StrEnum):
    """How far a line was inspected, from best to worst."""

    INSPECTED = "inspected"
    DEGRADED = "degraded"
    LOST = "lost"


_RANK = {state: rank for rank, state in enumerate(State)}


class LedgerError(SkelpError):
    """Lines were recorded twice or left out, so the ledger would not add up."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Consecutive lines of one camera on one coil that share a state and a reason. `first_line` counts from the coil's head.

    Lines that the whole network saw, and nothing was wrong with, have no reason. Inspected lines with a reason were screened.
    """

    first_line: int
    lines: int
    state: State
    reason: Reason | None = None

    @property
    def end_line(self) -> int:
        """The line after the last one."""
        return self.first_line + self.lines


@dataclass(frozen=True, slots=True)
class LineCount:
    """So many lines that entered a ledger in one state for one reason code, or for none."""

    state: State
    code: Code | None
    lines: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Lines by state. They always add up: `exposed = inspected + degraded + lost`."""

    inspected: int = 0
    degraded: int = 0
    lost: int = 0

    @property
    def exposed(self) -> int:
        return self.inspected + self.degraded + self.lost

    def plus(self, lines: int, state: State) -> Totals:
        """These totals with `lines` more in `state`."""
        return replace(self, **{state.value: getattr(self, state.value) + lines})

    @staticmethod
    def of(intervals: Iterable[Interval]) -> Totals:
        total = Totals()
        for interval in intervals:
            total = total.plus(interval.lines, interval.state)
        return total


@dataclass(slots=True)
class Ledger:
    """The book of one camera on one coil. It holds the open interval and the totals, so its size is constant.

    `record` returns the interval as it now stands: the same `first_line` as before means that it grew.
    """

    camera: str
    totals: Totals = field(default_factory=Totals)
    open: Interval | None = None

    def record(self, first_line: CoilLine, lines: int, state: State, reason: Reason | None = None) -> Interval:
        """Add lines. Raises LedgerError unless they begin where the ledger ends."""
        if lines <= 0 or first_line != self.totals.exposed:
            raise LedgerError(
                f"camera {self.camera}: {lines} lines from {first_line} do not follow line {self.totals.exposed}; "
                "the source or a stage lost count, and the coil's result would be wrong; please report this bug"
            )
        if state is not State.INSPECTED and reason is None:
            raise LedgerError(f"camera {self.camera}: lines {first_line}+{lines} are {state} without a reason")
        last = self.open
        if last is not None and last.state is state and last.reason == reason:
            self.open = replace(last, lines=last.lines + lines)
        else:
            self.open = Interval(first_line, lines, state, reason)
        self.totals = self.totals.plus(lines, state)
        return self.open


def cut(coverage: Iterable[Interval], first_line: int, end_line: int) -> list[Interval]:
    """The lines from `first_line` to before `end_line` of a coverage."""
    parts = ((max(i.first_line, first_line), min(i.end_line, end_line), i) for i in coverage)
    return [replace(i, first_line=start, lines=stop - start) for start, stop, i in parts if start < stop]


def worst_of(coverages: Iterable[Iterable[Interval]], *, closed: bool) -> list[Interval]:
    """One coverage for several cameras: a line has the worst state that any of them gave it.

    While a coil runs (`closed=False`) it ends where the shortest coverage ends. On a closed coil, lines that one camera has
    and another has not are lost: that part of the width was not inspected.
    """
    lists = [list(coverage) for coverage in coverages]
    ends = [coverage[-1].end_line if coverage else 0 for coverage in lists]
    if not ends:
        return []
    if closed:
        longest = max(ends)
        for coverage, end in zip(lists, ends, strict=True):
            if end < longest:
                coverage.append(Interval(end, longest - end, State.LOST, CameraEndedEarly()))
    stop_at = max(ends) if closed else min(ends)
    cuts = sorted({min(edge, stop_at) for coverage in lists for i in coverage for edge in (i.first_line, i.end_line)})
    cursors = [0] * len(lists)
    merged: list[Interval] = []
    for start, stop in pairwise(cuts):
        for n, coverage in enumerate(lists):
            while coverage[cursors[n]].end_line <= start:
                cursors[n] += 1
        here = [coverage[cursor] for coverage, cursor in zip(lists, cursors, strict=True)]
        worst = max(here, key=badness)
        append(merged, Interval(start, stop - start, worst.state, worst.reason))
    return merged


def badness(interval: Interval) -> tuple[int, bool]:
    """Grows from inspected lines to lost ones; inspected lines with a reason were screened, and come after those without."""
    return _RANK[interval.state], interval.reason is not None


def append(merged: list[Interval], interval: Interval) -> None:
    """Add an interval that follows the last one, or make that one longer if state and reason are the same."""
    last = merged[-1] if merged else None
    if last and (last.state, last.reason) == (interval.state, interval.reason):
        merged[-1] = replace(last, lines=last.lines + interval.lines)
    else:
        merged.append(interval)
