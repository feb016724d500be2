"""Opening a database: SQLite embedded, or PostgreSQL by URL, migrated to the newest tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from skelp.domain.errors import SkelpError


def open_engines(url: str) -> tuple[sa.Engine, sa.Engine]:
    """Engine for writing and engine for reading. Raises SkelpError if the database cannot be opened or migrated.

    SQLite writers take the lock when they begin (BEGIN IMMEDIATE), so two of them never deadlock half-way; readers see
    a snapshot and block nobody (WAL). `synchronous=FULL`: an event that a client has seen survives a power cut.
    """
    try:
        writer, reader = _engine(url, "BEGIN IMMEDIATE"), _engine(url, "BEGIN")
        _migrate(writer)
    except (sa.exc.SQLAlchemyError, OSError, ImportError) as error:
        raise SkelpError(f"cannot open the database {_without_password(url)}: {error}; check its address, rights and disk") from error
    return writer, reader


def sqlite_url(file: Path) -> str:
    """URL of an SQLite file; its folder is made."""
    file.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{file.absolute()}"


def _without_password(url: str) -> str:
    return sa.make_url(url).render_as_string(hide_password=True)


def _engine(url: str, begin: str) -> sa.Engine:
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True)
    engine = sa.create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy says when to begin, not the driver
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @sa.event.listens_for(engine, "begin")
    def start(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _migrate(engine: sa.Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
