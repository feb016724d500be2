"""The audit: who asked for what. It only grows."""

from __future__ import annotations

import os
import pwd
import socket
from dataclasses import replace
from datetime import UTC, datetime

import sqlalchemy as sa

from skelp.domain.audit import AuditEntry
from skelp.domain.moments import iso
from skelp.sinks.sql.access_tables import audit
from skelp.sinks.sql.engines import Engines
from skelp.sinks.sql.faults import told

_LENGTHS = {c.name: c.type.length for c in audit.c if isinstance(c.type, sa.String)}


class Audit:
    """Satisfies ports.AuditLog."""

    def __init__(self, engines: Engines, station: str) -> None:
        self._engines, self._station = engines, station

    def add(self, entry: AuditEntry) -> None:
        """Append an entry. Texts that are too long are cut."""
        with told("the audit cannot be written"), self._engines.writing.begin() as connection:
            _append(connection, replace(entry, station=self._station))

    def entries(self, *, before: int | None, limit: int) -> list[tuple[int, AuditEntry]]:
        """The newest entries first, each with its number. `before`: the last number of the page before."""
        query = sa.select(audit).order_by(audit.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.number < before)
        with told("the audit cannot be read"), self._engines.reading.begin() as connection:
            rows = [dict(r) for r in connection.execute(query).mappings()]
        return [(row.pop("number"), AuditEntry(**row | {"at": datetime.fromisoformat(row["at"])})) for row in rows]


def note_command(connection: sa.Connection, command: str, subject: str) -> None:
    """Append that somebody at this machine gave a command, in the transaction of what it changes."""
    _append(connection, AuditEntry(datetime.now(UTC), user_here(), "", socket.gethostname(), f"skelp {command}", subject, None))


def _append(connection: sa.Connection, entry: AuditEntry) -> None:
    values = {name: getattr(entry, name) for name in AuditEntry.__dataclass_fields__} | {"at": iso(entry.at)}
    connection.execute(audit.insert().values({name: v[: _LENGTHS[name]] if name in _LENGTHS else v for name, v in values.items()}))


def user_here() -> str:
    """Who runs this process."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name  # not what the environment says
    except KeyError:  # a container whose user has no name
        return f"user {os.getuid()}"
