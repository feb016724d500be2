"""The base of all that reads the records of one station."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from skelp.sinks.sql.faults import told
from skelp.sinks.sql.session import Session


class StationReader:
    """Reads one station's records."""

    def __init__(self, engine: sa.Engine, station: int) -> None:
        self._engine, self._station = engine, station

    @contextmanager
    def _snapshot(self) -> Iterator[Session]:
        """A transaction that reads one state of the database. Raises SkelpError with the reason if the database fails."""
        with told("records cannot be read"), self._engine.begin() as connection:
            yield Session(connection, self._station)
