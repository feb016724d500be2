"""Who signs a review or an acknowledgement."""

from __future__ import annotations

from fastapi import Request
from fastapi.exceptions import RequestValidationError

from skelp.domain.access import Caller


def signed(request: Request, given: str | None) -> str:
    """The caller's own name; only where nobody has one, at a station without tokens, the name that the request gives.

    Raises RequestValidationError if there is neither.
    """
    caller: Caller = request.scope["state"]["caller"]
    name = caller.name or given
    if name is None:
        fault = {"type": "missing", "loc": ("body", "operator"), "msg": "who gives it? This station asks for no token", "input": None}
        raise RequestValidationError([fault])
    return name
