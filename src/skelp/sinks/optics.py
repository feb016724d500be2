"""Light and sharpness, coil by coil: kept, compared with the first coils, told when they drift."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from skelp.domain.optics import RECENT_COILS, REFERENCE_COILS, Drift, Optics
from skelp.ports import OpticsPoint
from skelp.sinks.rows import now
from skelp.sinks.tables import counters, optics

_SINCE = sa.select(counters.c.value).where(counters.c.name == "optics_reference").scalar_subquery()


def keep_optics(connection: sa.Connection, coil_id: str, reading: Optics, tell: Callable[[str, dict[str, Any]], None]) -> None:
    """Keep a reading and tell what it warns of, in the caller's transaction."""
    values = {"coil_id": coil_id, "camera": reading.camera, "light_dn": list(reading.light_dn), "sharpness": reading.sharpness}
    connection.execute(optics.insert().values(**values, at=now()))
    drift = Drift.of(_newest(connection, reading.camera, RECENT_COILS), _first(connection, reading.camera))
    for kind, what in drift.warnings:
        shares = {"light": round(drift.light, 3), "sharpness": round(drift.sharpness, 3)}
        tell(kind, {"camera": reading.camera, "reason": what, **shares})


def begin_reference(connection: sa.Connection) -> None:
    """Lamp and lens were set up anew: the next coils are what later ones are compared with."""
    newest = connection.scalar(sa.select(sa.func.max(optics.c.number))) or 0
    connection.execute(counters.update().where(counters.c.name == "optics_reference").values(value=newest))


def trend(connection: sa.Connection, limit: int) -> list[OpticsPoint]:
    """The newest readings of every camera, oldest first, each against its camera's reference."""
    cameras = connection.scalars(sa.select(optics.c.camera).distinct().order_by(optics.c.camera)).all()
    return [point for camera in cameras for point in _trend_of(connection, camera, limit)]


def _trend_of(connection: sa.Connection, camera: str, limit: int) -> list[OpticsPoint]:
    first = _first(connection, camera)
    query = sa.select(optics).where(optics.c.camera == camera).order_by(optics.c.number.desc()).limit(limit + RECENT_COILS - 1)
    rows = connection.execute(query).all()[::-1]
    readings = [_reading(r) for r in rows]
    points = []
    for n in range(max(0, len(rows) - limit), len(rows)):
        recent = readings[max(0, n - RECENT_COILS + 1) : n + 1]
        points.append(OpticsPoint(rows[n].coil_id, rows[n].at, readings[n], Drift.of(recent, first or recent)))
    return points


def _newest(connection: sa.Connection, camera: str, count: int) -> list[Optics]:
    """Of those since the optics were set up."""
    query = sa.select(optics).where(optics.c.camera == camera, optics.c.number > _SINCE).order_by(optics.c.number.desc())
    return [_reading(r) for r in connection.execute(query.limit(count))]


def _first(connection: sa.Connection, camera: str) -> list[Optics]:
    """The first coils since the optics were set up."""
    query = sa.select(optics).where(optics.c.camera == camera, optics.c.number > _SINCE).order_by(optics.c.number)
    return [_reading(r) for r in connection.execute(query.limit(REFERENCE_COILS))]


def _reading(row: Any) -> Optics:
    return Optics(row.camera, tuple(row.light_dn), row.sharpness)
