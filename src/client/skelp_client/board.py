"""Connections to the plant's systems, as the processes report them that speak the systems' languages."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

ConnectionState = Literal["connected", "connecting", "waiting", "refused", "failed"]
"""`waiting`: nobody is there. `refused`: the peer refuses credentials or a telegram."""


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """What a process says of its connection. `language`: such as level2. `peer`: whom it speaks with, without user and password.

    `detail`: what the peer said, for people, at most 300 characters. `waiting`: final coils and changes that are not acknowledged.
    `resend_handled`: number of the newest request to send again that was handled. Times are ISO 8601 with a zone.
    """

    language: str
    peer: str
    state: ConnectionState
    detail: str = ""
    sent_seq: int | None = None
    acknowledged_seq: int | None = None
    last_sent_at: str | None = None
    last_acknowledged_at: str | None = None
    waiting: int = 0
    resend_handled: int = 0

    def sent(self) -> dict[str, Any]:
        """The report as JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Reported:
    """The newest request to send again: everything after event `resend_after`, if `resend_number` is greater than what was handled.

    0 and None: there never was one.
    """

    resend_number: int
    resend_after: int | None


@dataclass(frozen=True, slots=True)
class SendAgain:
    """A request to send everything again after event `after_seq`: its number, who asked, when, and whether the process has handled it."""

    number: int
    after_seq: int
    by: str
    at: str
    handled: bool


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """A connection, as its process reported it last. `heard_at`: when, by the station's clock.

    `silent`: it was not heard for 30 s, so `state` is old. `failing_since`: since when the peer gets nothing, once that was published.
    """

    name: str
    language: str
    peer: str
    state: ConnectionState
    detail: str
    sent_seq: int | None
    acknowledged_seq: int | None
    last_sent_at: str | None
    last_acknowledged_at: str | None
    waiting: int
    heard_at: str
    silent: bool
    failing_since: str | None
    request: SendAgain | None
