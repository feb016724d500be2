"""The stations of a database. A station is known by its name."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from skelp.domain.errors import SkelpError
from skelp.domain.strip import Side
from skelp.sinks.sql.faults import told
from skelp.sinks.sql.tables import counters, stations

COUNTERS = ("events", "optics_reference")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a station is, and the side that each of its cameras sees, by the camera's name."""

    plant: str = ""
    line: str = ""
    cameras: Mapping[str, Side] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of the station's row."""
        return {"plant": self.plant, "line": self.line, "cameras": {name: side.value for name, side in self.cameras.items()}}


NOWHERE = Place()
"""A station that says nothing of where it is."""


def enter(engine: sa.Engine, name: str, place: Place) -> int:
    """The number of the station with this name; it is added if it is new. To be called under the station's claim.

    A station without a name is one that an older version stored without asking for a name: the first that comes takes it. In SQLite there
    is one station only, so another name is a new name of the same station.
    """
    with told("the station cannot be stored"), engine.begin() as connection:
        number = _found(connection, name)
        if number is None:
            number = connection.scalar(sa.select(stations.c.number).where(stations.c.name == "").with_for_update())
        if number is None:
            return _added(connection, name, place)
        connection.execute(stations.update().where(stations.c.number == number).values(name=name, **place.columns))
        return number


def _added(connection: sa.Connection, name: str, place: Place) -> int:
    values = {"name": name, **place.columns, "feed": str(uuid.uuid4())}
    number = int(connection.execute(stations.insert().values(**values).returning(stations.c.number)).scalar_one())
    connection.execute(counters.insert(), [{"station": number, "name": counter, "value": 0} for counter in COUNTERS])
    return number


def number_of(connection: sa.Connection, name: str) -> int:
    """The number of a station. Raises SkelpError if the database has none of this name."""
    number = _found(connection, name)
    if number is None:
        there = ", ".join(repr(n) for n in connection.scalars(sa.select(stations.c.name).order_by(stations.c.name)) if n)
        raise SkelpError(f"the database has no records of station {name!r}; it has those of {there or 'none yet'}")
    return number


def _found(connection: sa.Connection, name: str) -> int | None:
    named = sa.true() if connection.dialect.name == "sqlite" else stations.c.name == name
    return connection.scalar(sa.select(stations.c.number).where(named))


def name_of(connection: sa.Connection, number: int) -> str:
    """The name of a station. That of a station that an older version stored without one is empty."""
    return str(connection.execute(sa.select(stations.c.name).where(stations.c.number == number)).scalar_one())


def cameras_of(connection: sa.Connection, number: int) -> list[str]:
    """The names of a station's cameras, as it said them when it opened the database."""
    return list(connection.execute(sa.select(stations.c.cameras).where(stations.c.number == number)).scalar_one())


def feed_of(connection: sa.Connection, number: int) -> str:
    """The identity of a station's event feed, a UUID."""
    return str(connection.execute(sa.select(stations.c.feed).where(stations.c.number == number)).scalar_one())


def every(connection: sa.Connection) -> list[sa.RowMapping]:
    """The rows of all stations, by name, each with the number of its newest event (`newest`)."""
    numbered = (counters.c.station == stations.c.number) & (counters.c.name == "events")
    query = sa.select(*stations.c, counters.c.value.label("newest")).join(counters, numbered).where(stations.c.name != "")
    return list(connection.execute(query.order_by(stations.c.name)).mappings())


def newest_events(connection: sa.Connection) -> dict[int, int]:
    """The number of the newest event of each station, by the station's number."""
    found = connection.execute(sa.select(counters.c.station, counters.c.value).where(counters.c.name == "events"))
    return {int(number): int(value) for number, value in found}
