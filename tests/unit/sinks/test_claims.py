"""Only one station may use a database or a folder at a time."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp.domain.errors import SkelpError
from skelp.domain.events import OpticsReference
from skelp.domain.recipe import Recipe
from skelp.sinks.lock_file import LockFile, Owner
from skelp.sinks.sql import Database, advisory_lock, sqlite_url
from skelp.sinks.sql.address import parse_url
from skelp.sinks.sql.advisory_lock import owner_of, session_name
from skelp.sinks.sql.claim import claim_on
from skelp.sinks.storage import open_storage
from tests.fakes import coil
from tests.unit.sinks.conftest import ME, MILL, MILL_AGAIN, all_rows, needs_postgres, second_session


def refusal(url: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(advisory_lock, "WAIT_S", 0.3)
        with pytest.raises(SkelpError) as caught, Database(url, Recipe(hold_from_severity=1), MILL_AGAIN):
            pass
    return str(caught.value)


def test_a_second_station_is_refused_before_it_changes_anything_and_the_error_names_the_first(url: str) -> None:
    with Database(url, Recipe(), MILL) as first:
        with first.writer.transaction() as change:
            change.add_coil(coil())
        before = all_rows(url)
        message = refusal(url)
        assert all_rows(url) == before
        with first.writer.transaction() as change:
            change.publish(OpticsReference())
    assert "station 'hot mill 열연' (process 4711 on mill-pc, since 20" in message
    assert "storage.database_url of its own" in message
    with Database(url, Recipe(), MILL_AGAIN) as second:
        assert second.reader.events(after=1, limit=9)[0].payload == OpticsReference()


def test_a_second_station_is_refused_before_migrations(url: str) -> None:
    """The database is empty when the second station starts, and stays empty."""
    with claim_on(parse_url(url), MILL):
        assert "hot mill" in refusal(url)
        assert all_rows(url) == []


@pytest.mark.parametrize("through", ["folder", "file"])
def test_another_path_to_the_same_file_finds_the_same_lock(tmp_path: Path, through: str) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    if through == "folder":
        link.symlink_to(real)
    else:
        link.mkdir()
        (link / "s.db").symlink_to(real / "s.db")
    with Database(sqlite_url(real / "s.db"), Recipe(), MILL):
        assert "hot mill" in refusal(sqlite_url(link / "s.db"))


def test_a_folder_in_use_is_refused_even_with_another_database(tmp_path: Path) -> None:
    def database_url(name: str) -> str:
        return sqlite_url(tmp_path / name / "s.db")

    with open_storage(tmp_path / "data", database_url("a"), Recipe(), "one"):
        with (
            pytest.raises(SkelpError, match=r"the folder .*/data is in use by station 'one'"),
            open_storage(tmp_path / "data", database_url("b"), Recipe(), "two"),
        ):
            pass
        with open_storage(tmp_path / "other", database_url("b"), Recipe(), "two") as database:
            assert database.reader.newest_event() == 0
    with open_storage(tmp_path / "data", database_url("b"), Recipe(), "two"):
        pass


def test_a_folder_that_cannot_be_created_is_a_known_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with (
        pytest.raises(SkelpError, match=r"choose another storage\.folder"),
        open_storage(tmp_path / "file" / "data", None, Recipe(), "one"),
    ):
        pass


def test_a_backup_works_while_the_station_runs(tmp_path: Path) -> None:
    file = tmp_path / "s.db"
    with Database(sqlite_url(file), Recipe(), ME) as database, database.writer.transaction() as change:
        change.add_coil(coil())
    with Database(sqlite_url(file), Recipe(), ME) as database:
        source, copy = sqlite3.connect(file), sqlite3.connect(tmp_path / "copy.db")
        source.backup(copy)
        source.execute("VACUUM INTO ?", (str(tmp_path / "vacuumed.db"),))
        with database.writer.transaction() as change:
            change.publish(OpticsReference())
        source.close()
        copy.close()
    for name in ("copy.db", "vacuumed.db"):
        with Database(sqlite_url(tmp_path / name), Recipe(), ME) as restored:
            assert restored.reader.coil("C1").name == "C1"
            assert restored.reader.newest_event() == 1


def test_the_lock_file_names_its_owner_and_still_locks_if_its_content_is_broken(tmp_path: Path) -> None:
    file = tmp_path / "station.lock"
    with LockFile(file, MILL, "the folder"):
        assert json.loads(file.read_bytes()) == asdict(MILL)
        for broken in (b"", b"{", b"[]", b'{"station": 1}', b"\xff"):
            file.write_bytes(broken)
            with pytest.raises(SkelpError, match="the folder is in use by another station"), LockFile(file, ME, "the folder"):
                pass
    with LockFile(file, ME, "the folder"):
        assert json.loads(file.read_bytes()) == asdict(ME)


HOLDER = """
import subprocess, sys, time
from pathlib import Path
from skelp.sinks.lock_file import LockFile, Owner
with LockFile(Path(sys.argv[1]), Owner.this_process("first"), "the folder"):
    child = subprocess.Popen(["sleep", "60"], close_fds=False, stdout=subprocess.DEVNULL)
    print(child.pid, flush=True)
    time.sleep(60)
"""


def test_kill_9_releases_the_lock_even_if_a_child_process_still_runs(tmp_path: Path) -> None:
    file = tmp_path / "station.lock"
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(file)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    child = int(process.stdout.readline())
    try:
        with pytest.raises(SkelpError, match=rf"station 'first' \(process {process.pid} on"), LockFile(file, ME, "the folder"):
            pass
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        os.kill(child, 0)
        with LockFile(file, ME, "the folder"):
            pass
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()
        os.kill(child, signal.SIGKILL)


@needs_postgres
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_each_schema_of_a_database_has_its_own_claim(url: str) -> None:
    with second_session(url) as server:
        server.exec_driver_sql("DROP SCHEMA IF EXISTS other CASCADE; CREATE SCHEMA other")
    other = url + "&options=-csearch_path%3Dother"
    with Database(url, Recipe(), MILL), Database(other, Recipe(), replace(MILL, pid=9)):
        assert "process 4711 " in refusal(url)
        assert "process 9 " in refusal(other)


# --- session names in PostgreSQL


@given(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=80), st.integers(1, 2**22), st.sampled_from(["h", "a" * 64]))
def test_a_session_name_holds_its_owner_in_63_bytes_of_ascii(name: str, pid: int, host: str) -> None:
    owner = Owner(name, pid, host, "")
    session = session_name(owner)
    assert session.isascii()
    assert session.isprintable()
    assert len(session) <= 63
    found = owner_of(session, None)
    assert isinstance(found, Owner)
    assert found.pid == pid
    assert name.startswith(found.station)
    assert host.startswith(found.host)


def test_a_short_station_name_is_complete_and_other_sessions_are_shown_by_their_name() -> None:
    found = owner_of(session_name(MILL), None)
    assert isinstance(found, Owner)
    assert (found.station, found.pid, found.host) == (MILL.station, MILL.pid, MILL.host)
    assert owner_of("psql", None) == "another session (psql)"
    assert owner_of("", None) == "another session (without a name)"
