"""The board of connections: keeps what language processes report. A thread stores it, so that no report waits for the database."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import structlog

from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.connections import MOST, ConnectionReport, ConnectionStatus, SendAgain
from skelp.domain.errors import SkelpError
from skelp.domain.watched import Watched
from skelp.ports import ConnectionList, RecordWriter
from skelp.render.words import in_words

_LOOK_EVERY_S = 5.0
"""What was reported is stored at most this much later, all connections in one transaction of some milliseconds."""

log = structlog.get_logger()


class ConnectionBoard:
    """Satisfies ports.ConnectionKeeper. From `__enter__` to `__exit__` a thread stores what has changed, and publishes who fails.

    Reports change the memory only. A process reports again within seconds, so a station that is killed loses nothing that matters. A
    person's request is stored before it is answered. `clock`: seconds that only go forward.
    """

    def __init__(self, records: ConnectionList, writer: RecordWriter, clock: Callable[[], float] = time.monotonic) -> None:
        self._records, self._writer, self._clock = records, writer, clock
        self._lock, self._storing = threading.Lock(), threading.Lock()  # the first is never held while the database is asked
        self._watched: dict[str, Watched] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="connections", daemon=True)

    def __enter__(self) -> Self:
        self.load()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        with suppress(SkelpError):  # the database may be why the station ends
            self.look()

    def load(self) -> None:
        """Read the connections that were stored. Raises SkelpError if the database fails."""
        self._watched = {status.name: Watched.of_stored(status, self._clock()) for status in self._records.connections()}

    def connections(self) -> list[ConnectionStatus]:
        """All connections now, by name."""
        with self._lock:
            return [watched.looked_at(self._clock()).status for _, watched in sorted(self._watched.items())]

    def report(self, name: str, report: ConnectionReport) -> tuple[ConnectionStatus, bool]:
        """Take what a process says. Returns the connection, and whether it is new. Raises ConflictError if there are MOST others."""
        at, at_s = datetime.now(UTC), self._clock()
        with self._lock:
            before = self._watched.get(name)
            if before is None and len(self._watched) >= MOST:
                raise ConflictError(
                    Conflict.TOO_MANY_CONNECTIONS,
                    f"there are {MOST} connections already, the most that a station has: {', '.join(sorted(self._watched))}; "
                    "an admin removes one that is gone with DELETE /connections/NAME",
                )
            heard = (before or Watched(ConnectionStatus(name, report, at), at_s)).heard(report, at, at_s)
            self._watched[name] = heard
            return heard.status, before is None

    def send_again(self, name: str, after_seq: int | None, by: str) -> ConnectionStatus:
        """Ask a process to send everything again after an event; None: after the last one that was acknowledged.

        Raises LookupError if there is no such connection, ConflictError if nothing was acknowledged, SkelpError if the database fails.
        """
        with self._storing:
            status = self._named(name).status
            after = status.report.acknowledged_seq if after_seq is None else after_seq
            if after is None:
                raise ConflictError(
                    Conflict.NOTHING_ACKNOWLEDGED, f"nothing was acknowledged on connection {name} yet; say in after_seq where to begin"
                )
            request = SendAgain(status.next_request, after, by, datetime.now(UTC))
            with self._writer.transaction() as change:
                change.keep_connection(status.asked(request))
            with self._lock:
                now = self._watched[name]
                self._watched[name] = now.asked(request).kept(status.asked(request), self._clock())
                return self._watched[name].status

    def remove(self, name: str) -> None:
        """Remove a connection that is gone. Raises LookupError if there is none, SkelpError if the database fails."""
        with self._storing:
            self._named(name)
            with self._writer.transaction() as change:
                change.remove_connection(name)
            with self._lock:
                del self._watched[name]

    def look(self) -> None:
        """Store what has changed, and publish who fails and who is back. Raises SkelpError if the database fails."""
        with self._storing:
            at, at_s = datetime.now(UTC), self._clock()
            with self._lock:
                self._watched = {name: watched.looked_at(at_s) for name, watched in self._watched.items()}
                seen = list(self._watched.values())
            news = {w.status.name: w.news(at, at_s) for w in seen}
            told = [w.told(news[w.status.name], at, at_s) for w in seen]
            due = [w.status for w in told if news[w.status.name] is not None or w.is_due(at_s)]
            if not due:
                return
            with self._writer.transaction() as change:
                for status in due:
                    change.keep_connection(status)
                for payload in news.values():
                    if payload is not None:
                        change.publish(payload)
            with self._lock:  # a process may have reported meanwhile
                for status in due:
                    now = self._watched[status.name].told(news[status.name], at, at_s)
                    self._watched[status.name] = now.kept(status, at_s)

    def _named(self, name: str) -> Watched:
        with self._lock:
            found = self._watched.get(name)
        if found is None:
            raise LookupError(f"there is no connection {name}; a language process makes it when it reports first")
        return found

    def _run(self) -> None:
        while not self._stop.wait(_LOOK_EVERY_S):
            try:
                self.look()
            except SkelpError as error:
                log.warning("connections wait for the records", why=in_words(error))
            except Exception:  # the thread boundary: a bug must not end the warnings for good
                log.exception("connections are not watched because of a bug; please report it")
