"""Stores the light and sharpness of each coil, and compares them with the first coils after the optics were set up."""

from __future__ import annotations

import sqlalchemy as sa

from skelp.domain.optics import RECENT_COILS, REFERENCE_COILS, Drift, Optics
from skelp.ports import OpticsPoint
from skelp.sinks.sql import rows
from skelp.sinks.sql.tables import counters, optics

_SINCE = sa.select(counters.c.value).where(counters.c.name == "optics_reference").scalar_subquery()


def add(connection: sa.Connection, coil_id: str, reading: Optics) -> None:
    """Add a reading."""
    connection.execute(optics.insert().values(coil_id=coil_id, at=rows.now(), **rows.of_optics(reading)))


def drift_of(connection: sa.Connection, camera: str) -> Drift:
    """The drift of a camera's last coils from the first coils after the optics were set up."""
    return Drift.of(_newest(connection, camera, RECENT_COILS), _first(connection, camera))


def begin_reference(connection: sa.Connection) -> None:
    """Make the next coils the reference, because the optics were set up again."""
    newest = connection.scalar(sa.select(sa.func.max(optics.c.number))) or 0
    connection.execute(counters.update().where(counters.c.name == "optics_reference").values(value=newest))


def trend(connection: sa.Connection, limit: int) -> list[OpticsPoint]:
    """The newest `limit` readings of each camera, oldest first, each with its drift from the camera's reference."""
    cameras = connection.scalars(sa.select(optics.c.camera).distinct().order_by(optics.c.camera)).all()
    return [point for camera in cameras for point in _trend_of(connection, camera, limit)]


def _trend_of(connection: sa.Connection, camera: str, limit: int) -> list[OpticsPoint]:
    first = _first(connection, camera)
    query = sa.select(optics).where(optics.c.camera == camera).order_by(optics.c.number.desc()).limit(limit + RECENT_COILS - 1)
    found = connection.execute(query).mappings().all()[::-1]
    readings = [rows.optics(r) for r in found]
    points = []
    for n in range(max(0, len(found) - limit), len(found)):
        recent = readings[max(0, n - RECENT_COILS + 1) : n + 1]
        points.append(OpticsPoint(found[n]["coil_id"], found[n]["at"], readings[n], Drift.of(recent, first or recent)))
    return points


def _newest(connection: sa.Connection, camera: str, count: int) -> list[Optics]:
    """The newest readings after the optics were set up, newest first."""
    query = sa.select(optics).where(optics.c.camera == camera, optics.c.number > _SINCE).order_by(optics.c.number.desc())
    return [rows.optics(r) for r in connection.execute(query.limit(count)).mappings()]


def _first(connection: sa.Connection, camera: str) -> list[Optics]:
    """The first readings after the optics were set up."""
    query = sa.select(optics).where(optics.c.camera == camera, optics.c.number > _SINCE).order_by(optics.c.number)
    return [rows.optics(r) for r in connection.execute(query.limit(REFERENCE_COILS)).mappings()]
