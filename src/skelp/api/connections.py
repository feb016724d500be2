"""How many connections may be open: a client that opens many and says nothing must not take the files and places of others."""

from __future__ import annotations

import socket
import time
from collections import Counter
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import structlog

from skelp.api.addresses import network_of

MOST_OPEN = 512
"""Connections of all clients. A process may usually have 1,024 open files, and cameras and records need theirs."""
MOST_OF_ONE = 128
"""Connections of one address. Those of this machine are not limited: a proxy there speaks for everybody."""
_LOG_EVERY_S = 60.0

log = structlog.get_logger()


class LimitedListener(socket.socket):
    """A listening TCP socket whose `accept` closes connections that are too many, before TLS and HTTP cost anything."""

    def __init__(self, listening: socket.socket, most: int = MOST_OPEN, most_of_one: int = MOST_OF_ONE) -> None:
        super().__init__(fileno=listening.detach())
        self._most, self._most_of_one = most, most_of_one
        self._open: Counter[str] = Counter()
        self._next_log_at = 0.0

    def accept(self) -> tuple[socket.socket, Any]:
        """Raises ConnectionAbortedError after it has closed a connection: asyncio then goes on to the next."""
        accepted, address = super().accept()
        client = _client(address[0])
        if self._open.total() >= self._most or (client and self._open[client] >= self._most_of_one):
            accepted.close()
            self._log_refusal(address[0])
            raise ConnectionAbortedError(f"too many connections of {address[0]}")
        self._open[client] += 1
        return _Counted(accepted, lambda: self._ended(client)), address

    def _ended(self, client: str) -> None:
        self._open[client] -= 1
        self._open += Counter()  # forgets those with none

    def _log_refusal(self, address: str) -> None:
        if time.monotonic() >= self._next_log_at:
            self._next_log_at = time.monotonic() + _LOG_EVERY_S
            limits = {"most_of_one_address": self._most_of_one, "most_in_all": self._most}
            log.warning("a connection is closed at once: too many are open", address=address, open=self._open.total(), **limits)


class _Counted(socket.socket):
    """A connection that says when it is closed."""

    def __init__(self, accepted: socket.socket, ended: Callable[[], None]) -> None:
        super().__init__(fileno=accepted.detach())
        self._ended: Callable[[], None] | None = ended

    def close(self) -> None:
        super().close()
        ended, self._ended = self._ended, None
        if ended:
            ended()


def _client(address: str) -> str:
    """Whose connections are counted together; "" for this machine, which is not limited."""
    return "" if ip_address(address).is_loopback else network_of(address)
