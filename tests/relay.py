"""A network between a program and a station. A test cuts it, or lets it lose an answer to what the station has done."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

Target = tuple[str, int]
_CHUNK = 1 << 16


class Relay:
    """Forwards TCP from one port of loopback to `target`, which may change. After `cut` the port refuses, until `join`."""

    def __init__(self) -> None:
        self.target: Target | None = None
        self.lost = 0
        self._lose_posts = 0
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._port = 0
        self._listener = self._bound()
        self._port = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self.join()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.cut()
        self._listener.close()

    def join(self) -> None:
        """Take connections from now on."""
        self._listener.listen()
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        """End all connections and refuse new ones. The port stays bound, so that no other program gets it."""
        old, self._listener = self._listener, self._bound()
        _end(old)
        with self._lock:
            for connection in self._open:
                _end(connection)

    def lose_an_answer(self) -> None:
        """Forward the next POST and end its connection instead of giving the answer."""
        with self._lock:
            self._lose_posts += 1

    def _bound(self) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", self._port))
        return listener

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._forward, args=(near,), daemon=True).start()

    def _forward(self, near: socket.socket) -> None:
        try:
            if self.target is None:
                raise ConnectionRefusedError
            far = socket.create_connection(self.target, timeout=5)
        except OSError:
            _end(near)
            return
        far.settimeout(None)
        with self._lock:
            self._open |= {near, far}
        mute = threading.Event()
        back = threading.Thread(target=self._pump, args=(far, near, mute, False), daemon=True)
        back.start()
        self._pump(near, far, mute, True)
        back.join()
        with self._lock:
            self._open -= {near, far}

    def _pump(self, source: socket.socket, sink: socket.socket, mute: threading.Event, forth: bool) -> None:
        with suppress(OSError):
            while data := source.recv(_CHUNK):
                if forth and data.startswith(b"POST ") and self._takes_one():
                    mute.set()
                if not forth and mute.is_set():
                    self.lost += 1
                    break
                sink.sendall(data)
        _end(source)
        _end(sink)

    def _takes_one(self) -> bool:
        with self._lock:
            taken = self._lose_posts > 0
            self._lose_posts -= taken
        return taken


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
