"""Makes a backup of an SQLite database while a station writes to it, and puts one back while no station runs."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from skelp.domain.disk import failed
from skelp.domain.errors import SkelpError
from skelp.domain.moments import now
from skelp.domain.reasons import RecordsDamaged
from skelp.sinks.sql import copies
from skelp.sinks.sql.audit import user_here
from skelp.sinks.sql.copies import About
from skelp.sinks.sql.faults import cause
from skelp.sinks.sql.kept_access import keep_access
from skelp.whole_file import whole_file


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored. `kept`: the database that it replaced, None if there was none. `access_kept`: whether tokens and people are those
    of the replaced database; else they are those of the backup.
    """

    about: About
    kept: Path | None
    access_kept: bool


def back_up(database: Path, file: Path, station: str) -> About:
    """Write a backup of the database into `file`, in place of an older backup. Writers do not wait.

    Raises SkelpError, and leaves `file` as it was, if the database is not one of skelp or is damaged, or if the backup cannot be written.
    """
    there = _replaceable(file, database)
    what = f"cannot back up {database} into {file}"
    with whole_file(file) as draft, copies.named(what):
        copies.copy(database, draft)
        made = copies.sign(draft, station)
        _refuse_to_lose(there, made, what)
        return _checked(draft, what)


def restore(file: Path, database: Path, station: str) -> Restored:
    """Put a backup in the place of a station's database. Nobody may use the database meanwhile. `station`: whose backup it must be.

    The feed gets a new id, because events after the backup would be numbered a second time. Tokens and people stay those of the replaced
    database, so that nobody gets in again who was locked out after the backup. Raises SkelpError, and changes nothing, if the file is
    damaged, is no backup of this station or is of a newer skelp, or if the disk is full.
    """
    what = f"cannot restore {file}"
    if not file.is_file():
        raise SkelpError(f"{what}: {'it is a folder' if file.is_dir() else 'there is no such file'}")
    with whole_file(database) as draft, copies.named(what):
        _copy_whole(file, draft, what)
        about = _checked(draft, what)
        if about.station and about.station != station:
            raise SkelpError(
                f"{what}: it is of station {about.station!r}, not of {station!r}; if it is meant, add --of-station {about.station!r}"
            )
        access_kept = keep_access(draft, database)
        _renew(draft, file, log_ins_too=not access_kept)
        return Restored(about, _keep(database, draft), access_kept)


def _copy_whole(file: Path, draft: Path, what: str) -> None:
    """Copy a backup. Raises sqlite3.Error, or SkelpError if the file is damaged."""
    try:
        copies.copy(file, draft)
    except sqlite3.DatabaseError as error:
        if isinstance(cause(error), RecordsDamaged):
            raise SkelpError(f"{what}: it is damaged, or no SQLite file ({error}); an earlier backup may be whole") from error
        raise


def _replaceable(file: Path, database: Path) -> About | None:
    """The backup that would be replaced; None if there is none. Raises SkelpError if it is no backup, or the database itself."""
    if not database.is_file():
        raise SkelpError(f"there is no {database.absolute()}; a relative storage.folder counts from where you are")
    if not file.exists():
        return None
    if file.is_file() and not file.samefile(database):
        with suppress(SkelpError):
            found = copies.check(file)
            if found.made_at:
                return found
    raise SkelpError(f"{file} is there and is no backup of skelp, so it is not replaced; choose another name")


def _refuse_to_lose(there: About | None, made: About, what: str) -> None:
    """Raise SkelpError if the backup that would be replaced has what the new one has not: it may be the only copy of a broken disk."""
    if there is None:
        return
    if (there.station, there.feed_id) != (made.station, made.feed_id):
        raise SkelpError(
            f"{what}: the backup there is of station {there.station!r} with another event feed, so it is not replaced; was the disk "
            "exchanged, or the database restored? Choose another name"
        )
    if there.events > made.events:
        raise SkelpError(f"{what}: the backup there has {there.events} events and this one {made.events}; choose another name")


def _checked(draft: Path, what: str) -> About:
    try:
        return copies.check(draft)
    except SkelpError as error:
        raise SkelpError(f"{what}: {error}") from error


def _renew(draft: Path, file: Path, *, log_ins_too: bool) -> None:
    """Make the copy a database of its own, with a new feed. The audit says what was restored. `log_ins_too`: nobody is logged in."""
    with copies.opened(draft) as connection:
        copies.unsign(connection)
        present = copies.tables(connection)
        renewed = {"stations": "UPDATE stations SET feed = ?", "identity": "UPDATE identity SET value = ? WHERE name = 'feed'"}
        for table, statement in renewed.items():
            if table in present:  # one that is older than both gets its feed id when it is migrated
                connection.execute(statement, (str(uuid.uuid4()),))
        if log_ins_too and "log_ins" in present:
            connection.execute("DELETE FROM log_ins")
        if "audit" in present:
            entry = (now(), user_here(), socket.gethostname(), "skelp restore", str(file)[:256])
            columns = "at, name, address, action, subject, role, left_out"
            connection.execute(f"INSERT INTO audit ({columns}) VALUES (?, ?, ?, ?, ?, '', 0)", entry)  # noqa: S608 - a constant


def _keep(database: Path, draft: Path) -> Path | None:
    """Give the replaced database a second, dated name, and the draft its owner and permissions. Raises sqlite3.Error, SkelpError."""
    like = database if database.exists() else database.parent
    if os.geteuid() == 0:
        os.chown(draft, like.stat().st_uid, like.stat().st_gid)
    if not database.exists():
        draft.chmod(0o600)
        return None
    shutil.copymode(database, draft)
    _close(database)
    kept = database.with_name(f"{database.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}")
    try:
        os.link(database, kept)
        for ending in ("-wal", "-shm"):
            with suppress(FileNotFoundError):  # it has one only if it is damaged
                database.with_name(database.name + ending).rename(kept.with_name(kept.name + ending))
    except OSError as error:
        raise failed(f"cannot keep {database} as {kept}", error) from error
    return kept


def _close(database: Path) -> None:
    """Move what is in the database's log into its file, so that the file is all. One that is damaged stays as it is.

    Raises sqlite3.OperationalError if another program uses it.
    """
    try:
        with copies.opened(database) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return
