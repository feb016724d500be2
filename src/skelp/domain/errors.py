"""The one exception base of the project, and how a message names the right spelling."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable

from skelp.domain.reasons import Reason


class SkelpError(Exception):
    """A known failure. Its message names the value, what was expected and what to do about it.

    `reason` is the coded reason behind it, where there is one; whoever shows the error adds its sentence. The command line prints one
    line and exits with 1; anything else that escapes is a bug and exits with 3.
    """

    def __init__(self, message: str, reason: Reason | None = None) -> None:
        super().__init__(message)
        self.reason = reason


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known name that is spelt most like `name`, upper and lower case alike; None where none comes near.

    `cutoff` is the least ratio of difflib, 0 to 1.
    """
    spelt = {k.casefold(): k for k in known}
    found = difflib.get_close_matches(name.casefold(), spelt, 1, cutoff)
    return spelt[found[0]] if found else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """The end of a message that refuses `name`: the nearest known name, or all of them."""
    names = sorted(known)
    near = nearest(name, names)
    return f"did you mean {near}?" if near else f"known are {', '.join(names)}"


_OF_THE_SYSTEM = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "this user's quota is used up; free some space",
    errno.EACCES: "this user may not write there; correct the permissions",
    errno.EPERM: "this user may not write there; correct the permissions",
    errno.EROFS: "the disk is read-only; mount it for writing",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
    errno.EIO: "the disk failed; check it",
    errno.ENOTDIR: "a part of the path is a file, not a folder; choose another path",
    errno.EISDIR: "it is a folder; choose another name",
    errno.ENOENT: "the folder does not exist; create it",
    errno.EEXIST: "a file of that name is there; choose another name",
}


def cause_of(error: OSError) -> str:
    """The cause of an error of the operating system, and what to do about it."""
    return _OF_THE_SYSTEM.get(error.errno or 0, error.strerror or str(error))
