"""Decisions that are made again, and what each followed from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from skelp.domain.again import decide_again
from skelp.domain.coilmap import Coil, Status
from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.recipe import Recipe
from skelp.domain.revision import Revision
from skelp.domain.ruling import Ruling
from skelp.sinks.sql import deleting, queries, recipes, rows
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import coils, decisions

BATCH = 200
"""Coils that are in memory at once, each with its defects."""


def final_row(session: Session, coil_id: str) -> sa.RowMapping:
    """The row of a final coil. Raises LookupError if there is none, ConflictError if it is not final: skelp has not decided yet."""
    row = queries.coil_row(session, coil_id)
    if row["status"] != Status.FINAL.value:
        raise ConflictError(Conflict.NOT_FINAL, f"coil {row['coil_id']} is not final, so skelp has not decided yet; decide when it is")
    return row


def all_of(session: Session, coil_id: str) -> list[Revision]:
    """All decisions of skelp on a final coil, the first one first. Raises as `final_row` does."""
    row = final_row(session, coil_id)
    return [rows.first_revision(row), *queries.revisions(session, [row["coil_id"]])[row["coil_id"]]]


def rulings(session: Session, listed: Sequence[Coil], asked: Recipe) -> Iterator[tuple[Coil, Ruling | None]]:
    """What a recipe decides on each final coil, from what is recorded; None for a coil whose defects were deleted, which nobody can say."""
    for start in range(0, len(listed), BATCH):
        batch = listed[start : start + BATCH]
        facts = queries.facts(session, batch, one_by_one=True, marks=True)
        gone = deleting.deleted_of(session, [coil.coil_id for coil in batch])
        for coil in batch:
            inspected = recipes.stored(session, coil.recipe_sha256) if coil.recipe_sha256 else Recipe()
            yield coil, None if coil.coil_id in gone else decide_again(coil, facts[coil.coil_id], asked, inspected)


def ruling(session: Session, revision: Revision) -> Ruling:
    """What a decision followed from, with the defects that caused it. Raises DeletedError if these were deleted.

    It is made again from the records, by the recipe that decided.
    """
    deleting.refuse_deleted(session, revision.coil_id)
    coil = rows.coil(queries.coil_row(session, revision.coil_id))
    asked = recipes.stored(session, revision.recipe.sha256) if revision.recipe.sha256 else Recipe()
    if asked is None:
        return Ruling(())
    ((_, found),) = rulings(session, [coil], asked)
    return found or Ruling(())


def last_number(session: Session, coil_id: str) -> int:
    """The number of the newest decision on a coil."""
    return int(session.scalar(session.select(decisions, sa.func.max(decisions.c.number)).where(decisions.c.coil_id == coil_id)) or 1)


def final_coils(session: Session, query: Sequence[sa.ColumnElement[bool]], newest: int | None) -> list[Coil]:
    """The final coils that fit, oldest first; with `newest`, the newest so many of them."""
    wanted = session.select(coils).where(coils.c.status == Status.FINAL.value, *query).order_by(coils.c.number.desc())
    found = session.rows(wanted if newest is None else wanted.limit(newest))
    return [rows.coil(row) for row in reversed(found)]
