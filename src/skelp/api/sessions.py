"""Routes by which people log in and out."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response

from skelp.api.addresses import network_of
from skelp.api.buckets import Buckets
from skelp.api.callers import People
from skelp.api.cookies import set_cookie
from skelp.api.problem import problem
from skelp.api.schema.session import LogIn, SessionOut
from skelp.domain.access import RIGHTS, Caller

VALID = timedelta(hours=12)
"""A shift and some overtime."""
_WAIT_S = 2.0
_AT_ONCE = 2
"""Passwords that are checked at the same time. Each takes 32 MiB and a core for a tenth of a second."""

log = structlog.get_logger()


def router(people: People | None) -> APIRouter:
    """Routes at /session. `people` None: this station asks nobody who they are."""
    api = APIRouter(tags=["session"])
    door = _Door()

    @api.post("/session", response_model=SessionOut)
    def log_in(body: LogIn, request: Request, response: Response) -> Any:
        """Log in for 12 hours, by a cookie. After ten failures of a name or an address, one attempt in five seconds is taken."""
        if people is None:
            return problem(
                409, "this station asks nobody who they are, so nobody needs to log in; tokens = true under [server] changes that"
            )
        request.scope["state"]["claimed_name"] = body.name  # for the audit
        address = request.client.host if request.client else "unknown"
        secret = door.opened(people, body, address)
        if isinstance(secret, Response):
            return secret
        caller = people.of(secret)
        if not isinstance(caller, Caller):  # it was ended in the meantime
            return _not_known(f"this log-in is {caller}")
        log.info("logged in", name=caller.name, role=caller.role, address=address)
        response.headers["Set-Cookie"] = set_cookie(request.scope, secret, int(VALID.total_seconds()))
        return _record(caller, by_log_in=True)

    @api.get("/session", response_model=SessionOut)
    def get_session(request: Request) -> Any:
        """Who asks, and what they may do."""
        state = request.scope["state"]
        return _record(state["caller"], by_log_in=state["log_in"] is not None)

    @api.delete("/session", status_code=204)
    def log_out(request: Request) -> Response:
        """Log out. A token stays as it is."""
        secret = request.scope["state"]["log_in"]
        if people and secret:
            people.log_out(secret)
        return Response(status_code=204, headers={"Set-Cookie": set_cookie(request.scope, "", 0)})

    return api


class _Door:
    """Checks names and passwords, a few at a time, and not often for a name or an address that failed."""

    def __init__(self) -> None:
        self._checking = threading.Semaphore(_AT_ONCE)
        self._failures = Buckets(rate_hz=0.2, burst=10)

    def opened(self, people: People, given: LogIn, address: str) -> str | Response:
        """The secret of a new log-in, or the refusal."""
        names = (f"name {given.name}", f"address {network_of(address)}")
        taken = [self._failures.take(n) for n in names]  # before the check: many may ask at the same time
        if not all(taken):
            refused = problem(429, "too many log-ins failed")
            refused.headers["Retry-After"] = str(max(1, *(self._failures.wait_s(n) for n in names)))
            return refused
        if not self._checking.acquire(timeout=_WAIT_S):
            return problem(503, "too many people log in at the same time; try again")
        try:
            secret = people.log_in(given.name, given.password, VALID)
        finally:
            self._checking.release()
        if secret is None:
            log.warning("a log-in failed", name=ascii(given.name), address=address)
            return _not_known("name and password do not fit")
        for name in names:
            self._failures.give_back(name)
        return secret


def _not_known(detail: str) -> Response:
    answer = problem(401, detail)
    answer.headers["WWW-Authenticate"] = "Bearer"  # RFC 9110 wants it; a browser does not ask for a password because of it
    return answer


def _record(caller: Caller, *, by_log_in: bool) -> dict[str, Any]:
    rights = sorted(RIGHTS[caller.role])
    return {"name": caller.name, "role": caller.role, "rights": rights, "expires_at": caller.until, "by_log_in": by_log_in}
