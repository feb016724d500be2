"""A level 2 for tests: it packs and reads telegrams with the layout, and says what a test wants."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime

from skelp_languages.level2.layout import Layout
from skelp_languages.level2.meanings import Telegram, Values
from skelp_languages.level2.stream import Stream
from skelp_languages.level2.telegrams import Outer, Read, pack, unpack

PATIENT_S = 20.0


class Peer:
    """One connection of level 2."""

    def __init__(self, layout: Layout, opened: socket.socket) -> None:
        self._layout, self.socket = layout, opened
        self._stream = Stream(layout, to_level_2=True)
        self._came: list[Read] = []
        self.raw: list[bytes] = []

    @staticmethod
    def dial(layout: Layout, port: int) -> Peer:
        return Peer(layout, socket.create_connection(("127.0.0.1", port), timeout=PATIENT_S))

    def say(self, telegram: Telegram, body: Values, number: int = 1) -> bytes:
        raw = pack(self._layout, telegram, Outer(datetime.now(UTC), number, to_level_2=False), body)
        self.socket.sendall(raw)
        return raw

    def hear(self, *wanted: Telegram) -> Read:
        """The next telegram of these; others are passed over."""
        until = time.monotonic() + PATIENT_S
        while time.monotonic() < until:
            while self._came:
                read = self._came.pop(0)
                if read.telegram in wanted:
                    return read
            data = self.socket.recv(65_536)
            if not data:
                raise ConnectionResetError
            for raw in self._stream.cut(data):
                self.raw.append(raw)
                self._came.append(unpack(self._layout, raw, to_level_2=True))
        raise TimeoutError

    def acknowledge(self, read: Read, result: str = "done") -> None:
        self.say(Telegram.ACK, {"of_code": read.code, "of_number": read.number, "result": result, "reason": ""}, read.number)

    def ask(self, telegram: Telegram, body: Values, number: int) -> str:
        """Send a telegram and wait for its acknowledgement. Returns the result."""
        self.say(telegram, body, number)
        answer = self.hear(Telegram.ACK)
        assert answer.body["of_number"] == number
        return str(answer.body["result"])

    def close(self) -> None:
        self.socket.close()


def becomes(is_so: Callable[[], object]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + PATIENT_S
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)
