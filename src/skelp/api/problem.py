"""Makes problem documents (RFC 9457) of errors, and 304 responses to clients that already have a state (RFC 9110)."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from skelp.api.rights import LOG_IN, Calls
from skelp.domain.conflicts import ConflictError
from skelp.domain.deleted import DeletedError
from skelp.domain.errors import RecordsError, SkelpError
from skelp.domain.reasons import Reason
from skelp.render.records import reason_record
from skelp.render.words import in_words
from skelp.validation import described

_MOST_FAULTS = 20
"""Faults of a request that are listed."""


def problem(status: int, detail: str, reason: Reason | None = None, **more: Any) -> JSONResponse:
    """A problem document. `detail` is for people. Programs read `status`, and the code and arguments of `reason` if there is one."""
    coded = {"reason": reason_record(reason)} if reason else {}
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **coded, **more}
    return JSONResponse(body, status, media_type="application/problem+json")


def install(app: FastAPI, calls: Calls) -> None:
    """Install handlers that return a problem document for every known error. `calls` are those of the application."""

    @app.exception_handler(LookupError)
    def not_found(_request: Request, error: LookupError) -> JSONResponse:
        return problem(404, str(error))

    @app.exception_handler(SkelpError)
    def known(_request: Request, error: SkelpError) -> JSONResponse:
        why = {"conflict": error.conflict} if isinstance(error, ConflictError) else {}
        return problem(409, in_words(error), error.reason, **why)

    @app.exception_handler(DeletedError)
    def gone(_request: Request, error: DeletedError) -> JSONResponse:
        known = {"oldest": error.oldest, "after": error.after}
        return problem(410, in_words(error), error.reason, **{name: value for name, value in known.items() if value is not None})

    @app.exception_handler(RecordsError)
    def no_records(_request: Request, error: RecordsError) -> JSONResponse:
        return problem(503, in_words(error), error.reason)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 400:  # FastAPI's, of a body that is not text
            return invalid([{"where": "body", "fault": "is not JSON in UTF-8"}])
        if error.status_code == 405:
            return _other_method(calls.methods_at(request.scope["path"]))
        return problem(error.status_code, str(error.detail))

    @app.exception_handler(RequestValidationError)
    def not_valid(request: Request, error: RequestValidationError) -> JSONResponse:
        faults = error.errors()
        if ("POST", request.scope["path"]) == LOG_IN:  # what was given may be a password
            faults = [{**fault, "input": "what is not shown"} for fault in faults]
        faults = faults[:_MOST_FAULTS]
        return invalid([{"where": _printable(".".join(map(str, key))), "fault": text} for key, text in described(faults)])


def invalid(faults: Sequence[dict[str, str]], reason: Reason | None = None) -> JSONResponse:
    """A problem document (422) of a request with wrong values. Each fault is {"where": ..., "fault": ...}."""
    said = "the request is not valid: " + "; ".join(f"{f['where']}: {f['fault']}" for f in faults)
    return problem(422, said, reason, faults=list(faults))


def _other_method(methods: Sequence[str]) -> JSONResponse:
    """405 with all methods of the path in Allow (RFC 9110). The router knows of one route at a time, so it would name one of them."""
    served = ", ".join(methods)
    answer = problem(405, f"this path is there for {served} only")
    answer.headers["Allow"] = served
    return answer


def _printable(text: str) -> str:
    """The text without lone surrogates, which JSON may contain and UTF-8 cannot encode."""
    return text.encode(errors="backslashreplace").decode()


def unchanged(if_none_match: str, response: Response, tag: str) -> bool:
    """Set the ETag. Returns True if the client already has this state, so that 304 is the right response."""
    quoted = f'W/"{tag}"'
    response.headers["ETag"] = quoted
    known = [t.strip() for t in if_none_match.split(",")]
    return quoted in known or "*" in known


def not_modified(response: Response) -> Response:
    """304 with the ETag that `unchanged` has set."""
    return Response(status_code=304, headers={"ETag": response.headers["ETag"]})
