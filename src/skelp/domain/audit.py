"""What the audit says: who asked for what, from where, and what the answer was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One request that changes something, one that was refused, or one command of `skelp token` or `skelp user`.

    `name`: of the token or the person; at a log-in, the name that was given, right or wrong; empty if nobody is known.
    `role`: empty if nobody is known, and for a command. `address`: of the caller; for a command, the host.
    `action`: the method, or the command. `subject`: the path of what was made or asked for, or the name that the command changes.
    `status`: the HTTP status of the answer; None for a command, which is recorded only if it was done.
    `station`: the one that was asked; empty for a command, because tokens and people are those of all stations of a database.
    `left_out`: how many entries of the same caller were left out before this one, because there were too many.
    """

    at: datetime
    name: str
    role: str
    address: str
    action: str
    subject: str
    status: int | None
    left_out: int = 0
    station: str = ""
