"""Five things about sessions (asyncua 2.1.0), each of which lets in somebody who should not be, or keeps everybody waiting.

1. A session's authentication token is a number that is counted up. Whoever guesses it takes the session over before a signature is
   checked, with its user. Here it is 32 random bytes.
2. The certificate that a client says it has is checked, not the one by which its channel is encrypted. Here it is the channel's.
3. The user manager is asked inside the event loop and cannot wait for an answer over a network. Here it is awaited before.
4. Anybody may register a server, which is then told to others. Here nobody may.
5. A channel without encryption is always open, for discovery, and a session on it is then asked for no permission at all, even where no
   such endpoint is offered. The certificate that its client names proves nothing. Here the door decides about such a channel.
"""

from __future__ import annotations

import secrets
from typing import Any, Protocol

from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.server import binary_server_asyncio
from asyncua.server.internal_server import InternalServer
from asyncua.server.internal_session import InternalSession
from asyncua.server.uaprocessor import UaProcessor
from asyncua.ua.ua_binary import struct_from_binary

from skelp_languages.opcua.upstream.callers import ANONYMOUS, NOBODY, PlantUser
from skelp_languages.opcua.upstream.moving import Channels, has_ended, unchanged_if_refused
from skelp_languages.opcua.upstream.subscriptions import Owners, mend, request_of

_CREATE, _ACTIVATE = request_of("CreateSession"), request_of("ActivateSession")
_REGISTER = {request_of("RegisterServer"), request_of("RegisterServer2")}
_WITHOUT_SESSION = {_CREATE, _ACTIVATE, request_of("CloseSession"), request_of("FindServers"), request_of("GetEndpoints")}


class Door(Protocol):
    """Who may come in."""

    def admit(self, certificate: bytes | None) -> None:
        """Raise ServiceError if a client whose channel has this certificate may not come in. None: the channel is not encrypted."""
        ...

    async def prove(self, name: str, secret: str) -> None:
        """Find out who somebody is, for `get_user`, which cannot wait."""
        ...

    def get_user(
        self, iserver: Any, username: str | None = None, password: str | None = None, certificate: bytes | None = None
    ) -> PlantUser | None:
        """Who it is; None if they are not let in."""
        ...


class GuardedServer(InternalServer):  # type: ignore[misc]
    """asyncua's server, with a door."""

    def __init__(self, door: Door) -> None:
        super().__init__(user_manager=door)
        self.door = door
        self.owners = Owners(self.subscription_service.subscriptions)
        self.channels = Channels()
        mend(self.subscription_service)

    def create_session(self, name: str, user: Any = NOBODY, external: bool = False) -> InternalSession:
        session = super().create_session(name, user=user, external=external)
        if external:
            self.unregister_external_session(session)
            session.auth_token = ua.NodeId(secrets.token_bytes(32), 0, ua.NodeIdType.ByteString)
            self.register_external_session(session)
        return session

    def sessions(self) -> list[InternalSession]:
        """The sessions of clients."""
        return [session for session in self._external_sessions.values() if session.is_activated()]


class Processor(UaProcessor):  # type: ignore[misc]
    """Handles the messages of one connection."""

    session: InternalSession | None

    async def _process_message(self, typeid: ua.NodeId, requesthdr: Any, seqhdr: Any, body: Any) -> Any:
        server: GuardedServer = self.iserver
        if typeid in _REGISTER:
            raise ServiceError(ua.StatusCodes.BadServiceUnsupported)
        policy = self._connection.security_policy
        is_encrypted = policy.Mode == ua.MessageSecurityMode.SignAndEncrypt
        certificate = policy.peer_certificate if is_encrypted else None
        if self.session is not None and has_ended(self.session):
            self.session = None
        if typeid in (_CREATE, _ACTIVATE):
            server.door.admit(certificate)
        elif self.session is None and typeid not in _WITHOUT_SESSION:
            raise ServiceError(ua.StatusCodes.BadSessionIdInvalid)
        if typeid == _ACTIVATE:
            return await self._activate(server, requesthdr, seqhdr, body, certificate)
        if typeid == _CREATE and self.session is not None:
            await self.session.close_session()  # asyncua has one session for a connection, and would forget this one
        server.owners.check(typeid, body, self.session)
        taken = server.owners.taken(typeid, body)
        done = await super()._process_message(typeid, requesthdr, seqhdr, body)
        if typeid == _CREATE and self.session is not None:
            server.channels.made(self.session, self, certificate)
        for subscription in taken:
            subscription.pub_request_callback = self.get_publish_request
        return done

    async def _activate(self, server: GuardedServer, requesthdr: Any, seqhdr: Any, body: Any, certificate: bytes | None) -> Any:
        """Activate the channel's session, or one that moves here."""
        wanted = self.session or server.lookup_external_session(requesthdr.AuthenticationToken)
        async with server.channels.turn(wanted):
            had = self.session  # it may have moved away while this one waited
            session = had or server.lookup_external_session(requesthdr.AuthenticationToken)
            subscriptions = [
                s for s in server.subscription_service.subscriptions.values() if session and s.session_id == session.session_id
            ]
            try:
                with unchanged_if_refused(subscriptions):
                    user = await self._prove(server, session, body.copy(), is_encrypted=certificate is not None)
                    if had is None and session is not None:
                        server.channels.check(session, certificate, user)
                    done = await super()._process_message(_ACTIVATE, requesthdr, seqhdr, body)
            except BaseException:
                self.session = had
                raise
            if self.session is not None:
                server.owners.activated(self.session)
                server.channels.activated(self.session, self)
            return done

    def leave(self) -> None:
        """Forget the session, which goes on over another channel, and end this one."""
        self.session = None
        self._transport.abort()

    async def _prove(self, server: GuardedServer, session: InternalSession | None, body: Any, *, is_encrypted: bool) -> str:
        """Find out who somebody is. Returns the name that was said."""
        token = struct_from_binary(ua.ActivateSessionParameters, body).UserIdentityToken
        if session is None or not isinstance(token, ua.UserNameIdentityToken):
            return ANONYMOUS
        if not is_encrypted:
            raise ServiceError(ua.StatusCodes.BadIdentityTokenRejected)  # a token is not read from an open channel
        try:
            name, secret = server.decrypt_user_token(session, token)
        except Exception as error:
            raise ServiceError(ua.StatusCodes.BadIdentityTokenInvalid) from error
        await server.door.prove(name or "", secret or "")  # asyncua reads an empty text as None
        return name or ""


def use_guarded_sessions() -> None:
    """Handle the connections of all servers of this process that are made from now on in this way; they have to be a GuardedServer."""
    binary_server_asyncio.UaProcessor = Processor
