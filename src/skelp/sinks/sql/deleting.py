"""Deletes old defects and events. What is gone stays known: each coil says how many defects it had, the feed which event is its oldest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from skelp.domain.coilmap import Status, Tally
from skelp.domain.deleted import DeletedError
from skelp.domain.reasons import Code, CoilDefectsDeleted, Reason
from skelp.sinks.sql.tables import coils, defects, events, reviews

_COUNTS = "counts"
"""Key beside `code` and `args` of a stored CoilDefectsDeleted: class, severity and number of what was deleted, for the coil's counts."""


def coils_with_defects(connection: sa.Connection, ended_before: str) -> list[str]:
    """The ids of final coils that ended before a time and still have defects, the oldest first."""
    has_some = sa.exists().where(defects.c.coil_id == coils.c.coil_id)
    old = (coils.c.status == Status.FINAL.value) & (coils.c.finished_at < ended_before)
    return list(connection.scalars(sa.select(coils.c.coil_id).where(old & has_some).order_by(coils.c.number)))


def delete_defects(connection: sa.Connection, coil_id: str, most: int) -> tuple[int, int]:
    """Delete at most `most` defects of a final coil, with their reviews. Returns the numbers of both.

    The coil first gets the reason that says so, so it never looks as if it had no defects.
    """
    _note(connection, coil_id)
    chosen = sa.select(defects.c.number, defects.c.defect_id).where(defects.c.coil_id == coil_id).order_by(defects.c.number).limit(most)
    found = connection.execute(chosen).all()
    given = connection.execute(reviews.delete().where(reviews.c.defect_id.in_([row.defect_id for row in found]))).rowcount
    connection.execute(defects.delete().where(defects.c.number.in_([row.number for row in found])))
    return len(found), given


def _note(connection: sa.Connection, coil_id: str) -> None:
    """Add the reason to the coil, with what it had, unless it is there already."""
    stored = connection.execute(sa.select(coils.c.reasons).where(coils.c.coil_id == coil_id)).scalar_one() or []
    if _noted(stored) is not None:
        return
    group = (defects.c.class_name, defects.c.severity)
    counts = connection.execute(sa.select(*group, sa.func.count()).where(defects.c.coil_id == coil_id).group_by(*group).order_by(*group))
    listed = [list(row) for row in counts]
    tally = Tally.counted((name, severity, n) for name, severity, n in listed)
    reason = CoilDefectsDeleted(tally.defects, sum(tally.marks.values()))
    values = {"reasons": [*stored, {**reason.plain, _COUNTS: listed}], "revision": coils.c.revision + 1}
    connection.execute(coils.update().where(coils.c.coil_id == coil_id).values(**values))


def deleted_tally(reasons: Sequence[Mapping[str, Any]] | None) -> Tally | None:
    """The counts of a coil whose defects were deleted, from its stored reasons; None if they are there."""
    noted = _noted(reasons or [])
    return None if noted is None else Tally.counted((name, severity, n) for name, severity, n in noted[_COUNTS])


def _noted(reasons: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    return next((r for r in reasons if r["code"] == Code.COIL_DEFECTS_DELETED.value), None)


def refuse_deleted(connection: sa.Connection, coil_id: str) -> None:
    """Raise DeletedError if the defects of the coil with this id were deleted."""
    noted = _noted(connection.scalar(sa.select(coils.c.reasons).where(coils.c.coil_id == coil_id)) or [])
    if noted is not None:
        raise DeletedError(f"the defects of coil {coil_id} were deleted", Reason.coded(noted["code"], noted["args"]))


def last_event_before(connection: sa.Connection, before: str) -> int:
    """The number up to which all events are older than a time; 0 if there is none. The newest event does not count: it stays."""
    first_kept = connection.scalar(sa.select(events.c.seq).where(events.c.time >= before).order_by(events.c.seq).limit(1))
    newest = connection.scalar(sa.select(sa.func.max(events.c.seq))) or 1
    return int(min(newest, first_kept or newest)) - 1


def delete_events(connection: sa.Connection, through: int, most: int) -> int:
    """Delete at most `most` events up to number `through`, the oldest first. Returns their number."""
    oldest = connection.scalar(sa.select(sa.func.min(events.c.seq))) or 0
    return connection.execute(events.delete().where(events.c.seq <= min(through, oldest + most - 1))).rowcount
