"""Schema of the audit."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class AuditEntryOut(BaseModel):
    """One request that may change something, one that was refused, or one command of `skelp token` or `skelp user`."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    name: str
    """Of the token or the person. At a log-in, the name that was given. Empty if nobody is known."""
    role: str
    address: str
    """Of the caller; for a command, the host on which it was given."""
    action: str
    """The method, WEBSOCKET, or the command."""
    subject: str
    """The path of what was made or asked for, or the name that the command changed."""
    status: int | None
    """The HTTP status of the answer. Null for a command, which is recorded if it was done."""
    left_out: int
    """Entries of the same caller that were left out before this one, because there were too many."""
    station: str
    """The station that was asked. Empty for a command."""


class AuditPage(BaseModel):
    """Entries, the newest first. `next` is the `cursor` of the next page."""

    entries: list[AuditEntryOut]
    next: int | None
