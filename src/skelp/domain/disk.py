"""What an error of a disk or a file system means, and what to do about it. Every OSError of a write becomes a message here."""

from __future__ import annotations

import errno
import os
from enum import StrEnum
from pathlib import Path

from skelp.domain.errors import SkelpError


class DiskFault(StrEnum):
    """Why a file could not be written."""

    FULL = "full"
    READ_ONLY = "read_only"
    NOT_ALLOWED = "not_allowed"
    NAME_TOO_LONG = "name_too_long"
    IN_THE_WAY = "in_the_way"
    BROKEN = "broken"
    OTHER = "other"


_FAULTS = {
    errno.ENOSPC: DiskFault.FULL,
    errno.EDQUOT: DiskFault.FULL,
    errno.EROFS: DiskFault.READ_ONLY,
    errno.EACCES: DiskFault.NOT_ALLOWED,
    errno.EPERM: DiskFault.NOT_ALLOWED,
    errno.ENAMETOOLONG: DiskFault.NAME_TOO_LONG,
    errno.ENOTDIR: DiskFault.IN_THE_WAY,
    errno.EISDIR: DiskFault.IN_THE_WAY,
    errno.EEXIST: DiskFault.IN_THE_WAY,
    errno.EIO: DiskFault.BROKEN,
}
_ADVICE = {
    DiskFault.FULL: "free space on this disk",
    DiskFault.READ_ONLY: "this disk is read-only: mount it for writing",
    DiskFault.NOT_ALLOWED: "correct the permissions of the file and its folder",
    DiskFault.NAME_TOO_LONG: "give the file or the folder a shorter name",
    DiskFault.IN_THE_WAY: "a file is where a folder is expected, or the other way round: rename it",
    DiskFault.BROKEN: "the disk reported a fault: check it with the system log",
}


def fault_of(error: OSError) -> DiskFault:
    """The fault that an error of the operating system reports."""
    return _FAULTS.get(error.errno or 0, DiskFault.OTHER)


def cause_of(error: OSError, choose: str = "") -> str:
    """The cause of an error and what to do about it, for a message. `choose` is another way out, such as "choose another --out"."""
    todo = ", or ".join(part for part in (_ADVICE.get(fault_of(error), ""), choose) if part)
    return f"{error.strerror or error}; {todo}" if todo else f"{error.strerror or error}"


def failed(what: str, error: OSError, choose: str = "") -> SkelpError:
    """The error of something that failed because of a file, such as "cannot write a.txt"."""
    return SkelpError(f"{what}: {cause_of(error, choose)}")


def cannot_write(what: Path | str, error: OSError, choose: str = "") -> SkelpError:
    """The error of a file or folder that cannot be written."""
    return failed(f"cannot write {what}", error, choose)


def to_disk(path: Path) -> None:
    """Wait until a file's content, or the names in a folder, would survive a power failure."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
