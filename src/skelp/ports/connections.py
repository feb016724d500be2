"""The board on which language processes tell the state of their connections."""

from __future__ import annotations

from typing import Protocol

from skelp.domain.connections import ConnectionReport, ConnectionStatus


class ConnectionList(Protocol):
    """Lists connections, by name."""

    def connections(self) -> list[ConnectionStatus]: ...


class ConnectionKeeper(ConnectionList, Protocol):
    """Takes what language processes report, and what people ask of them.

    `report` never waits for the database. It gives the connection, and whether it is new; it raises ConflictError beyond the most that a
    station has. `send_again` and `remove` raise LookupError if there is no such connection. `send_again` raises ConflictError if
    `after_seq` is None and nothing was acknowledged yet.
    """

    def report(self, name: str, report: ConnectionReport) -> tuple[ConnectionStatus, bool]: ...
    def send_again(self, name: str, after_seq: int | None, by: str) -> ConnectionStatus: ...
    def remove(self, name: str) -> None: ...
