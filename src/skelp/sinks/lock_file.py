"""A lock file that one station holds. The operating system releases it when the station's process ends, also after kill -9."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from skelp.domain.disk import failed
from skelp.domain.errors import SkelpError

WHAT_TO_DO = "stop that one first, or give this one a storage.folder and a storage.database_url of its own"
"""The end of the error message of a second station."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The process of a station that holds a lock. `since` is ISO 8601 UTC. Error messages show it."""

    station: str
    pid: int
    host: str
    since: str

    @staticmethod
    def this_process(station: str) -> Owner:
        """This process as owner of a lock, from now on."""
        return Owner(station, os.getpid(), socket.gethostname(), datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"))

    def __str__(self) -> str:
        return f"station {self.station!r} (process {self.pid} on {self.host}, since {self.since})"


class LockFile:
    """An exclusive lock from `__enter__` to `__exit__`. `subject` is what it protects, for messages.

    The lock is flock(2) on a separate file, which holds the owner as JSON and is never deleted. Another path to the same folder finds the
    same lock. SQLite and backups are not affected, because the database file itself is not locked. Child processes do not inherit the
    lock (close-on-exec).
    """

    def __init__(self, path: Path, owner: Owner, subject: str) -> None:
        self._path, self._owner, self._subject = path, owner, subject

    def __enter__(self) -> Self:
        """Raises SkelpError if another station holds the lock, or if the file cannot be locked."""
        try:
            while not self._lock():
                pass  # the file was deleted after it was opened: lock the new one
        except OSError as error:
            raise failed(f"cannot lock {self._subject} with {self._path}", error, "choose a folder on a local disk") from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.close(self._file)

    def held(self) -> bool:
        """Whether the lock is still valid. It is not if the file was deleted or replaced."""
        try:
            return os.path.samestat(os.fstat(self._file), self._path.stat())
        except OSError:
            return False  # deleted, or its folder can no longer be reached

    def _lock(self) -> bool:
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        with ExitStack() as failed:
            failed.callback(os.close, self._file)
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                other = _owner(os.pread(self._file, 4096, 0))
                raise SkelpError(f"{self._subject} is in use by {other}; {WHAT_TO_DO}") from error
            if not self.held():
                return False
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, json.dumps(asdict(self._owner)).encode(), 0)
            failed.pop_all()
        return True


def _owner(content: bytes) -> Owner | str:
    try:
        return Owner(**json.loads(content))
    except (ValueError, TypeError):
        return "another station, which has not written its name yet"
