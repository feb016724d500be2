"""Says what a database that refuses really has: locked, full, read-only, damaged or out of reach."""

from __future__ import annotations

import sqlalchemy as sa

from skelp.domain.errors import SkelpError

_CAUSES = (
    ("locked", "another program holds it and does not let go; close the database browser, backup or script that has it open"),
    ("disk is full", "its disk is full; free some space"),
    ("No space left", "its disk is full; free some space"),
    ("readonly", "it is read-only; correct the permissions of the file and its folder, or mount the disk for writing"),
    ("read-only", "it is read-only; correct the permissions, or connect to the primary server"),
    ("disk I/O error", "its disk failed; check the disk"),
    ("malformed", "its file is damaged; restore it from a backup"),
    ("not a database", "its file is damaged or no database; restore it from a backup"),
    ("unable to open", "its file cannot be opened; check the path and its permissions"),
    ("password authentication failed", "the server refuses the user or the password; correct storage.database_url"),
    ("does not exist", "the server has no such database or user; create it, or correct storage.database_url"),
    ("Connection refused", "no server answers at that address; start PostgreSQL, or correct storage.database_url"),
    ("could not translate host name", "its host name is not known; correct storage.database_url"),
    ("too many clients", "the server has no connection left; close others, or raise max_connections"),
    ("connection", "the connection to the server was lost; check the server and the network"),
)
"""A part of the database's own message, and the cause with what to do. The first that fits counts."""
FAULTS = (sa.exc.OperationalError, sa.exc.InternalError, sa.exc.InterfaceError)


def is_fault(error: sa.exc.SQLAlchemyError) -> bool:
    """Whether the database is at fault, and not a statement of skelp's. A damaged file raises the bare DatabaseError."""
    return isinstance(error, FAULTS) or type(error) is sa.exc.DatabaseError


def refused(what: str, error: Exception) -> SkelpError:
    """The error for a database that refuses. `what` is what could not be done."""
    said = " ".join(str(getattr(error, "orig", None) or error).split())
    cause = next((cause for part, cause in _CAUSES if part.lower() in said.lower()), "check its address, permissions and disk")
    return SkelpError(f"{what}: {cause} ({said[:300]})")
