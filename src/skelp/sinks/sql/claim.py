"""A station's claim on a database: only one process may write as this station."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import sqlalchemy as sa

from skelp.domain.errors import SkelpError
from skelp.sinks.lock_file import LockFile, Owner
from skelp.sinks.sql.address import without_password
from skelp.sinks.sql.advisory_lock import AdvisoryLock


class Claim(Protocol):
    """An exclusive claim from `__enter__` to `__exit__`. It also ends when the process ends, even after kill -9.

    `__enter__` raises SkelpError if another process holds the claim. Every writing transaction first calls `check` with its connection
    and the station's number, which raises SkelpError if the claim was lost.

    `alone()` is the right to change the tables: while it is held, no other station uses the database. It raises SkelpError if one does.
    It yields False if another station has changed them meanwhile, which `unless()` tells.
    """

    def __enter__(self) -> Self: ...
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...
    def check(self, connection: sa.Connection, station: int) -> None: ...
    def alone(self, unless: Callable[[], bool]) -> AbstractContextManager[bool]: ...


def claim_on(url: sa.URL, owner: Owner) -> Claim:
    """The claim for a kind of database: a lock file beside an SQLite file, advisory locks in PostgreSQL."""
    if url.get_backend_name() == "sqlite":
        file = Path(url.database or "").resolve()  # two links to one file use the same lock
        return _FileClaim(file.with_name(file.name + ".lock"), owner, f"the database {file}")
    return AdvisoryLock(url, owner, f"the database {without_password(url)}")


class _FileClaim(LockFile):
    """Satisfies Claim."""

    def alone(self, unless: Callable[[], bool]) -> AbstractContextManager[bool]:
        del unless
        return nullcontext(enter_result=True)  # an SQLite file has one station

    def check(self, connection: sa.Connection, station: int) -> None:
        del connection, station
        if not self.held():
            raise SkelpError(
                f"the lock file {self._path} was deleted or cannot be reached, so another station may write; "
                "nothing more is recorded, start again"
            )
