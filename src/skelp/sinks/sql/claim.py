"""A station's claim on a database: only one station may write."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import sqlalchemy as sa

from skelp.domain.errors import SkelpError
from skelp.sinks.lock_file import LockFile, Owner
from skelp.sinks.sql.advisory_lock import AdvisoryLock
from skelp.sinks.sql.engines import without_password


class Claim(Protocol):
    """An exclusive claim from `__enter__` to `__exit__`. It also ends when the process ends, even after kill -9.

    `__enter__` raises SkelpError if another station holds the database. Every writing transaction first calls `check` with its
    connection, which raises SkelpError if the claim was lost.
    """

    def __enter__(self) -> Self: ...
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...
    def check(self, connection: sa.Connection) -> None: ...


def claim_on(url: sa.URL, owner: Owner) -> Claim:
    """The claim for a kind of database: a lock file beside an SQLite file, an advisory lock in PostgreSQL."""
    if url.get_backend_name() == "sqlite":
        file = Path(url.database or "").resolve()  # two links to one file use the same lock
        return _FileClaim(file.with_name(file.name + ".lock"), owner, f"the database {file}")
    return AdvisoryLock(url, owner, f"the database {without_password(url)}")


class _FileClaim(LockFile):
    """Satisfies Claim."""

    def check(self, connection: sa.Connection) -> None:
        del connection
        if not self.held():
            raise SkelpError(
                f"the lock file {self._path} was deleted or cannot be reached, so another station may write; "
                "nothing more is recorded, start again"
            )
