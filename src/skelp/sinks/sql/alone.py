"""Coils as they are read without their station, which may not run: by the recipes that it stored, and whether it still records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from skelp.domain.coilmap import Coil, Status, Summary
from skelp.domain.reasons import CoilStationStopped, Reason
from skelp.domain.reasons.code import Code
from skelp.sinks.sql import queries
from skelp.sinks.sql.advisory_lock import running
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import coils, stations


def summaries(session: Session, listed: Sequence[Coil], *, runs: bool | None = None) -> list[Summary]:
    """Totals, counts and decisions. `runs`: whether the station runs, if that is known.

    A coil that is not final at a station that does not run says so: its metres stop where the station did.
    """
    found = queries.summaries(session, listed, None)
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
