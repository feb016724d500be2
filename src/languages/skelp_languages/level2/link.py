"""The TCP connection to level 2: as server or client, one peer at a time, made anew for ever."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from skelp.domain.errors import SkelpError
from skelp_languages.level2.layout import Layout
from skelp_languages.level2.settings import LinkSettings, Timing
from skelp_languages.level2.stream import OutOfStep, Stream
from skelp_languages.level2.trace import Trace
from skelp_languages.seldom import Seldom

SEND_WITHIN_S = 10.0
REST_WITHIN_S = 10.0
"""How long the rest of a telegram may take: a wrong length would have us wait for ever."""
_TICK_S = 0.25
_LONGEST_BACKOFF_S = 30.0


class Connection:
    """One TCP connection. The thread that reads it closes it; others only end it."""

    def __init__(self, opened: socket.socket) -> None:
        opened.settimeout(SEND_WITHIN_S)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket, self._sending = opened, threading.Lock()
        self.peer = "{}:{}".format(*opened.getpeername()[:2])
        self.ended_because = ""
        self.sent_at = self.heard_at = time.monotonic()

    def send(self, raw: bytes) -> bool:
        """Returns whether it left; if not, the connection ends."""
        with self._sending:
            try:
                self._socket.sendall(raw)
            except OSError as error:
                self.end(f"sending failed: {error.strerror or error}")
                return False
            self.sent_at = time.monotonic()
            return True

    def receive(self) -> bytes | None:
        """What came; None if nothing came for a moment. Empty: it has ended."""
        ready, _, _ = select.select([self._socket], [], [], _TICK_S)
        if not ready:
            return None
        data = self._socket.recv(65_536)
        self.heard_at = time.monotonic()
        return data

    def end(self, why: str) -> None:
        """End it; whoever reads it hears of that."""
        self.ended_because = self.ended_because or why
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._socket.close()


class Link:
    """Keeps one connection. `heard` gets each telegram that comes; `changed` is called when there is a connection, and with None when
    there is none any more. Both are called by the thread that reads. `alive` makes an ALIVE; None: the layout has none.
    """

    def __init__(
        self,
        settings: LinkSettings,
        timing: Timing,
        layout: Layout,
        trace: Trace,
        heard: Callable[[bytes], None],
        changed: Callable[[str | None, str], None],
        alive: Callable[[], bytes] | None,
    ) -> None:
        self._settings, self._timing, self._layout, self._trace = settings, timing, layout, trace
        self._heard, self._changed, self._alive = heard, changed, alive
        self._lock = threading.Lock()
        self._current: Connection | None = None
        self._ending = threading.Event()
        self._server: socket.socket | None = None
        self._seldom = Seldom()

    def __enter__(self) -> Self:
        """Raises SkelpError if the address of a server cannot be used."""
        if self._settings.role == "server":
            try:
                self._server = socket.create_server((self._settings.host, self._settings.port))
            except OSError as error:
                raise SkelpError(
                    f"cannot listen at {self._settings.address}: {error.strerror or error}; is another program there?"
                ) from error
            self._server.settimeout(_TICK_S)
        run = self._accept if self._server else self._connect
        self._thread = threading.Thread(target=run, name="link", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ending.set()
        self._end_current("skelp level2 ends")
        self._thread.join(SEND_WITHIN_S)
        if self._server is not None:
            self._server.close()

    @property
    def port(self) -> int:
        """Where a server listens; its settings may leave the choice to the machine (port 0)."""
        return int(self._server.getsockname()[1]) if self._server else self._settings.port

    def send(self, raw: bytes) -> bool:
        """Send a telegram to whoever is connected. Returns whether it left."""
        with self._lock:
            connection = self._current
        if connection is None or not connection.send(raw):
            return False
        self._trace.telegram("out", connection.peer, raw)
        return True

    def _accept(self) -> None:
        assert self._server is not None  # noqa: S101 - a server has one
        while not self._ending.is_set():
            try:
                opened, address = self._server.accept()
            except OSError:  # nobody, for a moment
                continue
            if self._settings.peers and address[0] not in self._settings.peers:
                self._seldom.warning("a connection is refused: its address is none of peers", address=address[0])
                opened.close()
                continue
            connection = self._adopted(opened)
            if connection is not None:
                threading.Thread(target=self._serve, args=(connection,), name="level2", daemon=True).start()

    def _connect(self) -> None:
        backoff_s = 1.0
        while not self._ending.is_set():
            try:
                opened = socket.create_connection((self._settings.host, self._settings.port), timeout=SEND_WITHIN_S)
            except OSError as error:
                self._changed(None, f"{self._settings.address} does not answer: {error.strerror or error}")
                self._ending.wait(backoff_s)
                backoff_s = min(2 * backoff_s, _LONGEST_BACKOFF_S)
                continue
            backoff_s = 1.0
            connection = self._adopted(opened)
            if connection is not None:
                self._serve(connection)
            self._ending.wait(backoff_s)

    def _adopted(self, opened: socket.socket) -> Connection | None:
        """The connection, which is the current one from now on; the one before ends. None if it has ended already."""
        try:
            connection = Connection(opened)
        except OSError:
            opened.close()
            return None
        with self._lock:
            old, self._current = self._current, connection
        if old is not None:
            old.end(f"a newer connection came from {connection.peer}")
        return connection

    def _end_current(self, why: str) -> None:
        with self._lock:
            old = self._current
        if old is not None:
            old.end(why)

    def _serve(self, connection: Connection) -> None:
        self._seldom.info("level 2 is connected", peer=connection.peer)
        self._trace.note(connection.peer, "connected")
        self._changed(connection.peer, "")
        try:
            self._read(connection)
        except OutOfStep as error:
            connection.ended_because = str(error)
        except OSError as error:
            connection.ended_because = connection.ended_because or error.strerror or str(error)
        finally:
            self._closed(connection)

    def _closed(self, connection: Connection) -> None:
        connection.close()
        why = connection.ended_because or "level 2 ended it"
        self._seldom.warning("the connection of level 2 is closed", peer=connection.peer, why=why)
        self._trace.note(connection.peer, f"closed: {why}")
        with self._lock:
            was_current = self._current is connection
            if was_current:
                self._current = None
        if was_current:
            self._changed(None, why)

    def _read(self, connection: Connection) -> None:
        stream = Stream(self._layout)
        while not connection.ended_because:
            data = connection.receive()
            if data is None:
                self._tick(connection, stream)
                continue
            if not data:
                return
            for raw in stream.cut(data):
                self._trace.telegram("in", connection.peer, raw)
                self._heard(raw)
            self._tick(connection, stream)

    def _tick(self, connection: Connection, stream: Stream) -> None:
        """Say ALIVE if it is time. End a peer that is silent, or whose telegram does not go on."""
        now = time.monotonic()
        silent_s = now - connection.heard_at
        if stream.begun and silent_s > REST_WITHIN_S:
            raise OutOfStep(f"the rest of a telegram did not come within {REST_WITHIN_S:.0f} s", stream.begun)
        if self._alive is None:
            return
        if silent_s > self._timing.alive_within_s:
            connection.end(f"level 2 said nothing for {self._timing.alive_within_s:g} s")
        elif now - connection.sent_at > self._timing.alive_every_s and connection.send(raw := self._alive()):
            self._trace.telegram("out", connection.peer, raw)
