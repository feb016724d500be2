"""Reads the records of all stations of a PostgreSQL database, for a server without cameras. It writes to the access tables only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from skelp.domain.errors import RecordsError, SkelpError
from skelp.domain.plant import CoilPlace, StationCoil, StationEntry
from skelp.domain.queries import CoilQuery
from skelp.domain.strip import Side
from skelp.sinks.sql import alone, queries, rows, stations
from skelp.sinks.sql.address import parse_url, without_password
from skelp.sinks.sql.advisory_lock import running
from skelp.sinks.sql.engines import is_new_enough, newest_revision, open_unchanged
from skelp.sinks.sql.faults import told
from skelp.sinks.sql.people import Access
from skelp.sinks.sql.reader import Reader
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import coils

_VERSION = sa.text("SELECT version_num FROM alembic_version")
_STANDBY = sa.text("SELECT pg_is_in_recovery()")


class PlantReader:
    """Satisfies ports.PlantReader. Raises RecordsError if the database cannot be read now."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def stations(self) -> list[StationEntry]:
        """All stations, by name."""
        with self._snapshot() as connection:
            found = stations.every(connection)
            run = running(connection, [row["name"] for row in found])
        return [_entry(row, runs=row["name"] in run) for row in found]

    def newest_events(self) -> dict[int, int]:
        """The number of the newest event of each station, by the station's number: cheap enough to be asked all the time."""
        with self._snapshot() as connection:
            return stations.newest_events(connection)

    def records(self, station: StationEntry) -> Reader:
        """The records of one station."""
        return Reader(self._engine, None, station.number)

    def newest_coil(self, station: StationEntry) -> StationCoil | None:
        """The coil that a station added last; None before the first one."""
        with self._snapshot() as connection:
            session = Session(connection, station.number)
            newest = session.select(coils, coils.c.started_at, coils.c.number).order_by(coils.c.number.desc()).limit(1)
            found = _with_summaries(session, station, [_place(session, row) for row in session.rows(newest)])
        return next(iter(found.values()), None)

    def coils(self, among: Sequence[StationEntry], *, before: CoilPlace | None, limit: int, query: CoilQuery) -> list[StationCoil]:
        """The coils of these stations that match the query, by their start, newest first.

        `before`: place of the last one of the page before; None: the first page.
        """
        with self._snapshot() as connection:
            sessions = {s.number: Session(connection, s.number) for s in among}
            places = [place for session in sessions.values() for place in _places(session, before, limit, query)]
            page = sorted(places, key=_order, reverse=True)[:limit]
            found: dict[CoilPlace, StationCoil] = {}
            for station in among:
                found |= _with_summaries(sessions[station.number], station, [p for p in page if p.station == station.number])
        return [found[place] for place in page]

    @contextmanager
    def _snapshot(self) -> Iterator[sa.Connection]:
        with told("records cannot be read"), self._engine.begin() as connection:
            yield connection


def _order(place: CoilPlace) -> tuple[str, int, int]:
    return place.started_at, place.station, place.number


def _place(session: Session, row: sa.RowMapping) -> CoilPlace:
    return CoilPlace(row["started_at"], session.station, row["number"])


def _places(session: Session, before: CoilPlace | None, limit: int, query: CoilQuery) -> list[CoilPlace]:
    """Where the newest coils of one station stand, behind a place in the list of all."""
    statement = session.select(coils, coils.c.started_at, coils.c.number).where(*queries.coil_filters(session, query))
    if before is not None:
        start, number = coils.c.started_at, coils.c.number
        if session.station == before.station:  # compared as a pair, which PostgreSQL finds in the index
            statement = statement.where(sa.tuple_(start, number) < sa.tuple_(sa.literal(before.started_at), sa.literal(before.number)))
        else:
            statement = statement.where(start <= before.started_at if session.station < before.station else start < before.started_at)
    page = statement.order_by(coils.c.started_at.desc(), coils.c.number.desc()).limit(limit)
    return [_place(session, row) for row in session.rows(page)]


def _with_summaries(session: Session, station: StationEntry, places: Sequence[CoilPlace]) -> dict[CoilPlace, StationCoil]:
    """The coils at these places of one station."""
    if not places:
        return {}
    wanted = {place.number: place for place in places}
    found = session.rows(session.select(coils).where(coils.c.number.in_(wanted)))
    summaries = alone.summaries(session, [rows.coil(row) for row in found], runs=station.runs)
    pairs = zip(found, summaries, strict=True)
    return {wanted[r["number"]]: StationCoil(station, wanted[r["number"]], r["updated_at"], s) for r, s in pairs}


def _entry(row: sa.RowMapping, *, runs: bool) -> StationEntry:
    cameras = {name: Side(side) for name, side in row["cameras"].items()}
    return StationEntry(row["number"], row["name"], row["plant"], row["line"], cameras, row["feed"], int(row["newest"]), runs)


@dataclass(frozen=True, slots=True)
class PlantRecords:
    """The records of a plant, and who may ask for them."""

    reader: PlantReader
    access: Access


@contextmanager
def open_plant(url: str, name: str) -> Iterator[PlantRecords]:
    """Open a database of several stations to read it. `name` is this server's, for the audit.

    Raises SkelpError if it cannot be opened, is no PostgreSQL database, or has the tables of another version. While it is open, every
    transaction checks that the tables are still those of this version: stations may bring new ones.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() != "postgresql":
        raise SkelpError(f"{without_password(parsed)}: only PostgreSQL has several stations; a station on SQLite answers for itself")
    if not is_new_enough(parsed):
        raise SkelpError(f"{without_password(parsed)} has no tables of this version of skelp; start a station with it first")
    with open_unchanged(parsed) as engines:
        for engine in (engines.reading, engines.writing):
            _check_version(engine)
        with told("records cannot be read"), engines.reading.begin() as connection:
            if connection.scalar(_STANDBY):
                raise SkelpError(
                    f"{without_password(parsed)} is a standby, where no station's lock is seen, so that every station would seem to have "
                    "stopped; give the address of the server that the stations write to"
                )
        yield PlantRecords(PlantReader(engines.reading), Access.of(engines, name))


def _check_version(engine: sa.Engine) -> None:
    known = newest_revision()

    @sa.event.listens_for(engine, "begin")
    def check(connection: sa.Connection) -> None:
        found = connection.scalar(_VERSION)
        if found != known:
            raise RecordsError(
                f"the tables are those of another version of skelp now ({found}, this one has {known}): stop skelp serve, install that "
                "version here too, and start it again"
            )
