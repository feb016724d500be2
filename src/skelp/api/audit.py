"""Records in the audit who asked for a change, and whom the guard refused. And the route that reads it."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import unquote

import structlog
from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool

from skelp.api.addresses import network_of, peer
from skelp.api.buckets import Buckets
from skelp.api.guard import NOBODY, App, Message, Receive, Scope, Send
from skelp.api.rights import V1
from skelp.api.schema.audit import AuditPage
from skelp.api.schema.base import Number
from skelp.domain.access import Caller
from skelp.domain.audit import AuditEntry
from skelp.domain.errors import RecordsError
from skelp.ports import AuditLog

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_REFUSED = frozenset({401, 403})
_REPORT = re.compile(rf"{V1}/connections/[^/]+")
_MOST_NAMES = 1000

log = structlog.get_logger()


class Audited:
    """Satisfies ASGI: the layer round the guard. An answer is sent when its entry is stored.

    It records every request that may change something, and every one that was refused with 401 or 403. Of the
    reports that the process of a connection sends every five seconds it records the first, which makes the connection: the others would
    bury all else. What one caller sends beyond 500 changes at once and 5 a second, or 20 refusals at once and 1 a minute, is counted in
    their next entry (`left_out`): nobody may fill the disk. A failure of the database does not undo what was done; the log has it.
    """

    def __init__(self, app: App, audit: AuditLog) -> None:
        self._app, self._audit = app, audit
        self._changes, self._refusals = Buckets(rate_hz=5, burst=500), Buckets(rate_hz=1 / 60, burst=20)
        self._left_out: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        method = "WEBSOCKET" if scope["type"] == "websocket" else scope["method"]
        opened = False

        async def noted(message: Message) -> None:
            nonlocal opened
            status = _status(message, opened=opened)
            opened = opened or message["type"] == "websocket.accept"
            if status is not None and status != 429 and (_changes(scope, method, status) or status in _REFUSED):
                await run_in_threadpool(self._note, scope, method, status, _made(message) or scope["path"])
            await send(message)

        await self._app(scope, receive, noted)

    def _note(self, scope: Scope, method: str, status: int, path: str) -> None:
        entry = _entry(scope, method, status, path)
        who = f"{entry.role and entry.name} at {'' if entry.role else network_of(entry.address)}"  # a name at a log-in is a claim
        bucket = self._refusals if status in _REFUSED else self._changes
        with self._lock:
            if not bucket.take(who):
                self._left_out[who] = self._left_out.pop(who, 0) + 1
                if len(self._left_out) > _MOST_NAMES:
                    self._left_out.popitem(last=False)
                return
            left_out = self._left_out.pop(who, 0)
        try:
            self._audit.add(replace(entry, left_out=left_out))
        except RecordsError as error:
            with self._lock:
                self._left_out[who] = self._left_out.pop(who, 0) + left_out + 1
            log.warning("not in the audit", cause=str(error), name=entry.name, action=entry.action, subject=entry.subject, status=status)


def _changes(scope: Scope, method: str, status: int) -> bool:
    """Whether a request is one that may change something. A connection that is reported every five seconds is one when it is new."""
    if method == "PUT" and _REPORT.fullmatch(scope["path"]):
        return status == 201
    return method not in _READS and scope["type"] == "http"


def _status(message: Message, *, opened: bool) -> int | None:
    """The status of the answer that begins with this message. A WebSocket that is closed before it was accepted is answered with 403."""
    if message["type"] == "http.response.start":
        return int(message["status"])
    return 403 if message["type"] == "websocket.close" and not opened else None


def _made(message: Message) -> str | None:
    """The path of what the request made, which the answer names: the coil that was started."""
    named = [value.decode("latin-1") for name, value in message.get("headers", ()) if name.lower() == b"location"]
    return unquote(named[0]) if named else None


def _entry(scope: Scope, method: str, status: int, path: str) -> AuditEntry:
    """Who asked, as far as the guard, or the log-in's route, found it."""
    state = scope.get("state", {})
    caller: Caller = state.get("caller", NOBODY)
    name, role = ("", "") if caller is NOBODY else (caller.name or "", caller.role.value)
    name = state.get("claimed_name", name)
    return AuditEntry(datetime.now(UTC), name, role, peer(scope), method, ascii(path)[1:-1], status)


def router(audit: AuditLog) -> APIRouter:
    """The route /audit."""
    api = APIRouter(tags=["audit"])

    @api.get("/audit", response_model=AuditPage)
    def list_audit(cursor: Annotated[Number | None, Query()] = None, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> Any:
        """Who changed something or was refused, the newest first. A station that asks nobody who they are records commands only."""
        found = audit.entries(before=cursor, limit=limit)
        return {"entries": [entry for _, entry in found], "next": found[-1][0] if len(found) == limit else None}

    return api
