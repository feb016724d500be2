"""Adds to the OpenAPI document what FastAPI does not know: refusals, security, examples, units, and the messages of the live WebSocket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from skelp.api import answers
from skelp.api.rights import Calls
from skelp.api.schema import examples
from skelp.api.schema.problem import ProblemOut
from skelp.api.schema.quantities import describe

DESCRIPTION = """Surface inspection of steel strip: coils, how much of them was inspected, their defects, and the station's events.

docs/rest.md of skelp explains the calls in the order in which an MES needs them. Names are snake_case and carry their unit; times are
ISO 8601 in UTC. Every refusal is a problem document (RFC 9457). A path with another method answers 405 with `Allow`. Fields, codes and
calls are only added: ignore those that you do not know. A station that answers on loopback only may ask for no token."""
TAGS = [
    {"name": "coils", "description": "List, start, correct and finish coils."},
    {"name": "recipes", "description": "What decides on coils: read, try on recorded coils, change."},
    {"name": "results", "description": "The results of one coil: defects, coverage and map."},
    {"name": "defects", "description": "One defect, its crop and its mask."},
    {"name": "reviews", "description": "Operators' reviews of defects, and samples of clean steel."},
    {"name": "feed", "description": "Everything that happens, once and in order; the newest picture."},
    {"name": "connections", "description": "Connections to the plant's systems: level 2, OPC UA, MQTT."},
    {"name": "alarms", "description": "Conditions that need a person."},
    {"name": "station", "description": "The station's status, its model, and the light and sharpness of its cameras."},
    {"name": "audit", "description": "Who changed something, and who was refused."},
    {"name": "session", "description": "Who asks; people log in and out. Programs have a token instead."},
    {"name": "health", "description": "Probes and metrics."},
]
_SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "A program's token: skelp token new NAME --role ROLE --station FILE."},
    "log_in": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-skelp",
        "description": "A person's log-in (POST /api/v1/session), for browsers only: it needs Origin. Without TLS it is `skelp`.",
    },
}
Models = tuple[type[BaseModel], ...]
_REF = "#/components/schemas/{model}"
Document = dict[str, Any]


def complete(app: FastAPI, calls: Calls, more: Models) -> None:
    """Make `app.openapi()` return the whole document, from which clients and the console's types are generated.

    `more`: models that no route names.
    """
    of_fastapi = app.openapi

    def document() -> Document:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(of_fastapi(), calls, (*more, ProblemOut))
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign] # FastAPI documents this as the way to extend it


def _completed(document: Document, calls: Calls, models: Models) -> Document:
    components = document["components"]
    _, more = models_json_schema([(m, "serialization") for m in models], ref_template=_REF)
    components["schemas"] = {n: s for n, s in components["schemas"].items() if "ValidationError" not in n} | {
        n: s for n, s in more["$defs"].items() if n not in components["schemas"]
    }
    components["responses"] = answers.components(examples.PROBLEMS)
    components["securitySchemes"] = _SECURITY
    for method, path, operation in _operations(document):
        own = {s: a for s, a in operation["responses"].items() if int(s) < 400}
        operation["responses"] = own | answers.refused(method, path, operation)
        operation["security"] = [] if (method, path) in calls.open else [{"token": []}, {"log_in": []}]
        _give_examples(operation)
    describe(document)
    return document


def _operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _give_examples(operation: Document) -> None:
    name = operation["operationId"]
    if "requestBody" in operation:
        operation["requestBody"]["content"]["application/json"]["example"] = examples.BODIES[name]
    for (call, status), answer in examples.ANSWERS.items():
        if call == name:
            operation["responses"][str(status)]["content"]["application/json"]["example"] = answer
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in examples.PARAMETERS and parameter["in"] == "path":
            parameter["example"] = examples.PARAMETERS[parameter["name"]]
