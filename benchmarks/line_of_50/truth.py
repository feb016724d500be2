"""What is true of each coil of the simulated line, and what a line that sees everything would decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from benchmarks.line_of_50.plan import COIL_LINES, MM, Plan
from skelp.capture.synthetic import SyntheticStrip
from skelp.capture.synthetic.planting import DEFECT_KINDS, MarkKind
from skelp.domain.coilmap import Coil, Facts, Tally, evidence
from skelp.domain.coverage import Interval, State
from skelp.domain.decision import Decision
from skelp.domain.defect import Defect
from skelp.domain.found import Found
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.reasons import CameraNoAnswer, Counted
from skelp.domain.severity import Measures
from skelp.domain.strip import Side

_EVER = datetime(2026, 11, 27, tzinfo=UTC)
_AWAY = CameraNoAnswer().by(Counted.ENCODER)


@dataclass(frozen=True, slots=True)
class Box:
    """A defect: its kind, and where it lies, mm from the coil's head and from the strip's edge on the operator side."""

    kind: str
    along_mm: float
    across_mm: float
    length_mm: float
    width_mm: float
    area_mm2: float


@dataclass(frozen=True, slots=True)
class CoilTruth:
    """What is true of a coil that begins at the strip's line `first` and has `lines` lines.

    `rolls`: those that left at least eight marks on it. `stops`: mm from the head, and seconds. `reverses`: mm from the head, and metres.
    `lost`: lines from the head. `seams`: mm from the head. `rims`: from and to, mm from the head, where marks are cut by its borders.
    """

    coil: int
    first: int
    lines: int
    boxes: list[Box] = field(default_factory=list)
    rolls: list[str] = field(default_factory=list)
    stops: list[tuple[float, float]] = field(default_factory=list)
    reverses: list[tuple[float, float]] = field(default_factory=list)
    lost: tuple[int, int] = (0, 0)
    seams: list[float] = field(default_factory=list)
    rims: list[tuple[float, float]] = field(default_factory=list)

    def decision(self, plan: Plan) -> Decision:
        """What the coil's recipe decides if everything is seen, and measured as it was drawn."""
        recipe, coil_id = plan.recipe(self.coil), f"C{self.coil:02d}"
        coil = Coil(coil_id, coil_id, _EVER, MM)
        defects = [self._defect(n, box, plan) for n, box in enumerate(self.boxes)]
        start, stop = self.lost
        covered = [
            Interval(0, start, State.INSPECTED),
            Interval(start, stop - start, State.LOST, _AWAY),
            Interval(stop, self.lines - stop, State.INSPECTED),
        ]
        periodic = [_series(coil_id, n, roll) for n, roll in enumerate(self.rolls)]
        welds = [(round((mm - 250) / MM), round((mm + 250) / MM)) for mm in self.seams]
        facts = Facts([i for i in covered if i.lines], Tally.of(defects), periodic, Found.of(defects), welds)
        return recipe.decide(evidence(coil, facts, recipe)).decision

    def _defect(self, n: int, box: Box, plan: Plan) -> Defect:
        rules = plan.recipe(self.coil).severity_of(box.kind)
        grade, _ = rules.graded(Measures(box.area_mm2, box.length_mm, box.width_mm, box.across_mm, 0.5), None)
        size = (box.along_mm, box.across_mm, box.length_mm, box.width_mm, box.area_mm2)
        return Defect(str(n), "", box.kind, "", grade, 1.0, 1.0, Side.TOP, "sim", *size, 0.0, 0.5, False, 0, 1, 0, 1)


def truths(plan: Plan, begins: Sequence[int]) -> list[CoilTruth]:
    """The truth about each coil. `begins`: the strip's line at which each begins."""
    strip = SyntheticStrip(plan.config)
    ends = [*begins[1:], plan.lines]
    return [_truth(plan, strip, coil, first, end) for coil, (first, end) in enumerate(zip(begins, ends, strict=True))]


def _truth(plan: Plan, strip: SyntheticStrip, coil: int, first: int, end: int) -> CoilTruth:
    middle = coil * COIL_LINES + COIL_LINES // 2 - first
    boxes = _boxes(strip, first, end)
    rolls = [d.roll.name for d in plan.rolls if _marks(d.period_mm, d.coils, first, end) >= 8]
    stops = [(middle * MM, seconds) for n, seconds in plan.stops if n == coil]
    back = [(middle * MM, plan.reversed_m)] if coil == plan.reversed_coil else []
    away = (middle, middle + round(plan.away_m * 1000 / MM)) if coil == plan.away_coil else (0, 0)
    seams = [(line - first) * MM for line in plan.seams if first <= line < end]
    return CoilTruth(coil, first, end - first, boxes, rolls, stops, back, away, seams, _rims(strip, first, end))


def _marks(period_mm: float, coils: tuple[int, int], first: int, end: int) -> int:
    low, high = max(first, coils[0] * COIL_LINES), min(end, (coils[1] + 1) * COIL_LINES)
    return max(0, int((high - low) * MM // period_mm))


def _boxes(strip: SyntheticStrip, first: int, end: int) -> list[Box]:
    """The defects of which most lies between two lines. One that reaches over a border belongs to both coils."""
    found = []
    for planted in strip.planted(first, end):
        if planted.kind not in DEFECT_KINDS:
            continue
        start, stop = max(planted.line, first), min(planted.line + planted.lines, end)
        rows = planted.mark.rows(start - planted.line, stop - planted.line)
        hit = np.flatnonzero(rows.mask.any(axis=1))
        if not len(hit):
            continue  # the soft rim of a mark that the border cuts (_rims)
        low = rows.column[hit] + rows.mask[hit].argmax(axis=1)
        high = rows.column[hit] + rows.mask.shape[1] - rows.mask[hit, ::-1].argmax(axis=1)
        kind = "roll_mark" if planted.kind is MarkKind.ROLL_MARK else planted.kind.value
        along, length = (start + int(hit[0]) - first) * MM, (int(hit[-1]) - int(hit[0]) + 1) * MM
        found.append(Box(kind, along, float(low.min()) * MM, length, float(high.max() - low.min()) * MM, float(rows.mask.sum()) * MM * MM))
    return sorted(found, key=lambda b: b.along_mm)


def _rims(strip: SyntheticStrip, first: int, end: int) -> list[tuple[float, float]]:
    """Where a border of the coil cuts off no more than the soft rim of a mark, mm from the head. What is found there need not be found."""
    found = []
    for p in strip.planted(first, end):
        start, stop = max(p.line, first), min(p.line + p.lines, end)
        is_cut = stop - start < p.lines and p.kind in DEFECT_KINDS
        if is_cut and not p.mark.rows(start - p.line, stop - p.line).mask.any():
            found.append(((start - first) * MM, (stop - first) * MM))
    return found


def _series(coil_id: str, number: int, roll: str) -> PeriodicDefect:
    return PeriodicDefect(f"{coil_id}-P{number}", coil_id, Side.TOP, 0.0, 1.0, 0.1, 0.0, 1.0, 8, 8, -9.0, (roll,))
