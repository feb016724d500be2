"""The right that each call takes. What is not listed here is refused to everybody but an admin."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
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
    ("GET", f"{V1}/model"): Right.READ,
    ("GET", f"{V1}/model/history"): Right.READ,
    ("POST", f"{V1}/model"): Right.MODEL,
    ("POST", f"{V1}/model/rollback"): Right.MODEL,
    ("GET", f"{V1}/coils"): Right.READ,
    ("POST", f"{V1}/coils"): Right.COILS,
    ("GET", f"{V1}/coils/{{coil_id}}"): Right.READ,
    ("PATCH", f"{V1}/coils/{{coil_id}}"): Right.COILS,
    ("POST", f"{V1}/coils/{{coil_id}}/finish"): Right.COILS,
    ("POST", f"{V1}/coils/{{coil_id}}/derive"): Right.COILS,
    ("GET", f"{V1}/coils/{{coil_id}}/origin"): Right.READ,
    ("GET", f"{V1}/coils/{{coil_id}}/pieces"): Right.READ,
    ("GET", f"{V1}/coils/{{coil_id}}/coverage"): Right.READ,
    ("POST", f"{V1}/coils/{{coil_id}}/override"): Right.REVIEW,
    ("GET", f"{V1}/coils/{{coil_id}}/overrides"): Right.READ,
    ("GET", f"{V1}/coils/{{coil_id}}/decisions"): Right.READ,
    ("GET", f"{V1}/coils/{{coil_id}}/decisions/{{number}}"): Right.READ,
    ("POST", f"{V1}/coils/{{coil_id}}/decide"): Right.COILS,
    ("GET", f"{V1}/recipes"): Right.READ,
    ("GET", f"{V1}/kept-recipes/{{sha256}}"): Right.READ,
    ("GET", f"{V1}/kept-codes/{{sha256}}"): Right.READ,
    ("POST", f"{V1}/recipe-previews"): Right.RECIPES,
    ("PUT", f"{V1}/recipes/{{recipe}}"): Right.RECIPES,
    ("GET", f"{V1}/coils/{{coil_id}}/periodic"): Right.READ,
    ("GET", f"{V1}/coils/{{coil_id}}/states"): Right.READ,
    ("POST", f"{V1}/coils/{{coil_id}}/states"): Right.COILS,
    ("GET", f"{V1}/coils/{{coil_id}}/shadow"): Right.READ,
    ("GET", f"{V1}/shadows"): Right.READ,
    ("GET", f"{V1}/model/drift"): Right.READ,
    ("GET", f"{V1}/coils/{{coil_id}}/defects"): Right.READ,
    ("GET", f"{V1}/coils/{{coil_id}}/map"): Right.READ,
    ("GET", f"{V1}/coils/{{coil_id}}/map.png"): Right.READ,
    ("GET", f"{V1}/coils/{{coil_id}}/aas"): Right.READ,
    ("GET", f"{V1}/coils/{{coil_id}}/coil.aasx"): Right.READ,
    ("GET", f"{V1}/coils/{{coil_id}}/reviews/standing"): Right.READ,
    ("GET", f"{V1}/coils/{{coil_id}}/stretches"): Right.READ,
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
    ("GET", f"{V1}/webhooks"): Right.READ,
    ("POST", f"{V1}/webhooks/{{webhook}}/send-again"): Right.ADMIN,
    ("POST", f"{V1}/webhooks/{{webhook}}/give-up"): Right.ADMIN,
    ("GET", f"{V1}/connections"): Right.READ,
    ("PUT", f"{V1}/connections/{{connection}}"): Right.CONNECTIONS,
    ("DELETE", f"{V1}/connections/{{connection}}"): Right.ADMIN,
    ("POST", f"{V1}/connections/{{connection}}/send-again"): Right.SEND_AGAIN,
    ("POST", f"{V1}/alarms/acknowledge"): Right.ACKNOWLEDGE,
    ("GET", f"{V1}/live.jpg"): Right.READ,
    ("WEBSOCKET", f"{V1}/live"): Right.READ,
}
_NOT_IN_OPENAPI = frozenset({("GET", "/openapi.json"), ("WEBSOCKET", f"{V1}/live")})
_CONSOLE = re.compile(r"/(?:[A-Za-z0-9_-]+\.(?:html|js|css|svg|png|ico|woff2|webmanifest|md)|assets/[A-Za-z0-9_-][A-Za-z0-9_.-]*)?")
"""The files of the console. They hold no data of the station."""


def is_console(path: str) -> bool:
    """Whether a path is one of the console's files."""
    return _CONSOLE.fullmatch(path) is not None


def _pattern(path: str) -> re.Pattern[str]:
    """Paths that fit. A station's name may contain a slash; ids may not."""
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path).replace(r"\{station\}", ".+")))


class Calls:
    """The calls of a server, each with its right. `not_in_openapi`: those that its document does not have."""

    def __init__(
        self,
        rights: Mapping[tuple[str, str], Right],
        not_in_openapi: Collection[tuple[str, str]],
        open_to_anybody: Collection[tuple[str, str]] = OPEN,
    ) -> None:
        self.rights, self.open = dict(rights), frozenset(open_to_anybody)
        self._documented = (self.rights.keys() | self.open) - set(not_in_openapi)
        self._patterns = [(method, _pattern(path), right) for (method, path), right in rights.items()]
        self._methods = [(method, _pattern(path)) for method, path in self.rights.keys() | self.open if method != "WEBSOCKET"]

    def methods_at(self, path: str) -> list[str]:
        """The methods that are served at a path, in order of the alphabet; none if nothing is there."""
        if is_console(path):
            return ["GET", "HEAD"]
        return sorted({method for method, pattern in self._methods if pattern.fullmatch(path)})

    def right_for(self, method: str, path: str) -> Right | None:
        """The right that a call takes; None if anybody may make it. `method` is WEBSOCKET for a WebSocket."""
        asked = "GET" if method == "HEAD" else method
        if (asked, path) in self.open or (asked == "GET" and is_console(path)):
            return None
        return next((right for m, pattern, right in self._patterns if m == asked and pattern.fullmatch(path)), Right.ADMIN)

    def check(self, document: Mapping[str, Any]) -> None:
        """Raise ValueError if the OpenAPI document and these calls differ: a new call needs a right."""
        served = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
        if served != self._documented:
            lacking, more = sorted(served - self._documented), sorted(self._documented - served)
            raise ValueError(f"the rights lack {lacking} and have {more}, which are not served")


STATION = Calls(RIGHTS, _NOT_IN_OPENAPI)
"""The calls of a station."""
