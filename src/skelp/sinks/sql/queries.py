"""Queries that Reader and Changes share. A query takes one statement for any number of coils."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from skelp.domain.coilmap import Coil, Status, Summary, Tally, strip_coverage, summarise
from skelp.domain.coverage import Interval
from skelp.domain.cuts import PlacedCut
from skelp.domain.defect import Defect
from skelp.domain.moments import iso
from skelp.domain.override import Override
from skelp.domain.passes import MARK, first_id
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.queries import CoilQuery
from skelp.domain.recipe import Decision, Recipe
from skelp.domain.review import StandingReview, standing_review
from skelp.sinks.sql import rows
from skelp.sinks.sql.deleting import refuse_deleted
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import DEFECT_OF_REVIEW, PIECE, coils, defects, intervals, origins, periodic, reviews
from skelp.sinks.sql.tables import overrides as overridden

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


def coil_filters(query: CoilQuery) -> list[sa.ColumnElement[bool]]:
    """The conditions of a list of coils. Times are stored in one format in UTC, so they compare as text."""
    filters: dict[str, Callable[[Any], sa.ColumnElement[bool]]] = {
        "started_from": lambda v: coils.c.started_at >= iso(v),
        "started_to": lambda v: coils.c.started_at < iso(v),
        "finished_from": lambda v: coils.c.finished_at >= iso(v),
        "finished_to": lambda v: coils.c.finished_at < iso(v),
        "product": lambda v: coils.c.product == v,
        "decision": _decided,
        "named": lambda v: coils.c.name.icontains(v, autoescape=True),
    }
    given = {name: getattr(query, name) for name in filters}
    return [filters[name](value) for name, value in given.items() if value is not None]


def _decided(decision: str) -> sa.ColumnElement[bool]:
    made = coils.c.decision == decision
    return made | coils.c.decision.is_(None) if decision == Decision.HOLD else made


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
    return (coils.c.coil_id == first) | coils.c.coil_id.startswith(first + MARK, autoescape=True)


def find_defect(session: Session, defect_id: str) -> Defect:
    """The defect with this id. Raises LookupError if it never was, DeletedError if it was deleted."""
    found = session.rows(session.select(defects).where(defects.c.defect_id == defect_id))
    if not found:
        refuse_deleted(session, defect_id.rpartition("-")[0])
        raise LookupError(f"there is no defect {defect_id}")
    return rows.defect(found[0])


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


def summaries(session: Session, listed: Sequence[Coil], recipe: Recipe) -> list[Summary]:
    """Totals, counts and decision of each coil, in five statements for any number of coils.

    A final coil has those that were stored when it became final, even if `recipe` has changed since. Other coils are counted now.
    """
    ids = [coil.coil_id for coil in listed]
    decided = session.select(coils, coils.c.coil_id, coils.c.decision, coils.c.reasons, coils.c.counted).where(coils.c.coil_id.in_(ids))
    found = {row["coil_id"]: row for row in session.rows(decided)}
    stored = {coil.coil_id: _stored(coil, found[coil.coil_id]) for coil in listed}
    now = _counted(session, [coil for coil in listed if stored[coil.coil_id] is None])
    persons = overrides(session, ids)
    made = [stored[coil.coil_id] or _counted_now(coil, now[coil.coil_id], found[coil.coil_id], recipe) for coil in listed]
    return [replace(s, override=persons[s.coil.coil_id][-1]) if persons[s.coil.coil_id] else s for s in made]


def _stored(coil: Coil, row: sa.RowMapping) -> Summary | None:
    """The summary of a final coil from its row; None for another, or if an older version made it final."""
    counted, decision = rows.counted(row), rows.decision(row)
    return Summary(coil, *counted, *decision) if coil.status is Status.FINAL and counted and decision else None


def _counted(session: Session, listed: Sequence[Coil]) -> dict[str, tuple[list[Interval], Tally, list[PeriodicDefect]]]:
    """The strip's coverage, the counts and the series of defects of coils."""
    if not listed:
        return {}
    ids = [coil.coil_id for coil in listed]
    lines, counts, series = coverages(session, ids), tallies(session, ids), periodics(session, ids)
    return {c.coil_id: (strip_coverage(c, list(lines[c.coil_id].values())), counts[c.coil_id], series[c.coil_id]) for c in listed}


def _counted_now(coil: Coil, counted: tuple[list[Interval], Tally, list[PeriodicDefect]], row: sa.RowMapping, recipe: Recipe) -> Summary:
    coverage, tally, series = counted
    summary = summarise(coil, coverage, tally, recipe, series)
    decision = rows.decision(row) if coil.status is Status.FINAL else None
    return replace(summary, decision=decision[0], reasons=decision[1]) if decision else summary
