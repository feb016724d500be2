"""Connections of clients that behave badly, and an application that is slow to answer."""

from __future__ import annotations

import gc
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal
from websockets.asyncio.client import ClientConnection, connect

from skelp.api.guard import App, Receive, Scope, Send
from skelp.server import WebServer, served_certificate
from skelp.settings import Server

PATIENT_S = 20
"""How long a test waits for what must come."""


def free_port() -> int:
    """A port of loopback on which nobody listens now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def echo(receive: Receive, send: Send) -> None:
    """Accept a WebSocket and answer each message with itself."""
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


@dataclass(frozen=True)
class Talk:
    """A WebSocket of a client, over TLS too: websockets.sync reads and writes one TLS connection from two threads.

    Python 3.11 allows that and loses what is said in about one connection of two hundred on a busy machine.
    """

    _portal: BlockingPortal
    _connection: ClientConnection

    @property
    def subprotocol(self) -> str | None:
        return self._connection.subprotocol

    def send(self, text: str) -> None:
        self._portal.call(self._connection.send, text)

    def recv(self, timeout: float = PATIENT_S) -> str | bytes:
        async def received() -> str | bytes:
            with anyio.fail_after(timeout):
                return await self._connection.recv()

        return self._portal.call(received)


@contextmanager
def talking(address: str, **options: Any) -> Iterator[Talk]:
    """Open a WebSocket with websockets.connect's options. Raises what that raises."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(connect(address, **options)) as connection:
        yield Talk(portal, connection)


@dataclass
class Slow:
    """Answers /slow when `may_answer` is set, other requests at once, and a WebSocket message with itself."""

    may_answer: threading.Event = field(default_factory=threading.Event)
    waiting: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await echo(receive, send)
        elif scope["type"] == "http":
            if scope["path"] == "/api/v1/coils":
                self.waiting.append(scope["path"])
                while not self.may_answer.is_set():
                    await anyio.sleep(0.01)
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
            await send({"type": "http.response.body", "body": b"done"})


@contextmanager
def serving(application: App, **wanted: Any) -> Iterator[int]:
    """Serve on a port of loopback, which is given."""
    config = Server(port=0, **wanted)
    running = WebServer(application, config, served_certificate(config))
    running.start()
    try:
        yield running.port
    finally:
        running.stop()
        assert not running._thread.is_alive()
        gc.collect()  # what clients held open to the end is forgotten in the test that did so


DIALLED: list[socket.socket] = []


def dial(port: int, source: str = "127.0.0.1") -> socket.socket:
    """A new connection on which nothing was said yet."""
    opened = socket.create_connection(("127.0.0.1", port), timeout=PATIENT_S, source_address=(source, 0))
    DIALLED.append(opened)
    return opened


def over_tls(opened: socket.socket, folder: Path) -> socket.socket:
    """The same connection over TLS, with trust in a folder's CA."""
    wrapped = ssl.create_default_context(cafile=str(folder / "ca.pem")).wrap_socket(opened, server_hostname="127.0.0.1")
    DIALLED.append(wrapped)
    return wrapped


def ask(port: int, path: str = "/", *more: str) -> socket.socket:
    """Send a request and leave the connection open."""
    opened = dial(port)
    opened.sendall("\r\n".join([f"GET {path} HTTP/1.1", "host: 127.0.0.1", *more, "", ""]).encode())
    return opened


def status(opened: socket.socket) -> int:
    """The status of the answer on a connection."""
    answer = http.client.HTTPResponse(opened)
    answer.begin()
    answer.read()
    return answer.status


def drip(opened: socket.socket, data: bytes) -> bytes:
    """Send byte by byte, until the server answers or ends. Returns what it said."""
    opened.settimeout(0.03)
    for _ in range(int(PATIENT_S / 0.03)):
        try:
            opened.sendall(data)
            return opened.recv(65536)
        except TimeoutError:
            continue
        except ConnectionError:
            return b""
    raise AssertionError("the server lets it go on")


def becomes(is_so: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENT_S
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.05)
    return False
