"""Queries that Reader and Changes share. A query takes one statement for any number of coils."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import sqlalchemy as sa

from skelp.domain.coilmap import Coil, Facts, Status, Summary, Tally, held_for, strip_coverage, summarise
from skelp.domain.coverage import Interval
from skelp.domain.cuts import PlacedCut
from skelp.domain.decision import Decision
from skelp.domain.defect import MARK, Defect
from skelp.domain.found import COLUMNS, NOTHING, Found
from skelp.domain.moments import iso
from skelp.domain.override import Override
from skelp.domain.passes import MARK as PASS_MARK
from skelp.domain.passes import first_id
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.queries import CoilQuery
from skelp.domain.reasons import CoilRecipeUnknown
from skelp.domain.recipe import Recipe
from skelp.domain.review import StandingReview, standing_review
from skelp.domain.revision import Revision
from skelp.domain.stretches import Places
from skelp.sinks.sql import ends, passing, recipes, rows, stations
from skelp.sinks.sql.deleting import refuse_deleted
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import DEFECT_OF_REVIEW, PIECE, coils, decisions, defects, intervals, origins, periodic, reviews
from skelp.sinks.sql.tables import overrides as overridden

T = TypeVar("T")
Coverages = dict[str, list[Interval]]
"""Intervals by camera, in line order."""


def coil_row(session: Session, coil_id: str) -> sa.RowMapping:
    """The row of the coil with this id, else of the newest coil with this name. Raises LookupError if there is none."""
    newest = session.select(coils).where((coils.c.coil_id == coil_id) | (coils.c.name == coil_id))
    by_id_first = newest.order_by(sa.case((coils.c.coil_id == coil_id, 0), else_=1), coils.c.number.desc())
    found = session.rows(by_id_first.limit(1))
    if not found:
        raise LookupError(f"there is no coil {coil_id}")
    return found[0]


def coil_filters(session: Session, query: CoilQuery) -> list[sa.ColumnElement[bool]]:
    """The conditions of a list of coils. Times are stored in one format in UTC, so they compare as text."""
    filters: dict[str, Callable[[Any], sa.ColumnElement[bool]]] = {
        "started_from": lambda v: coils.c.started_at >= iso(v),
        "started_to": lambda v: coils.c.started_at < iso(v),
        "finished_from": lambda v: coils.c.finished_at >= iso(v),
        "finished_to": lambda v: coils.c.finished_at < iso(v),
        "product": lambda v: coils.c.product == v,
        "customer": lambda v: coils.c.customer == v,
        "decision": _decided,
        "stands": lambda v: _standing(session) == v,
        "recipe": lambda v: coils.c.recipe_name == v,
        "derived": lambda v: derived(session) if v else ~derived(session),
        "named": lambda v: coils.c.name.icontains(v, autoescape=True),
    }
    given = {name: getattr(query, name) for name in filters}
    return [filters[name](value) for name, value in given.items() if value is not None]


def derived(session: Session) -> sa.ColumnElement[bool]:
    """That the coil of a row was cut or welded out of others: no camera saw it pass."""
    return sa.exists(session.select(origins, origins.c.piece_id).where(origins.c.piece_id == coils.c.coil_id))


def _decided(decision: str) -> sa.ColumnElement[bool]:
    made = coils.c.decision == decision
    return made | coils.c.decision.is_(None) if decision == Decision.HOLD else made


def _standing(session: Session) -> sa.ColumnElement[str]:
    """The decision that stands on a coil of a list: a person's last one, else skelp's newest one. A coil that is not final is on hold."""
    persons, again = (
        session.select(table, table.c.decision)
        .where(table.c.coil_id == coils.c.coil_id)
        .order_by(newest.desc())
        .limit(1)
        .correlate(coils)
        .scalar_subquery()
        for table, newest in ((overridden, overridden.c.override_id), (decisions, decisions.c.number))
    )
    return sa.func.coalesce(persons, again, coils.c.decision, Decision.HOLD.value)


def passes(session: Session, coil_id: str, *, by_name: bool) -> list[Coil]:
    """All passes of the coil whose pass has this id, in order; empty if there is none. `by_name`: the id may also be a coil's name."""
    if by_name:
        try:
            coil_id = coil_row(session, coil_id)["coil_id"]
        except LookupError:
            return []
    query = session.select(coils).where(_of_one_coil(coil_id)).order_by(coils.c.pass_number)
    return [rows.coil(row) for row in session.rows(query)]


def other_with_name(session: Session, name: str, coil_id: str) -> str | None:
    """The id of a coil with this id or name that is no pass of coil `coil_id`; None if there is none."""
    named = session.select(coils, coils.c.coil_id).where((coils.c.coil_id == name) | (coils.c.name == name), ~_of_one_coil(coil_id))
    found: str | None = session.scalar(named.order_by(coils.c.number.desc()).limit(1))
    return found


def _of_one_coil(coil_id: str) -> sa.ColumnElement[bool]:
    """Whether a row is a pass of the same coil as `coil_id`."""
    first = first_id(coil_id)
    return (coils.c.coil_id == first) | coils.c.coil_id.startswith(first + PASS_MARK, autoescape=True)


def find_defect(session: Session, defect_id: str) -> Defect:
    """The defect with this id. Raises LookupError if it never was, DeletedError if it was deleted."""
    found = session.rows(session.select(defects).where(defects.c.defect_id == defect_id))
    if not found:
        refuse_deleted(session, defect_id.rpartition("-")[0])
        raise LookupError(f"there is no defect {defect_id}")
    return rows.defect(found[0])


def places(session: Session, coil_id: str) -> Places:
    """Where the defects of a coil lie, in no order. Raises DeletedError if they were deleted."""
    refuse_deleted(session, coil_id)
    d = defects.c
    centre = (d.along_mm + d.length_mm / 2, d.across_mm + d.width_mm / 2)
    query = session.select(defects, d.side, d.class_name, d.severity, *centre, d.area_mm2).where(d.coil_id == coil_id)
    return Places.of(session.execute(query).all())


def standing_reviews(session: Session, of: sa.Select[tuple[int]]) -> list[tuple[int, StandingReview]]:
    """The standing reviews of the defects whose numbers `of` selects, each with the number, in order of the numbers."""
    chosen = of.subquery()
    columns = (defects.c.number, defects.c.class_name.label("found"), *reviews.c)
    reviewed = session.select(reviews, *columns).join(defects, DEFECT_OF_REVIEW).join(chosen, chosen.c.number == defects.c.number)
    given: dict[int, list[sa.RowMapping]] = {}
    for row in session.rows(reviewed.order_by(defects.c.number, reviews.c.review_id)):
        given.setdefault(row["number"], []).append(row)
    return [(n, standing_review(g[0]["defect_id"], g[0]["found"], map(rows.review, g))) for n, g in given.items()]


def coverages(session: Session, coil_ids: Sequence[str]) -> dict[str, Coverages]:
    """The coverage of each camera, by coil id; empty for a coil without lines."""
    query = session.select(intervals).where(intervals.c.coil_id.in_(coil_ids))
    found: dict[str, Coverages] = {coil_id: {} for coil_id in coil_ids}
    for row in session.rows(query.order_by(intervals.c.coil_id, intervals.c.camera, intervals.c.first_line)):
        found[row["coil_id"]].setdefault(row["camera"], []).append(rows.interval(row))
    return found


def camera_ends(session: Session, coil_id: str) -> dict[str, int]:
    """The line after the last one of each camera that has lines of a coil."""
    end = sa.func.max(intervals.c.first_line + intervals.c.lines).label("end")
    of_coil = session.select(intervals, intervals.c.camera, end).where(intervals.c.coil_id == coil_id)
    return {row["camera"]: row["end"] for row in session.rows(of_coil.group_by(intervals.c.camera))}


def unseen(session: Session) -> Coverages:
    """The coverages of the station's cameras on a coil of which none has a line."""
    return {camera: [] for camera in stations.cameras_of(session.connection, session.station)}


def tallies(session: Session, coil_ids: Sequence[str]) -> dict[str, Tally]:
    """The number of defects by class and by severity, and of marks, by coil id."""
    group = (defects.c.coil_id, defects.c.class_name, defects.c.severity)
    query = (
        session.select(defects, *group, sa.func.count().label("n")).where(defects.c.coil_id.in_(coil_ids)).group_by(*group).order_by(*group)
    )
    counts: dict[str, list[tuple[str, int, int]]] = {coil_id: [] for coil_id in coil_ids}
    for row in session.rows(query):
        counts[row["coil_id"]].append((row["class_name"], row["severity"], row["n"]))
    return {coil_id: Tally.counted(found) for coil_id, found in counts.items()}


def periodics(session: Session, coil_ids: Sequence[str]) -> dict[str, list[PeriodicDefect]]:
    """The series of defects that repeat, from the head on, by coil id."""
    query = session.select(periodic).where(periodic.c.coil_id.in_(coil_ids)).order_by(periodic.c.first_mm, periodic.c.periodic_id)
    found: dict[str, list[PeriodicDefect]] = {coil_id: [] for coil_id in coil_ids}
    for row in session.rows(query):
        found[row["coil_id"]].append(rows.periodic(row))
    return found


def origin(session: Session, coil_id: str) -> list[PlacedCut]:
    """The cuts of which a coil was derived, from its head on; empty if cameras saw it."""
    query = session.select(origins).where(origins.c.piece_id == coil_id).order_by(origins.c.place)
    return [rows.placed_cut(row) for row in session.rows(query)]


def pieces(session: Session, coil_id: str) -> list[tuple[str, float, PlacedCut]]:
    """The cuts that were made of a coil, each with the id of its piece and its mm per line, in the order in which they were derived."""
    query = session.select(origins, *origins.c, coils.c.mm_per_line).join(coils, PIECE).where(origins.c.coil_id == coil_id)
    return [
        (row["piece_id"], row["mm_per_line"], rows.placed_cut(row)) for row in session.rows(query.order_by(coils.c.number, origins.c.place))
    ]


def overrides(session: Session, coil_ids: Sequence[str]) -> dict[str, list[Override]]:
    """What persons decided, oldest first, by coil id."""
    query = session.select(overridden).where(overridden.c.coil_id.in_(coil_ids)).order_by(overridden.c.override_id)
    found: dict[str, list[Override]] = {coil_id: [] for coil_id in coil_ids}
    for row in session.rows(query):
        found[row["coil_id"]].append(rows.override(row))
    return found


def revisions(session: Session, coil_ids: Sequence[str]) -> dict[str, list[Revision]]:
    """The decisions that were made again, oldest first, by coil id. The first one of a coil is not among them."""
    query = session.select(decisions).where(decisions.c.coil_id.in_(coil_ids)).order_by(decisions.c.coil_id, decisions.c.number)
    found: dict[str, list[Revision]] = {coil_id: [] for coil_id in coil_ids}
    for row in session.rows(query):
        found[row["coil_id"]].append(rows.revision(row))
    return found


def summaries(session: Session, listed: Sequence[Coil], default: Recipe | None) -> list[Summary]:
    """Totals, counts and decision of each coil, in a fixed number of statements for any number of coils.

    A final coil has those that were stored when it became final. Other coils are counted now, and decided on by the recipe that they name;
    `default` decides on those that name none.
    """
    ids = [coil.coil_id for coil in listed]
    decided = session.select(coils, coils.c.coil_id, coils.c.decision, coils.c.reasons, coils.c.counted).where(coils.c.coil_id.in_(ids))
    found = {row["coil_id"]: row for row in session.rows(decided)}
    stored = {coil.coil_id: _stored(coil, found[coil.coil_id]) for coil in listed}
    open_ones = [coil for coil in listed if stored[coil.coil_id] is None]
    by = {coil.coil_id: recipes.of_coil(session, coil, default) for coil in open_ones}
    now = facts(session, open_ones, one_by_one=any(recipe.needs_defects for recipe in by.values() if recipe))
    persons = overrides(session, ids)
    made = [stored[c.coil_id] or _counted_now(c, now[c.coil_id], found[c.coil_id], by[c.coil_id]) for c in listed]
    later = revisions(session, ids)
    return [replace(s, override=_last(persons[s.coil.coil_id]), revised=_last(later[s.coil.coil_id])) for s in made]


def _last(given: Sequence[T]) -> T | None:
    return given[-1] if given else None


def _stored(coil: Coil, row: sa.RowMapping) -> Summary | None:
    """The summary of a final coil from its row; None for another, or if an older version made it final."""
    counted, decision = rows.counted(row), rows.decision(row)
    return Summary(coil, *counted, *decision) if coil.status is Status.FINAL and counted and decision else None


def found_of(session: Session, coil_ids: Sequence[str], *, marks: bool) -> dict[str, Found]:
    """The defects of each coil as columns, by coil id; with its marks, if they are asked for."""
    query = session.select(defects, defects.c.coil_id, *(defects.c[name] for name in COLUMNS))
    least = MARK if marks else MARK + 1
    wanted = query.where(defects.c.coil_id.in_(coil_ids), defects.c.severity >= least).order_by(defects.c.number)
    rows_of: dict[str, list[Sequence[Any]]] = {coil_id: [] for coil_id in coil_ids}
    for row in session.execute(wanted):
        rows_of[row[0]].append(row[1:])
    return {coil_id: Found.of_rows(given) for coil_id, given in rows_of.items()}


def facts(session: Session, listed: Sequence[Coil], *, one_by_one: bool, marks: bool = False) -> dict[str, Facts]:
    """What each coil is decided by, by coil id. `one_by_one`: with its defects, which a recipe with rules needs; `marks`: and its marks."""
    if not listed:
        return {}
    ids = [coil.coil_id for coil in listed]
    lines, counts, series = coverages(session, ids), tallies(session, ids), periodics(session, ids)
    found = found_of(session, ids, marks=marks) if one_by_one else dict.fromkeys(ids, NOTHING)
    welds, its_ends, nothing = passing.welds(session, ids), ends.ends_of(session, ids), unseen(session)

    def of(c: Coil, key: str) -> Facts:
        seen = lines[key] if c.status is Status.FINAL else nothing | lines[key]
        return Facts(strip_coverage(c, list(seen.values())), counts[key], series[key], found[key], welds[key], its_ends[key])

    return {c.coil_id: of(c, c.coil_id) for c in listed}


def _counted_now(coil: Coil, counted: Facts, row: sa.RowMapping, recipe: Recipe | None) -> Summary:
    """What is known of a coil now. Without its recipe nobody can say what was looked for, so it is held."""
    summary = summarise(coil, counted, recipe or Recipe())
    if recipe is None:
        summary = held_for(summary, [CoilRecipeUnknown(coil.recipe_name)])
    decision = rows.decision(row) if coil.status is Status.FINAL else None
    return replace(summary, decision=decision[0], reasons=decision[1]) if decision else summary
