"""Queries that Reader and Changes share. A query takes one statement for any number of coils."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from skelp.domain.coilmap import Coil, Status, Summary, Tally, strip_coverage, summarise
from skelp.domain.coverage import Interval
from skelp.domain.defect import Defect
from skelp.domain.passes import MARK, first_id
from skelp.domain.recipe import Recipe
from skelp.domain.review import StandingReview, standing_review
from skelp.sinks.sql import rows
from skelp.sinks.sql.deleting import deleted_tally, refuse_deleted
from skelp.sinks.sql.tables import coils, defects, identity, intervals, reviews

Coverages = dict[str, list[Interval]]
"""Intervals by camera, in line order."""


def coil_row(connection: sa.Connection, coil_id: str) -> sa.RowMapping:
    """The row of the coil with this id, else of the newest coil with this name. Raises LookupError if there is none."""
    newest = sa.select(coils).where((coils.c.coil_id == coil_id) | (coils.c.name == coil_id))
    by_id_first = newest.order_by(sa.case((coils.c.coil_id == coil_id, 0), else_=1), coils.c.number.desc())
    row = connection.execute(by_id_first.limit(1)).mappings().first()
    if row is None:
        raise LookupError(f"there is no coil {coil_id}")
    return row


def passes(connection: sa.Connection, coil_id: str, *, by_name: bool) -> list[Coil]:
    """All passes of the coil whose pass has this id, in order; empty if there is none. `by_name`: the id may also be a coil's name."""
    if by_name:
        try:
            coil_id = coil_row(connection, coil_id)["coil_id"]
        except LookupError:
            return []
    query = sa.select(coils).where(_of_one_coil(coil_id)).order_by(coils.c.pass_number)
    return [rows.coil(row) for row in connection.execute(query).mappings()]


def other_with_name(connection: sa.Connection, name: str, coil_id: str) -> str | None:
    """The id of a coil with this id or name that is no pass of coil `coil_id`; None if there is none."""
    named = sa.select(coils.c.coil_id).where((coils.c.coil_id == name) | (coils.c.name == name), ~_of_one_coil(coil_id))
    found: str | None = connection.scalar(named.order_by(coils.c.number.desc()).limit(1))
    return found


def _of_one_coil(coil_id: str) -> sa.ColumnElement[bool]:
    """Whether a row is a pass of the same coil as `coil_id`."""
    first = first_id(coil_id)
    return (coils.c.coil_id == first) | coils.c.coil_id.startswith(first + MARK, autoescape=True)


def feed_id(connection: sa.Connection) -> str:
    """The identity of the event feed, a UUID."""
    return str(connection.execute(sa.select(identity.c.value).where(identity.c.name == "feed")).scalar_one())


def find_defect(connection: sa.Connection, defect_id: str) -> Defect:
    """The defect with this id. Raises LookupError if it never was, DeletedError if it was deleted."""
    row = connection.execute(sa.select(defects).where(defects.c.defect_id == defect_id)).mappings().first()
    if row is None:
        refuse_deleted(connection, defect_id.rpartition("-")[0])
        raise LookupError(f"there is no defect {defect_id}")
    return rows.defect(row)


def standing_reviews(connection: sa.Connection, of: sa.Select[tuple[int]]) -> list[tuple[int, StandingReview]]:
    """The standing reviews of the defects whose numbers `of` selects, each with the number, in order of the numbers."""
    chosen = of.subquery()
    columns = (defects.c.number, defects.c.class_name.label("found"), *reviews.c)
    reviewed = (
        sa.select(*columns).join(defects, defects.c.defect_id == reviews.c.defect_id).join(chosen, chosen.c.number == defects.c.number)
    )
    given: dict[int, list[sa.RowMapping]] = {}
    for row in connection.execute(reviewed.order_by(defects.c.number, reviews.c.review_id)).mappings():
        given.setdefault(row["number"], []).append(row)
    return [(n, standing_review(g[0]["defect_id"], g[0]["found"], map(rows.review, g))) for n, g in given.items()]


def coverages(connection: sa.Connection, coil_ids: Sequence[str]) -> dict[str, Coverages]:
    """The coverage of each camera, by coil id; empty for a coil without lines."""
    query = sa.select(intervals).where(intervals.c.coil_id.in_(coil_ids))
    found: dict[str, Coverages] = {coil_id: {} for coil_id in coil_ids}
    for row in connection.execute(query.order_by(intervals.c.coil_id, intervals.c.camera, intervals.c.first_line)).mappings():
        found[row["coil_id"]].setdefault(row["camera"], []).append(rows.interval(row))
    return found


def tallies(connection: sa.Connection, coil_ids: Sequence[str]) -> dict[str, Tally]:
    """The number of defects by class and by severity, and of marks, by coil id."""
    group = (defects.c.coil_id, defects.c.class_name, defects.c.severity)
    query = sa.select(*group, sa.func.count()).where(defects.c.coil_id.in_(coil_ids)).group_by(*group).order_by(*group)
    counts: dict[str, list[tuple[str, int, int]]] = {coil_id: [] for coil_id in coil_ids}
    for coil_id, name, severity, n in connection.execute(query):
        counts[coil_id].append((name, severity, n))
    return {coil_id: Tally.counted(found) for coil_id, found in counts.items()}


def summaries(connection: sa.Connection, listed: Sequence[Coil], recipe: Recipe) -> list[Summary]:
    """Totals, counts and decision of each coil, in three statements for any number of coils.

    A final coil keeps the decision that was made when it became final, even if `recipe` has changed since.
    """
    ids = [coil.coil_id for coil in listed]
    lines, counts = coverages(connection, ids), tallies(connection, ids)
    decided = connection.execute(sa.select(coils.c.coil_id, coils.c.decision, coils.c.reasons).where(coils.c.coil_id.in_(ids)))
    stored = {row["coil_id"]: row for row in decided.mappings()}
    found = []
    for coil in listed:
        coverage = strip_coverage(coil, list(lines[coil.coil_id].values()))
        row = stored[coil.coil_id]
        summary = summarise(coil, coverage, deleted_tally(row["reasons"]) or counts[coil.coil_id], recipe)
        decision = rows.decision(row) if coil.status is Status.FINAL else None
        found.append(replace(summary, decision=decision[0], reasons=decision[1]) if decision else summary)
    return found
