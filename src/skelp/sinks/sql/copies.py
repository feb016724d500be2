"""Copies of an SQLite database of records: how one is made, what it says of itself, and whether it is sound."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from skelp import __version__
from skelp.domain.errors import RecordsError, SkelpError
from skelp.domain.moments import now
from skelp.domain.reasons import RecordsDiskFull
from skelp.sinks.sql.engines import revisions
from skelp.sinks.sql.faults import BUSY_S, cause

_ABOUT = "skelp_backup"
"""The table of a backup that says what the backup is. A station's database has none."""


@dataclass(frozen=True, slots=True)
class About:
    """What a copy of the records is of. `skelp` and `made_at` are empty if it is a plain copy of a database file.

    `migration`: the version of its tables. `feed_id`: its event feed, empty in one older than feeds had ids. `events`: the number of its
    newest event. `made_at`: ISO 8601 UTC.
    """

    skelp: str
    station: str
    migration: str
    feed_id: str
    events: int
    made_at: str


def copy(source: Path, draft: Path) -> None:
    """Copy one state of a database that others may write to meanwhile. Writers do not wait.

    The whole copy is one read transaction of SQLite's backup API. Copied in steps, it would begin again after each write of a station.
    Raises sqlite3.Error.
    """
    with opened(source) as original, opened(draft) as target:
        original.backup(target)
    with opened(draft) as target:
        target.execute("PRAGMA journal_mode=DELETE").fetchall()  # so that the copy is one file


def sign(draft: Path, station: str) -> About:
    """Write into a copy what it is of. Raises sqlite3.Error, or SkelpError if it is no database of skelp."""
    with opened(draft) as connection:
        found = _about(connection, skelp=__version__, station=station, made_at=now())
        connection.execute(f"CREATE TABLE {_ABOUT} (name TEXT PRIMARY KEY, value NOT NULL)")
        connection.executemany(f"INSERT INTO {_ABOUT} VALUES (?, ?)", asdict(found).items())  # noqa: S608 - a constant
    return found


def unsign(connection: sqlite3.Connection) -> None:
    """Make a copy a station's database again."""
    connection.execute(f"DROP TABLE IF EXISTS {_ABOUT}")


def check(file: Path) -> About:
    """What a copy is of. Raises SkelpError if it is damaged, is no database of skelp, or was made by a newer skelp."""
    try:
        with opened(file) as connection:
            signed = dict(connection.execute(f"SELECT name, value FROM {_ABOUT}")) if _ABOUT in tables(connection) else {}  # noqa: S608
            found = _about(connection, **{name: str(signed.get(name, "")) for name in ("skelp", "station", "made_at")})
            faults = connection.execute("PRAGMA integrity_check(1)").fetchall()
    except sqlite3.DatabaseError as error:
        raise SkelpError(f"it is damaged, or no SQLite file ({error}); an earlier backup may be whole") from error
    if faults != [("ok",)]:
        raise SkelpError(f"it is damaged ({faults[0][0]}); an earlier backup may be whole")
    return found


def _about(connection: sqlite3.Connection, *, skelp: str, station: str, made_at: str) -> About:
    present = tables(connection)
    if not {"alembic_version", "coils", "events", "counters"} <= present:
        raise SkelpError("it is an SQLite file without records of skelp, so it is not the right file")
    (migration,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
    if migration not in revisions():
        raise SkelpError(f"its tables have version {migration!r}, which this skelp {__version__} does not know; install a newer one")
    (events,) = connection.execute("SELECT value FROM counters WHERE name = 'events'").fetchone()
    of_feed = {"stations": "SELECT feed FROM stations", "identity": "SELECT value FROM identity WHERE name = 'feed'"}
    feed = next((connection.execute(query).fetchone() for table, query in of_feed.items() if table in present), None)
    if not station and "stations" in present:  # a plain copy of a database file
        (station,) = connection.execute("SELECT name FROM stations").fetchone() or ("",)
    return About(skelp, station, migration, feed[0] if feed else "", events, made_at)


def tables(connection: sqlite3.Connection) -> set[str]:
    """The names of a database's tables."""
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection whose changes are stored if the block does not fail. Raises sqlite3.Error."""
    address = f"file:{quote(str(file.absolute()))}?mode=rw"  # it must exist: sqlite3 would make a new one
    with closing(sqlite3.connect(address, uri=True, timeout=BUSY_S)) as connection, connection:
        yield connection


@contextmanager
def named(what: str) -> Iterator[None]:
    """Raise RecordsError or SkelpError for every failure of SQLite inside, OSError for a full disk. `what` begins its message.

    Use it inside `whole_file`: a full disk is that of the file that is written, not that of the station's records.
    """
    try:
        yield
    except sqlite3.Error as error:
        reason = cause(error)
        if isinstance(reason, RecordsDiskFull):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise RecordsError(f"{what}: {error}", reason) if reason else SkelpError(f"{what}: {error}") from error
