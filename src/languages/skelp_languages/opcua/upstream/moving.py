"""A session that goes on over another channel (asyncua 2.1.0): a client whose line was cut opens a channel and activates its session there.

1. asyncua ends the session with the channel that it has left, as soon as that one is found dead. Here a session has one channel, the last.
2. What is asked in a session that has ended gets BadSessionNotActivated or BadUserAccessDenied, at which no client begins anew. Here it is
   BadSessionIdInvalid, as OPC UA says.
3. A session may move to the channel of another certificate, or to another user, which OPC UA forbids (part 4, ActivateSession).
4. A channel on which a session could not be activated keeps it as its own, and gets what its subscriptions have to say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
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
    """The channel of a session, and the certificate of its client; None: not encrypted. One activation at a time has `turn`."""

    by: Channel
    certificate: bytes | None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Channels:
    """Which channel each session has."""

    def __init__(self) -> None:
        self._of: WeakKeyDictionary[InternalSession, _Held] = WeakKeyDictionary()

    def made(self, session: InternalSession, channel: Channel, certificate: bytes | None) -> None:
        """A client has made a session on a channel."""
        self._of[session] = _Held(channel, certificate)

    def turn(self, session: InternalSession | None) -> asyncio.Lock:
        """To be held while a session is activated, which may wait for the station: two channels may want the same one."""
        held = self._of.get(session) if session is not None else None
        return asyncio.Lock() if held is None else held.turn

    def check(self, session: InternalSession, certificate: bytes | None, user: str) -> None:
        """Raise ServiceError if a session may not move to a channel with this certificate and for this user."""
        held = self._of.get(session)
        if held is not None and held.certificate != certificate:
            raise ServiceError(ua.StatusCodes.BadSecurityChecksFailed)
        if session.is_activated() and session.user.name != user:
            raise ServiceError(ua.StatusCodes.BadIdentityChangeNotSupported)

    def activated(self, session: InternalSession, channel: Channel) -> None:
        """A session was activated on a channel; the one that it had is left, unless another session has begun there."""
        held = self._of.get(session)
        if held is not None and held.by is not channel:
            if held.by.session is session:
                held.by.leave()
            held.by = channel


def has_ended(session: InternalSession) -> bool:
    """Whether a session is over, by its client, its silence or its user's revoked token."""
    return bool(session.state is SessionState.Closed)


@contextmanager
def unchanged_if_refused(subscriptions: Iterable[Any]) -> Iterator[None]:
    """Give subscriptions their channel back if the block raises: asyncua binds them to the new one before it checks anything."""
    before = [(one, one.pub_result_callback, one.pub_request_callback) for one in subscriptions]
    try:
        yield
    except BaseException:
        for one, result, request in before:
            one.pub_result_callback, one.pub_request_callback = result, request
        raise
