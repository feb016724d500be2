"""docs/rest.md agrees with the API: its calls, examples, reasons and metrics exist, and no call is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from skelp.api.document import document
from skelp.api.schema.base import ReasonOut
from skelp.api.schema.coils import CoilOut, CoilStart, CoverageOut, StretchList
from skelp.api.schema.connections import ConnectionIn
from skelp.api.schema.defects import DefectFilters, DefectPage
from skelp.api.schema.feed import EventPage
from skelp.api.schema.pieces import CutList, DeriveIn
from skelp.api.schema.reviews import ReviewIn, StandingReviewOut
from skelp.api.schema.station import Acknowledge
from skelp.domain.reasons import NoLineYet, Reason
from skelp.metrics import exposition
from skelp.render import words
from skelp.render.words import sentence
from tests.conftest import ROOT
from tests.fakes import status
from tests.unit.render.test_words import words_on_disk

PAGE = (ROOT / "docs" / "rest.md").read_text(encoding="utf-8")
AT_THE_ROOT = ("/health/", "/metrics")
NOT_IN_OPENAPI = {("GET", "/live")}  # the WebSocket
EXAMPLES = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
SHOWN = (
    None,
    ReasonOut,
    EventPage,
    CoilStart,
    CoilStart,
    CoilOut,
    DeriveIn,
    CutList,
    CoverageOut,
    DefectPage,
    StretchList,
    ReviewIn,
    StandingReviewOut,
    ConnectionIn,
)
"""The model of each example, in the order of the page. None: a problem document."""


def calls() -> Iterator[tuple[str, str, str]]:
    """Method, path and query of each call on the page."""
    yield from re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/[^\s`?]*)\??([^\s`]*)`", PAGE)


def operations() -> Iterator[tuple[str, str, set[str]]]:
    """Method, path and query parameters of each call of the API."""
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            queries = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"}
            yield method.upper(), path.removeprefix("/api/v1"), queries


def test_the_page_has_all_calls_of_the_api_and_no_other() -> None:
    named = {(method, path.replace("{id}", "{coil_id}")) for method, path, _ in calls()}
    assert named - NOT_IN_OPENAPI == {(method, path) for method, path, _ in operations()}


def test_only_probes_and_metrics_are_at_the_root() -> None:
    assert {path for path in document()["paths"] if not path.startswith("/api/v1/")} == {"/health/live", "/health/ready", "/metrics"}
    assert all(word in PAGE for word in AT_THE_ROOT)


def test_queries_on_the_page_are_parameters() -> None:
    known = {(method, path): queries for method, path, queries in operations()}
    for method, path, query in calls():
        used = {part.split("=")[0] for part in query.split("&") if part}
        assert used <= known.get((method, path), set()), f"{method} {path}"
    filters = set(re.findall(r"`(\w+)`", PAGE.split("Filters: ")[1].split("`format`")[0])) - {"top", "bottom"}
    assert filters < {f.alias or name for name, f in DefectFilters.model_fields.items()}


def test_there_are_as_many_examples_as_models() -> None:
    assert len(EXAMPLES) == len(SHOWN)


@pytest.mark.parametrize(("text", "shown"), list(zip(EXAMPLES, SHOWN, strict=False)), ids=lambda v: getattr(v, "__name__", ""))
def test_an_example_fits_its_model(text: str, shown: type[BaseModel] | None) -> None:
    body = json.loads(text)
    if shown is None:
        assert set(body) == {"type", "title", "status", "detail"}
        return
    read = TypeAdapter(shown).validate_python(body)
    assert read.model_dump(mode="json", by_alias=True, exclude_unset=True) == body


def test_the_acknowledgement_on_the_page_is_valid() -> None:
    (text,) = re.findall(r'`(\{"key".*?\})`', PAGE)
    assert Acknowledge.model_validate_json(text).key.startswith("camera.lost/")


def test_coverage_in_the_example_has_no_holes() -> None:
    coverage = json.loads(EXAMPLES[SHOWN.index(CoverageOut)])
    coil = json.loads(EXAMPLES[SHOWN.index(CoilOut)])
    for intervals in (coverage["intervals"], *coverage["cameras"].values()):
        ends = [0, *(i["first_line"] + i["lines"] for i in intervals)]
        assert [i["first_line"] for i in intervals] == ends[:-1]
        assert ends[-1] == coil["lines"]
        metres = [0, *(i["to_m"] for i in intervals)]
        assert metres == pytest.approx([end * coil["length_m"] / coil["lines"] for end in ends])
        assert [i["from_m"] for i in intervals] == metres[:-1]
    lost_m = sum(i["to_m"] - i["from_m"] for i in coverage["intervals"] if i["state"] != "inspected")
    assert lost_m == pytest.approx(coil["lost_m"] + coil["degraded_m"])


def test_reasons_in_the_examples_have_their_arguments_and_their_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "load", words_on_disk)
    found = [r for text in EXAMPLES for r in reasons(json.loads(text))]
    assert len(found) >= 5
    for shown in found:
        reason = Reason.coded(shown["code"], shown["args"])
        assert (reason.args, sentence(reason)) == (shown["args"], shown["text"])


def reasons(body: Any) -> Iterator[dict[str, Any]]:
    """All reasons in a JSON document."""
    if isinstance(body, dict) and set(body) == {"code", "args", "text"}:
        yield body
    elif isinstance(body, dict | list):
        for part in body.values() if isinstance(body, dict) else body:
            yield from reasons(part)


def test_metrics_on_the_page_are_exposed() -> None:
    exposed = set(re.findall(r"^# TYPE (\w+)", exposition(status(NoLineYet()), datetime.now(UTC)).decode(), re.MULTILINE))
    named = set(re.findall(r"`(skelp_[a-z_]+)", PAGE))
    assert len(named) >= 10
    assert named <= exposed
