"""A lock file that one station holds. The operating system frees it when the station's process ends, kill -9 included."""

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

from skelp.domain.errors import SkelpError

INSTEAD = "stop that one first, or give this one a storage.folder and a storage.database_url of its own"


@dataclass(frozen=True, slots=True)
class Owner:
    """The process of a station, as errors name it. `since` is ISO 8601 UTC."""

    station: str
    pid: int
    host: str
    since: str

    @staticmethod
    def this_process(station: str) -> Owner:
        """This process, as the owner of what it is about to lock."""
        return Owner(station, os.getpid(), socket.gethostname(), datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"))

    def __str__(self) -> str:
        return f"station {self.station!r} (process {self.pid} on {self.host}, since {self.since})"


class LockFile:
    """An exclusive lock on a file of its own, held from `__enter__` to `__exit__`. The file names the owner and is never deleted.

    The lock is flock's, on the file itself: another path to the same folder meets the same lock. It is not on the database file,
    so SQLite, a backup and a copy of the folder are not hindered. A child process does not inherit it (close-on-exec).
    """

    def __init__(self, path: Path, owner: Owner, guards: str) -> None:
        self._path, self._owner, self._guards = path, owner, guards

    def __enter__(self) -> Self:
        """Raises SkelpError if another station holds the lock, or if the file cannot be locked."""
        try:
            while not self._lock():
                pass  # somebody deleted the file after it was opened: lock the new one
        except OSError as error:
            raise SkelpError(
                f"cannot lock {self._guards} ({self._path}: {error.strerror}); its folder must exist on a local disk and be writable"
            ) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.close(self._file)

    def held(self) -> bool:
        """Whether the lock still guards its path: not if somebody deleted or replaced the file."""
        try:
            return os.path.samestat(os.fstat(self._file), self._path.stat())
        except OSError:
            return False  # deleted, or its folder cannot be reached any more

    def _lock(self) -> bool:
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        with ExitStack() as failed:
            failed.callback(os.close, self._file)
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                other = _owner(os.pread(self._file, 4096, 0))
                raise SkelpError(f"{self._guards} is in use by {other}; {INSTEAD}") from error
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
