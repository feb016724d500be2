"""HTTP and WebSocket of the server: uvicorn's, with a deadline for a request's head, and an end that no client can disturb."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

HEAD_S = 10.0
"""The head of a request must be there after this time, counted from its first byte, and from the connection's beginning for the first."""
_TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class HttpConnection(H11Protocol):
    """Closes a connection on which no request comes, or comes byte by byte. uvicorn itself waits for ever.

    The deadline ends with the head: a request that is being answered, such as a long poll of the feed, has no deadline here.
    """

    _deadline: asyncio.TimerHandle | None = None
    _has_spoken = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self._deadline = self.loop.call_later(HEAD_S, self._too_late)

    def data_received(self, data: bytes) -> None:
        self._has_spoken = True
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE and self.conn.our_state is not h11.DONE:  # a request is being answered
            self._no_deadline()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_S, self._too_late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._no_deadline()
        super().connection_lost(exc)

    def _no_deadline(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        if self.transport.is_closing():
            return
        if self._has_spoken:
            self.transport.write(_TOO_LATE)
            self.transport.close()
        else:
            self.transport.abort()


class WebSocketConnection(WebSocketsSansIOProtocol):
    """Lets the server stop while a client that said goodbye has not closed its connection yet. uvicorn's raises InvalidState there.

    That ends the server's thread, and the other connections are not shut down.
    """

    def shutdown(self) -> None:
        if not self.transport.is_closing():
            super().shutdown()
