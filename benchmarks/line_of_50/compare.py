"""Compares what a station recorded of the simulated line with what is true of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.line_of_50.plan import FRAME, MM, Plan
from benchmarks.line_of_50.run import STATION
from benchmarks.line_of_50.truth import Box, CoilTruth
from skelp.domain.coilmap import Summary
from skelp.domain.defect import Defect
from skelp.domain.line_state import KnownBy, LineState, Passage, StateOfCoil
from skelp.domain.queries import DefectQuery
from skelp.ports import RecordReader
from skelp.sinks.storage import open_storage

_NEAR_MM = 12.0
"""A defect and the truth are the same if their boxes lie so close."""
_SEAM_MM = 40.0
_MOST_DEFECTS = 10_000


@dataclass(slots=True)
class Score:
    """What was right and what was not, over all coils. `wrong` says where, one line each."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, what: str, right: bool, where: str) -> None:
        """Count one thing that is to be right."""
        self.counts[f"{what}, to find"] += 1
        self.counts[f"{what}, right"] += right
        if not right:
            self.wrong.append(f"{what}: {where}")

    def extra(self, what: str, where: str) -> None:
        """Count one thing that was told and is not true."""
        self.counts[f"{what}, false"] += 1
        self.wrong.append(f"{what}, false: {where}")

    @property
    def record(self) -> dict[str, Any]:
        """For JSON."""
        return {"counts": dict(sorted(self.counts.items())), "wrong": self.wrong}


def compare(plan: Plan, truth: Sequence[CoilTruth], folder: Path) -> Score:
    """Compare each coil of a station's folder."""
    score = Score()
    with open_storage(folder, None, plan.inner, STATION) as database:
        for coil in truth:
            _coil(score, plan, coil, database.reader)
        events = [event.payload.kind.value for event in database.reader.events(after=0, limit=100_000)]
    dirty = [kind for kind in events if kind == "optics.light"]
    score.add("dirty window", bool(dirty) == (plan.dirty[0] < plan.coils), f"{len(dirty)} warnings")
    return score


def _coil(score: Score, plan: Plan, truth: CoilTruth, reader: RecordReader) -> None:
    name = f"C{truth.coil:02d}"
    summary = reader.summary(reader.coil(name))
    found = [d for _, d in reader.defects(name, DefectQuery(limit=_MOST_DEFECTS))]
    expected = truth.decision(plan)
    score.add("decision", summary.decision is expected, f"{name} {summary.decision}, not {expected}: {_why(summary)}")
    _coverage(score, name, truth, summary)
    _states(score, name, truth, reader.states(name))
    named = {p.rolls[0] if p.rolls else "" for p in reader.periodic(name)}
    for roll in truth.rolls:
        score.add("roll", roll in named, f"{name} {roll}, named: {', '.join(sorted(named)) or 'none'}")
    for roll in named - set(truth.rolls):
        score.extra("roll", f"{name} {roll or 'not known'}")
    _defects(score, name, truth, found)


def _why(summary: Summary) -> str:
    return ", ".join(reason.code.value for reason in summary.reasons)


def _coverage(score: Score, name: str, truth: CoilTruth, summary: Summary) -> None:
    totals, lost = summary.totals, truth.lost[1] - truth.lost[0]
    exact = totals.exposed == truth.lines and totals.lost == lost
    score.add("lines", exact, f"{name} {totals.exposed} lines of {truth.lines}, {totals.lost} lost of {lost}")
    score.counts["degraded lines"] += totals.degraded


def _states(score: Score, name: str, truth: CoilTruth, states: Sequence[StateOfCoil]) -> None:
    told = {s: [p.passage for p in states if p.passage.state is s] for s in LineState}
    stops, backs = told[LineState.STOPPED], told[LineState.REVERSED]
    for place, seconds in truth.stops:
        near = [p for p in stops if _at(p, place) and abs((p.seconds or 0) - seconds) <= 1.0]
        score.add("stop", len(near) == len(stops) == 1, f"{name} {_places(stops)}; true: {place:.0f} mm, {seconds:g} s")
    for place, metres in truth.reverses:
        back = [p for p in backs if _at(p, place) and round(p.again_lines * MM) == 2000 * metres]
        score.add("reverse", len(back) == 1, f"{name} {[(p.first_line * MM, p.again_lines * MM) for p in backs]}")
    seen = [p for p in told[LineState.WELD_SEAM] if p.by is KnownBy.PICTURE]
    for seam in truth.seams:
        near = [p for p in seen if _near(p.first_line * MM, p.end_line * MM, seam)]
        score.add("seam seen", len(near) == 1, f"{name} at {seam:.0f} mm; told: {_places(seen)}")
    for p in seen:
        if not any(_near(p.first_line * MM, p.end_line * MM, seam) for seam in truth.seams):
            score.extra("seam seen", f"{name} {p.first_line * MM:.0f} mm")
    if not truth.stops:
        for p in told[LineState.STOPPED]:
            score.extra("stop", f"{name} {p.first_line * MM:.0f} mm")


def _at(passage: Passage, place_mm: float) -> bool:
    """Whether it is told within a frame of where it is."""
    return abs(passage.first_line * MM - place_mm) <= FRAME * MM


def _places(passages: Sequence[Passage]) -> str:
    return ", ".join(f"{p.first_line * MM:.0f} mm {p.seconds or 0:g} s" for p in passages) or "none"


def _near(first: float, end: float, place: float) -> bool:
    return first - _SEAM_MM <= place <= end + _SEAM_MM


def _defects(score: Score, name: str, truth: CoilTruth, found: Sequence[Defect]) -> None:
    """Defects by place. What lies on a seam is no defect of the steel, and is left out."""
    for box in truth.boxes:
        score.add(f"{box.kind}", any(_touches(d, box) for d in found), f"{name} {box.along_mm:.0f} mm")
    for d in _off_seams(found, truth):
        in_rim = any(low <= d.along_mm and d.along_mm + d.length_mm <= high for low, high in truth.rims)
        if not in_rim and not any(_touches(d, box) for box in truth.boxes):
            size = f"{d.length_mm:.0f} x {d.width_mm:.0f} mm"
            score.extra("defect", f"{name} {d.class_name} at {d.along_mm:.0f} mm, {d.across_mm:.0f} mm, {size}")


def _off_seams(found: Sequence[Defect], truth: CoilTruth) -> Iterator[Defect]:
    return (d for d in found if not any(_near(d.along_mm, d.along_mm + d.length_mm, seam) for seam in truth.seams))


def _touches(d: Defect, box: Box) -> bool:
    along = d.along_mm - _NEAR_MM <= box.along_mm + box.length_mm and box.along_mm - _NEAR_MM <= d.along_mm + d.length_mm
    return along and d.across_mm - _NEAR_MM <= box.across_mm + box.width_mm and box.across_mm - _NEAR_MM <= d.across_mm + d.width_mm
