"""Finds the true cause of a failure of the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from skelp.domain.errors import RecordsError
from skelp.domain.reasons import (
    Reason,
    RecordsDamaged,
    RecordsDiskFault,
    RecordsDiskFull,
    RecordsLocked,
    RecordsNoAccess,
    RecordsReadOnly,
    RecordsRefused,
    RecordsUnreachable,
)

BUSY_S = 30.0
"""Time that SQLite waits for another program's lock before it gives up."""
_SQLITE: dict[int, Reason] = {
    sqlite3.SQLITE_BUSY: RecordsLocked(BUSY_S),
    sqlite3.SQLITE_LOCKED: RecordsLocked(BUSY_S),
    sqlite3.SQLITE_FULL: RecordsDiskFull(),
    sqlite3.SQLITE_READONLY: RecordsReadOnly(),
    sqlite3.SQLITE_PERM: RecordsReadOnly(),
    sqlite3.SQLITE_CANTOPEN: RecordsNoAccess(),
    sqlite3.SQLITE_CORRUPT: RecordsDamaged(),
    sqlite3.SQLITE_NOTADB: RecordsDamaged(),
    sqlite3.SQLITE_IOERR: RecordsDiskFault(),
}
"""The cause by SQLite's result code (https://www.sqlite.org/rescode.html)."""
_POSTGRES: dict[str, Reason] = {
    "53100": RecordsDiskFull(),
    "25006": RecordsReadOnly(),
    "55P03": RecordsLocked(BUSY_S),
    "58030": RecordsDiskFault(),
    "XX001": RecordsDamaged(),
    "XX002": RecordsDamaged(),
    "57P01": RecordsUnreachable(),
    "57P02": RecordsUnreachable(),
    "57P03": RecordsUnreachable(),
}
"""The cause by SQLSTATE (PostgreSQL's documentation, appendix A). Codes of class 08 are lost connections."""


_NOT_ALLOWED = frozenset({"42501", "42P01"})
"""No right to a table, or no such table: somebody changed the database or its rights under a running process."""


def cause(error: BaseException) -> Reason | None:
    """The cause of a database error; None if it is none of the environment but a bug, such as a wrong statement."""
    original = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    if isinstance(original, sqlite3.Error):
        return _SQLITE.get(getattr(original, "sqlite_errorcode", 0) & 0xFF)  # the lowest byte is the primary code
    return _cause_in_postgres(error, original)


def _cause_in_postgres(error: BaseException, original: BaseException | None) -> Reason | None:
    state = getattr(original, "sqlstate", None)
    if state in _POSTGRES:
        return _POSTGRES[state]
    if state in _NOT_ALLOWED:
        return RecordsRefused(str(original).strip().splitlines()[0])
    if state and state.startswith("08"):
        return RecordsUnreachable()
    if not isinstance(error, sa.exc.OperationalError):
        return None
    answer = str(original).strip()
    if state or "FATAL:" in answer:  # the server answered
        return RecordsRefused(answer.rpartition("FATAL:")[2].strip())
    return RecordsUnreachable()


@contextmanager
def told(what: str) -> Iterator[None]:
    """Raise RecordsError with the cause for every failure of the database inside. `what` begins its message."""
    try:
        yield
    except sa.exc.TimeoutError as error:  # every connection is taken, by requests that wait for the database
        raise RecordsError(f"{what} ({error})", RecordsUnreachable()) from error
    except sa.exc.DBAPIError as error:
        reason = cause(error)
        if reason is None:
            raise
        raise RecordsError(f"{what} ({error.orig})", reason) from error
