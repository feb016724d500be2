"""Who may come in: a station's tokens are the users of its OPC UA server. The station is asked, and its answer holds for a minute."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.server.internal_session import InternalSession

from skelp_client import ClientError, NotAllowed, Station
from skelp_client.call import V1, Call, record
from skelp_client.exchange import Patience, exchange
from skelp_languages.opcua.certificates import Trusted
from skelp_languages.opcua.upstream.callers import ANONYMOUS, PlantUser
from skelp_languages.seldom import Seldom
from skelp_languages.settings import StationAccess

HOLDS_S = 60.0
"""An answer of the station holds this long. A token that is revoked meanwhile loses its sessions after it at the latest."""
_MOST_REMEMBERED = 100
_PATIENCE = Patience(retry_s=0.0, timeout_s=3.0)
READS = frozenset({"read"})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Session:
    """Whose token it is, as GET /session answers. `name` is None at a station that asks nobody who they are."""

    name: str | None
    rights: tuple[str, ...]


def ask_station(access: StationAccess, secret: str) -> Session:
    """Whose token this is. Raises NotAllowed if it is nobody's, ClientError if the station does not say, ValueError if it is no token."""
    with Station(access.url, token=secret, ca=access.ca, retry_s=0.0) as station:
        return station.run(exchange(Call("GET", f"{V1}/session", record(Session)), _PATIENCE))


class Users:
    """Satisfies upstream.sessions.Door. `ask`: whose token it is, as `ask_station`."""

    def __init__(
        self,
        ask: Callable[[str], Session],
        trusted: Trusted,
        *,
        anonymous_reads: bool,
        no_security: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask, self._trusted, self._clock = ask, trusted, clock
        self._anonymous_reads, self._no_security = anonymous_reads, no_security
        self._known: dict[bytes, tuple[float, PlantUser]] = {}
        self._seldom = Seldom()

    def admit(self, certificate: bytes | None) -> None:
        fault = self._trusted.fault(certificate) if certificate is not None else None if self._no_security else "its channel is open"
        if fault is not None:
            self._seldom.warning("a client is not let in", fault=fault)
            raise ServiceError(ua.StatusCodes.BadSecurityChecksFailed)

    async def prove(self, name: str, secret: str) -> None:
        key = _key(name, secret)
        if self._remembered(key) is not None:
            return
        self._known.pop(key, None)
        try:
            user = await asyncio.to_thread(self._asked, name, secret)
        except ClientError as error:
            self._seldom.warning("the station does not say whose token it is", name=ascii(name), cause=str(error))
            raise ServiceError(ua.StatusCodes.BadNoCommunication) from error
        if user is not None:
            self._known[key] = (self._clock() + HOLDS_S, user)
            while len(self._known) > _MOST_REMEMBERED:
                self._known.pop(next(iter(self._known)))

    def get_user(
        self,
        iserver: Any,  # noqa: ARG002 - asyncua gives it
        username: str | None = None,
        password: str | None = None,
        certificate: bytes | None = None,  # noqa: ARG002 - the same
    ) -> PlantUser | None:
        if username is None:
            return PlantUser(name=ANONYMOUS, rights=READS) if self._anonymous_reads else None
        return self._remembered(_key(username, password or ""))

    async def end_what_is_revoked(self, sessions: list[InternalSession]) -> None:
        """Close the sessions whose token is no longer good. Where the station does not say, they stay."""
        for session in sessions:
            user = session.user
            if isinstance(user, PlantUser) and user.secret is not None and user.name is not None:
                try:
                    still = await asyncio.to_thread(self._asked, user.name, user.secret)
                except ClientError:
                    continue
                if still is None:
                    log.warning("a session is closed, because its token is no longer good", name=user.name)
                    self._known.pop(_key(user.name, user.secret), None)
                    await session.close_session()
                else:
                    user.rights = still.rights

    def _asked(self, name: str, secret: str) -> PlantUser | None:
        """Who the station says it is; None if name and token do not fit. Raises ClientError."""
        try:
            found = self._ask(secret)
        except (NotAllowed, ValueError) as error:
            self._seldom.warning("a wrong name or token", name=ascii(name), cause=type(error).__name__)
            return None
        if found.name is None:
            self._seldom.warning("the station asks nobody who they are and has no users; set tokens = true in its file", name=ascii(name))
            return None
        if not hmac.compare_digest(found.name.encode(), name.encode()):
            self._seldom.warning("a token with another's name", name=ascii(name))
            return None
        return PlantUser(name=name, rights=frozenset(found.rights), secret=secret)

    def _remembered(self, key: bytes) -> PlantUser | None:
        until, user = self._known.get(key, (float("-inf"), None))
        return user if self._clock() < until else None


def _key(name: str, secret: str) -> bytes:
    return hashlib.sha256(name.encode() + b"\0" + secret.encode()).digest()
