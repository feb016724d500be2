"""The right that each call takes. What is not listed here is refused to everybody but an admin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from skelp.domain.access import Right

V1 = "/api/v1"
LOG_IN = ("POST", f"{V1}/session")
OPEN = frozenset({("GET", "/health/live"), ("GET", "/health/ready"), LOG_IN})
"""Calls that anybody may make: probes, which say nothing of the steel, and the log-in."""
RIGHTS: Mapping[tuple[str, str], Right] = {
    ("GET", "/metrics"): Right.READ,
    ("GET", "/openapi.json"): Right.READ,
    ("GET", f"{V1}/session"): Right.READ,
    ("DELETE", f"{V1}/session"): Right.READ,
    ("GET", f"{V1}/station"): Right.READ,
    ("GET", f"{V1}/station/optics"): Right.READ,
    ("POST", f"{V1}/station/optics/reference"): Right.OPTICS,
    ("GET", f"{V1}/coils"): Right.READ,
    ("POST", f"{V1}/coils"): Right.COILS,
    ("GET", f"{V1}/coils/{{coil_id}}"): Right.READ,
    ("PATCH", f"{V1}/coils/{{coil_id}}"): Right.COILS,
    ("POST", f"{V1}/coils/{{coil_id}}/finish"): Right.COILS,
    ("GET", f"{V1}/coils/{{coil_id}}/coverage"): Right.READ,
    ("GET", f"{V1}/coils/{{coil_id}}/defects"): Right.READ,
    ("GET", f"{V1}/coils/{{coil_id}}/map"): Right.READ,
    ("GET", f"{V1}/coils/{{coil_id}}/map.png"): Right.READ,
    ("GET", f"{V1}/coils/{{coil_id}}/reviews/standing"): Right.READ,
    ("GET", f"{V1}/defects/{{defect_id}}"): Right.READ,
    ("GET", f"{V1}/defects/{{defect_id}}/crop.jpg"): Right.READ,
    ("GET", f"{V1}/defects/{{defect_id}}/mask.png"): Right.READ,
    ("POST", f"{V1}/defects/{{defect_id}}/review"): Right.REVIEW,
    ("GET", f"{V1}/defects/{{defect_id}}/reviews"): Right.READ,
    ("GET", f"{V1}/reviews"): Right.READ,
    ("GET", f"{V1}/samples"): Right.READ,
    ("GET", f"{V1}/samples/{{sample_id}}.png"): Right.READ,
    ("GET", f"{V1}/events"): Right.READ,
    ("GET", f"{V1}/alarms"): Right.READ,
    ("GET", f"{V1}/audit"): Right.ADMIN,
    ("POST", f"{V1}/alarms/acknowledge"): Right.ACKNOWLEDGE,
    ("GET", f"{V1}/live.jpg"): Right.READ,
    ("WEBSOCKET", f"{V1}/live"): Right.READ,
}
_NOT_IN_OPENAPI = {("GET", "/openapi.json"), ("WEBSOCKET", f"{V1}/live")}
_CONSOLE = re.compile(r"/(?:[A-Za-z0-9_-]+\.(?:html|js|css|svg|png|ico|woff2|webmanifest|md)|assets/[A-Za-z0-9_-][A-Za-z0-9_.-]*)?")
"""The files of the console. They hold no data of the station."""


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))


_PATTERNS = [(method, _pattern(path), right) for (method, path), right in RIGHTS.items()]


def right_for(method: str, path: str) -> Right | None:
    """The right that a call takes; None if anybody may make it. `method` is WEBSOCKET for a WebSocket."""
    asked = "GET" if method == "HEAD" else method
    if (asked, path) in OPEN or (asked == "GET" and _CONSOLE.fullmatch(path)):
        return None
    return next((right for m, pattern, right in _PATTERNS if m == asked and pattern.fullmatch(path)), Right.ADMIN)


def check(document: Mapping[str, Any]) -> None:
    """Raise ValueError if the OpenAPI document and the tables above do not have the same calls: a new call needs a right."""
    served = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    listed = (RIGHTS.keys() | OPEN) - _NOT_IN_OPENAPI
    if served != listed:
        raise ValueError(f"api/rights.py lacks {sorted(served - listed)} and has {sorted(listed - served)}, which are not served")
