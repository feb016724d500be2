"""Decisions that are made again, and what each followed from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import sqlalchemy as sa

from skelp.domain.again import decide_again
from skelp.domain.coilmap import Coil, Status
from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.decision import Decision
from skelp.domain.reasons import CoilDefectsDeleted, CoilRecipeUnknown, Reason
from skelp.domain.recipe import Recipe
from skelp.domain.revision import Revision
from skelp.domain.ruling import Finding, Ruling
from skelp.sinks.sql import deleting, queries, recipes, rows
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import coils, counters

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


def rulings(
    session: Session, listed: Sequence[Coil], asked: Recipe, known_first: Mapping[str, list[Reason]] | None = None
) -> Iterator[tuple[Coil, Ruling | None]]:
    """What a recipe decides on each final coil, from what is recorded; None for a coil whose defects were deleted, which nobody can say.

    `known_first`: the first reasons of these coils; None: they are read.
    """
    for start in range(0, len(listed), BATCH):
        batch = listed[start : start + BATCH]
        facts = queries.facts(session, batch, one_by_one=True, marks=True)
        known = recipes.classes_of(session, {coil.model_sha256 for coil in batch})
        first = first_reasons(session, [coil.coil_id for coil in batch]) if known_first is None else known_first
        for coil in batch:
            inspected = recipes.stored(session, coil.recipe_sha256)
            reasons = first[coil.coil_id]
            again = decide_again(coil, facts[coil.coil_id], asked, inspected, known.get(coil.model_sha256), reasons)
            yield coil, None if any(isinstance(r, CoilDefectsDeleted) for r in reasons) else again


def first_reasons(session: Session, coil_ids: Sequence[str]) -> dict[str, list[Reason]]:
    """The reasons of the first decision on each of these coils, by coil id; of one that is not final, those that are known already."""
    found = session.rows(session.select(coils, coils.c.coil_id, coils.c.reasons).where(coils.c.coil_id.in_(coil_ids)))
    return reasons_of(found)


def reasons_of(of_coils: Iterable[sa.RowMapping]) -> dict[str, list[Reason]]:
    """The reasons in rows of coils, by coil id."""
    return {row["coil_id"]: [Reason.coded(r["code"], r["args"]) for r in row["reasons"] or []] for row in of_coils}


def ruling(session: Session, revision: Revision) -> Ruling:
    """What a decision followed from, with the defects that caused it. Raises DeletedError if these were deleted.

    It is made again from the records, by the recipe that decided.
    """
    deleting.refuse_deleted(session, revision.coil_id)
    coil = rows.coil(queries.coil_row(session, revision.coil_id))
    asked = recipes.stored(session, revision.recipe.sha256)
    if asked is None:
        return Ruling((Finding(CoilRecipeUnknown(revision.recipe.name), Decision.HOLD),))
    ((_, found),) = rulings(session, [coil], asked)
    return found or Ruling(())


def lock(session: Session) -> None:
    """Let no other program add a decision before this transaction ends. Whoever writes locks this row first, so none waits for ever."""
    session.scalar(session.select(counters, counters.c.value).where(counters.c.name == "events").with_for_update())


def newest(session: Session, coil_ids: Sequence[str]) -> dict[str, Revision]:
    """The newest decision on each of these final coils, by coil id."""
    return newest_of(session, session.rows(session.select(coils).where(coils.c.coil_id.in_(coil_ids))))


def newest_of(session: Session, of_coils: Sequence[sa.RowMapping]) -> dict[str, Revision]:
    """The same, from the rows of these coils."""
    later = queries.revisions(session, [row["coil_id"] for row in of_coils])
    return {row["coil_id"]: (later[row["coil_id"]] or [rows.first_revision(row)])[-1] for row in of_coils}


def final_coils(session: Session, filters: Sequence[sa.ColumnElement[bool]], newest_of_them: int) -> list[Coil]:
    """The newest final coils that fit, the newest first."""
    wanted = session.select(coils).where(coils.c.status == Status.FINAL.value, *filters).order_by(coils.c.number.desc())
    return [rows.coil(row) for row in session.rows(wanted.limit(newest_of_them))]


def in_batches(session: Session, filters: Sequence[sa.ColumnElement[bool]], size: int) -> Iterator[Sequence[sa.RowMapping]]:
    """The rows of all final coils that fit, the oldest first, a batch at a time."""
    last = 0
    wanted = session.select(coils).where(coils.c.status == Status.FINAL.value, *filters).order_by(coils.c.number).limit(size)
    while found := session.rows(wanted.where(coils.c.number > last)):
        last = found[-1]["number"]
        yield found
