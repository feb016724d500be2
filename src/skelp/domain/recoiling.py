"""A coil that no camera saw: a piece that was cut out of coils which cameras saw, or welded of them (ADR 29).

What was recorded of the steel is mapped to the piece. Steel that no record covers is lost, so it is never clean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import combinations, pairwise
from typing import Any

from skelp.domain.coilmap import Coil, Status
from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.coverage import Interval, State, append, badness
from skelp.domain.cuts import Cut, PlacedCut, Stretch, lines_in_piece
from skelp.domain.defect import Defect
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.reasons import CameraEndedEarly, CoilDerived, CoilNotRecorded
from skelp.domain.recipe import Recipe

_UNKNOWN = "unknown"
"""The camera of a coil that no camera saw any line of."""
_INHERITED = ("heat", "product", "customer", "model_name", "model_sha256")
_CODES = ("codes_name", "codes_version", "codes_sha256")
_LEAST_SEEN = 2
"""A series of defects goes with a cut that has so many of them: one does not repeat."""


@dataclass(frozen=True, slots=True)
class Breadth:
    """The width of a coil from `from_mm` to `to_mm` of its head; None: nobody knows it."""

    from_mm: float
    to_mm: float
    width_mm: float | None


@dataclass(frozen=True, slots=True)
class Mother:
    """What is recorded of a coil. `coverages`: each camera's. `breadths`: several if the coil was itself welded of several. `was_cut`: it
    was derived itself.
    """

    coil: Coil
    coverages: Mapping[str, Sequence[Interval]]
    breadths: Sequence[Breadth]
    defects: Sequence[Defect] = ()
    periodic: Sequence[PeriodicDefect] = ()
    was_cut: bool = False

    @property
    def lines(self) -> int:
        """The lines of the camera with the most."""
        return max((intervals[-1].end_line for intervals in self.coverages.values() if intervals), default=0)

    def widths_mm(self, from_mm: float, to_mm: float) -> list[float | None]:
        """The widths of this stretch."""
        return [b.width_mm for b in self.breadths if b.from_mm < to_mm and b.to_mm > from_mm]


@dataclass(frozen=True, slots=True)
class Piece:
    """What is recorded of a piece. Defects are numbered from its head on. `interrupted`: it has the end of a coil of which the station did
    not see the rest, so nobody knows how much of the piece was inspected.
    """

    cuts: list[PlacedCut]
    coverages: dict[str, list[Interval]]
    defects: list[Defect]
    periodic: list[PeriodicDefect]
    interrupted: bool = False

    @property
    def lines(self) -> int:
        return sum(c.lines for c in self.cuts)

    @property
    def width_mm(self) -> float:
        """The largest width; 0 if nobody knows one."""
        return max((c.width_mm or 0.0 for c in self.cuts), default=0.0)


def identity(coil_id: str, given: Mapping[str, Any], cuts: Sequence[Cut], coils: Mapping[str, Coil], recipe: Recipe) -> Coil:
    """The coil that a piece is, before its results are stored. `given`: its name, heat, product and customer, as far as they were given.

    Heat, product, customer and model that are not given are those of the coils that it is made of, if these have the same; so are the
    common codes. `recipe` decides on it.
    """
    of, at = [coils[coil_id] for coil_id in made_of(cuts)], datetime.now(UTC)
    same: dict[str, Any] = {name: _common([getattr(coil, name) for coil in of]) for name in _INHERITED}
    if len({coil.codes_sha256 for coil in of}) == 1:
        same |= {name: getattr(of[0], name) for name in _CODES}
    return Coil(
        coil_id,
        started_at=at,
        finished_at=at,
        status=Status.PROVISIONAL,
        mm_per_line=of[0].mm_per_line,
        strip_width_mm=_strip_width(cuts, coils),
        recipe_name=recipe.name,
        recipe_sha256=recipe.sha256,
        **{"name": coil_id, **same, **given},
    )


def made_of(cuts: Iterable[Cut]) -> list[str]:
    """The coils with records of which a piece is made, each once, in their order from its head."""
    return list(dict.fromkeys(cut.coil_id for cut in cuts if cut.coil_id is not None))


def reason_of(cuts: Iterable[Cut]) -> CoilDerived:
    """Why a piece has results although no camera saw it."""
    return CoilDerived(", ".join(made_of(cuts)))


def derived(coil: Coil, cuts: Sequence[Cut], mothers: Mapping[str, Mother]) -> Piece:
    """What is recorded of the piece that `cuts` make, from its head to its tail.

    Raises ConflictError if it cannot be made so: a cut without a line, the same steel twice, or a width that must be known and is not.
    """
    laid = _laid(cuts, mothers, coil.mm_per_line)
    _refuse_the_same_steel_twice(laid)
    names = {s.place.cut.camera(name) for s, mother in laid if mother for name in mother.coverages if name != _UNKNOWN} or {_UNKNOWN}
    coverages: dict[str, list[Interval]] = {name: [] for name in sorted(names)}
    found: list[tuple[Stretch, Mother, Defect, Defect]] = []
    for stretch, mother in laid:
        for name, coverage in coverages.items():
            for interval in _rounded(stretch, _recorded(stretch, mother, stretch.place.cut.camera(name))):
                append(coverage, interval)
        if mother:
            pairs = ((d, stretch.defect(d, _widest(mother, d.along_mm, d.along_mm + d.length_mm))) for d in mother.defects)
            found += [(stretch, mother, before, after) for before, after in pairs if after]
    found.sort(key=lambda f: (f[3].along_mm, f[3].across_mm))
    found = [(s, m, d, replace(p, coil_id=coil.coil_id, defect_id=f"{coil.coil_id}-{n:06d}")) for n, (s, m, d, p) in enumerate(found, 1)]
    series = list(_series(coil, laid, found, coverages))
    interrupted = any(mother.coil.interrupted and (mother.was_cut or stretch.end >= mother.lines) for stretch, mother in laid if mother)
    return Piece([s.place for s, _ in laid], coverages, [p for *_, p in found], series, interrupted)


def _common(values: Sequence[str]) -> str:
    return values[0] if len(set(values)) == 1 else ""


def _strip_width(cuts: Sequence[Cut], coils: Mapping[str, Coil]) -> float | None:
    """The width that was given for every coil of the piece, without what was trimmed; None if one was not given, or they differ."""
    found = set()
    for cut in cuts:
        given = coils[cut.coil_id].strip_width_mm if cut.coil_id is not None else None
        found.add(None if given is None else round(given - cut.trimmed_operator_mm - cut.trimmed_drive_mm, 6))
    return found.pop() if len(found) == 1 else None


def _laid(cuts: Sequence[Cut], mothers: Mapping[str, Mother], mm_per_line: float) -> list[tuple[Stretch, Mother | None]]:
    """The cuts, one behind the other in the piece, each with what is recorded of its coil."""
    laid: list[tuple[Stretch, Mother | None]] = []
    first_line = 0
    for cut in cuts:
        mother = None if cut.coil_id is None else mothers[cut.coil_id]
        own = mother.coil.mm_per_line if mother else mm_per_line
        start, end = (round(metres * 1000 / own) for metres in (cut.from_m, cut.to_m))
        if end <= start:
            raise _impossible(f"the cut of {_named(cut)} from {cut.from_m} m to {cut.to_m} m has no line")
        lines = lines_in_piece(end - start, own, mm_per_line)
        place = PlacedCut(cut, first_line, lines, _trimmed(cut, mother, start * own, end * own))
        laid.append((Stretch(place, start, end - start, own, mm_per_line), mother))
        first_line += lines
    return laid


def _trimmed(cut: Cut, mother: Mother | None, from_mm: float, to_mm: float) -> float | None:
    """The width that is left of a cut; None if nobody knows it. Raises ConflictError if it has to be known, or nothing is left."""
    widths = mother.widths_mm(from_mm, to_mm) if mother else []
    if cut.needs_width and None in widths:
        raise _impossible(
            f"the width of {_named(cut)} is not known, so places across cannot be counted from its other edge; "
            "give strip_width_mm when a coil starts"
        )
    known = [width - cut.trimmed_operator_mm - cut.trimmed_drive_mm for width in widths if width is not None]
    if known and min(known) <= 0:
        raise _impossible(f"the trims of {_named(cut)} leave nothing of its width")
    return max(known, default=None)


def _refuse_the_same_steel_twice(laid: Sequence[tuple[Stretch, Mother | None]]) -> None:
    for (a, mother), (b, _) in combinations(laid, 2):
        one, other = a.place.cut, b.place.cut
        if mother is None or one.coil_id != other.coil_id or a.end <= b.start or b.end <= a.start:
            continue
        width = _widest(mother, a.start * a.mm_per_line, a.end * a.mm_per_line)
        if width is None or not (_is_beside(one, other, width) or _is_beside(other, one, width)):
            raise _impossible(f"two cuts have the same steel of {_named(one)}: {one.from_m} m to {one.to_m} m and {other.from_m} m on")


def _is_beside(one: Cut, other: Cut, width_mm: float) -> bool:
    """Whether a strip that was slit off ends where the other begins, or before."""
    return width_mm - one.trimmed_drive_mm <= other.trimmed_operator_mm


def _widest(mother: Mother, from_mm: float, to_mm: float) -> float | None:
    return max((width for width in mother.widths_mm(from_mm, to_mm) if width is not None), default=None)


def _impossible(message: str) -> ConflictError:
    return ConflictError(Conflict.CUT_IMPOSSIBLE, message)


def _named(cut: Cut) -> str:
    return "steel without records" if cut.coil_id is None else f"coil {cut.coil_id}"


def _recorded(stretch: Stretch, mother: Mother | None, camera: str) -> Iterator[Interval]:
    """What is recorded of a stretch by a camera, in the coil's lines. The rest is lost, with the reason."""
    at = stretch.start
    intervals = mother.coverages.get(camera) if mother else None
    for interval in intervals or ():
        first, end = max(interval.first_line, stretch.start), min(interval.end_line, stretch.end)
        if end > first:
            yield replace(interval, first_line=first, lines=end - first)
            at = end
    early = min(mother.lines if mother and intervals else at, stretch.end)
    if early > at:
        yield Interval(at, early - at, State.LOST, CameraEndedEarly())
        at = early
    if at < stretch.end:
        yield Interval(at, stretch.end - at, State.LOST, CoilNotRecorded(stretch.place.cut.coil_id))


def _rounded(stretch: Stretch, recorded: Iterable[Interval]) -> list[Interval]:
    """The intervals in lines of the piece. A line of the piece is as bad as the worst of the steel on it."""
    in_piece = sorted((stretch.interval(i) for i in recorded), key=lambda i: (i.first_line, i.end_line))
    rounded: list[Interval] = []
    for interval in in_piece:
        last = rounded[-1] if rounded else None
        first = interval.first_line
        if last and last.end_line > first:  # by one line, which has steel of both
            if badness(interval) > badness(last):
                rounded[-1:] = [replace(last, lines=first - last.first_line)] if first > last.first_line else []
            else:
                first = last.end_line
        if interval.end_line > first:
            rounded.append(replace(interval, first_line=first, lines=interval.end_line - first))
    return rounded


def _series(
    coil: Coil,
    laid: Sequence[tuple[Stretch, Mother | None]],
    found: Sequence[tuple[Stretch, Mother, Defect, Defect]],
    coverages: Mapping[str, Sequence[Interval]],
) -> Iterator[PeriodicDefect]:
    """The series of defects that repeat, of each cut. Distance, rolls and how unlikely they are by chance stay those of the coil."""
    number = 0
    for stretch, mother in laid:
        if mother is None or not mother.periodic:
            continue
        after = {d.defect_id: p for s, _, d, p in found if s is stretch}
        for series in mother.periodic:
            marks = sorted((after[d] for d in series.defect_ids if d in after), key=_middle)
            if len(marks) < _LEAST_SEEN:
                continue
            number += 1
            middles = [_middle(mark) for mark in marks]
            yield replace(
                series,
                periodic_id=f"{coil.coil_id}-{marks[0].side}-P{number}",
                coil_id=coil.coil_id,
                side=marks[0].side,
                across_mm=round(sum(m.across_mm + m.width_mm / 2 for m in marks) / len(marks), 1),
                first_mm=round(middles[0], 1),
                last_mm=round(middles[-1], 1),
                seen=len(marks),
                expected=len(marks) + _missed(middles, series.period_mm, _gaps(coverages, marks, coil.mm_per_line)),
                defect_ids=tuple(mark.defect_id for mark in marks),
            )


def _middle(defect: Defect) -> float:
    return defect.along_mm + defect.length_mm / 2


def _gaps(coverages: Mapping[str, Sequence[Interval]], marks: Iterable[Defect], mm_per_line: float) -> list[tuple[float, float]]:
    """Where the cameras that saw these marks did not inspect the steel, in mm."""
    seen_by = {mark.camera for mark in marks}
    missing = [i for name in seen_by for i in coverages.get(name, ()) if i.state is not State.INSPECTED]
    return [(i.first_line * mm_per_line, i.end_line * mm_per_line) for i in missing]


def _missed(middles: Sequence[float], period_mm: float, gaps: Sequence[tuple[float, float]]) -> int:
    """Turns of the roll between the first and the last mark that left none, on steel that was inspected."""
    missed = 0
    for before, after in pairwise(middles):
        turns = max(1, round((after - before) / period_mm))
        step = (after - before) / turns
        missed += sum(not any(first <= before + n * step < end for first, end in gaps) for n in range(1, turns))
    return missed
