"""How a station watches one connection: when it is silent, when it fails, and when its row is to be stored.

well --fault--> ill --ten minutes--> failing (published) --connected--> well (published)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf

from skelp.domain.connections import ConnectionReport, ConnectionState, ConnectionStatus, SendAgain
from skelp.domain.events import ConnectionBack, ConnectionFailing, Payload

SILENT_AFTER_S = 30.0
"""A process reports every 5 s."""
FAILING_AFTER_S = 600.0
STORED_EVERY_S = 60.0
"""The time at which a process was heard is stored so often; everything else as soon as it changes."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A connection at a moment. Fields that end in _s are of a clock that only goes forward, so that setting the time changes nothing.

    `heard_s`: when it was heard, or when the station started. `ill_s`: since when it has a fault. `is_told`: this station has published
    since its start that it fails. `stored`: what the records have of it, since `stored_s`.
    """

    status: ConnectionStatus
    heard_s: float
    ill_s: float | None = None
    is_told: bool = False
    stored: ConnectionStatus | None = None
    stored_s: float = -inf

    @classmethod
    def of_stored(cls, status: ConnectionStatus, at_s: float) -> Watched:
        """A connection from the records, when the station starts. Time in which the station did not run does not count."""
        return cls(status, at_s, stored=status, stored_s=at_s)

    def heard(self, report: ConnectionReport, at: datetime, at_s: float) -> Watched:
        """The connection after its process reported."""
        was_connected = self.status.was_connected or report.state is ConnectionState.CONNECTED
        status = replace(self.status, report=report, heard_at=at, silent=False, was_connected=was_connected)
        return replace(self, status=status, heard_s=at_s).looked_at(at_s)

    def looked_at(self, at_s: float) -> Watched:
        """The connection as it is now, if its process has not reported since."""
        status = replace(self.status, silent=self.status.silent or at_s - self.heard_s > SILENT_AFTER_S)
        ill_s = None if status.fault is None else at_s if self.ill_s is None else self.ill_s
        return replace(self, status=status, ill_s=ill_s)

    def news(self, at: datetime, at_s: float) -> Payload | None:
        """What is to be published now."""
        status = self.status
        if status.is_well and status.failing_since is not None:
            return ConnectionBack(status.name, round(max(0.0, (at - status.failing_since).total_seconds()), 1))
        if self.ill_s is not None and at_s - self.ill_s >= FAILING_AFTER_S and not self.is_told and status.fault is not None:
            return ConnectionFailing(status.name, status.fault)
        return None

    def told(self, news: Payload | None, at: datetime, at_s: float) -> Watched:
        """The connection after `news` was published."""
        if news is None:
            return self
        if isinstance(news, ConnectionBack):
            return replace(self, status=replace(self.status, failing_since=None), is_told=False)
        began = at - timedelta(seconds=at_s - (at_s if self.ill_s is None else self.ill_s))
        return replace(self, status=replace(self.status, failing_since=self.status.failing_since or began), is_told=True)

    def asked(self, request: SendAgain) -> Watched:
        """The connection with a new request."""
        return replace(self, status=self.status.asked(request))

    def is_due(self, at_s: float) -> bool:
        """Whether its row is to be stored: at once for what people look at, once a minute for the time at which it was heard."""
        if self.stored is None or replace(self.status, heard_at=self.stored.heard_at) != self.stored:
            return True
        return self.status != self.stored and at_s - self.stored_s >= STORED_EVERY_S

    def kept(self, status: ConnectionStatus, at_s: float) -> Watched:
        """The connection after the records took `status`."""
        return replace(self, stored=status, stored_s=at_s)
