"""The client agrees with the station's OpenAPI document: its calls exist, and its records have the fields and types of the schema."""

from __future__ import annotations

import copy
import inspect
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import pytest

from skelp.api.document import document
from skelp.api.shells import PACKAGE
from skelp_client import board_calls, calls, decision_calls, lists
from skelp_client.board import ConnectionReport, ConnectionStatus, Reported
from skelp_client.call import Call
from skelp_client.codes import KeptCodes
from skelp_client.decisions import ExplainedRevision, KeptRecipe, Preview, Recipe
from skelp_client.models import Drift, ListedShadow, ModelHistory, Models, Shadow
from skelp_client.pieces import Cut, MadeCut
from skelp_client.reading import types_of
from skelp_client.records import (
    Alarm,
    Coil,
    Coverage,
    Defect,
    Event,
    ExplainedDefect,
    Override,
    Review,
    Revision,
    Sample,
    StandingReview,
)
from skelp_client.results import Periodic, StateStretch, Stretch
from skelp_client.status import StationStatus

PATHS: dict[str, Any] = document()["paths"]
SCHEMAS: dict[str, Any] = document()["components"]["schemas"]
EVERY: dict[str, Call[Any]] = {
    "status": calls.status(),
    "alarms": calls.alarms(),
    "announce": calls.announce("K1", name="n", heat="h", product="p", customer="c", strip_width_mm=1250),
    "new_pass": calls.new_pass("K1", heat="h", product="p", customer="c", strip_width_mm=1250),
    "correct": calls.correct("K1", name="n", heat="h", product="p", customer="c"),
    "finish": calls.finish("K1"),
    "coil": calls.coil("K1"),
    "coverage": calls.coverage("K1"),
    "coil_map": calls.coil_map("K1", "ko"),
    "aasx": calls.aasx("K1", "ko"),
    "defect": calls.defect("d"),
    "crop": calls.crop("d"),
    "mask": calls.mask("d"),
    "reviews_of": calls.reviews_of("d"),
    "samples": calls.samples(),
    "sample_png": calls.sample_png("s"),
    "periodic": calls.periodic("K1"),
    "stretches": calls.stretches("K1"),
    "states": calls.states("K1"),
    "tell_state": calls.tell_state("K1", "weld_seam", 1, 2),
    "shadow": calls.shadow("K1"),
    "drift": calls.drift("DC04"),
    "shadows": calls.shadows(9),
    "derive": calls.derive("K1", "P1", [Cut(coil_id="K2", from_m=1, to_m=2), Cut()], "n", "h", "p"),
    "origin": calls.origin("K1"),
    "pieces": calls.pieces("K1"),
    "model": calls.model(),
    "model_history": calls.model_history(),
    "ask_for_model": calls.ask_for_model("m.onnx", True),
    "roll_model_back": calls.roll_model_back(),
    "override": decision_calls.override("K1", "accept", "why", "kim"),
    "overrides": decision_calls.overrides("K1"),
    "decisions": decision_calls.decisions("K1"),
    "explain_decision": decision_calls.explain_decision("K1", 1),
    "decide_again": decision_calls.decide_again("K1", "strict", "why", "kim"),
    "recipes": decision_calls.recipes(),
    "kept_recipe": decision_calls.kept_recipe("0" * 64),
    "kept_codes": decision_calls.kept_codes("0" * 64),
    "preview_recipe": decision_calls.preview_recipe("t", 9, "strict", "DC04"),
    "change_recipe": decision_calls.change_recipe("strict", "t", "0" * 64, "why", "kim"),
    "report_connection": board_calls.report_connection("mes", ConnectionReport("level2", "10.0.0.9:3000", "connected")),
    "connections": board_calls.connections(),
    "send_again": board_calls.send_again("mes", 12, "lee"),
    "coils": lists.coils().asking(cursor="K1"),
    "defects": lists.defects("K1", lists.filters(True, "scratch", 2, "top", 0, 9)).asking(cursor=1),
    "reviews": lists.reviews("K1").asking(cursor=1),
    "standing_reviews": lists.standing_reviews("K1").asking(cursor=1),
    "events": lists.events(7, "f", 30),
}
ANSWERS: dict[str, tuple[str, type]] = {
    "status": ("StationOut", StationStatus),
    "alarms": ("AlarmList.alarms", Alarm),
    "announce": ("CoilOut", Coil),
    "new_pass": ("CoilOut", Coil),
    "correct": ("CoilOut", Coil),
    "finish": ("CoilOut", Coil),
    "coil": ("CoilOut", Coil),
    "coverage": ("CoverageOut", Coverage),
    "defect": ("ExplainedDefectOut", ExplainedDefect),
    "reviews_of": ("DefectReviews.reviews", Review),
    "samples": ("SamplePage.samples", Sample),
    "periodic": ("PeriodicList.periodic", Periodic),
    "stretches": ("StretchList.stretches", Stretch),
    "states": ("StateList.states", StateStretch),
    "tell_state": ("StateOut", StateStretch),
    "shadow": ("ShadowOut", Shadow),
    "drift": ("DriftOut", Drift),
    "shadows": ("ShadowList.shadows", ListedShadow),
    "derive": ("CoilOut", Coil),
    "origin": ("CutList.cuts", MadeCut),
    "pieces": ("CutList.cuts", MadeCut),
    "model": ("ModelsOut", Models),
    "model_history": ("ModelHistoryOut", ModelHistory),
    "ask_for_model": ("ModelsOut", Models),
    "roll_model_back": ("ModelsOut", Models),
    "override": ("CoilOut", Coil),
    "overrides": ("OverrideList.overrides", Override),
    "decisions": ("RevisionList.decisions", Revision),
    "explain_decision": ("ExplainedOut", ExplainedRevision),
    "decide_again": ("RevisionOut", Revision),
    "recipes": ("RecipeList.recipes", Recipe),
    "kept_recipe": ("KeptRecipeOut", KeptRecipe),
    "kept_codes": ("KeptCodesOut", KeptCodes),
    "preview_recipe": ("PreviewOut", Preview),
    "change_recipe": ("RecipeOut", Recipe),
    "report_connection": ("ReportedOut", Reported),
    "connections": ("ConnectionListOut.connections", ConnectionStatus),
    "send_again": ("ConnectionOut", ConnectionStatus),
    "coils": ("CoilPage.coils", Coil),
    "defects": ("DefectPage.defects", Defect),
    "reviews": ("ReviewPage.reviews", Review),
    "standing_reviews": ("StandingReviewPage.standing", StandingReview),
    "events": ("EventPage", lists.EventPage),
}
"""The schema of each JSON answer, or of the items of its list, and the record that reads it."""
PICTURES = {"aasx": PACKAGE, "coil_map": "image/png", "crop": "image/jpeg", "mask": "image/png", "sample_png": "image/png"}


def operation(call: Call[Any]) -> dict[str, Any]:
    found: dict[str, Any] = PATHS[call.template][call.method.lower()]
    return found


def makers(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """The functions of a module that make calls."""
    found = inspect.getmembers(module, inspect.isfunction)
    return {name: f for name, f in found if f.__module__ == module.__name__ and str(f.__annotations__.get("return")).startswith("Call[")}


def test_every_call_of_the_client_is_checked_here() -> None:
    assert set(EVERY) == set(makers(calls)) | set(makers(decision_calls)) | set(makers(board_calls)) | set(makers(lists))
    assert set(EVERY) == set(ANSWERS) | set(PICTURES)


@pytest.mark.parametrize("name", EVERY)
def test_a_call_exists_with_its_path_query_and_body(name: str) -> None:
    call = EVERY[name]
    about = operation(call)
    assert set(re.findall(r"\{(\w+)\}", call.template)) == set(call.given)
    queries = {p["name"]: p for p in about.get("parameters", ()) if p["in"] == "query"}
    assert set(call.query) <= set(queries)
    assert not {n for n, p in queries.items() if p.get("required")} - set(call.query)
    assert bool(call.body) == ("requestBody" in about)
    if call.body:
        (schema,) = about["requestBody"]["content"].values()
        taken = resolved(schema["schema"])
        assert set(call.body) <= set(taken["properties"])
        assert set(taken.get("required", ())) <= set(call.body)


def test_a_cut_is_sent_with_the_fields_and_defaults_that_the_station_has() -> None:
    taken = SCHEMAS["CutIn"]["properties"]
    assert set(types_of(Cut)) == set(taken)
    for name, given in Cut().sent().items():
        assert given == taken[name]["default"], name


def test_a_report_is_sent_with_the_fields_and_defaults_that_the_station_has() -> None:
    taken, report = SCHEMAS["ConnectionIn"]["properties"], ConnectionReport("level2", "10.0.0.9:3000", "connected")
    assert set(report.sent()) == set(taken)
    defaults = {name: field["default"] for name, field in taken.items() if "default" in field}
    assert {name: value for name, value in report.sent().items() if value} == {
        "language": "level2", "peer": "10.0.0.9:3000", "state": "connected",
    }  # fmt: skip
    assert {name: report.sent()[name] for name in defaults} == defaults


def test_what_is_sent_once_only_is_what_the_page_says() -> None:
    page = (Path(__file__).parents[3] / "docs" / "integrate.md").read_text()
    listed = page[page.index("### What is sent twice") : page.index("### All lines at once")]
    once = {name for row in re.findall(r"^\| (.*) \| only if ", listed, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert {name for name, call in EVERY.items() if not call.repeatable} == once
    changing = {name for name, call in EVERY.items() if call.method != "GET"} - {"preview_recipe"}
    assert changing == {
        name for row in re.findall(r"^\| (`.*`) \|.*\|.*\|$", listed, re.MULTILINE) for name in re.findall(r"`(\w+)`", row.split(" | ")[0])
    }


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_has_the_schema_that_the_client_reads(name: str) -> None:
    schema, _, part = ANSWERS[name][0].partition(".")
    answers = operation(EVERY[name])["responses"]
    good = [a["content"]["application/json"]["schema"] for code, a in answers.items() if code.startswith("2")]
    shown = good[0]
    assert all(s == {"$ref": f"#/components/schemas/{schema}"} for s in good)
    if part:
        items = SCHEMAS[schema]["properties"][part]
        assert items["type"] == "array"
        check(ANSWERS[name][1], items["items"], name)
    else:
        check(ANSWERS[name][1], shown, name)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_has_the_type_that_the_client_says(name: str) -> None:
    assert PICTURES[name] in operation(EVERY[name])["responses"]["200"]["content"]


@pytest.mark.parametrize("name", ["coils", "defects", "reviews", "standing_reviews"])
def test_a_page_has_the_cursor_of_the_next_one(name: str) -> None:
    schema, _, _ = ANSWERS[name][0].partition(".")
    kinds = {t.get("type") for t in SCHEMAS[schema]["properties"]["next"]["anyOf"]}
    assert kinds in ({"string", "null"}, {"integer", "null"})


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    return SCHEMAS[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema


def check(hint: Any, shown: dict[str, Any], where: str) -> None:
    """Assert that a value of a schema always fits a type of the client, and that no required field is left out."""
    schema = resolved(shown)
    if is_dataclass(hint):
        check_record(typing.cast(type, hint), schema, where)
    elif typing.get_origin(hint) is Literal:
        assert set(schema["enum"]) == set(typing.get_args(hint)), where
    elif typing.get_origin(hint) is tuple:
        assert schema["type"] == "array", where
        check(typing.get_args(hint)[0], schema["items"], where)
    elif typing.get_origin(hint) is Mapping:
        check_mapping(typing.get_args(hint)[1], schema, where)
    elif typing.get_origin(hint) is not None:
        check_union(typing.get_args(hint), schema, where)
    else:
        assert schema["type"] == {str: "string", int: "integer", float: "number", bool: "boolean"}[hint], where


def check_record(record: type, schema: dict[str, Any], where: str) -> None:
    if "oneOf" in schema:  # an event is one of several kinds, and the client reads what they share
        assert record is Event
        for kind in schema["oneOf"]:
            check_record(record, resolved(kind), where)
        return
    mine = types_of(record)
    assert set(schema["required"]) == set(mine), f"{where}: {record.__name__} and its schema have other fields"
    for name, (_, hint) in mine.items():
        if (record, name) == (Event, "kind"):
            assert schema["properties"][name]["type"] == "string"
        else:
            check(hint, schema["properties"][name], f"{where}.{name}")


def check_mapping(value: Any, schema: dict[str, Any], where: str) -> None:
    assert schema["type"] == "object", where
    if value is not Any:
        check(value, schema["additionalProperties"], where)


def check_union(hints: tuple[Any, ...], schema: dict[str, Any], where: str) -> None:
    kinds = [h for h in hints if h is not type(None)]
    shown = [s for s in schema["anyOf"] if s.get("type") != "null"]
    assert (len(kinds) < len(hints)) == (len(shown) < len(schema["anyOf"])), f"{where}: null"
    assert len(kinds) == len(shown), where
    for hint, part in zip(kinds, shown, strict=True):
        check(hint, part, where)


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s["CoverageOut"]["properties"]["width_mm"].update(type="string"),
        lambda s: s["CoverageOut"]["required"].append("colour"),
        lambda s: s["CoverageOut"]["required"].remove("coil_id"),
        lambda s: s["IntervalOut"]["properties"]["state"]["enum"].append("skipped"),
        lambda s: s["ReasonOut"]["properties"].update(text={"type": "integer"}),
        lambda s: s["IntervalOut"]["properties"].pop("reason"),
    ],
)
def test_a_change_of_the_schema_is_noticed(change: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch) -> None:
    changed = copy.deepcopy(SCHEMAS)
    monkeypatch.setattr("tests.unit.client.test_openapi.SCHEMAS", changed)
    check(Coverage, changed["CoverageOut"], "coverage")
    change(changed)
    with pytest.raises((AssertionError, KeyError)):
        check(Coverage, changed["CoverageOut"], "coverage")
