"""A coil: its identity, its defects, and how much of it was inspected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from skelp.domain.coverage import Interval, State, Totals, worst_of
from skelp.domain.crops import Crops, Range, coverage_in, reaching_into
from skelp.domain.decision import Decision, worst
from skelp.domain.defect import MARK, Defect
from skelp.domain.ends import AS_SEEN, Ends
from skelp.domain.found import NOTHING, Found
from skelp.domain.override import Override
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.reasons import CoilProvisional, CoilRunning, Reason, Screened
from skelp.domain.recipe import Recipe
from skelp.domain.revision import Revision
from skelp.domain.ruling import Evidence


class Status(StrEnum):
    """running: the coil passes the cameras. provisional: it has passed, results are still to come. final: all results are there."""

    RUNNING = "running"
    PROVISIONAL = "provisional"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Coil:
    """Identity of a coil, and the model and recipe that inspected it.

    `automatic`: nobody announced the coil, so the station named it. `strip_width_mm`: the width that the MES or the recipe gives, else
    None. `interrupted`: the station stopped while the coil ran. `pass_number`: 1 when the coil passes for the first time. `codes_...`: the
    common codes that its defects were recorded with; None without.
    """

    coil_id: str
    name: str
    started_at: datetime
    mm_per_line: float
    status: Status = Status.RUNNING
    automatic: bool = False
    heat: str = ""
    product: str = ""
    customer: str = ""
    finished_at: datetime | None = None
    interrupted: bool = False
    model_name: str = ""
    model_sha256: str = ""
    recipe_name: str = ""
    recipe_sha256: str = ""
    strip_width_mm: float | None = None
    pass_number: int = 1
    revision: int = 1
    codes_name: str | None = None
    codes_version: str | None = None
    codes_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of a coil's defects, by class and by severity, and of its marks that are no defects, by class."""

    by_class: dict[str, int] = field(default_factory=dict)
    by_severity: dict[int, int] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)

    @property
    def defects(self) -> int:
        return sum(self.by_class.values())

    @staticmethod
    def of(defects: Sequence[Defect]) -> Tally:
        return Tally.counted([(d.class_name, d.severity, 1) for d in defects])

    @staticmethod
    def counted(counts: Iterable[tuple[str, int, int]]) -> Tally:
        """From class, severity and number."""
        by_class, by_severity, marks = Counter[str](), Counter[int](), Counter[str]()
        for name, severity, n in counts:
            if severity == MARK:
                marks[name] += n
            else:
                by_class[name] += n
                by_severity[severity] += n
        return Tally(dict(sorted(by_class.items())), dict(sorted(by_severity.items())), dict(sorted(marks.items())))


@dataclass(frozen=True, slots=True)
class Summary:
    """A coil's result. A line of the strip has the worst state that any camera gave it. `revised`: the newest
    decision by another recipe. `override`: what a person decided instead.
    """

    coil: Coil
    totals: Totals
    tally: Tally
    decision: Decision
    reasons: list[Reason]
    override: Override | None = None
    revised: Revision | None = None

    @property
    def by_skelp(self) -> Summary | Revision:
        """What skelp decided last, with its reasons: the newest revision, else the first decision."""
        return self.revised or self

    def metres(self, lines: int) -> float:
        return lines * self.coil.mm_per_line / 1000

    @property
    def length_m(self) -> float:
        return self.metres(self.totals.exposed)


def strip_coverage(coil: Coil, coverages: Sequence[Sequence[Interval]]) -> list[Interval]:
    """Coverage of the strip from that of each camera."""
    return worst_of(coverages, closed=coil.status is Status.FINAL)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was recorded of a coil, to decide on it. `coverage` is the strip's, from `strip_coverage`; `found` its defects one by one, if
    the recipe needs them. `welds`: the lines of the weld seams that the MES told, the first and the one after the last. `ends`: which
    ends of a recorded coil it has.
    """

    coverage: Sequence[Interval]
    tally: Tally
    periodic: Sequence[PeriodicDefect] = ()
    found: Found = NOTHING
    welds: Sequence[Range] = ()
    ends: Ends = AS_SEEN


def evidence(coil: Coil, facts: Facts, recipe: Recipe) -> Evidence:
    """What the recipe decides by.

    What the recipe crops at the head, the tail and the weld seams is left out: its lines, and the defects that lie wholly in it. A coil
    that would be cropped altogether is judged whole. Where a piece was cut, nothing is cropped: cutting must not make steel better.
    """
    to_m = coil.mm_per_line / 1000
    coverage, found, totals = facts.coverage, facts.found, Totals.of(facts.coverage)
    seen = Evidence(
        totals.exposed * to_m,
        (totals.degraded + totals.lost) * to_m,
        facts.tally.by_severity,
        facts.tally.marks,
        width_known=coil.strip_width_mm is not None,
        screened_m=sum(i.lines for i in coverage if i.reason == Screened()) * to_m,
        periodic=len(facts.periodic),
        rolls=tuple(dict.fromkeys(roll for series in facts.periodic for roll in series.rolls)),
        found=found,
        width_mm=coil.strip_width_mm,
        ends=facts.ends,
    )
    crops = Crops.of(recipe, coil.mm_per_line, facts.ends)
    judged = crops.judged(totals.exposed, facts.welds)
    if judged == [(0, totals.exposed)]:
        return seen
    rest = list(coverage_in(coverage, judged))
    lines, inside = Totals.of(rest), reaching_into(found, judged, coil.mm_per_line)
    counts = Counter(inside.severity.tolist())
    return replace(
        seen,
        length_m=lines.exposed * to_m,
        uninspected_m=(lines.degraded + lines.lost) * to_m,
        by_severity=dict(sorted(counts.items())),
        screened_m=sum(i.lines for i in rest if i.reason == Screened()) * to_m,
        found=inside,
        whole_m=seen.length_m,
        welds=crops.seams_cropped(totals.exposed, facts.welds),
    )


def summarise(coil: Coil, facts: Facts, recipe: Recipe) -> Summary:
    """Totals, counts and the recipe's decision."""
    ruling = recipe.decide(evidence(coil, facts, recipe))
    decision, reasons = ruling.decision, ruling.reasons
    if coil.status is not Status.FINAL:
        not_final = CoilRunning() if coil.status is Status.RUNNING else CoilProvisional()
        decision, reasons = Decision.HOLD, [not_final, *([] if decision is Decision.ACCEPT else reasons)]
    return Summary(coil, Totals.of(facts.coverage), facts.tally, decision, reasons)


def held_for(summary: Summary, reasons: Sequence[Reason]) -> Summary:
    """The summary of a coil that is held for these reasons too, unless it is scrap; without a reason, the summary as it is."""
    if not reasons:
        return summary
    others = [] if summary.decision is Decision.ACCEPT else summary.reasons
    return replace(summary, decision=worst([summary.decision, Decision.HOLD]), reasons=[*reasons, *others])


@dataclass(frozen=True, slots=True)
class DensityGrid:
    """Counts and areas of defects in cells along and across; `covered` is the inspected share of each row of cells."""

    along_m: float
    across_mm: float
    count: dict[str, NDArray[np.int64]]
    area_mm2: dict[str, NDArray[np.float64]]
    covered: NDArray[np.float64]


def density(
    defects: Sequence[Defect], coverage: Sequence[Interval], *, mm_per_line: float, width_mm: float, rows: int, columns: int
) -> DensityGrid:
    """Grid of `rows` cells along by `columns` across; a defect counts in the cell of its box's centre."""
    total = sum(i.lines for i in coverage)
    length_mm = max(total * mm_per_line, 1e-9)
    names = sorted({d.class_name for d in defects})
    count = {name: np.zeros((rows, columns), np.int64) for name in names}
    area = {name: np.zeros((rows, columns)) for name in names}
    for d in defects:
        row = min(rows - 1, max(0, int((d.along_mm + d.length_mm / 2) / length_mm * rows)))
        col = min(columns - 1, max(0, int((d.across_mm + d.width_mm / 2) / max(width_mm, 1e-9) * columns)))
        count[d.class_name][row, col] += 1
        area[d.class_name][row, col] += d.area_mm2
    edges = np.linspace(0, total, rows + 1)
    covered = np.zeros(rows)
    for i in coverage:
        if i.state is State.INSPECTED:
            overlap = np.minimum(edges[1:], i.end_line) - np.maximum(edges[:-1], i.first_line)
            covered += np.clip(overlap, 0, None)
    return DensityGrid(length_mm / rows / 1000, width_mm / columns, count, area, covered / np.maximum(edges[1:] - edges[:-1], 1e-9))
