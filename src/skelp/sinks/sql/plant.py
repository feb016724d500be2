"""Reads the records of all stations of a PostgreSQL database, for a server without cameras. It writes to the access tables only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from skelp.domain.coilmap import Coil, Summary
from skelp.domain.errors import RecordsError, SkelpError
from skelp.domain.plant import CoilPlace, StationCoil, StationEntry
from skelp.domain.queries import CoilQuery
from skelp.domain.recipe import Recipe
from skelp.domain.strip import Side
from skelp.sinks.sql import queries, rows, stations
from skelp.sinks.sql.address import parse_url, without_password
from skelp.sinks.sql.advisory_lock import running
from skelp.sinks.sql.engines import Engines, is_new_enough, newest_revision, open_unchanged
from skelp.sinks.sql.faults import told
from skelp.sinks.sql.people import Access
from skelp.sinks.sql.reader import Reader
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import coils, recipes

_VERSION = sa.text("SELECT version_num FROM alembic_version")


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

    def records(self, name: str) -> Reader:
        """The records of one station. What is not final is judged by the recipe of its newest coil, which the station stored."""
        with self._snapshot() as connection:
            number = _number_of(connection, name)
        return _RecordsAlone(self._engine, Recipe(), number)

    def coils(self, among: Sequence[StationEntry], *, before: CoilPlace | None, limit: int, query: CoilQuery) -> list[StationCoil]:
        """The coils of these stations that match the query, by their start, newest first.

        `before`: place of the last one of the page before; None: the first page.
        """
        found: list[StationCoil] = []
        with self._snapshot() as connection:
            for entry in among:
                session = Session(connection, _number_of(connection, entry.name))
                found += _coils(session, entry, before, limit, query)
        found.sort(key=lambda c: (c.place.started_at, c.place.station, c.place.number), reverse=True)
        return found[:limit]

    @contextmanager
    def _snapshot(self) -> Iterator[sa.Connection]:
        with told("records cannot be read"), self._engine.begin() as connection:
            yield connection


class _RecordsAlone(Reader):
    """The records of a station that may not run. Its recipe is the one that it stored last."""

    def summaries(self, listed: Sequence[Coil]) -> list[Summary]:
        with self._snapshot() as session:
            return queries.summaries(session, listed, _recipe(session))


def _coils(session: Session, entry: StationEntry, before: CoilPlace | None, limit: int, query: CoilQuery) -> list[StationCoil]:
    """The newest coils of one station behind a place in the list of all."""
    statement = session.select(coils).where(*queries.coil_filters(query))
    if before is not None:
        same = coils.c.started_at == before.started_at
        if session.station == before.station:
            statement = statement.where((coils.c.started_at < before.started_at) | (same & (coils.c.number < before.number)))
        else:
            at_the_same_time = same if session.station < before.station else sa.false()
            statement = statement.where((coils.c.started_at < before.started_at) | at_the_same_time)
    page = session.rows(statement.order_by(coils.c.started_at.desc(), coils.c.number.desc()).limit(limit))
    summaries = queries.summaries(session, [rows.coil(row) for row in page], _recipe(session))
    places = [CoilPlace(row["started_at"], session.station, row["number"]) for row in page]
    return [StationCoil(entry, place, row["updated_at"], summary) for place, row, summary in zip(places, page, summaries, strict=True)]


def _recipe(session: Session) -> Recipe:
    """The recipe of the station's newest coil, as the station stored it; the default one of a station without coils."""
    newest = session.scalar(session.select(coils, coils.c.recipe_sha256).order_by(coils.c.number.desc()).limit(1))
    body = session.scalar(sa.select(recipes.c.body).where(recipes.c.sha256 == newest))
    return Recipe() if body is None else rows.recipe(body)


def _number_of(connection: sa.Connection, name: str) -> int:
    try:
        return stations.number_of(connection, name)
    except SkelpError as error:
        raise LookupError(str(error)) from error


def _entry(row: sa.RowMapping, *, runs: bool) -> StationEntry:
    cameras = {name: Side(side) for name, side in row["cameras"].items()}
    return StationEntry(row["name"], row["plant"], row["line"], cameras, row["feed"], int(row["newest"]), runs)


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
        _check_version(engines)
        yield PlantRecords(PlantReader(engines.reading), Access.of(engines, name))


def _check_version(engines: Engines) -> None:
    known = newest_revision()

    @sa.event.listens_for(engines.reading, "begin")
    def check(connection: sa.Connection) -> None:
        found = connection.scalar(_VERSION)
        if found != known:
            raise RecordsError(
                f"the tables are those of another version of skelp now ({found}, this one has {known}): stop skelp serve, install that "
                "version here too, and start it again"
            )
