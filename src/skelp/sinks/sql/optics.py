"""Stores the light and sharpness of each coil, and compares them with the first coils after the optics were set up."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from skelp.domain.moments import now
from skelp.domain.optics import RECENT_COILS, REFERENCE_COILS, Drift, Optics
from skelp.ports import OpticsPoint
from skelp.sinks.sql import rows
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import counters, optics


def add(session: Session, coil_id: str, reading: Optics) -> None:
    """Add a reading."""
    session.execute(session.insert(optics).values(coil_id=coil_id, at=now(), **rows.of_optics(reading)))


def drift_of(session: Session, camera: str) -> Drift:
    """The drift of a camera's last coils from the first coils after the optics were set up."""
    return Drift.of(_newest(session, camera, RECENT_COILS), _first(session, camera))


def begin_reference(session: Session) -> None:
    """Make the next coils the reference, because the optics were set up again."""
    newest = session.scalar(session.select(optics, sa.func.max(optics.c.number))) or 0
    session.execute(session.update(counters).where(counters.c.name == "optics_reference").values(value=newest))


def trend(session: Session, limit: int) -> list[OpticsPoint]:
    """The newest `limit` readings of each camera, oldest first, each with its drift from the camera's reference."""
    cameras = session.execute(session.select(optics, optics.c.camera).distinct().order_by(optics.c.camera)).scalars().all()
    return [point for camera in cameras for point in _trend_of(session, camera, limit)]


def _trend_of(session: Session, camera: str, limit: int) -> list[OpticsPoint]:
    first = _first(session, camera)
    query = session.select(optics).where(optics.c.camera == camera).order_by(optics.c.number.desc()).limit(limit + RECENT_COILS - 1)
    found = session.rows(query)[::-1]
    readings = [rows.optics(r) for r in found]
    points = []
    for n in range(max(0, len(found) - limit), len(found)):
        recent = readings[max(0, n - RECENT_COILS + 1) : n + 1]
        points.append(OpticsPoint(found[n]["coil_id"], found[n]["at"], readings[n], Drift.of(recent, first or recent)))
    return points


def _newest(session: Session, camera: str, count: int) -> list[Optics]:
    """The newest readings after the optics were set up, newest first."""
    query = _since_reference(session, camera).order_by(optics.c.number.desc())
    return [rows.optics(r) for r in session.rows(query.limit(count))]


def _first(session: Session, camera: str) -> list[Optics]:
    """The first readings after the optics were set up."""
    query = _since_reference(session, camera).order_by(optics.c.number)
    return [rows.optics(r) for r in session.rows(query.limit(REFERENCE_COILS))]


def _since_reference(session: Session, camera: str) -> sa.Select[Any]:
    since = session.select(counters, counters.c.value).where(counters.c.name == "optics_reference").scalar_subquery()
    return session.select(optics).where(optics.c.camera == camera, optics.c.number > since)
