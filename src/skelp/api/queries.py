"""Refuses queries that a route does not know: a misspelt filter would be left out, and the answer would look right."""

from __future__ import annotations

from collections import Counter

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.requests import HTTPConnection

from skelp.domain.errors import suggestion


class KnownQueries:
    """A dependency of all routes. Raises RequestValidationError for a query parameter that the route does not have, or has twice."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._known: dict[tuple[str, str], frozenset[str]] = {}

    def of(self, app: FastAPI) -> None:
        """Take the parameters from the application's OpenAPI document. To be called once, when all routes are there.

        Not at the first request: requests are checked in several threads, and one would see a half-filled table.
        """
        for path, methods in app.openapi()["paths"].items():
            for method, operation in methods.items():
                names = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"}
                self._known[method.upper(), path] = frozenset(names)

    def __call__(self, connection: HTTPConnection) -> None:
        if not isinstance(connection, Request):
            return  # the WebSocket, which takes messages and no query
        known = self._of_route(connection)
        faults = []
        for name, times in Counter(key for key, _ in connection.query_params.multi_items()).items():
            if name not in known:
                hint = suggestion(name, known) if known else "this call has none"
                faults.append({"type": "unknown_query", "loc": ("query", name), "msg": f"unknown parameter; {hint}", "input": name})
            elif times > 1:
                faults.append({"type": "repeated_query", "loc": ("query", name), "msg": "given more than once", "input": name})
        if faults:
            raise RequestValidationError(faults)

    def _of_route(self, request: Request) -> frozenset[str]:
        path = request.scope["route"].path  # without the prefix, if the route belongs to an included router
        return self._known.get((request.method, path)) or self._known.get((request.method, self._prefix + path), frozenset())
