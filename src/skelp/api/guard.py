"""One layer round the whole application, REST, WebSocket and console: who asks, and may they? Nobody may, unless api/rights.py says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

import anyio
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from skelp.api.buckets import Buckets
from skelp.api.callers import REMEMBERED_S, Callers
from skelp.api.problem import problem
from skelp.api.rights import right_for
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
_TOKEN_NEEDED = "give a token: Authorization: Bearer skelp_...; an admin makes one with: skelp token new NAME --role ROLE"  # noqa: S105 - words
_FORWARDED = (b"forwarded", b"via", b"x-real-ip")
_MOST_LOGGED = 200
"""Characters of a path in the log."""

log = structlog.get_logger()


class Refusal(Exception):  # noqa: N818 - it is an answer
    """An answer that ends a request before the application sees it."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Guard:
    """Satisfies ASGI. `callers` None: the station answers on loopback only, and whoever asks may do everything.

    The caller is in `scope["state"]["caller"]`. Refusals are problem documents (RFC 9457); a WebSocket is refused before it is accepted,
    which a client sees as status 403.
    """

    def __init__(self, app: App, callers: Callers | None) -> None:
        self._app, self._callers = app, callers
        self._requests, self._failures = Buckets(rate_hz=200, burst=400), Buckets(rate_hz=0.2, burst=10)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            caller = await self._admitted(scope)
            _check_length(scope)
        except Refusal as refusal:
            await _refuse(scope, receive, send, refusal)
            return
        scope.setdefault("state", {})["caller"] = caller
        if scope["type"] == "http":
            await self._app(scope, _bounded(receive), send)
        elif self._callers is None:
            await self._app(scope, receive, send)
        else:
            await self._while_good(self._callers, _bearer(scope) or "", scope, receive, send)

    async def _while_good(self, callers: Callers, secret: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Run a WebSocket until it ends, or until its token is no longer good."""
        async with anyio.create_task_group() as tasks:

            async def connection() -> None:
                await self._app(scope, receive, send)
                tasks.cancel_scope.cancel()

            tasks.start_soon(connection)
            while True:
                await anyio.sleep(REMEMBERED_S)
                with suppress(RecordsError):  # it is asked again
                    found = await run_in_threadpool(callers.of, secret)
                    if isinstance(found, str):
                        await send({"type": "websocket.close", "code": 1008, "reason": f"this token is {found}"})
                        tasks.cancel_scope.cancel()

    async def _admitted(self, scope: Scope) -> Caller:
        """Who makes the request. Raises Refusal if they may not."""
        right = right_for("WEBSOCKET" if scope["type"] == "websocket" else scope["method"], scope["path"])
        if self._callers is None:
            if any(name in _FORWARDED or name.startswith(b"x-forwarded-") for name, _ in scope["headers"]):
                raise Refusal(403, "a proxy forwarded this to a station that asks nobody who they are; set tokens = true under [server]")
            return AT_THIS_MACHINE
        given = _bearer(scope)
        if right is None and given is None:
            return _NOBODY
        if given is None:
            raise Refusal(401, _TOKEN_NEEDED, www_authenticate="Bearer")
        try:
            found = await run_in_threadpool(self._callers.of, given)
        except RecordsError as error:
            raise Refusal(503, in_words(error)) from error
        if isinstance(found, str):  # good tokens from the same address are not slowed down
            peer = (scope.get("client") or ("unknown", 0))[0]
            if not self._failures.take(peer):
                raise Refusal(429, "too many wrong tokens came from this address", retry_after=str(self._failures.wait_s(peer)))
            log.warning("a wrong token", fault=found, address=peer, path=ascii(scope["path"][:_MOST_LOGGED]))
            raise Refusal(401, f"this token is {found}", www_authenticate='Bearer error="invalid_token"')
        if not self._requests.take(str(found.name)):
            raise Refusal(429, "too many requests; at most 200 a second", retry_after=str(self._requests.wait_s(str(found.name))))
        if right is not None and not found.may(right):
            raise Refusal(403, f"{found.name} has the role {found.role}, which may not {_WHAT[right]}")
        return found


_NOBODY = Caller("nobody", Role.READER)
_WHAT = {
    Right.READ: "read",
    Right.REVIEW: "review defects",
    Right.ACKNOWLEDGE: "acknowledge alarms",
    Right.COILS: "announce, correct or end coils",
    Right.OPTICS: "set the reference of the optics",
    Right.ADMIN: "do this; only an admin may",
}


def _bearer(scope: Scope) -> str | None:
    """The token of the header Authorization; None without the header. Another scheme gives an empty token, which nobody has."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            scheme, _, secret = value.decode("latin-1").partition(" ")
            return secret.strip() if scheme.lower() == "bearer" else ""
    return None


def _check_length(scope: Scope) -> None:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > MOST_BODY:
            raise Refusal(413, f"the body has {value.decode()} bytes; at most {MOST_BODY} are taken")


def _bounded(receive: Receive) -> Receive:
    """The same, which refuses a body that grows beyond MOST_BODY without having said so."""
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MOST_BODY:
            raise HTTPException(413, f"the body is larger than {MOST_BODY} bytes")
        return message

    return bounded


async def _refuse(scope: Scope, receive: Receive, send: Send, refusal: Refusal) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": refusal.detail[:120]})
        return
    answer = problem(refusal.status, refusal.detail)
    answer.headers.update({"cache-control": "no-store", **refusal.headers})
    await answer(scope, receive, send)
