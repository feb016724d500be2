"""The OpenAPI document, from which clients and the console's types are generated, is the one that a station serves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import reduce
from typing import Any

import jsonschema_rs
import pytest

from skelp.api.document import document, plant_document
from skelp.api.schema import examples
from skelp.api.schema.quantities import QUANTITIES, SPECIAL, is_number
from skelp.render.records import defects_csv
from tests.station_server import StationServer

Schema = dict[str, Any]
DOCUMENT = document()
OPERATIONS = [operation for methods in DOCUMENT["paths"].values() for operation in methods.values()]
PLANT = plant_document()
DOCUMENTS = [DOCUMENT, PLANT]
IDS = {
    "acknowledge_alarm", "add_review", "begin_optics_reference", "correct_coil", "finish_coil", "get_coil", "get_coverage", "get_crop",
    "get_defect", "get_live_picture", "get_liveness", "get_map", "get_map_picture", "get_mask", "get_metrics", "get_readiness",
    "get_sample_picture", "get_session", "get_station", "list_alarms", "list_audit", "list_coils", "list_defects", "list_events",
    "derive_coil", "list_optics", "list_origin", "list_overrides", "list_pieces", "list_periodic", "override_coil",
    "list_decisions", "explain_decision", "decide_again", "list_recipes", "preview_recipe", "change_recipe",
    "list_reviews", "list_reviews_of_defect", "list_samples", "list_standing_reviews", "list_stretches",
    "list_webhooks", "log_in", "log_out", "start_coil",
    "send_again", "give_up",
    "get_model", "ask_for_model", "roll_model_back", "get_shadow", "list_states", "tell_state", "get_kept_recipe",
    "list_model_history", "list_shadows", "get_drift",
    "list_connections", "report_connection", "send_connection_again", "remove_connection",
    "get_kept_codes", "get_aas", "get_aasx",
}  # fmt: skip
"""A contract: clients are generated from these names. They may be added, but never changed or removed."""
PLANT_IDS = {
    "get_liveness", "get_plant", "get_readiness", "get_session", "list_audit", "list_plant_coils", "list_plant_events", "log_in", "log_out",
}  # fmt: skip
"""The same of a plant's server."""


def test_the_document_made_without_a_station_is_the_served_one(server: StationServer) -> None:
    assert document() == server.client.get("/openapi.json").json()


@pytest.mark.parametrize(("whole", "names"), [(DOCUMENT, IDS), (PLANT, PLANT_IDS)])
def test_calls_have_the_names_that_clients_know(whole: Schema, names: set[str]) -> None:
    found = [operation["operationId"] for operation in operations(whole)]
    assert len(found) == len(set(found))
    assert set(found) == names
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in found)


def operations(whole: Schema) -> list[Schema]:
    return [operation for methods in whole["paths"].values() for operation in methods.values()]


def validator(schema: Schema, whole: Schema = DOCUMENT) -> jsonschema_rs.Validator:
    """Checks values against a schema of the document, to whose components it may refer."""
    return jsonschema_rs.validator_for({**schema, "components": whole["components"]})


def contents(whole: Schema = DOCUMENT) -> Iterator[tuple[str, str, Schema]]:
    """Every body and answer of the document, with its media type."""
    for operation in operations(whole):
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{operation['operationId']} body", media_type, content
        for status, answer in operation["responses"].items():
            for media_type, content in resolved(answer, whole).get("content", {}).items():
                yield f"{operation['operationId']} {status}", media_type, content


def resolved(schema: Schema, whole: Schema = DOCUMENT) -> Schema:
    reference = schema.get("$ref")
    return schema if reference is None else reduce(lambda part, key: part[key], reference.removeprefix("#/").split("/"), whole)


@pytest.mark.parametrize(("whole", "least"), [(DOCUMENT, 200), (PLANT, 40)])
def test_every_body_and_answer_in_text_has_an_example_that_fits_its_schema(whole: Schema, least: int) -> None:
    found = list(contents(whole))
    assert len(found) > least
    for name, media_type, content in found:
        if content["schema"].get("format") == "binary" or name == "get_metrics 200":
            continue
        assert "example" in content, f"{name} {media_type}"
        assert not list(validator(content["schema"], whole).iter_errors(content["example"])), f"{name} {media_type}"


def test_an_example_that_does_not_fit_would_be_found() -> None:
    content = next(c for name, _, c in contents() if name == "get_coil 200")
    assert list(validator(content["schema"]).iter_errors(content["example"] | {"lines": "many"}))
    assert list(validator(content["schema"]).iter_errors(content["example"] | {"decision": "perhaps"}))


@pytest.mark.parametrize("whole", DOCUMENTS)
def test_examples_of_answers_have_every_field(whole: Schema) -> None:
    for name, media_type, content in contents(whole):
        if media_type == "application/json" and not name.endswith("body"):
            schema = resolved(content["schema"], whole)
            assert set(content["example"]) == set(schema["properties"]), name


@pytest.mark.parametrize("whole", DOCUMENTS)
def test_every_number_says_what_it_is(whole: Schema) -> None:
    fields = [(owner, n, f) for owner, s in whole["components"]["schemas"].items() for n, f in s.get("properties", {}).items()]
    parameters = [(o["operationId"], p["name"], p) for o in operations(whole) for p in o.get("parameters", [])]
    silent = [f"{owner}.{n}" for owner, n, f in fields if is_number(f) and not f.get("description")]
    silent += [f"{owner}({n})" for owner, n, p in parameters if is_number(p["schema"]) and not p.get("description")]
    assert silent == [], "describe them in api/schema/quantities.py"


def test_a_number_with_a_unit_in_its_name_has_it_in_its_description() -> None:
    units = {"mm": "mm", "m": "m", "mm2": "mm²", "s": "s", "deg": "degrees", "gb": "GiB", "dn": "grey"}
    texts = {**QUANTITIES, **{name: text for (_, name), text in SPECIAL.items()}}
    for name, text in texts.items():
        unit = units.get(name.rpartition("_")[2]) if "_" in name else None
        assert unit is None or re.search(rf"(?<!\w){unit}(?!\w)", text), f"{name}: {text}"


def test_what_is_described_is_in_the_document() -> None:
    fields = {(owner, n) for d in DOCUMENTS for owner, s in d["components"]["schemas"].items() for n in s.get("properties", {})}
    parameters = {(o["operationId"], p["name"]) for d in DOCUMENTS for o in operations(d) for p in o.get("parameters", [])}
    assert set(SPECIAL) <= fields | parameters
    assert set(QUANTITIES) <= {name for _, name in fields | parameters}
    assert set(examples.BODIES) | {name for name, _ in examples.ANSWERS} <= IDS | PLANT_IDS


@pytest.mark.parametrize("whole", DOCUMENTS)
def test_every_call_says_what_it_does_and_how_it_refuses(whole: Schema) -> None:
    tags = {tag["name"] for tag in whole["tags"]}
    for operation in operations(whole):
        assert operation["description"]
        assert set(operation["tags"]) <= tags
        statuses = set(operation["responses"])
        assert {"401", "403", "429", "503"} <= statuses
        assert ("413" in statuses) == ("requestBody" in operation)
        assert not {"400", "405", "500"} & statuses
        for status in statuses:
            answer = resolved(operation["responses"][status], whole)
            refused = {"application/problem+json"} if int(status) >= 400 else None
            assert refused is None or set(answer["content"]) == refused


def test_a_file_of_defects_has_the_columns_of_the_example() -> None:
    assert examples.CSV.splitlines()[0] == defects_csv([]).strip()
