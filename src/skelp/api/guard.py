"""One layer round the whole application, REST, WebSocket and console: who asks, and may they? Nobody may, unless api/rights.py says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from typing import Any

import anyio
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from skelp.api.addresses import network_of, peer
from skelp.api.buckets import Buckets
from skelp.api.callers import REMEMBERED_S, Callers
from skelp.api.cookies import is_from_elsewhere, log_in_cookie, says_its_origin
from skelp.api.hosts import foreign_host
from skelp.api.problem import problem
from skelp.api.rights import STATION, Calls
from skelp.api.turns import Turns
from skelp.domain.access import AT_THIS_MACHINE, Caller, Right, Role
from skelp.domain.errors import RecordsError
from skelp.render.words import in_words

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BODY = 1 << 20
"""Bytes of a request's body. The largest that is asked for is a note of 1,000 characters."""
_MOST_OF_NOBODY = 1 << 12
"""The same of a caller who is not known yet: a name and a password."""
_BODY_S = 20.0
"""A request's body must be there after this time."""
_MOST_AT_ONCE = 24
"""Requests that are answered at the same time for one caller, and as many live pictures. There are 40 threads for all of them."""
_PATIENCE_S = 5
"""One more request waits for a turn this long."""
_NEEDED = (
    "log in (POST /api/v1/session), or give a token: Authorization: Bearer skelp_...; "
    "an admin makes one with: skelp token new NAME --role ROLE --station FILE"
)
_TOO_MANY = "{} has {} requests in progress; wait for their answers before asking more"
_FOREIGN = (
    "this station asks nobody who they are, and answers to localhost, 127.0.0.1 and [::1] only, not to the name {}; "
    "call it by one of them, or set tokens = true under [server]"
)
_FORWARDED = (b"forwarded", b"via", b"x-real-ip")
_MOST_DIGITS = 20
"""Digits of a number in a header. Python refuses to read one of more than 4,300."""
_MOST_LOGGED = 200
"""Characters of a path in the log."""

log = structlog.get_logger()


class Refusal(Exception):  # noqa: N818 - it is an answer
    """An answer that ends a request before the application sees it."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(frozen=True, slots=True)
class _Proof:
    """By which secret a caller is known, and where it is looked up."""

    callers: Callers
    secret: str
    is_log_in: bool

    def is_not_good(self, fault: str) -> str:
        """What is wrong with it."""
        return f"this {'log-in' if self.is_log_in else 'token'} is {fault}"


class Guard:
    """Satisfies ASGI. `callers` None: the station answers on loopback only, and whoever asks may do everything. `people`: who logged in.

    The caller is in `scope["state"]["caller"]`, and in `["log_in"]` the secret of their log-in, None without one. Refusals are problem
    documents (RFC 9457); a WebSocket is refused before it is accepted, which a client sees as status 403.
    """

    def __init__(self, app: App, callers: Callers | None, people: Callers | None = None, calls: Calls = STATION) -> None:
        self._app, self._callers, self._people, self._calls = app, callers, people, calls
        self._requests, self._failures = Buckets(rate_hz=200, burst=400), Buckets(rate_hz=0.2, burst=10)
        self._turns, self._live = Turns(_MOST_AT_ONCE, _PATIENCE_S), Turns(_MOST_AT_ONCE, 0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        proof = self._proof(scope)
        try:
            caller = await self._admitted(scope, proof)
            most = _MOST_OF_NOBODY if caller is NOBODY else MOST_BODY
            _check_length(scope, most)
        except Refusal as refusal:
            await _refuse(scope, receive, send, refusal)
            return
        log_in = proof.secret if proof and proof.is_log_in else None
        scope.setdefault("state", {}).update(caller=caller, log_in=log_in)
        if caller is AT_THIS_MACHINE:  # may do everything
            await self._answer(scope, receive, send, proof, most)
            return
        name = f"nobody at {network_of(peer(scope))}" if caller is NOBODY else str(caller.name)
        async with (self._live if scope["type"] == "websocket" else self._turns).turn(name) as may_go_on:
            if may_go_on:
                await self._answer(scope, receive, send, proof, most)
            else:
                await _refuse(scope, receive, send, Refusal(429, _TOO_MANY.format(name, _MOST_AT_ONCE), retry_after=str(_PATIENCE_S)))

    async def _answer(self, scope: Scope, receive: Receive, send: Send, proof: _Proof | None, most: int) -> None:
        if scope["type"] == "http":
            await self._app(scope, _bounded(receive, most), send)
        elif proof is None:
            await self._app(scope, receive, send)
        else:
            await self._while_good(proof, scope, receive, send)

    def _proof(self, scope: Scope) -> _Proof | None:
        """By which secret the caller is known. None without one, or at a station that asks for none."""
        if self._callers is None:
            return None
        given = _bearer(scope)
        if given is not None:
            return _Proof(self._callers, given, is_log_in=False)
        cookie = log_in_cookie(scope)
        return _Proof(self._people, cookie, is_log_in=True) if self._people and cookie else None

    async def _while_good(self, proof: _Proof, scope: Scope, receive: Receive, send: Send) -> None:
        """Run a WebSocket until it ends, or until its token is no longer good."""
        async with anyio.create_task_group() as tasks:

            async def connection() -> None:
                await self._app(scope, receive, send)
                tasks.cancel_scope.cancel()

            tasks.start_soon(connection)
            while True:
                await anyio.sleep(REMEMBERED_S)
                with suppress(RecordsError):  # it is asked again
                    found = await run_in_threadpool(proof.callers.of, proof.secret)
                    if isinstance(found, str):
                        await send({"type": "websocket.close", "code": 1008, "reason": proof.is_not_good(found)})
                        tasks.cancel_scope.cancel()

    async def _admitted(self, scope: Scope, proof: _Proof | None) -> Caller:
        """Who makes the request. Raises Refusal if they may not."""
        right = self._calls.right_for("WEBSOCKET" if scope["type"] == "websocket" else scope["method"], scope["path"])
        if is_from_elsewhere(scope):
            raise Refusal(403, "a page of another site asked this")
        if self._callers is None:
            return _at_this_machine(scope)
        by_token = proof is not None and not proof.is_log_in
        if right is None and not by_token:
            address = network_of(peer(scope))
            if not self._requests.take(f"nobody at {address}"):
                raise Refusal(429, "too many requests; at most 200 a second", retry_after="1")
            return NOBODY
        if proof is None:
            raise Refusal(401, _NEEDED, www_authenticate="Bearer")
        if proof.is_log_in and not says_its_origin(scope):
            raise Refusal(403, "a log-in works in a browser only, which sends Origin; a program needs a token")
        found = await self._found(scope, proof)
        scope.setdefault("state", {})["caller"] = found  # the audit names whoever is refused below
        if not self._requests.take(str(found.name)):
            raise Refusal(429, "too many requests; at most 200 a second", retry_after=str(self._requests.wait_s(str(found.name))))
        if right is not None and not found.may(right):
            raise Refusal(403, f"{found.name} has the role {found.role}, which may not {_WHAT[right]}")
        return found

    async def _found(self, scope: Scope, proof: _Proof) -> Caller:
        """Whose token or log-in it is. Raises Refusal if it is not good."""
        try:
            found = await run_in_threadpool(proof.callers.of, proof.secret)
        except RecordsError as error:
            raise Refusal(503, in_words(error)) from error
        if isinstance(found, Caller):
            return found
        address = network_of(peer(scope))  # good ones from the same address are not slowed down
        if not self._failures.take(address):
            raise Refusal(429, "too many wrong tokens or log-ins came from this address", retry_after=str(self._failures.wait_s(address)))
        log.warning("a wrong token or log-in", fault=found, address=peer(scope), path=ascii(scope["path"][:_MOST_LOGGED]))
        raise Refusal(401, proof.is_not_good(found), www_authenticate='Bearer error="invalid_token"')


def _at_this_machine(scope: Scope) -> Caller:
    if any(name in _FORWARDED or name.startswith(b"x-forwarded-") for name, _ in scope["headers"]):
        raise Refusal(403, "a proxy forwarded this to a station that asks nobody who they are; set tokens = true under [server]")
    if (host := foreign_host(scope)) is not None:
        raise Refusal(403, _FOREIGN.format(ascii(host[:_MOST_LOGGED])))
    return AT_THIS_MACHINE


NOBODY = Caller("nobody", Role.READER)
"""Whoever makes a call that anybody may make."""
_WHAT = {
    Right.READ: "read",
    Right.REVIEW: "review defects",
    Right.ACKNOWLEDGE: "acknowledge alarms",
    Right.COILS: "announce, correct or end coils, or tell the line's state",
    Right.OPTICS: "set the reference of the optics",
    Right.RECIPES: "try or change recipes",
    Right.MODEL: "change the model of the line",
    Right.CONNECTIONS: "tell the state of a connection",
    Right.SEND_AGAIN: "have a connection send again",
    Right.ADMIN: "do this; only an admin may",
}


def _bearer(scope: Scope) -> str | None:
    """The token of the header Authorization; None without one. Another scheme is a proxy's own affair."""
    for name, value in scope["headers"]:
        scheme, _, secret = value.decode("latin-1").partition(" ")
        if name == b"authorization" and scheme.lower() == "bearer":
            return str(secret.strip())
    return None


def _check_length(scope: Scope, most: int) -> None:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and (len(value) > _MOST_DIGITS or int(value) > most):
            raise Refusal(413, f"the body has {value[:_MOST_DIGITS].decode()} bytes or more; at most {most} are taken")


def _bounded(receive: Receive, most: int) -> Receive:
    """The same, which refuses a body that grows beyond `most` bytes without having said so, or that comes too slowly."""
    seen, is_whole, until = 0, False, anyio.current_time() + _BODY_S

    async def bounded() -> Message:
        nonlocal seen, is_whole
        with anyio.CancelScope(deadline=inf if is_whole else until) as waiting:
            message = await receive()
        if waiting.cancelled_caught:
            raise HTTPException(408, f"the body was not there after {_BODY_S:g} seconds")
        is_whole = not message.get("more_body", False)
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413, f"the body is larger than {most} bytes")
        return message

    return bounded


async def _refuse(scope: Scope, receive: Receive, send: Send, refusal: Refusal) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": refusal.detail[:120]})
        return
    answer = problem(refusal.status, refusal.detail)
    answer.headers.update({"cache-control": "no-store", **refusal.headers})
    await answer(scope, receive, send)
