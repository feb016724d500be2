"""Three independent readers read the shells of any coil, and find what is broken."""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skelp.domain.coilmap import Status, Summary, Tally
from skelp.domain.coverage import Interval, State, Totals
from skelp.domain.decision import Decision
from skelp.domain.reasons import CoilNotInspected, FrameDropped, FrameShort
from skelp.domain.strip import Side
from skelp.render.aas.coil import MOST_REASONS, CoilFacts
from skelp.render.aas.environment import environment
from skelp.render.aas.package import packed
from tests.aas_readers import AI_TEMPLATE, faults_by_test_engines, faults_by_validate, read_by_basyx, why_no_basyx
from tests.fakes import coil
from tests.unit.render.aas.shells import FILES, MODEL, STATION, facts

COVERAGE = [
    Interval(0, 9000, State.INSPECTED),
    Interval(9000, 500, State.LOST, FrameDropped()),
    Interval(9500, 400, State.DEGRADED, FrameShort(512)),
    Interval(9900, 100, State.LOST, FrameDropped()),
]
SUMMARY = Summary(
    replace(coil("K1"), status=Status.FINAL),
    Totals.of(COVERAGE),
    Tally({"scratch": 3}, {2: 3}),
    Decision.HOLD,
    [CoilNotInspected(1.0, 0.0)],
)
ONE = CoilFacts(SUMMARY, COVERAGE, {Side.TOP}, {}, STATION, FILES)
CONTENT = {"coil-map.png": ("image/png", b"\x89PNG"), "defects.csv": ("text/csv", "class\r\n스크래치\r\n".encode())}


def elements(found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """All elements of a list, at any depth."""
    for element in found:
        yield element
        if element["modelType"] in ("SubmodelElementCollection", "SubmodelElementList"):
            yield from elements(element.get("value", []))


def value(document: dict[str, Any], *path: str) -> Any:
    """The value of an element of CoilSurfaceInspection."""
    inside = document["submodels"][0]["submodelElements"]
    for name in path:
        (found,) = [e for e in inside if e.get("idShort") == name]
        inside = found["value"]
    return inside


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts(), st.sampled_from([None, MODEL, replace(MODEL, supervised=False, quality="", licence=None, trained_on=())]))
def test_two_checkers_find_no_fault_in_the_shells_of_any_coil(told: CoilFacts, model: Any) -> None:
    document = environment(told, model)
    assert faults_by_test_engines(document) == []
    assert faults_by_validate(document) == []
    if model:
        assert faults_by_validate(document, AI_TEMPLATE) == []
    package = packed(document, CONTENT if told.files else {})
    assert faults_by_test_engines(package) == []
    assert faults_by_validate(package) == []
    inside = [e for submodel in document["submodels"] for e in elements(submodel["submodelElements"])]
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", e["idShort"]) for e in inside if "idShort" in e)


@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
@given(st.lists(facts(), min_size=4, max_size=8))
def test_basyx_reads_every_element_and_every_file(tmp_path: Path, told: list[CoilFacts]) -> None:
    if why := why_no_basyx():
        pytest.skip(why)
    documents = [environment(each, MODEL) for each in told]
    packages = []
    for n, (each, document) in enumerate(zip(told, documents, strict=True)):
        packages.append(tmp_path / f"{n}.aasx")
        packages[-1].write_bytes(packed(document, CONTENT if each.files else {}))
    for each, document, read in zip(told, documents, read_by_basyx(packages), strict=True):
        assert read.get("error") is None
        assert read["ids"] == sorted(o["id"] for o in (*document["assetAdministrationShells"], *document["submodels"]))
        assert read["elements"] == {s["idShort"]: len(list(elements(s["submodelElements"]))) for s in document["submodels"]}
        known = {f"/aasx/files/{name}": hashlib.sha256(content).hexdigest() for name, (_, content) in CONTENT.items()}
        assert read["files"] == (known if each.files else {})


def broken(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    document = copy.deepcopy(environment(ONE, MODEL))
    change(document)
    return document


def first(document: dict[str, Any], number: int, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(e for e in elements(document["submodels"][number]["submodelElements"]) if e.get("idShort") == name)
    return found


@pytest.mark.parametrize(
    "change",
    [
        lambda d: first(d, 0, "Revision").update(value="many"),
        lambda d: first(d, 0, "CoilId").update(idShort="K1.a"),
        lambda d: first(d, 0, "En10168D01").update(value=[{"language": "en", "text": "x" * 1024}]),
        lambda d: first(d, 0, "Decision").update(value=[]),
        lambda d: d["submodels"][0].pop("id"),
        lambda d: d["assetAdministrationShells"][0]["assetInformation"].pop("assetKind"),
        lambda d: d.update(conceptDescriptions=[]),
    ],
)
def test_a_broken_document_is_found(change: Callable[[dict[str, Any]], Any]) -> None:
    assert faults_by_test_engines(broken(change))


@pytest.mark.parametrize(
    ("submodel", "name", "template"),
    [
        (1, "ManufacturerName", None),
        (1, "AddressInformation", None),
        (1, "OrderCodeOfManufacturer", None),
        (2, "Storage", AI_TEMPLATE),
        (2, "KindOfLearning", AI_TEMPLATE),
    ],
)
def test_a_nameplate_that_lacks_what_its_template_demands_is_found(submodel: int, name: str, template: Path | None) -> None:
    def change(document: dict[str, Any]) -> None:
        inside = document["submodels"][submodel]["submodelElements"]
        inside[:] = [e for e in inside if e["idShort"] != name]

    assert faults_by_validate(broken(lambda _: None), template) == []
    assert faults_by_validate(broken(change), template)


def test_a_broken_package_is_found(tmp_path: Path) -> None:
    assert faults_by_test_engines(packed(environment(ONE, MODEL), CONTENT)) == []
    assert faults_by_test_engines(packed(environment(ONE, MODEL), CONTENT).replace(b"aasx/aasx-origin", b"aasx/aasx-orxgin"))
    if why := why_no_basyx():
        pytest.skip(why)
    (tmp_path / "b.aasx").write_bytes(packed(broken(lambda d: first(d, 0, "Revision").update(value="many")), CONTENT))
    (read,) = read_by_basyx([tmp_path / "b.aasx"])
    assert "many" in read["error"]


def test_metres_that_were_not_inspected_are_told_by_state_and_reason() -> None:
    document = environment(ONE, None)
    assert (value(document, "Coverage", "InspectedM"), value(document, "Coverage", "LostM")) == ("9.0", "0.6")
    rows = [{e["idShort"]: e["value"] for e in row["value"]} for row in value(document, "Coverage", "NotInspected")]
    assert [(r["State"], r["Metres"], r["Code"]) for r in rows] == [
        ("lost", "0.6", FrameDropped().code.value),
        ("degraded", "0.4", FrameShort(512).code.value),
    ]
    assert {text["language"] for text in rows[0]["Text"]} == {"en", "ko"}
    (argument,) = rows[1]["Args"]
    assert [e["value"] for e in argument["value"]] == ["frame_lines", "512"]


def test_reasons_beyond_the_most_are_added_up_and_never_left_out() -> None:
    coverage = [Interval(n * 10, 10, State.LOST, FrameShort(n + 1)) for n in range(MOST_REASONS + 50)]
    summary = replace(SUMMARY, totals=Totals.of(coverage))
    rows = value(environment(replace(ONE, summary=summary, coverage=coverage), None), "Coverage", "NotInspected")
    told = [{e["idShort"]: e["value"] for e in row["value"]} for row in rows]
    assert len(told) == MOST_REASONS + 1
    assert (told[-1]["Code"], told[-1]["Metres"]) == ("others", "0.5")
    assert sum(float(r["Metres"]) for r in told) == pytest.approx(summary.length_m)


def test_a_coil_that_is_not_final_says_so() -> None:
    running = replace(SUMMARY, coil=replace(SUMMARY.coil, status=Status.RUNNING))
    document = environment(replace(ONE, summary=running), None)
    assert (value(document, "Status"), value(document, "IsFinal")) == ("running", "false")


def test_nothing_is_made_up_without_a_nameplate_or_a_card() -> None:
    document = environment(replace(ONE, station=replace(STATION, nameplate=None)), None)
    assert [s["idShort"] for s in document["submodels"]] == ["CoilSurfaceInspection"]
    assert [s["idShort"] for s in document["assetAdministrationShells"]] == ["Coil", "Station"]
