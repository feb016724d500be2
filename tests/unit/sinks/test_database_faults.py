"""A database that fails is told with its true cause: locked, full, read-only, damaged, not reachable or refused."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from skelp.domain.coverage import Interval, State, Totals
from skelp.domain.errors import SkelpError
from skelp.domain.events import OpticsReference
from skelp.domain.reasons import Code, RecordsLocked
from skelp.domain.recipe import Recipe
from skelp.domain.strip import CameraView
from skelp.pipeline.assembly import Limits, assemble
from skelp.ports import CoilLookup
from skelp.sinks.crops import CropStore, Quota
from skelp.sinks.live import LiveStrip
from skelp.sinks.record import RecordSink
from skelp.sinks.samples import CleanSamples, Sampling
from skelp.sinks.sql import Database, sqlite_url
from tests.fakes import SCALE, STEEL_DN, MapIsPicture, ScriptedSource, coil, frame
from tests.postgres import server
from tests.unit.sinks.conftest import ME, needs_postgres

LOCK_SQLITE, LOCK_POSTGRES = "BEGIN IMMEDIATE", "BEGIN; SELECT value FROM counters WHERE name = 'events' FOR UPDATE"


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another program that holds the write lock of the database."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as other:
        other.exec_driver_sql(LOCK_SQLITE if url.startswith("sqlite") else LOCK_POSTGRES)
        yield
        other.exec_driver_sql("ROLLBACK")
    engine.dispose()


def publish(database: Database) -> None:
    with database.writer.transaction() as change:
        change.publish(OpticsReference())


def code_of(caught: pytest.ExceptionInfo[SkelpError]) -> Code:
    assert caught.value.reason is not None, str(caught.value)
    return caught.value.reason.code


def test_lines_that_are_lost_while_another_program_locks_the_database_say_so(url: str, database: Database, tmp_path: Path) -> None:
    captures = [frame("cam", n * 50, np.full((50, 48), STEEL_DN, np.uint8)) for n in range(200)]
    source = ScriptedSource(captures, CameraView("cam", 48, SCALE), live=True, pause_s=0.01)
    crops, samples = CropStore(tmp_path / "crops", Quota(min_free_bytes=0)), CleanSamples(tmp_path / "samples", Sampling())

    def sink(coils: CoilLookup) -> RecordSink:
        return RecordSink(database.writer, crops, LiveStrip(), coils, samples)

    limits = Limits(block_lines=64, ring_frames=20)
    line = assemble([source], MapIsPicture(), Recipe(), coil, sink, limits, why_slow=database.writer.why_slow)
    worker = threading.Thread(target=line.run)
    with locked(url):
        worker.start()
        time.sleep(1.8)
    worker.join()
    coverage = database.reader.camera_coverage("C1")["cam"]
    assert Totals.of(coverage).exposed == 10_000
    reasons = [i.reason for i in coverage if i.state is State.LOST and i.reason is not None]
    assert {r.code for r in reasons} == {Code.RECORDS_LOCKED}
    assert all(isinstance(r, RecordsLocked) and r.locked_s > 0.5 for r in reasons)


def test_a_database_that_stays_locked_ends_the_write_with_the_cause(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skelp.sinks.sql.engines.BUSY_S", 0.1)
    with Database(url, Recipe(), ME) as database, locked(url):
        with pytest.raises(SkelpError) as caught:
            publish(database)
        assert code_of(caught) is Code.RECORDS_LOCKED
        assert database.reader.newest_event() == 0  # reading goes on


def test_a_database_that_may_only_be_read_is_told_so(tmp_path: Path) -> None:
    def read_only(connection: sa.Connection) -> None:
        connection.exec_driver_sql("PRAGMA query_only=ON")

    with Database(sqlite_url(tmp_path / "s.db"), Recipe(), ME) as database:
        sa.event.listen(sa.Engine, "begin", read_only)
        try:
            with pytest.raises(SkelpError) as caught:
                publish(database)
        finally:
            sa.event.remove(sa.Engine, "begin", read_only)
    assert code_of(caught) is Code.RECORDS_READ_ONLY


@pytest.mark.parametrize("content", [b"no database " * 1000, b"SQLite format 3\0" + b"\xff" * 20_000], ids=["a text", "broken pages"])
def test_a_damaged_file_is_told_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "s.db").write_bytes(content)
    with pytest.raises(SkelpError, match="cannot open the database") as caught, Database(sqlite_url(tmp_path / "s.db"), Recipe(), ME):
        pass
    assert code_of(caught) is Code.RECORDS_DAMAGED


def test_a_file_that_is_damaged_while_the_station_runs_is_told_so_by_readers_too(tmp_path: Path) -> None:
    file = tmp_path / "s.db"
    with Database(sqlite_url(file), Recipe(), ME) as database:
        publish(database)
        with closing(sqlite3.connect(file)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with file.open("r+b") as damaged:
            damaged.write(b"\xff" * file.stat().st_size)
        with pytest.raises(SkelpError) as caught:
            database.reader.events(after=0, limit=1)
    assert code_of(caught) is Code.RECORDS_DAMAGED


def test_a_folder_where_the_file_should_be_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "s.db").mkdir()
    with pytest.raises(SkelpError) as caught, Database(sqlite_url(tmp_path / "s.db"), Recipe(), ME):
        pass
    assert code_of(caught) is Code.RECORDS_NO_ACCESS


@needs_postgres
def test_a_server_that_stops_is_told_as_not_reachable() -> None:
    with server() as url:
        opened = Database(url, Recipe(), ME)
        database = opened.__enter__()
    for call in (lambda: publish(database), lambda: database.reader.events(after=0, limit=1)):
        with pytest.raises(SkelpError) as caught:
            call()
        assert code_of(caught) is Code.RECORDS_UNREACHABLE
    opened.__exit__(None, None, None)


def test_a_server_that_does_not_answer_is_told_so_at_the_start() -> None:
    with pytest.raises(SkelpError) as caught, Database("postgresql+psycopg://skelp@127.0.0.1:1/records", Recipe(), ME):
        pass
    assert code_of(caught) is Code.RECORDS_UNREACHABLE


@needs_postgres
def test_a_server_that_refuses_the_station_is_told_with_its_answer(postgres: str) -> None:
    with pytest.raises(SkelpError) as caught, Database(postgres.replace("/postgres?", "/nowhere?"), Recipe(), ME):
        pass
    assert code_of(caught) is Code.RECORDS_REFUSED
    assert caught.value.reason is not None
    assert "nowhere" in caught.value.reason.args["answer"]


def test_a_wrong_statement_stays_a_bug(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError), database.writer.transaction() as change:
        change.record_interval("no such coil", "cam", Interval(0, 10, State.INSPECTED))


def test_a_reader_that_never_ends_delays_no_writer(url: str, database: Database) -> None:
    engine = sa.create_engine(url)
    with engine.connect() as reader:
        if url.startswith("sqlite"):
            reader.exec_driver_sql("BEGIN")
        first = reader.exec_driver_sql("SELECT count(*) FROM events").scalar_one()
        started = time.monotonic()
        for _ in range(50):
            publish(database)
        assert time.monotonic() - started < 10  # a writer that waited for the reader would take 30 s and fail
        assert reader.exec_driver_sql("SELECT count(*) FROM coils").scalar_one() == 0
        assert database.reader.newest_event() == first + 50
    engine.dispose()


def test_the_log_of_sqlite_shrinks_when_a_long_reader_has_ended(tmp_path: Path) -> None:
    file = tmp_path / "s.db"
    log = file.with_name("s.db-wal")
    with Database(sqlite_url(file), Recipe(), ME) as database:
        reader = sqlite3.connect(file, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        while log.stat().st_size < 6_000_000:  # SQLite would begin again at 4 MB without the reader
            publish(database)
        reader.close()
        publish(database)
        grown = log.stat().st_size
        for _ in range(50):
            publish(database)
        assert log.stat().st_size == grown  # it begins again at its start, so it does not grow any more
