"""An error says the cause that is known: a locked, full, damaged or unreachable database, and a line that is too fast, are not the same."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from skelp.domain.errors import SkelpError, cause_of
from skelp.domain.outcome import Outcome
from skelp.domain.reasons import Overrun, Reason, RecordsLocked, RecordsSlow, RingFull
from skelp.domain.recipe import Recipe
from skelp.domain.strip import CameraView, LostLines, OwnLine, Scale
from skelp.pipeline.assembly import Limits, assemble
from skelp.ports import Sink
from skelp.sinks.sql import Database, sqlite_url
from skelp.sinks.sql.faults import refused
from tests.fakes import STEEL_DN, ListSink, MapIsPicture, ScriptedSource, coil, frame
from tests.unit.sinks.conftest import ME, sink_into

VIEW = CameraView("cam", 64, Scale(1, 1))


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Another program writes into the database and does not let go."""
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer waits a tenth of a second for another program, and not 30 s."""
    real = sa.create_engine

    def create(url: Any, **options: Any) -> sa.Engine:
        return real(url, **(options | {"connect_args": {"timeout": 0.1, "check_same_thread": False}}))

    monkeypatch.setattr(sa, "create_engine", create)


def store(database: Database, coil_id: str = "K1") -> None:
    with database.writer.transaction() as change:
        change.add_coil(coil(coil_id))


@pytest.mark.usefixtures("hurried")
def test_a_database_that_another_program_holds_is_no_full_disk(tmp_path: Path) -> None:
    with Database(sqlite_url(tmp_path / "s.db"), Recipe(), ME) as database:
        with held(tmp_path / "s.db"), pytest.raises(SkelpError, match="another program holds it") as error:
            store(database)
        assert "disk" not in str(error.value)
        store(database)


def test_a_damaged_database_is_named_for_writing_reading_and_opening(tmp_path: Path) -> None:
    file = tmp_path / "s.db"
    with Database(sqlite_url(file), Recipe(), ME) as database:
        for n in range(50):
            store(database, f"K{n}")
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))
    with pytest.raises(SkelpError, match=r"damaged"), Database(sqlite_url(file), Recipe(), ME) as database:
        database.reader.coils(before=None, limit=10)
    file.write_bytes(b"no database at all " * 500)
    with pytest.raises(SkelpError, match="damaged or no database"), Database(sqlite_url(file), Recipe(), ME):
        pass


def test_a_server_that_does_not_answer_is_named() -> None:
    with pytest.raises(SkelpError, match="no server answers"), Database("postgresql+psycopg://nobody@127.0.0.1:1/none", Recipe(), ME):
        pass


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("attempt to write a readonly database", "read-only"),
        ("cannot execute INSERT in a read-only transaction", "primary server"),
        ("disk I/O error", "its disk failed"),
        ("unable to open database file", "cannot be opened"),
        ('could not extend file "base/1": No space left on device', "its disk is full"),
        ('FATAL: password authentication failed for user "x"', "the user or the password"),
        ('FATAL: database "mill" does not exist', "no such database"),
        ('could not translate host name "db" to address', "host name is not known"),
        ("FATAL: sorry, too many clients already", "no connection left"),
        ("server closed the connection unexpectedly", "connection to the server was lost"),
    ],
)
def test_what_a_database_says_is_told_as_its_cause(said: str, cause: str) -> None:
    assert cause in str(refused("the database stores nothing", RuntimeError(said)))


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.ENAMETOOLONG, errno.EIO])
def test_an_error_of_the_system_says_what_to_do(code: int) -> None:
    told = {c: cause_of(OSError(c, os.strerror(c))) for c in (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.ENAMETOOLONG, errno.EIO)}
    assert ";" in told[code]
    assert len(set(told.values())) == len(told)


class Stuck(ListSink):
    """A sink that waits in its third write."""

    def __init__(self, waits_for: Reason) -> None:
        super().__init__()
        self._reason, self._waits, self._writes = waits_for, False, 0

    def delay(self) -> Reason | None:  # type: ignore[override] # the fake never waits
        return self._reason if self._waits else None

    def write(self, outcomes: Sequence[Outcome]) -> None:
        self._writes += 1
        if self._writes == 3:
            self._waits = True
            time.sleep(0.5)
            self._waits = False
        super().write(outcomes)


class Slow(MapIsPicture):
    """A network that is slower than the line."""

    def run(self, frames: Any) -> Any:
        time.sleep(0.05)
        return super().run(frames)


def lost(sink: Sink, segmenter: MapIsPicture, more: Sequence[LostLines[Any]] = ()) -> set[Reason]:
    """The reasons of the lines that a live camera lost."""
    frames = [frame("cam", n * 32, np.full((32, 64), STEEL_DN, np.uint8)) for n in range(200)]
    source = ScriptedSource([*frames, *more], VIEW, live=True, pause_s=0.005)
    assemble([source], segmenter, Recipe(), coil, lambda _: sink, Limits(block_lines=64, ring_frames=1)).run()
    coverage = sink.coverage("C1", "cam") if isinstance(sink, ListSink) else []
    return {i.reason for i in coverage if i.reason is not None}


@pytest.mark.parametrize("reason", [RecordsLocked(), RecordsSlow()])
def test_frames_that_are_dropped_while_the_sink_waits_have_its_reason(reason: Reason) -> None:
    assert lost(Stuck(reason), MapIsPicture()) == {reason}


def test_frames_that_are_dropped_by_a_slow_network_have_the_line_s_reason() -> None:
    assert lost(ListSink(), Slow()) == {Overrun()}


def test_a_full_ring_of_a_camera_s_process_has_the_cause_of_the_backlog() -> None:
    ring = [LostLines("cam", OwnLine(6400), 100, RingFull())]
    assert lost(Stuck(RecordsLocked()), MapIsPicture(), ring) == {RecordsLocked()}
    assert RingFull() in lost(ListSink(), MapIsPicture(), ring)


def test_lines_that_are_lost_while_another_program_holds_the_database_say_so(tmp_path: Path) -> None:
    with Database(sqlite_url(tmp_path / "s.db"), Recipe(), ME) as database:
        sink = sink_into(database.writer, tmp_path)
        with held(tmp_path / "s.db") as _:
            line = threading.Thread(target=lost, args=(sink, MapIsPicture()))
            line.start()
            time.sleep(2.5)
        line.join()
        found = {i.reason for i in database.reader.camera_coverage("C1")["cam"] if i.reason is not None}
    assert found == {RecordsLocked()}


def test_a_reader_that_takes_long_holds_no_writer_up(tmp_path: Path) -> None:
    with Database(sqlite_url(tmp_path / "s.db"), Recipe(), ME) as database:
        store(database)
        with database.reader._engine.begin() as slow:
            assert slow.scalar(sa.text("SELECT count(*) FROM coils")) == 1
            for n in range(2, 50):
                store(database, f"K{n}")
            assert slow.scalar(sa.text("SELECT count(*) FROM coils")) == 1, "it still sees its own snapshot"
        assert len(database.reader.coils(before=None, limit=100)) == 49
