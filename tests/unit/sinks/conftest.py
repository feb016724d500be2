"""Fixtures: an empty SQLite or PostgreSQL database, and the same opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from skelp.domain.coilmap import Coil
from skelp.domain.recipe import Recipe
from skelp.ports import RecordWriter
from skelp.sinks.crops import CropStore, Quota
from skelp.sinks.live import LiveStrip
from skelp.sinks.lock_file import Owner
from skelp.sinks.outbox import Outbox
from skelp.sinks.record import RecordSink
from skelp.sinks.samples import CleanSamples, Sampling
from skelp.sinks.sql import Database, sqlite_url
from tests.fakes import coil
from tests.postgres import WHY_NOT, server

ME = Owner.this_process("test")
MILL = Owner("hot mill 열연", 4711, "mill-pc", "2026-11-25T08:00:00Z")
MILL_AGAIN = replace(MILL, pid=4712)
"""Another process of the same station."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with server() as url:
        yield url


needs_postgres = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))
ON_POSTGRES = pytest.param("postgresql", marks=needs_postgres)


@pytest.fixture(params=["sqlite", ON_POSTGRES])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    return new_database(request.param, request, tmp_path)


def new_database(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of an empty database in a folder, or of the PostgreSQL database without its tables."""
    if kind == "sqlite":
        return sqlite_url(folder / "s.db")
    address = str(request.getfixturevalue("postgres"))
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    engine.dispose()
    return address


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with Database(url, Recipe(), ME) as database:
        yield database


class OneCoil:
    """Satisfies ports.CoilLookup with a single coil."""

    def __init__(self, coil: Coil) -> None:
        self._coil = coil

    def coil(self, coil_id: str) -> Coil:
        assert coil_id == self._coil.coil_id
        return self._coil

    def forget(self, coil_id: str) -> None:
        assert coil_id == self._coil.coil_id


def sink_into(writer: RecordWriter, tmp_path: Path, outbox: Outbox | None = None) -> RecordSink:
    samples = CleanSamples(tmp_path / "samples", Sampling())
    return RecordSink(writer, CropStore(tmp_path / "crops", Quota(min_free_bytes=0)), LiveStrip(), OneCoil(coil()), samples, outbox)


@contextmanager
def second_session(url: str) -> Iterator[sa.Connection]:
    """A second session on PostgreSQL, besides the station's own."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def all_rows(url: str) -> list[str]:
    """All rows of all tables."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        tables = sorted(sa.inspect(connection).get_table_names())
        found = [f"{t}: {sorted(map(str, connection.exec_driver_sql(f'SELECT * FROM {t}')))}" for t in tables]
    engine.dispose()
    return found
