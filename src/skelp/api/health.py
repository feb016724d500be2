"""Probes of a server, at the root."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter

from skelp.api.problem import problem
from skelp.api.schema.station import AliveOut, ReadyOut
from skelp.domain.reasons import Reason
from skelp.render.words import sentence


def router(not_ready: Callable[[], Reason | None], ready: str) -> APIRouter:
    """Routes under /health. `not_ready()`: why the server is not ready, or None. `ready` says in the document what ready means."""
    api = APIRouter(prefix="/health", tags=["health"])

    @api.get("/live", response_model=AliveOut)
    async def get_liveness() -> Any:  # not in a thread: it must answer while all of them wait for the database
        """Whether the process responds."""
        return {"status": "alive"}

    @api.get("/ready", response_model=ReadyOut, description=ready)
    def get_readiness() -> Any:
        reason = not_ready()
        return problem(503, sentence(reason), reason) if reason else {"status": "ready"}

    return api
