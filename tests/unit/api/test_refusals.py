"""REST refuses what it cannot honour: every number and text of a request is bounded, and no value makes a server error."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
import pytest

from skelp.api.document import document
from skelp.domain.outcome import Outcome, Picture
from tests.fakes import coil, defect
from tests.station_server import StationServer
from tests.unit.sinks.conftest import postgres, url

__all__ = ["postgres", "url"]  # fixtures

EXTREME: list[Any] = [
    10**20,
    -(10**20),
    2**63,
    2**63 - 1,
    2**31,
    -1,
    0,
    "abc",
    "",
    "nan",
    "inf",
    "1e308",
    "1e-400",
    " ",
    "nul\x00byte",
    "line\nbreak",
    "한글 코일",
    "a" * 10_000,
    "../../etc/passwd",
    "'; DROP TABLE coils; --",
    "%",
    "\u202e",
    "true",
    "null",
]
BODIES: list[Any] = [*EXTREME, None, True, [], {}, 1.5, "\ud800", [1] * 1000, {"a": {"a": {}}}]


def resolved(schema: dict[str, Any], whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema's alternatives, with references replaced."""
    if "$ref" in schema:
        found = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        yield from resolved(found, whole)
    elif "anyOf" in schema:
        for option in schema["anyOf"]:
            yield from resolved(option, whole)
    else:
        yield schema


def unbounded(where: str, schema: dict[str, Any], whole: dict[str, Any]) -> Iterator[str]:
    """Names the numbers and texts of a request that have no bounds."""
    for s in resolved(schema, whole):
        kind = s.get("type")
        if kind in ("integer", "number") and not (
            {"minimum", "exclusiveMinimum"} & s.keys() and {"maximum", "exclusiveMaximum"} & s.keys()
        ):
            yield f"{where}: {kind} without bounds"
        if kind == "string" and not ({"enum", "const"} & s.keys()):
            missing = {"maxLength"} if where.startswith("header") else {"maxLength", "pattern"}
            yield from (f"{where}: text without {name}" for name in missing - s.keys())
        if kind == "object":
            if s.get("additionalProperties", True) is not False:
                yield f"{where}: object that takes any field"
            for name, inner in s.get("properties", {}).items():
                yield from unbounded(f"{where}.{name}", inner, whole)
        if kind == "array":
            yield from unbounded(f"{where}[]", s["items"], whole)


def operations(whole: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_every_number_and_text_of_a_request_is_bounded() -> None:
    whole = document()
    found: list[str] = []
    for method, path, operation in operations(whole):
        for p in operation.get("parameters", []):
            found += unbounded(f"{p['in']} {p['name']} of {method} {path}", p["schema"], whole)
        for media in operation.get("requestBody", {}).get("content", {}).values():
            found += unbounded(f"body of {method} {path}", media["schema"], whole)
    assert found == []


@pytest.fixture
def busy(url: str, tmp_path: Path) -> Iterator[StationServer]:
    """A server with a coil, a defect and events, on SQLite and on PostgreSQL."""
    server = StationServer(tmp_path, url)
    server.expose(0, 100)
    with server.writer.transaction() as change:
        change.add_coil(coil("K1"))
        change.add_defects([defect(1, coil_id="K1", defect_id="K1-000001")])
    with server.client:
        yield server
    server.close()


def test_no_value_of_a_parameter_makes_a_server_error(busy: StationServer) -> None:
    whole = document()
    sane = {"coil_id": "K1", "defect_id": "K1-000001", "sample_id": "s", "limit": 5, "cursor": 0, "after": 0}
    tried = 0
    for method, path, operation in operations(whole):
        if path in ("/metrics", "/health/live", "/health/ready"):
            continue
        parameters = [p for p in operation.get("parameters", []) if p["in"] != "header"]
        for p, value in itertools.product(parameters, EXTREME):
            text = quote(str(value), safe="")
            filled = path
            for other in parameters:
                if other["in"] == "path":
                    filled = filled.replace(f"{{{other['name']}}}", text if other is p else str(sane[other["name"]]))
            query = f"?{p['name']}={text}" if p["in"] == "query" else ""
            answer = busy.client.request(method, filled + query, json={} if "requestBody" in operation else None)
            tried += 1
            assert answer.status_code < 500, (method, filled + query, answer.text)
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == "application/problem+json", (method, filled + query)
                assert answer.json()["detail"]
    assert tried > 500


def test_no_value_of_a_body_makes_a_server_error(busy: StationServer) -> None:
    whole = document()
    good = {
        "/api/v1/coils": {"coil_id": "K2"},
        "/api/v1/coils/{coil_id}": {"heat": "H"},
        "/api/v1/defects/{defect_id}/review": {"verdict": "confirmed", "operator": "Kim"},
        "/api/v1/alarms/acknowledge": {"key": "k", "operator": "Kim"},
    }
    tried = set()
    for method, path, operation in operations(whole):
        if "requestBody" not in operation:
            continue
        tried.add(path)
        (media,) = operation["requestBody"]["content"].values()
        fields = next(resolved(media["schema"], whole))["properties"]
        url = path.replace("{coil_id}", "K1").replace("{defect_id}", "K1-000001")
        for field, value in itertools.product([*fields, "strange", None], BODIES):
            body = value if field is None else good[path] | {field: value}
            answer = busy.client.request(method, url, content=_json(body), headers={"content-type": "application/json"})
            assert answer.status_code < 500, (method, url, body, answer.text)
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == "application/problem+json"
    assert tried == set(good)


def test_a_query_that_a_route_does_not_know_is_refused_with_the_nearest_name(busy: StationServer) -> None:
    whole = document()
    for method, path, operation in operations(whole):
        if method != "get" or not path.startswith("/api/v1/"):
            continue
        url = path.replace("{coil_id}", "K1").replace("{defect_id}", "K1-000001").replace("{sample_id}", "s")
        assert busy.client.get(url + "?decision=hold").status_code == 422, path
        for p in operation.get("parameters", []):
            if p["in"] == "query":
                misspelt = busy.client.get(f"{url}?{p['name']}x=1")
                assert misspelt.status_code == 422
                assert f"did you mean {p['name']}?" in misspelt.text
    assert busy.client.get("/api/v1/events?after=0&after=1").status_code == 422
    assert busy.client.get("/api/v1/coils/K1/defects?class=scratch&limit=5").status_code == 200


def _json(body: Any) -> bytes:
    """The client's own encoder refuses what a hostile client may send."""
    return json.dumps(body).encode()


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"coil_id": "K1", "coil_id": ' + b"9" * 5000 + b"}"])
def test_a_body_that_is_no_json_is_refused(body: bytes, busy: StationServer) -> None:
    answer = busy.client.post("/api/v1/coils", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/%00", "/api/v1/%00", "/..%2f..%2fetc/passwd", "/" + "a" * 5000, "/api/v1/coils/%ff%fe", "/api/v2/coils"]
)
def test_a_path_that_is_none_is_no_server_error(path: str, busy: StationServer) -> None:
    assert busy.client.get(path).status_code in (400, 404, 422)


def test_a_camera_with_a_korean_name_has_a_live_picture(busy: StationServer) -> None:
    classes = np.zeros((16, 32), np.uint8)
    picture = Picture("카메라 1", "K1", 512, np.full((64, 128), 90, np.uint8), classes, 4, 10.0, 120.0, 0, {}, classes)
    busy.live.show(Outcome("K1", "카메라 1", picture=picture))
    answer = busy.client.get("/api/v1/live.jpg")
    assert answer.status_code == 200
    assert unquote(answer.headers["X-Camera"]) == "카메라 1"
