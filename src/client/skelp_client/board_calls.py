"""The calls about connections to the plant's systems. It does no input or output."""

from __future__ import annotations

from functools import partial

from skelp_client.board import ConnectionReport, ConnectionStatus, Reported
from skelp_client.call import V1, Call, given, part, record


def report_connection(connection: str, report: ConnectionReport) -> Call[Reported]:
    """Tell the state of a connection. Sent again, it says the same."""
    where = f"{V1}/connections/{{connection}}"
    return Call("PUT", where, record(Reported), {"connection": connection}, body=report.sent())


def connections() -> Call[tuple[ConnectionStatus, ...]]:
    return Call("GET", f"{V1}/connections", partial(part, "connections", ConnectionStatus))


def send_again(connection: str, after_seq: int | None, operator: str | None) -> Call[ConnectionStatus]:
    """Have everything sent again. Sent again, it would be sent once more, so it is not repeated by itself."""
    where, body = f"{V1}/connections/{{connection}}/send-again", given({"after_seq": after_seq, "operator": operator})
    return Call("POST", where, record(ConnectionStatus), {"connection": connection}, body=body, repeatable=False)
