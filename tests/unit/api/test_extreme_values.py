"""No value of any parameter or body of the API makes the station fail: what it cannot honour is refused with a problem document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
import pytest

from skelp.api.document import document
from skelp.domain.outcome import Outcome, Picture
from tests.fakes import defect
from tests.station_server import V1, StationServer

Schema = dict[str, Any]
DOCUMENT = document()
INT32, INT64 = 2**31 - 1, 2**63 - 1

VALUES: list[Any] = [
    10**20, -(10**20), -1, 0, 2**63, 2**63 - 1, 2**31, 2**31 - 1, 1.5, 1e308, -1e308, float("nan"), float("inf"), "abc", "", "0", "~2", "%",
    "nul\x00byte", "\x1b[31m", "\x85", "a" * 10_000, "가" * 128, "가" * 3000, "\ud800", "../../etc/passwd", "'; DROP TABLE coils; --", True,
    None, [], {}, ["x"], {"\ud800": 1},
]  # fmt: skip


def resolved(schema: Schema) -> Schema:
    """The schema itself, instead of a reference to it."""
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def alternatives(schema: Schema) -> Iterator[Schema]:
    """Every schema that a value may have."""
    schema = resolved(schema)
    for part in schema.get("anyOf") or schema.get("oneOf") or []:
        yield from alternatives(part)
    if "anyOf" not in schema and "oneOf" not in schema:
        yield schema


def operations() -> Iterator[tuple[str, str, Schema]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def body_fields(operation: Schema) -> dict[str, Schema]:
    content = operation.get("requestBody", {}).get("content", {})
    fields: dict[str, Schema] = resolved(content["application/json"]["schema"])["properties"] if content else {}
    return fields


LONGEST_TEXT = 20_000
"""A recipe; everything else is far shorter."""


def inputs() -> Iterator[tuple[str, Schema]]:
    """Every parameter and body field of the API, with its schema."""
    for method, path, operation in operations():
        for parameter in operation.get("parameters", []):
            yield f"{method} {path} {parameter['in']} {parameter['name']}", parameter["schema"]
        for name, schema in body_fields(operation).items():
            yield f"{method} {path} body {name}", schema


def unbounded(schema: Schema) -> str | None:
    """What is missing in the schema of an input; None if every value that it admits can be stored."""
    kind = schema.get("type")
    if "enum" in schema or "const" in schema or kind in {"boolean", "null"}:
        return None
    if kind == "string":
        return None if schema.get("maxLength", INT32) <= LONGEST_TEXT and "pattern" in schema else "maxLength and pattern"
    if kind == "array" and "maxItems" in schema:
        return next(filter(None, map(unbounded, alternatives(schema["items"]))), None)
    if kind == "object" and "properties" in schema:
        return next(filter(None, (unbounded(one) for field in schema["properties"].values() for one in alternatives(field))), None)
    low, high = schema.get("minimum", schema.get("exclusiveMinimum")), schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is None or high is None:
        return "minimum and maximum"
    return "a maximum that the database can hold" if kind == "integer" and high > INT64 else None


def test_every_input_of_the_api_has_bounds() -> None:
    found = {f"{name}: {missing}" for name, schema in inputs() for one in alternatives(schema) if (missing := unbounded(one))}
    assert found == set()
    assert len(list(inputs())) > 40


UNBOUNDED: list[Schema] = [{"type": "integer"}, {"type": "string"}, {"type": "number", "minimum": 0}, {"type": "array"}, {}]
NESTED: list[Schema] = [{"type": "array", "maxItems": 9, "items": {"type": "object", "properties": {"n": one}}} for one in UNBOUNDED]


@pytest.mark.parametrize("schema", UNBOUNDED + NESTED)
def test_an_input_without_bounds_would_be_found(schema: Schema) -> None:
    assert unbounded(schema)


@pytest.fixture
def server(each_server: StationServer) -> StationServer:
    return each_server


@pytest.fixture
def filled(server: StationServer) -> StationServer:
    """A station with a coil and a defect, so that a valid id leads on to the other parameters."""
    server.expose(0, 100)
    server.sink.write([Outcome("auto", "cam", defects=(defect(1, coil_id="auto", defect_id="auto-000001"),))])
    return server


KNOWN = {"coil_id": "auto", "defect_id": "auto-000001", "sample_id": "none"}
ROUTES = [pytest.param(m, p, o, id=f"{m} {p}") for m, p, o in operations()]
WITH_BODY = [pytest.param(m, p, o, id=f"{m} {p}") for m, p, o in operations() if body_fields(o)]


def address(path: str, values: dict[str, Any]) -> str:
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", _quoted(value))
    return path


def _quoted(value: Any) -> str:
    return quote(str(value).encode("utf-8", "surrogatepass"), safe="")


@pytest.mark.parametrize(("method", "path", "operation"), ROUTES)
def test_no_value_of_a_parameter_makes_the_station_fail(filled: StationServer, method: str, path: str, operation: Schema) -> None:
    for parameter in operation.get("parameters", []):
        for value in VALUES:
            name, where, url = parameter["name"], parameter["in"], address(path, KNOWN)
            headers: dict[str, bytes] = {}
            if where == "path":
                url = address(path, KNOWN | {name: value})
            elif where == "query":
                url += f"?{name}={_quoted(value)}"
            else:
                headers = {name: str(value).encode("utf-8", "surrogatepass")}
            refused_or_honoured(filled, method, url, f"{where} {name}={value!r:.40}", headers=headers)


@pytest.mark.parametrize(("method", "path", "operation"), WITH_BODY)
def test_no_value_of_a_body_makes_the_station_fail(filled: StationServer, method: str, path: str, operation: Schema) -> None:
    fields = body_fields(operation)
    url = address(path, KNOWN)
    for name in [*fields, "no such field"]:
        for value in VALUES:
            body = {"coil_id": "K1", "operator": "kim", "verdict": "confirmed", "key": "k", "cuts": [{}]}
            given = {k: v for k, v in body.items() if k in fields} | {name: value}
            refused_or_honoured(filled, method, url, f"body {name}={value!r:.40}", content=json.dumps(given).encode())
    for content in (b"", b"\xff\xfe", b"[", b"1" * 5000, b'"\\ud800"', b"[" * 5000, b"null"):
        refused_or_honoured(filled, method, url, f"body {content!r:.40}", content=content)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/coils", {"coil_id": "K1", "new_pass": 0}),
        ("/coils", {"coil_id": "K1", "new_pass": "no"}),
        ("/coils", {"coil_id": "K1", "strip_width_mm": "1250"}),
        ("/coils", {"coil_id": "K1", "strip_width_mm": True}),
        ("/defects/auto-000001/review", {"verdict": True, "operator": "kim"}),
    ],
)
def test_a_body_with_a_value_of_another_type_is_refused(filled: StationServer, path: str, body: Schema) -> None:
    answer = filled.client.post(V1 + path, json=body)
    assert answer.status_code == 422
    assert [f["where"] for f in answer.json()["faults"]] == [f"body.{list(body)[-1] if 'coil_id' in body else 'verdict'}"]


def test_a_whole_width_is_a_width(filled: StationServer) -> None:
    assert filled.client.post(f"{V1}/coils", json={"coil_id": "K1", "strip_width_mm": 1250}).json()["strip_width_mm"] == 1250.0


@pytest.mark.parametrize("content", [b"n\xff\x1c", b'"\xed\xa0\x80"', b"\x00"])
def test_a_body_that_is_not_text_is_refused_like_any_other(server: StationServer, content: bytes) -> None:
    answer = server.client.post(f"{V1}/coils", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert [f["where"].partition(".")[0] for f in answer.json()["faults"]] == ["body"]


def refused_or_honoured(server: StationServer, method: str, url: str, what: str, **more: Any) -> None:
    headers = {"content-type": "application/json"} | more.pop("headers", {})
    answer = server.client.request(method, url, headers=headers, **more)
    assert answer.status_code < 500, f"{what}: {answer.text[:300]}"
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json", what
        assert answer.json()["detail"], what


def test_a_cursor_of_coils_that_is_no_coil_is_refused(server: StationServer) -> None:
    server.expose(0, 100)
    answer = server.client.get(f"{V1}/coils?cursor=abc")
    assert answer.status_code == 422
    assert [f["where"] for f in answer.json()["faults"]] == ["query.cursor"]
    assert server.client.get(f"{V1}/coils?cursor=auto").json()["coils"] == []


@pytest.mark.parametrize(
    "path", ["/api/v1/coils/%00", "/api/v1/coils/%ff%fe", "/api/v1/coils/" + "a" * 5000, "/%00", "/api/v1/coils/a%2Fb"]
)
def test_a_path_that_names_nothing_is_refused(server: StationServer, path: str) -> None:
    assert server.client.get(path).status_code in {400, 404, 422}


def test_a_camera_with_a_korean_name_has_a_live_picture(server: StationServer) -> None:
    classes = np.zeros((16, 32), np.uint8)
    picture = Picture("카메라 1", "K1", 512, np.full((64, 128), 90, np.uint8), classes, 4, 10.0, 120.0, 0, {}, classes)
    server.live.show(Outcome("K1", "카메라 1", picture=picture))
    answer = server.client.get(f"{V1}/live.jpg")
    assert answer.status_code == 200
    assert unquote(answer.headers["X-Camera"]) == "카메라 1"
