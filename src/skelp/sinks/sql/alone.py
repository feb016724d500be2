"""Coils as they are read without their station, which may not run: by the recipe that it stored, and whether it still records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from skelp.domain.coilmap import Coil, Status, Summary
from skelp.domain.errors import RecordsError
from skelp.domain.reasons import CoilStationStopped, Reason
from skelp.domain.reasons.code import Code
from skelp.domain.recipe import Recipe
from skelp.sinks.sql import queries, rows
from skelp.sinks.sql.advisory_lock import running
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import coils, recipes, stations


def summaries(session: Session, listed: Sequence[Coil], *, runs: bool | None = None) -> list[Summary]:
    """Totals, counts and decisions. `runs`: whether the station runs, if that is known.

    A coil that is not final at a station that does not run says so: its metres stop where the station did.
    """
    found = queries.summaries(session, listed, _recipe(session))
    if all(s.coil.status is Status.FINAL for s in found):
        return found
    if _runs(session) if runs is None else runs:
        return found
    return [s if s.coil.status is Status.FINAL else _stopped(session, s) for s in found]


def _stopped(session: Session, summary: Summary) -> Summary:
    since = session.scalar(session.select(coils, coils.c.updated_at).where(coils.c.coil_id == summary.coil.coil_id))
    others: list[Reason] = [r for r in summary.reasons if r.code not in (Code.COIL_RUNNING, Code.COIL_PROVISIONAL)]
    return replace(summary, reasons=[CoilStationStopped(str(since)), *others])


def _runs(session: Session) -> bool:
    name = session.connection.scalar(sa.select(stations.c.name).where(stations.c.number == session.station))
    return name in running(session.connection, [str(name)])


def _recipe(session: Session) -> Recipe:
    """The recipe of the station's newest coil; the default one for coils that name none. Raises RecordsError if it is not there."""
    newest = session.scalar(session.select(coils, coils.c.recipe_sha256).order_by(coils.c.number.desc()).limit(1))
    if not newest:
        return Recipe()
    body = session.scalar(sa.select(recipes.c.body).where(recipes.c.sha256 == newest))
    if body is None:
        raise RecordsError(f"the recipe {newest} of the newest coil is not stored, so nobody can say how a running coil is judged")
    return rows.recipe(body)
