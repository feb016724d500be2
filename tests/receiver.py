"""A program that receives webhooks over HTTP, checks their signatures, and answers what a test wants."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """`letters`: ids and bodies that were taken. `tries`: ids of all that came. `answer`: status by letter."""

    key: bytes
    url: str = ""
    letters: dict[str, dict[str, Any]] = field(default_factory=dict)
    tries: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], int] = lambda _: 204
    more_headers: dict[str, str] = field(default_factory=dict)

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the answer to a letter."""
        letter_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
        signed = f"{letter_id}.{timestamp}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.new(self.key, signed, hashlib.sha256).digest()).decode()
        assert hmac.compare_digest(headers["webhook-signature"], expected)
        assert abs(time.time() - int(timestamp)) < 60
        letter = json.loads(body)
        self.tries.append(letter_id)
        self.times.append(time.monotonic())
        status = self.answer(letter)
        if status < 300:
            self.letters[letter_id] = letter
        return status

    def seqs(self) -> list[int]:
        """Numbers of the events that were taken, in the order in which they came first."""
        return [letter["data"]["event"]["seq"] for letter in self.letters.values()]

    def wait(self, condition: Callable[[], bool], seconds: float = 15) -> None:
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, (self.tries, self.letters)
            time.sleep(0.02)


@contextmanager
def receiving(key: bytes, port: int = 0) -> Iterator[Receiver]:
    """A receiver that listens on loopback."""
    receiver = Receiver(key)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            try:
                status = receiver.take({name.lower(): value for name, value in self.headers.items()}, body)
            except AssertionError:
                status = 401
            self.send_response(status)
            for name, value in receiver.more_headers.items():
                self.send_header(name, value)
            self.send_header("content-length", "7")
            self.end_headers()
            self.wfile.write(b"as said")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/skelp"
    thread = threading.Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
