"""Routes by which people log in and out."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response

from skelp.api.buckets import Buckets
from skelp.api.callers import Callers
from skelp.api.cookies import log_in_cookie, set_cookie
from skelp.api.problem import problem
from skelp.api.schema.session import LogIn, SessionOut
from skelp.domain.access import RIGHTS, Caller, digest
from skelp.ports import LogIns

VALID = timedelta(hours=12)
"""A shift and some overtime."""
_AT_ONCE = 2
"""Passwords that are checked at the same time. Each takes 32 MiB and a core for a tenth of a second."""

log = structlog.get_logger()


def router(log_ins: LogIns | None, people: Callers | None) -> APIRouter:
    """Routes at /session. `log_ins` None: this station asks nobody who they are."""
    api = APIRouter(tags=["session"])
    checking = threading.Semaphore(_AT_ONCE)
    failures = Buckets(rate_hz=0.2, burst=10)

    @api.post("/session", response_model=SessionOut)
    def log_in(body: LogIn, request: Request, response: Response) -> Any:
        """Log in for 12 hours, by a cookie. After ten failures of a name or an address, one attempt in five seconds is taken."""
        if log_ins is None or people is None:
            return problem(
                409, "this station asks nobody who they are, so nobody needs to log in; tokens = true under [server] changes that"
            )
        address = request.client.host if request.client else "unknown"
        names = (f"name {body.name}", f"address {address}")
        if waits := [failures.wait_s(n) for n in names if failures.wait_s(n)]:
            refused = problem(429, "too many log-ins failed")
            refused.headers["Retry-After"] = str(max(waits))
            return refused
        with checking:
            secret = log_ins.log_in(body.name, body.password, VALID)
        if secret is None:
            for name in names:
                failures.take(name)
            log.warning("a log-in failed", name=ascii(body.name), address=address)
            return problem(401, "name and password do not fit")
        caller = people.of(secret)
        if not isinstance(caller, Caller):  # it was ended in the meantime
            return problem(401, f"this log-in is {caller}")
        log.info("logged in", name=caller.name, role=caller.role, address=address)
        response.headers["Set-Cookie"] = set_cookie(request.scope, secret, int(VALID.total_seconds()))
        return _record(caller, by_log_in=True)

    @api.get("/session", response_model=SessionOut)
    def who(request: Request) -> Any:
        """Who asks, and what they may do."""
        by_log_in = "authorization" not in request.headers and log_ins is not None
        return _record(request.scope["state"]["caller"], by_log_in=by_log_in)

    @api.delete("/session", status_code=204)
    def log_out(request: Request) -> Response:
        """Log out. A token stays as it is."""
        secret = log_in_cookie(request.scope)
        if secret and log_ins is not None and people is not None and "authorization" not in request.headers:
            log_ins.log_out(digest(secret))
            people.forget(secret)
        return Response(status_code=204, headers={"Set-Cookie": set_cookie(request.scope, "", 0)})

    return api


def _record(caller: Caller, *, by_log_in: bool) -> dict[str, Any]:
    rights = sorted(RIGHTS[caller.role])
    return {"name": caller.name, "role": caller.role, "rights": rights, "expires_at": caller.until, "by_log_in": by_log_in}
