"""Errors as RFC 9457 problem+json, and answers that a poller need not read twice."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from skelp.domain.errors import SkelpError
from skelp.domain.reasons import Reason
from skelp.render.records import reason_record
from skelp.render.words import in_words
from skelp.validation import described


def problem(status: int, detail: str, reason: Reason | None = None, **more: Any) -> JSONResponse:
    """A problem document. `detail` is for people; a program reads `status` and, where there is a reason, its code and arguments."""
    coded = {"reason": reason_record(reason)} if reason else {}
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **coded, **more}
    return JSONResponse(body, status, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Answer every known error as a problem."""

    @app.exception_handler(LookupError)
    def not_found(_request: Request, error: LookupError) -> JSONResponse:
        return problem(404, str(error))

    @app.exception_handler(SkelpError)
    def known(_request: Request, error: SkelpError) -> JSONResponse:
        return problem(409, in_words(error), error.reason)

    @app.exception_handler(HTTPException)
    def http(_request: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail))

    @app.exception_handler(RequestValidationError)
    def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        faults = [{"where": ".".join(map(str, key)), "fault": text} for key, text in described(error.errors())]
        return problem(422, "the request does not hold: " + "; ".join(f"{f['where']}: {f['fault']}" for f in faults), faults=faults)


def unchanged(request: Request, response: Response, tag: str) -> bool:
    """Set the ETag; True if the client has this state already and a 304 will do."""
    quoted = f'W/"{tag}"'
    response.headers["ETag"] = quoted
    known = [t.strip() for t in request.headers.get("if-none-match", "").split(",")]
    return quoted in known or "*" in known


def not_modified(response: Response) -> Response:
    """304 with the ETag that `unchanged` has set."""
    return Response(status_code=304, headers={"ETag": response.headers["ETag"]})
