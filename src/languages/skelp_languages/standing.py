"""How a connection to the plant stands: what its page in the console shows. Any thread may read and change it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum


class State(StrEnum):
    """What a connection does. REFUSED: the peer does not take what it got. WAITING: there is a way to the peer, and nobody listens."""

    CONNECTED = "connected"
    CONNECTING = "connecting"
    WAITING = "waiting"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Standing:
    """One moment of a connection. `peer`: whom it speaks with, never with a password. `detail`: what the peer said, for people.

    `sent`, `acknowledged`: the last event that was sent, and that the peer has for certain. Times are ISO 8601 in UTC.
    """

    language: str
    peer: str
    state: State = State.CONNECTING
    detail: str = ""
    sent: int | None = None
    acknowledged: int | None = None
    last_sent_at: str | None = None
    last_acknowledged_at: str | None = None


class Standings:
    """The present standing."""

    def __init__(self, language: str, peer: str) -> None:
        self._lock = threading.Lock()
        self._now = Standing(language, peer)
        self._changed: Callable[[], None] = lambda: None

    def when_changed(self, call: Callable[[], None]) -> None:
        """Call this after each change of the state from now on, in the thread that made it."""
        self._changed = call

    @property
    def now(self) -> Standing:
        return self._now

    def is_now(self, state: State, detail: str = "", *, peer: str | None = None) -> None:
        """The connection is in another state, or the same one for another cause."""
        with self._lock:
            before = self._now
            self._now = replace(before, state=state, detail=detail, peer=before.peer if peer is None else peer)
        if before != self._now:
            self._changed()

    def sent(self, seq: int) -> None:
        with self._lock:
            self._now = replace(self._now, sent=seq, last_sent_at=_utc())

    def acknowledged(self, seq: int) -> None:
        with self._lock:
            self._now = replace(self._now, acknowledged=seq, last_acknowledged_at=_utc())


def _utc() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
