"""Who may ask, and who asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from skelp.domain.access import Token
from skelp.domain.audit import AuditEntry


class TokenStore(Protocol):
    """Tokens, or log-ins, by the SHA-256 of their secrets. `used` notes that one was used now.

    Both raise RecordsError if the database fails.
    """

    def find(self, sha256: str) -> Token | None: ...
    def used(self, sha256: str) -> None: ...


class LogIns(TokenStore, Protocol):
    """Log-ins of people, which are found as tokens are.

    `log_in` gives the secret of a new one, None if name and password do not fit; `log_out` ends the one with this SHA-256. Both raise
    RecordsError if the database fails.
    """

    def log_in(self, name: str, password: str, valid: timedelta) -> str | None: ...
    def log_out(self, sha256: str) -> None: ...


class AuditLog(Protocol):
    """Who asked for what. It only grows. `entries` gives the newest first, each with its number.

    Both raise RecordsError if the database fails.
    """

    def add(self, entry: AuditEntry) -> None: ...
    def entries(self, *, before: int | None, limit: int) -> list[tuple[int, AuditEntry]]: ...
