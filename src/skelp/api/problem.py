"""Makes problem documents (RFC 9457) of errors, and 304 responses to clients that already have a state (RFC 9110)."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from skelp.domain.errors import SkelpError
from skelp.domain.reasons import Reason
from skelp.render.records import reason_record
from skelp.render.words import in_words
from skelp.validation import described


def problem(status: int, detail: str, reason: Reason | None = None, **more: Any) -> Response:
    """A problem document. `detail` is for people. Programs read `status`, and the code and arguments of `reason` if there is one.

    It is written in ASCII: a request may have had half of a character, which UTF-8 cannot write.
    """
    coded = {"reason": reason_record(reason)} if reason else {}
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **coded, **more}
    return Response(json.dumps(body), status, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Install handlers that return a problem document for every known error."""

    @app.exception_handler(LookupError)
    def not_found(_request: Request, error: LookupError) -> Response:
        return problem(404, str(error))

    @app.exception_handler(SkelpError)
    def known(_request: Request, error: SkelpError) -> Response:
        return problem(409, in_words(error), error.reason)

    @app.exception_handler(HTTPException)
    def http(_request: Request, error: HTTPException) -> Response:
        return problem(error.status_code, str(error.detail))

    @app.exception_handler(RequestValidationError)
    def invalid(_request: Request, error: RequestValidationError) -> Response:
        faults = [{"where": ".".join(map(str, key)), "fault": text} for key, text in described(error.errors())]
        return problem(422, "the request is not valid: " + "; ".join(f"{f['where']}: {f['fault']}" for f in faults), faults=faults)


def unchanged(request: Request, response: Response, tag: str) -> bool:
    """Set the ETag. Returns True if the client already has this state, so that 304 is the right response."""
    quoted = f'W/"{tag}"'
    response.headers["ETag"] = quoted
    known = [t.strip() for t in request.headers.get("if-none-match", "").split(",")]
    return quoted in known or "*" in known


def not_modified(response: Response) -> Response:
    """304 with the ETag that `unchanged` has set."""
    return Response(status_code=304, headers={"ETag": response.headers["ETag"]})
