"""Connections: what language processes, which speak with the plant's systems, say of themselves, and what the station makes of it.

The station never speaks with a peer. It keeps what is said, so that people see each connection, and it notices who says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from skelp.domain.reasons import ConnectionFailed, ConnectionRefused, ConnectionSilent, ConnectionUnanswered, Reason

MOST = 20
"""Connections of a station. A plant has a handful; more are a program that invents names."""


class ConnectionState(StrEnum):
    """What a language process says of its connection.

    `waiting`: nobody is there, such as an MES that is switched off. `refused`: the peer refuses credentials or a telegram.
    """

    CONNECTED = "connected"
    CONNECTING = "connecting"
    WAITING = "waiting"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """What a language process says. `language`: such as level2. `peer`: whom it speaks with, without a password. `detail`: for people only.

    `sent_seq`, `acknowledged_seq`: numbers of the last events that were sent and acknowledged, with their times by the process's clock;
    None before the first. `waiting`: final coils and changes that are not acknowledged. `resend_handled`: number of the newest request to
    send again that it has handled.
    """

    language: str
    peer: str
    state: ConnectionState
    detail: str = ""
    sent_seq: int | None = None
    acknowledged_seq: int | None = None
    last_sent_at: datetime | None = None
    last_acknowledged_at: datetime | None = None
    waiting: int = 0
    resend_handled: int = 0


@dataclass(frozen=True, slots=True)
class SendAgain:
    """A person's request to send everything again after event `after_seq`. `number` grows by one with each request of a connection."""

    number: int
    after_seq: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """A connection. `heard_at`: when its process reported last, by the station's clock. `silent`: too long ago, while the station ran.

    `was_connected`: it ever was. `failing_since`: since when it fails, once that was published; None while all is well.
    """

    name: str
    report: ConnectionReport
    heard_at: datetime
    silent: bool = False
    was_connected: bool = False
    failing_since: datetime | None = None
    request: SendAgain | None = None

    def asked(self, request: SendAgain) -> ConnectionStatus:
        """The connection with a new request."""
        return replace(self, request=request)

    @property
    def is_well(self) -> bool:
        """Whether it is connected, and its process says so."""
        return self.report.state is ConnectionState.CONNECTED and not self.silent

    @property
    def next_request(self) -> int:
        """The number of the next request. It is beyond what the process has handled, also if the records were set back meanwhile."""
        return max(self.request.number if self.request else 0, self.report.resend_handled) + 1

    @property
    def fault(self) -> Reason | None:
        """Why the peer gets nothing; None if it gets what there is, if nothing waits for a peer that is away, or if it never got anything.

        A peer that is not there is no fault by itself: clients of a server come and go.
        """
        report = self.report
        if not self.was_connected or self.is_well:
            return None
        if self.silent:
            return ConnectionSilent(self.name, report.language, report.waiting)
        match report.state:
            case ConnectionState.REFUSED:
                return ConnectionRefused(self.name, report.language, report.waiting)
            case ConnectionState.FAILED:
                return ConnectionFailed(self.name, report.language, report.waiting)
            case ConnectionState.WAITING if not report.waiting:
                return None
        return ConnectionUnanswered(self.name, report.language, report.waiting)
