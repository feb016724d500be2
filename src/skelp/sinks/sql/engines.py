"""Opens an SQLite or PostgreSQL database and migrates it to the newest tables."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from skelp.domain.errors import SkelpError
from skelp.sinks.sql.address import cannot_open, without_password
from skelp.sinks.sql.claim import Claim
from skelp.sinks.sql.faults import BUSY_S

_OF_ONE_STATE = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""Of a transaction on PostgreSQL, where each statement would else read the newest state. SQLite reads one state without being asked."""


@dataclass(frozen=True, slots=True)
class Engines:
    """One engine for writing and one for reading. A transaction of the second one reads one state of the database."""

    writing: sa.Engine
    reading: sa.Engine


@contextmanager
def open_engines(url: sa.URL, claim: Claim) -> Iterator[Engines]:
    """Open a claimed database, and migrate it if it is older. Raises SkelpError if that fails, or if a newer version migrated it.

    SQLite writers take the write lock when they begin (BEGIN IMMEDIATE), so that two writers never deadlock. Readers see a snapshot and
    do not block writers (WAL). With `synchronous=FULL`, an event that a client has received survives a power failure.
    """
    if url.get_backend_name() == "sqlite":
        _make_file(Path(url.database or ""))
    with open_unchanged(url) as engines:
        try:
            if not _is_newest(url, engines):
                with claim.alone(unless=lambda: _is_newest(url, engines)) as alone:
                    if alone:
                        _migrate(engines.writing)
                engines.reading.dispose()  # its connection remembers the old tables
        except (sa.exc.SQLAlchemyError, OSError, ImportError) as error:
            raise cannot_open(url, error) from error
        yield engines


@contextmanager
def open_unchanged(url: sa.URL) -> Iterator[Engines]:
    """Open the database as it is. Raises SkelpError if that fails."""
    try:
        engines = Engines(_engine(url, "BEGIN IMMEDIATE"), _engine(url, "BEGIN", _OF_ONE_STATE))
    except (sa.exc.SQLAlchemyError, ImportError) as error:
        raise cannot_open(url, error) from error
    try:
        yield engines
    finally:
        engines.writing.dispose()
        engines.reading.dispose()


def is_new_enough(url: sa.URL) -> bool:
    """Whether the database exists and has the newest tables. Raises SkelpError if it cannot be opened."""
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return False
    with open_unchanged(url) as engines:
        try:
            return _is_newest(url, engines)
        except (sa.exc.SQLAlchemyError, OSError) as error:
            raise cannot_open(url, error) from error


def refuse_other_tables(url: sa.URL) -> None:
    """Raise SkelpError if the database is not there, or has the tables of another version."""
    if not is_new_enough(url):
        raise SkelpError(f"{without_password(url)} is not there or has the tables of another skelp; start the station once with this one")


def revisions() -> set[str]:
    """The versions of the tables that this skelp knows."""
    return {script.revision for script in ScriptDirectory.from_config(_scripts()).walk_revisions()}


def newest_revision() -> str | None:
    """The version of the tables that this skelp makes."""
    return ScriptDirectory.from_config(_scripts()).get_current_head()


def _is_newest(url: sa.URL, engines: Engines) -> bool:
    """Whether the tables are those of this version. Raises SkelpError if they are newer."""
    with engines.reading.begin() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    if revision is not None and revision not in revisions():
        raise SkelpError(
            f"the database {without_password(url)} has the tables of a newer version of skelp ({revision}); install that version here too"
        )
    return revision == newest_revision()


def _engine(url: sa.URL, begin: str, on_postgresql: Mapping[str, Any] = {}) -> sa.Engine:
    """`begin`: how a transaction begins on SQLite. `on_postgresql`: its execution options there."""
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, pool_pre_ping=True, connect_args=_timeouts(url), execution_options=on_postgresql)
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_S, "check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy begins transactions, not the driver
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @sa.event.listens_for(engine, "begin")
    def start(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _make_file(file: Path) -> None:
    """Make the file of a new database, which only its owner may read: it has hashes of passwords. If it cannot be made, SQLite says why."""
    with suppress(OSError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _timeouts(url: sa.URL) -> dict[str, Any]:
    """Options of a PostgreSQL connection, so that an interrupted network or a lock of another program ends a request within 30 s.

    The URL's own options come first.
    """
    options = {"connect_timeout": 10, "tcp_user_timeout": 30_000, "options": f"-c lock_timeout={round(BUSY_S * 1000)}"}
    return {name: value for name, value in options.items() if name not in url.query}


def _scripts() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _migrate(engine: sa.Engine) -> None:
    config = _scripts()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
