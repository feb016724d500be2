"""A backup is one whole state of the records, taken while they grow; a restored one is that state with a feed of its own."""

from __future__ import annotations

import shlex
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from skelp.domain.coilmap import Status
from skelp.domain.coverage import Interval, State
from skelp.domain.errors import SkelpError
from skelp.domain.events import OpticsReference
from skelp.domain.queries import DefectQuery
from skelp.domain.reasons import FrameDropped
from skelp.domain.recipe import Recipe
from skelp.domain.review import Verdict
from skelp.sinks.sql import Database, back_up_records, copies, restore_records, sqlite_url
from tests.fakes import coil, defect
from tests.postgres import BIN
from tests.unit.sinks.conftest import ME, all_rows, needs_postgres, second_session
from tests.unit.sinks.test_old_reasons import old_database


def fill(database: Database, coil_id: str = "K1") -> None:
    """A final coil with a loss, two defects and a review."""
    with database.writer.transaction() as change:
        change.add_coil(coil(coil_id))
        change.record_interval(coil_id, "cam", Interval(0, 900, State.INSPECTED))
        change.record_interval(coil_id, "cam", Interval(900, 100, State.LOST, FrameDropped()))
        change.add_defects([defect(n, coil_id=coil_id, defect_id=f"{coil_id}-{n:06d}") for n in (1, 2)])
        change.add_review(f"{coil_id}-000001", Verdict.CONFIRMED, "kim", None, "deep")
        change.complete_coil(coil_id)


def records(url: str) -> list[str]:
    """All rows of all tables but that of the station, which has the feed's id, and the audit, which a restore adds to."""
    return [r for r in all_rows(url) if not r.startswith(("stations", "audit", "sqlite_sequence"))]


def feed_id(url: str) -> str:
    with Database(url, Recipe(), ME) as database:
        return database.reader.feed_id()


@pytest.fixture
def url(tmp_path: Path) -> str:
    """An SQLite database with records."""
    url = sqlite_url(tmp_path / "data" / "skelp.db")
    with Database(url, Recipe(), ME) as database:
        fill(database)
    return url


@contextmanager
def limited(monkeypatch: pytest.MonkeyPatch, pages: int) -> Iterator[None]:
    """A disk that has room for this many pages of a draft."""
    opened = copies.opened

    @contextmanager
    def small(file: Path) -> Iterator[sqlite3.Connection]:
        with opened(file) as connection:
            if file.suffix == ".part":
                connection.execute(f"PRAGMA max_page_count={pages}")
            yield connection

    with monkeypatch.context() as patch:
        patch.setattr(copies, "opened", small)
        yield


def test_a_backup_taken_during_writes_has_every_event_up_to_its_last_and_their_defects(url: str, tmp_path: Path) -> None:
    file, stop = tmp_path / "backup.db", threading.Event()
    with Database(url, Recipe(), ME) as database:

        def write() -> None:
            n = 2
            while not stop.is_set():
                n += 1
                with database.writer.transaction() as change:
                    change.add_defects([defect(n, coil_id="K1", defect_id=f"K1-{n:06d}")])

        writer = threading.Thread(target=write)
        before = database.reader.newest_event()
        writer.start()
        ends: list[int] = []
        for _ in range(8):
            while database.reader.newest_event() < (ends[-1] if ends else before) + 20:
                pass
            ends.append(back_up_records(url, file, "mill").events)
            with closing(sqlite3.connect(file)) as copy:
                numbers = [seq for (seq,) in copy.execute("SELECT seq FROM events ORDER BY seq")]
                found = {d for (d,) in copy.execute("SELECT defect_id FROM defects")}
                told = {d for (d,) in copy.execute("SELECT json_extract(data, '$.defect_id') FROM events WHERE kind = 'defect.found'")}
            assert numbers == list(range(1, ends[-1] + 1))
            assert found == told
        stop.set()
        writer.join()
        assert database.reader.newest_event() > ends[0]
    assert sorted(f.name for f in tmp_path.iterdir()) == ["backup.db", "data"], "a backup is one file"
    assert file.stat().st_mode & 0o077 == 0, "it has hashes of passwords"


def test_restored_records_are_those_of_the_backup_and_the_replaced_ones_are_kept(url: str, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    saved, feed = records(url), feed_id(url)
    made = back_up_records(url, file, "mill")
    assert (made.feed_id, made.station) == (feed, "mill")
    with Database(url, Recipe(), ME) as database:
        fill(database, "K2")
    newer = records(url)
    done = restore_records(url, file, ME, "mill")
    assert records(url) == saved
    assert feed_id(url) != feed
    assert done.about == made
    assert done.kept is not None
    assert records(sqlite_url(done.kept)) == newer
    undone = restore_records(url, done.kept, ME, ME.station)
    assert records(url) == newer
    assert feed_id(url) != feed
    assert undone.kept not in {None, done.kept}


def test_a_backup_can_be_restored_where_nothing_is(url: str, tmp_path: Path) -> None:
    file, saved = tmp_path / "backup.db", records(url)
    back_up_records(url, file, "mill")
    other = sqlite_url(tmp_path / "other" / "skelp.db")
    assert restore_records(other, file, ME, "mill").kept is None
    assert records(other) == saved
    with Database(other, Recipe(), ME) as database:
        assert database.reader.defects("K1", DefectQuery())


def test_a_full_disk_leaves_the_old_backup_and_no_half_file(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "backup.db"
    back_up_records(url, file, "mill")
    old = file.read_bytes()
    for pages in range(1, len(old) // 4096, 7):
        with limited(monkeypatch, pages), pytest.raises(SkelpError, match=r"cannot write .*backup\.db: .*; free space on this disk"):
            back_up_records(url, file, "mill")
        assert file.read_bytes() == old
    assert sorted(f.name for f in tmp_path.iterdir()) == ["backup.db", "data"]
    before = records(url)
    with limited(monkeypatch, 3), pytest.raises(SkelpError, match=r"cannot write .*skelp\.db: .*; free space on this disk"):
        restore_records(url, file, ME, "mill")
    assert records(url) == before
    assert not [f.name for f in (tmp_path / "data").iterdir() if "part" in f.name or "replaced" in f.name]


def test_restoring_is_refused_while_a_station_has_the_database(url: str, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    with Database(url, Recipe(), ME) as database:
        back_up_records(url, file, "mill")
        with pytest.raises(SkelpError, match="is in use by station 'test'"):
            restore_records(url, file, ME, "mill")
        fill(database, "K2")  # the station goes on


def spoiled(file: Path, how: str) -> None:
    if how == "text":
        file.write_text("no database\n" * 1000)
    elif how == "cut":
        file.write_bytes(file.read_bytes()[:30_000])
    elif how == "overwritten":
        data = bytearray(file.read_bytes())
        for page in range(8, len(data) // 4096, 3):
            data[page * 4096 : page * 4096 + 200] = b"\xff" * 200
        file.write_bytes(data)
    else:
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute({"foreign": "DROP TABLE coils", "newer": "UPDATE alembic_version SET version_num = '9999'"}[how])


@pytest.mark.parametrize(
    ("how", "expected"),
    [("text", "damaged"), ("cut", "damaged"), ("overwritten", "damaged"), ("foreign", "without records of skelp"), ("newer", "'9999'")],
)
def test_a_file_that_cannot_be_restored_is_refused_and_nothing_changes(url: str, tmp_path: Path, how: str, expected: str) -> None:
    file = tmp_path / "backup.db"
    back_up_records(url, file, "mill")
    spoiled(file, how)
    before, names = all_rows(url), sorted(tmp_path.glob("data/*"))
    with pytest.raises(SkelpError, match=expected):
        restore_records(url, file, ME, "mill")
    assert all_rows(url) == before
    assert [n for n in sorted(tmp_path.glob("data/*")) if n not in names] in ([], [tmp_path / "data" / "skelp.db.lock"])


def test_a_backup_of_another_station_needs_a_word(url: str, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    back_up_records(url, file, "mill 2")
    with pytest.raises(SkelpError, match="--of-station 'mill 2'"):
        restore_records(url, file, ME, "mill")
    restore_records(url, file, ME, "mill 2")


def test_a_backup_replaces_backups_only(url: str, tmp_path: Path) -> None:
    database, other = tmp_path / "data" / "skelp.db", tmp_path / "station.toml"
    other.write_text("name = 'mill'")
    link = tmp_path / "link.db"
    link.symlink_to(database)
    for file in (database, other, link, tmp_path / "data"):
        with pytest.raises(SkelpError, match="is not replaced"):
            back_up_records(url, file, "mill")
    assert other.read_text() == "name = 'mill'"
    with pytest.raises(SkelpError, match=r"there is no .*nothing\.db"):
        back_up_records(f"sqlite:///{tmp_path / 'nothing.db'}", tmp_path / "backup.db", "mill")


def test_a_damaged_database_is_replaced_and_kept_as_it_is(url: str, tmp_path: Path) -> None:
    file, database, saved = tmp_path / "backup.db", tmp_path / "data" / "skelp.db", records(url)
    back_up_records(url, file, "mill")
    database.write_bytes(b"\xff" * 20_000)
    done = restore_records(url, file, ME, "mill")
    assert not done.access_kept
    assert done.kept is not None
    assert done.kept.read_bytes() == b"\xff" * 20_000
    assert records(url) == saved


def test_an_older_backup_is_migrated_when_the_station_starts(url: str, tmp_path: Path) -> None:
    file, older = tmp_path / "backup.db", f"sqlite:///{tmp_path / 'older.db'}"
    old_database(older)
    back_up_records(older, file, "mill")
    assert restore_records(url, file, ME, "mill").about.migration == "0004"
    with Database(url, Recipe(), ME) as database:
        assert database.access.people.all() == []
        assert database.reader.coil("K1").status is Status.FINAL


def told(call: str) -> str:
    """The command line in a message."""
    return call[call.index("pg_") :]


@needs_postgres
def test_the_commands_that_are_named_for_postgresql_back_up_and_restore(postgres: str, tmp_path: Path) -> None:
    with second_session(postgres) as session:
        session.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    file = tmp_path / "a backup.dump"
    with Database(postgres, Recipe(), ME) as database:
        fill(database)
        secret = postgres.replace("skelp@", "skelp:s3cret@") + "&sslpassword=s3cret"
        with pytest.raises(SkelpError, match="pg_dump") as caught:
            back_up_records(secret, file, "mill")
        run(told(str(caught.value)))
    saved, feed = records(postgres), feed_id(postgres)
    with Database(postgres, Recipe(), ME) as database, database.writer.transaction() as change:
        change.publish(OpticsReference())
    with pytest.raises(SkelpError, match="pg_restore") as other:
        restore_records(secret, file, ME, "mill")
    run(told(str(other.value)))
    assert records(postgres) == saved
    assert feed_id(postgres) != feed
    assert "s3cret" not in f"{caught.value} {other.value}"


def run(line: str) -> None:
    assert BIN is not None
    for part in line.split(" && "):
        program, *arguments = shlex.split(part)
        subprocess.run([shutil.which(program) or BIN / program, *arguments], check=True, capture_output=True, timeout=60)


def test_a_backup_is_not_replaced_by_one_that_has_less(url: str, tmp_path: Path) -> None:
    file, other = tmp_path / "backup.db", sqlite_url(tmp_path / "other.db")
    made = back_up_records(url, file, "mill")
    whole = file.read_bytes()
    with Database(other, Recipe(), ME) as database, database.writer.transaction() as change:
        change.publish(OpticsReference())
    with pytest.raises(SkelpError, match="another event feed"):
        back_up_records(other, file, "mill")
    with closing(sqlite3.connect(tmp_path / "data" / "skelp.db")) as connection, connection:
        connection.execute("UPDATE counters SET value = value - 1 WHERE name = 'events'")
    with pytest.raises(SkelpError, match=f"has {made.events} events and this one {made.events - 1}"):
        back_up_records(url, file, "mill")
    assert file.read_bytes() == whole
