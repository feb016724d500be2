"""Addresses of databases: which are taken, and how messages show them."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from skelp.domain.disk import failed
from skelp.domain.errors import RecordsError, SkelpError
from skelp.sinks.sql.faults import cause


def sqlite_url(file: Path) -> str:
    """The URL of an SQLite file. Creates its folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{file.absolute()}"


def parse_url(text: str) -> sa.URL:
    """Parse a database URL. Raises SkelpError unless it names an SQLite file by its path, or a PostgreSQL database."""
    try:
        url = sa.make_url(text)
    except sa.exc.ArgumentError as error:
        raise SkelpError("storage.database_url is not a URL; write postgresql+psycopg://user@host/database") from error
    file = url.database or ""
    if url.get_backend_name() == "sqlite" and file and not file.startswith((":memory:", "file:")):
        return url
    if url.get_backend_name() == "postgresql":
        return url
    raise SkelpError(f"cannot store records in {without_password(url)}; give a PostgreSQL URL or sqlite:////path/to/file.db")


def without_password(url: sa.URL) -> str:
    """The URL for messages, with the password hidden."""
    return url.render_as_string(hide_password=True)


def cannot_open(url: sa.URL, error: Exception) -> SkelpError:
    """The error of a database that cannot be opened, with the cause if it is known."""
    what = f"cannot open the database {without_password(url)}"
    if isinstance(error, OSError):
        return failed(what, error, "choose another storage.folder or storage.database_url")
    reason = cause(error)
    told = f"{what}: {getattr(error, 'orig', None) or error}"
    return RecordsError(told, reason) if reason else SkelpError(f"{told}; check storage.database_url")
