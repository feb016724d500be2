"""The answers that each call can give beside its own success, found from what the call takes. The OpenAPI document lists them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from skelp.api.rights import V1
from skelp.api.schema.coils import CoilOut
from skelp.api.schema.connections import ReportedOut
from skelp.api.schema.decisions import RevisionOut
from skelp.api.schema.examples import CSV, GEOJSON
from skelp.api.schema.states import StateOut

Operation = Mapping[str, Any]
_PROBLEM = {"$ref": "#/components/schemas/ProblemOut"}
_MAY_BE_ABSENT = frozenset(
    {("POST", f"{V1}/alarms/acknowledge"), ("POST", f"{V1}/model"), ("GET", f"{V1}/model/drift"), ("GET", f"{V1}/live.jpg")}
)
"""Calls that answer 404 without an id in their path: the alarm's key, the model's file or the product is in the body or the query; no
picture may be there yet.
"""
_OF_A_COIL = r"(defects|map|map\.png|reviews/standing|stretches|derive|decide|decisions/{number})"
_MAY_BE_DELETED = re.compile(rf"{V1}/(events|reviews|coils/{{coil_id}}/{_OF_A_COIL}|defects/{{defect_id}}.*)")
"""The paths that answer 410 where a rule of the station file deleted what they are asked for."""
_REFUSALS: Mapping[int, tuple[str, str]] = {
    401: ("Unauthorized", "No token and no log-in, or one that is not good; `detail` says which."),
    403: ("Forbidden", "The caller's role may not do this, or a page of another site or a proxy asked; `detail` says which."),
    404: ("NotFound", "There is no such coil, defect, picture, sample, alarm, model or connection."),
    409: (
        "Conflict",
        "The request contradicts what the station has recorded (`conflict`), or the station refuses it.",
    ),
    410: ("Gone", "It was deleted, because the station file says how long it is stored; `reason` or `oldest` says more."),
    413: ("TooLarge", "The body is larger than 1 MiB, or than 4 KiB where nobody is known yet."),
    422: ("Invalid", "A value is missing or not allowed, or a query parameter is not known or given twice; `faults` lists each."),
    429: ("TooMany", "Too many requests, wrong tokens or failed log-ins."),
    503: (
        "Unavailable",
        "The database cannot be read or written now, or the station does not inspect; `reason` says why.",
    ),
}
"""The name and the meaning of each refusal."""
_TEXT = {"type": "string"}
_HEADERS: Mapping[int, Mapping[str, Any]] = {
    401: {"WWW-Authenticate": {"required": True, "schema": _TEXT, "description": "Bearer, and what is wrong with the token."}},
    429: {"Retry-After": {"required": True, "schema": _TEXT, "description": "Seconds to wait before the next try."}},
}
_TAG = {"ETag": {"required": True, "schema": _TEXT, "description": "The state of the resource; send it back as If-None-Match."}}
TAGGED: dict[int | str, dict[str, Any]] = {
    200: {"headers": _TAG},
    304: {"description": "Nothing has changed since the state that If-None-Match names.", "headers": _TAG},
}
"""The answers of a call that can be polled without load."""


_LOCATION = {"Location": {"required": True, "schema": _TEXT, "description": "The path of the coil."}}
STARTED: dict[int | str, dict[str, Any]] = {
    201: {"headers": _LOCATION},
    200: {"model": CoilOut, "headers": _LOCATION, "description": "The coil runs already; nothing was changed."},
}
"""The answers of the call that starts a coil."""
DECIDED: dict[int | str, dict[str, Any]] = {200: {"model": RevisionOut, "description": "The newest decision says so already."}}
"""The answers of the call that decides again."""
TOLD: dict[int | str, dict[str, Any]] = {200: {"model": StateOut, "description": "The state was told before; nothing was changed."}}
"""The answers of the call that tells a state of the line."""
REPORTED: dict[int | str, dict[str, Any]] = {201: {"model": ReportedOut, "description": "The connection is new."}}
"""The answers of the call that tells the state of a connection."""
DERIVED: dict[int | str, dict[str, Any]] = STARTED | {
    200: {"model": CoilOut, "headers": _LOCATION, "description": "The coil was derived so before; nothing was changed."}
}
"""The answers of the call that derives a coil."""
_NEXT = {"X-Next-Cursor": {"schema": _TEXT, "description": "In csv and geojson: the cursor of the next page; absent on the last page."}}
_AS_FILE = {
    "text/csv": {"schema": _TEXT, "example": CSV},
    "application/geo+json": {"schema": {"$ref": "#/components/schemas/FeatureCollectionOut"}, "example": GEOJSON},
}
DEFECTS: dict[int | str, dict[str, Any]] = TAGGED | {200: {"headers": _TAG | _NEXT, "content": _AS_FILE}}
"""The answers of the list of defects, which has three formats."""


def picture(media_type: str, **headers: str) -> dict[int | str, dict[str, Any]]:
    """The answer of a call that gives a picture. `headers`: what each header that always comes says, with _ for -."""
    named = {name.replace("_", "-"): {"required": True, "schema": _TEXT, "description": text} for name, text in headers.items()}
    return {200: {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}, "headers": named}}


def refusals(method: str, path: str, operation: Operation) -> list[int]:
    """The statuses above 399 with which a call can be answered. 405 and 500 are no answers of a call that is in the document."""
    found = [401, 403, 429, 503]  # the guard's, which looks at every request: a wrong token is refused where none is asked for, too
    if path.startswith(V1):
        found += [409, 422]
    if "requestBody" in operation:
        found.append(413)
    if "{" in path or (method, path) in _MAY_BE_ABSENT:
        found.append(404)
    if _MAY_BE_DELETED.fullmatch(path):
        found.append(410)
    return sorted(found)


def refused(method: str, path: str, operation: Operation) -> dict[str, Any]:
    """The answers above 399 of a call, by status, as references to the components."""
    return {str(s): {"$ref": f"#/components/responses/{_REFUSALS[s][0]}"} for s in refusals(method, path, operation)}


def components(examples: Mapping[int, Any]) -> dict[str, Any]:
    """The refusals themselves, each with its example, by name."""
    return {name: _refusal(status, why, examples[status]) for status, (name, why) in _REFUSALS.items()}


def _refusal(status: int, why: str, example: Any) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": _PROBLEM, "example": example}}
    headers = {"headers": _HEADERS[status]} if status in _HEADERS else {}
    return {"description": why, "content": content, **headers}
