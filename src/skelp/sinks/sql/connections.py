"""Stores and reads connections to the plant's systems."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from skelp.domain.connections import ConnectionReport, ConnectionState, ConnectionStatus, SendAgain
from skelp.domain.moments import iso
from skelp.sinks.sql.connection_tables import connections
from skelp.sinks.sql.session import Session

_AS_SAID = ("language", "peer", "detail", "sent_seq", "acknowledged_seq", "waiting", "resend_handled")
"""Fields of a report that are stored as they are."""


def every(session: Session) -> list[ConnectionStatus]:
    """All connections, by name."""
    return [_status(row) for row in session.rows(session.select(connections).order_by(connections.c.name))]


def keep(session: Session, status: ConnectionStatus) -> None:
    """Store a connection in the place of the one with its name."""
    values, its = _columns(status), connections.c.name == status.name
    if not session.execute(session.update(connections).where(its).values(**values)).rowcount:
        session.execute(session.insert(connections).values(name=status.name, **values))


def remove(session: Session, name: str) -> None:
    """Remove a connection."""
    session.execute(session.delete(connections).where(connections.c.name == name))


def _columns(status: ConnectionStatus) -> dict[str, Any]:
    report, request = status.report, status.request
    return {
        **{name: getattr(report, name) for name in _AS_SAID},
        "state": report.state.value,
        "last_sent_at": _text(report.last_sent_at),
        "last_acknowledged_at": _text(report.last_acknowledged_at),
        "heard_at": iso(status.heard_at),
        "silent": status.silent,
        "was_connected": status.was_connected,
        "failing_since": _text(status.failing_since),
        "request_number": request.number if request else 0,
        "request_after": request.after_seq if request else None,
        "request_by": request.by if request else None,
        "request_at": iso(request.at) if request else None,
    }


def _status(row: sa.RowMapping) -> ConnectionStatus:
    report = ConnectionReport(
        **{name: row[name] for name in _AS_SAID},
        state=ConnectionState(row["state"]),
        last_sent_at=_moment(row["last_sent_at"]),
        last_acknowledged_at=_moment(row["last_acknowledged_at"]),
    )
    number = row["request_number"]
    asked = SendAgain(number, row["request_after"], row["request_by"], datetime.fromisoformat(row["request_at"])) if number else None
    heard_at, failing_since = datetime.fromisoformat(row["heard_at"]), _moment(row["failing_since"])
    return ConnectionStatus(row["name"], report, heard_at, row["silent"], row["was_connected"], failing_since, asked)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
