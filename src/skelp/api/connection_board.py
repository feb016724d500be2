"""Routes of the connections to the plant's systems: processes report them, people see them and have results sent again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from skelp.api.answers import REPORTED
from skelp.api.schema.connections import ConnectionIn, ConnectionKey, ConnectionListOut, ConnectionOut, ReportedOut, SendAgainIn
from skelp.api.signature import signed
from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.connections import ConnectionReport, ConnectionState, ConnectionStatus, SendAgain
from skelp.domain.moments import iso
from skelp.ports import ConnectionKeeper, ConnectionList, RecordReader


def router(listed: ConnectionList) -> APIRouter:
    """The route that lists them."""
    api = APIRouter(prefix="/connections", tags=["connections"])

    @api.get("", response_model=ConnectionListOut)
    def list_connections() -> Any:
        """Each connection: its state, what was sent and acknowledged last, what waits, and the newest request to send again."""
        return {"connections": [_record(status) for status in listed.connections()]}

    return api


def changes(keeper: ConnectionKeeper, records: RecordReader) -> APIRouter:
    """The routes of language processes and of people."""
    api = APIRouter(prefix="/connections", tags=["connections"])

    @api.put("/{connection}", response_model=ReportedOut, responses=REPORTED)
    def report_connection(connection: ConnectionKey, body: ConnectionIn, response: Response) -> Any:
        """Tell the state of a connection, every five seconds. The first report makes the connection (201); a station has at most 20."""
        status, is_new = keeper.report(connection, _report(body))
        response.status_code = 201 if is_new else 200
        request = status.request
        return {"resend_number": request.number if request else 0, "resend_after": request.after_seq if request else None}

    @api.post("/{connection}/send-again", response_model=ConnectionOut)
    def send_connection_again(connection: ConnectionKey, body: SendAgainIn, request: Request) -> Any:
        """Have a process send everything again after an event. The peer knows what it has had by the numbers of the events."""
        by = signed(request, body.operator)
        if body.after_seq is not None and body.after_seq > (newest := records.newest_event()):
            raise ConflictError(Conflict.FEED_BEYOND, f"the newest event is {newest}, so there is nothing after {body.after_seq}")
        return _record(keeper.send_again(connection, body.after_seq, by))

    @api.delete("/{connection}", status_code=204)
    def remove_connection(connection: ConnectionKey) -> None:
        """Take a connection off the list that is gone for good. A process that still reports puts it back."""
        keeper.remove(connection)

    return api


def _report(body: ConnectionIn) -> ConnectionReport:
    said = body.model_dump()
    times = {name: _moment(said[name]) for name in ("last_sent_at", "last_acknowledged_at")}
    return ConnectionReport(**said | times | {"state": ConnectionState(body.state)})


def _record(status: ConnectionStatus) -> dict[str, Any]:
    report, request = status.report, status.request
    return {
        "name": status.name,
        "language": report.language,
        "peer": report.peer,
        "state": report.state.value,
        "detail": report.detail,
        "sent_seq": report.sent_seq,
        "acknowledged_seq": report.acknowledged_seq,
        "last_sent_at": _iso(report.last_sent_at),
        "last_acknowledged_at": _iso(report.last_acknowledged_at),
        "waiting": report.waiting,
        "heard_at": iso(status.heard_at),
        "silent": status.silent,
        "failing_since": _iso(status.failing_since),
        "request": request and _request(request, handled=report.resend_handled >= request.number),
    }


def _request(request: SendAgain, *, handled: bool) -> dict[str, Any]:
    return {"number": request.number, "after_seq": request.after_seq, "by": request.by, "at": iso(request.at), "handled": handled}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
