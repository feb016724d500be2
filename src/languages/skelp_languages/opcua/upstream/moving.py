"""A session that goes on over another channel (asyncua 2.1.0): a client whose line was cut opens a channel and activates its session there.

1. asyncua ends the session with the channel that it has left, as soon as that one is found dead. Here a session has one channel, the last.
2. What is asked in a session that has ended gets BadSessionNotActivated or BadUserAccessDenied, at which no client begins anew. Here it is
   BadSessionIdInvalid, as OPC UA says.
3. A session may move to the channel of another certificate, which OPC UA forbids (part 4, ActivateSession).
4. A channel on which a session was not activated after all keeps it as its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from weakref import WeakKeyDictionary

from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.server.internal_session import InternalSession, SessionState


class Channel(Protocol):
    """The part of a connection's processor that has the session."""

    session: InternalSession | None

    def leave(self) -> None:
        """Forget the session, which goes on elsewhere, and end the connection."""
        ...


@dataclass
class _Held:
    """The channel of a session, and the certificate of its client; None: not encrypted."""

    by: Channel
    certificate: bytes | None


class Channels:
    """Which channel each session has."""

    def __init__(self) -> None:
        self._of: WeakKeyDictionary[InternalSession, _Held] = WeakKeyDictionary()

    def made(self, session: InternalSession, channel: Channel, certificate: bytes | None) -> None:
        """A client has made a session on a channel."""
        self._of[session] = _Held(channel, certificate)

    def check(self, session: InternalSession | None, certificate: bytes | None) -> None:
        """Raise ServiceError if a session may not move to a channel with this certificate."""
        held = self._of.get(session) if session is not None else None
        if held is not None and held.certificate != certificate:
            raise ServiceError(ua.StatusCodes.BadSecurityChecksFailed)

    def activated(self, session: InternalSession, channel: Channel) -> None:
        """A session was activated on a channel; the one that it had is left."""
        held = self._of.get(session)
        if held is not None and held.by is not channel:
            held.by.leave()
            held.by = channel


def has_ended(session: InternalSession) -> bool:
    """Whether a session is over, by its client, its silence or its user's revoked token."""
    return bool(session.state is SessionState.Closed)
