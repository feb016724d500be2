"""Clients that open many connections, say nothing or speak slowly do not keep others from being served (real sockets)."""

from __future__ import annotations

import http.client
import os
import socket
import time
from functools import partial
from pathlib import Path

import pytest
from websockets.sync.client import connect

from skelp import server as server_module
from skelp.api import connections, guard, protocols
from skelp.api.guard import Guard
from skelp.certificates.making import new_certificate
from tests.sockets import PATIENT_S, Slow, ask, becomes, dial, drip, over_tls, serving, status
from tests.station_server import StationServer

pytestmark = [
    pytest.mark.usefixtures("hang_up"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),  # TLS that a client does not end outlives asyncio's loop
]


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocols, "HEAD_S", 0.3)


@pytest.mark.usefixtures("hurried")
def test_who_says_nothing_is_hung_up_on_and_who_speaks_slowly_gets_408(slow: Slow) -> None:
    with serving(slow) as port:
        silent = dial(port)
        creeping = dial(port)
        creeping.sendall(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ")
        assert status(ask(port)) == 200, "others are served meanwhile"
        assert drip(creeping, b"a").startswith(b"HTTP/1.1 408 ")
        assert ended(silent)


@pytest.mark.usefixtures("hurried")
def test_the_second_request_of_a_connection_has_a_deadline_too(slow: Slow) -> None:
    with serving(slow) as port:
        opened = ask(port)
        assert status(opened) == 200
        opened.sendall(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ")
        assert drip(opened, b"a").startswith(b"HTTP/1.1 408 ")


@pytest.mark.usefixtures("hurried")
def test_a_body_that_drips_in_after_its_answer_ends_too(slow: Slow) -> None:
    with serving(slow) as port:
        opened = ask(port, "/", "content-length: 100000")
        assert status(opened) == 200
        assert drip(opened, b"a").startswith(b"HTTP/1.1 408 ")


@pytest.mark.usefixtures("hurried")
def test_a_long_poll_and_a_websocket_outlive_the_deadline(slow: Slow) -> None:
    with serving(slow) as port, connect(f"ws://127.0.0.1:{port}/live") as live:
        asked = ask(port, "/api/v1/coils")
        time.sleep(3 * protocols.HEAD_S)
        live.send("still there?")
        assert live.recv(timeout=PATIENT_S) == "still there?"
        slow.may_answer.set()
        assert status(asked) == 200
        asked.sendall(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        assert status(asked) == 200, "the connection is used again"


def ended(opened: socket.socket) -> bool:
    """Whether the server closes a connection on which nothing was said."""
    opened.settimeout(PATIENT_S)
    try:
        return opened.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("tls", [False, True])
def test_connections_that_are_too_many_are_closed_and_places_become_free_again(
    slow: Slow, tls: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(server_module, "LimitedListener", partial(connections.LimitedListener, most=3))
    made = new_certificate(["127.0.0.1"], tmp_path, 9, replace=False) if tls else None
    wanted = {"certificate": made.certificate, "private_key": made.private_key} if made else {}
    with serving(slow, **wanted) as port:
        held = [dial(port) for _ in range(3)]
        for _ in range(5):
            assert ended(dial(port))
        held[0].close()

        def is_served() -> bool:
            try:
                return status(ask_over(port, tmp_path if tls else None)) == 200
            except (OSError, http.client.HTTPException):
                return False

        assert becomes(is_served)


def ask_over(port: int, folder: Path | None) -> socket.socket:
    """The same as `ask`, over TLS if there is a CA's folder."""
    if folder is None:
        return ask(port)
    opened = over_tls(dial(port), folder)
    opened.sendall(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
    return opened


def test_one_address_may_not_take_all_places_and_this_machine_may(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "LimitedListener", partial(connections.LimitedListener, most=9, most_of_one=2))
    with serving(slow) as port:
        held = [dial(port) for _ in range(5)]
        assert status(ask(port)) == 200, "loopback has no limit of its own"
        monkeypatch.setattr(connections, "_client", lambda address: address)
        for opened in held:
            opened.close()
        others = [dial(port) for _ in range(2)]
        assert others
        assert ended(dial(port))
        other = dial(port, "127.0.0.2")
        other.sendall(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        assert status(other) == 200


@pytest.mark.parametrize(
    ("address", "client"),
    [("127.0.0.1", ""), ("::1", ""), ("10.0.0.7", "10.0.0.7"), ("fd00:1:2:3:4:5:6:7", "fd00:1:2:3::/64"), ("fe80::1", "fe80::/64")],
)
def test_whose_connections_are_counted_together(address: str, client: str) -> None:
    assert connections._client(address) == client


def test_a_body_that_comes_too_slowly_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_BODY_S", 0.2)
    station = StationServer(tmp_path)
    with serving(Guard(station.app, None)) as port:
        asked = dial(port)
        head = "POST /api/v1/coils HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"
        asked.sendall(head.encode())
        assert status(asked) == 408
        poll = ask(port, "/api/v1/events?wait_s=1")
        assert status(poll) == 200, "a long poll has no body, and outlives this"
    station.close()


def test_the_server_stops_while_a_viewer_says_goodbye(slow: Slow, tmp_path: Path) -> None:
    """uvicorn's own WebSocket raises here, and the thread of the server ends with it."""
    made = new_certificate(["127.0.0.1"], tmp_path, 9, replace=False)
    with serving(slow, certificate=made.certificate, private_key=made.private_key) as port:
        viewer = over_tls(dial(port), tmp_path)
        upgrade = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA=="
        viewer.sendall(f"GET /live HTTP/1.1\r\nhost: 127.0.0.1\r\n{upgrade}\r\n\r\n".encode())
        assert status(viewer) == 101
        mask = os.urandom(4)
        viewer.sendall(b"\x88\x82" + mask + bytes(a ^ b for a, b in zip(b"\x03\xe8", mask, strict=False)))
        assert viewer.recv(4)[:1] == b"\x88"  # and does not close its connection
