"""Adds to the OpenAPI document what FastAPI does not know: the messages of the live WebSocket, and that calls take a token."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from skelp.api.rights import OPEN
from skelp.api.schema.feed import LIVE


def with_live_messages(app: FastAPI) -> None:
    """Add the live messages to the schemas of `app.openapi()`, from which the console's types are generated."""
    fastapi_document = app.openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = fastapi_document()
            _, live = models_json_schema([(m, "serialization") for m in LIVE], ref_template="#/components/schemas/{model}")
            schemas: dict[str, Any] = app.openapi_schema["components"]["schemas"]
            for name, schema in live["$defs"].items():
                schemas.setdefault(name, schema)
            _with_security(app.openapi_schema)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign] # FastAPI documents this as the way to extend it


def _with_security(document: dict[str, Any]) -> None:
    """A station that answers on loopback only may ask for no token; the document describes one that does."""
    document["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "log_in": {"type": "apiKey", "in": "cookie", "name": "__Host-skelp"},
    }
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            operation["security"] = [] if (method.upper(), path) in OPEN else [{"token": []}, {"log_in": []}]
