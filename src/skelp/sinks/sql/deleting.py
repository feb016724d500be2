"""Deletes old defects and events. What is gone stays known: each coil says how many defects it had, the feed which event is its oldest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from skelp.domain.coilmap import Status, Tally
from skelp.domain.coverage import Totals
from skelp.domain.deleted import DeletedError
from skelp.domain.reasons import Code, CoilDefectsDeleted, Reason
from skelp.sinks.sql import rows
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import DEFECT_OF_REVIEW, coils, defects, events, reviews


def coils_with_defects(session: Session, ended_before: str) -> list[str]:
    """The ids of final coils that ended before a time and still have defects, the oldest first."""
    has_some = sa.exists().where((defects.c.station == coils.c.station) & (defects.c.coil_id == coils.c.coil_id))
    old = (coils.c.status == Status.FINAL.value) & (coils.c.finished_at < ended_before)
    found = session.select(coils, coils.c.coil_id).where(old & has_some).order_by(coils.c.number)
    return [row["coil_id"] for row in session.rows(found)]


def delete_defects(session: Session, coil_id: str, most: int) -> int:
    """Delete at most `most` defects of a coil, with their reviews. Returns their number. `note` must have been called before."""
    chosen = session.select(defects, defects.c.number, defects.c.defect_id).where(defects.c.coil_id == coil_id)
    found = session.rows(chosen.order_by(defects.c.number).limit(most))
    of_these = reviews.c.defect_id.in_([row["defect_id"] for row in found])
    session.execute(session.delete(reviews).where(of_these))
    session.execute(session.delete(defects).where(defects.c.number.in_([row["number"] for row in found])))
    return len(found)


def reviews_of(session: Session, coil_id: str) -> int:
    """The number of reviews of a coil's defects."""
    counted = session.select(reviews, sa.func.count()).join(defects, DEFECT_OF_REVIEW)
    return int(session.scalar(counted.where(defects.c.coil_id == coil_id)))


def note(session: Session, coil_id: str, totals: Totals, tally: Tally) -> bool:
    """Store with a final coil that its defects are deleted, and what it had, so that it never looks as if it had none.

    Returns False if that was stored before.
    """
    stored = session.scalar(session.select(coils, coils.c.reasons).where(coils.c.coil_id == coil_id)) or []
    if _noted(stored) is not None:
        return False
    reason = CoilDefectsDeleted(tally.defects, sum(tally.marks.values()))
    values = {"reasons": [*stored, reason.plain], "revision": coils.c.revision + 1} | rows.of_counted(totals, tally)
    session.execute(session.update(coils).where(coils.c.coil_id == coil_id).values(**values))
    return True


def _noted(reasons: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    return next((r for r in reasons if r["code"] == Code.COIL_DEFECTS_DELETED.value), None)


def refuse_deleted(session: Session, coil_id: str) -> None:
    """Raise DeletedError if the defects of the coil with this id were deleted."""
    noted = _noted(session.scalar(session.select(coils, coils.c.reasons).where(coils.c.coil_id == coil_id)) or [])
    if noted is not None:
        raise DeletedError(f"the defects of coil {coil_id} were deleted", Reason.coded(noted["code"], noted["args"]))


def last_event_before(session: Session, before: str) -> int:
    """The number up to which all events are older than a time; 0 if there is none. The newest event does not count: it stays."""
    first_kept = session.scalar(session.select(events, events.c.seq).where(events.c.time >= before).order_by(events.c.seq).limit(1))
    newest = session.scalar(session.select(events, sa.func.max(events.c.seq))) or 1
    return int(min(newest, first_kept or newest)) - 1


def count_events(session: Session, through: int) -> int:
    """The number of events up to number `through`. Numbers have no holes."""
    return max(0, through - _oldest(session) + 1)


def _oldest(session: Session) -> int:
    return int(session.scalar(session.select(events, sa.func.min(events.c.seq))) or 1)


def delete_events(session: Session, through: int, most: int) -> int:
    """Delete at most `most` events up to number `through`, the oldest first. Returns their number."""
    oldest = _oldest(session)
    return session.execute(session.delete(events).where(events.c.seq <= min(through, oldest + most - 1))).rowcount
