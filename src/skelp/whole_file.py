"""Writes a file that is whole or not there: a draft beside it takes its place when it is complete on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from skelp.domain.disk import cannot_write, to_disk

_COMPANIONS = ("", "-journal", "-wal", "-shm")
"""Endings of the files that SQLite makes beside a database."""


@contextmanager
def whole_file(file: Path, mode: int = 0o600, what_to_do: str = "choose another one") -> Iterator[Path]:
    """A draft, empty at first, that replaces `file` when the block ends. If the block fails, the draft is deleted and `file` stays.

    `mode`: its permissions, less those of the umask. Raises SkelpError with the cause, and with `what_to_do` at its end, if it cannot be
    written.
    """
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
        yield draft
        to_disk(draft)
        draft.replace(file)
        to_disk(file.parent)
    except OSError as error:
        raise cannot_write(file, error, what_to_do) from error
    finally:
        for ending in _COMPANIONS:
            draft.with_name(draft.name + ending).unlink(missing_ok=True)
