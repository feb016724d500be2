"""What a failed write to a disk means, and what to do about it. Every OSError of a write becomes a message here."""

from __future__ import annotations

import errno
from enum import StrEnum
from pathlib import Path

from skelp.domain.errors import SkelpError


class DiskFault(StrEnum):
    """Why a file could not be written."""

    FULL = "full"
    READ_ONLY = "read_only"
    NOT_ALLOWED = "not_allowed"
    NAME_TOO_LONG = "name_too_long"
    BROKEN = "broken"
    OTHER = "other"


_FAULTS = {
    errno.ENOSPC: DiskFault.FULL,
    errno.EDQUOT: DiskFault.FULL,
    errno.EROFS: DiskFault.READ_ONLY,
    errno.EACCES: DiskFault.NOT_ALLOWED,
    errno.EPERM: DiskFault.NOT_ALLOWED,
    errno.ENAMETOOLONG: DiskFault.NAME_TOO_LONG,
    errno.EIO: DiskFault.BROKEN,
}
_ADVICE = {
    DiskFault.FULL: "free space on this disk",
    DiskFault.READ_ONLY: "this disk is read-only: mount it for writing",
    DiskFault.NOT_ALLOWED: "correct the permissions of the folder",
    DiskFault.NAME_TOO_LONG: "give the file or the folder a shorter name",
    DiskFault.BROKEN: "the disk reported a fault: check it with the system log",
}


def fault_of(error: OSError) -> DiskFault:
    """The fault that an error of the operating system reports."""
    return _FAULTS.get(error.errno or 0, DiskFault.OTHER)


def cannot_write(what: Path | str, error: OSError, choose: str) -> SkelpError:
    """The error of a file or folder that cannot be written. `choose` is another way out, such as "choose another --out"."""
    advice = _ADVICE.get(fault_of(error))
    return SkelpError(f"cannot write {what}: {error.strerror or error}; {f'{advice}, or {choose}' if advice else choose}")
