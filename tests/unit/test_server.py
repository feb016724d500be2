"""The station's socket sends what it has at once."""

from __future__ import annotations

import socket

from skelp.server import _bind
from skelp.settings import Server


def test_a_connection_does_not_wait_for_more_to_send() -> None:
    with _bind(Server(port=0)) as listening, socket.create_connection(listening.getsockname()) as _:
        accepted, _address = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
