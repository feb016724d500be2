"""A coil as a result: what clients get by method, part by part, as a list and as an event."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from asyncua import ua

from skelp_client import Event
from skelp_languages.opcua import nodeset
from skelp_languages.opcua.machine_vision import Answer, ResultState
from skelp_languages.opcua.result_methods import MOST
from skelp_languages.opcua.telling import says_a_result
from skelp_languages.opcua.values import boxed, structure
from tests.unit.languages.opcua.conftest import DOCUMENT, SHA, System, finished

ZERO = ua.Variant(0, ua.VariantType.Int32)


def by_id(coil_id: str) -> list[ua.Variant]:
    return [boxed(structure("ResultIdDataType", Id=coil_id)), ZERO]


def test_the_nodeset_is_the_one_that_the_opc_foundation_published() -> None:
    xml = nodeset.machine_vision_xml()
    assert sha256(xml).hexdigest() == nodeset.SHA256 == "3e67454155a9618e0981aa8b3ee248f7a9ee216f9f915b53eb26a69533c0cc62"
    assert b"OPC Foundation MIT License 1.00" in xml[:200]


def test_a_final_coil_is_a_completed_result_with_all_that_the_station_says(system: System) -> None:
    handle, found, error = system.outputs("ResultManagement.GetResultById", *by_id("K4711"))
    assert handle > 0
    assert error == Answer.OK
    assert (found.ResultId.Id, found.PartId.Id, found.MeasId.Id, found.JobId.Id) == ("K4711",) * 4
    assert (found.IsPartial, found.IsSimulated, found.ResultState) == (False, False, ResultState.COMPLETED)
    assert found.ProductId.Id == "DC04"
    assert found.InternalRecipeId.Hash == bytes.fromhex(SHA) == found.InternalConfigurationId.Hash
    assert found.ProcessingTimes.StartTime == datetime(2026, 11, 25, 8, 6, 50, 2000, tzinfo=UTC)
    assert found.CreationTime == found.ProcessingTimes.EndTime == datetime(2026, 11, 25, 8, 20, 30, 610000, tzinfo=UTC)
    (content,) = [c.Value for c in found.ResultContent]
    assert (content.Decision, content.DecidedBy, content.SkelpDecision) == ("hold", "skelp", "hold")
    assert content.ReasonCodes == ["coil.not_inspected"]
    assert (content.LengthM, content.InspectedM, content.DegradedM, content.LostM) == (812.5, 811.22, 0.0, 1.28)
    assert dict(zip(content.Classes, content.ClassDefects, strict=True)) == {"scratch": 2, "스케일": 1}
    assert json.loads(content.Record) == DOCUMENT  # with the field that this client does not know


PERSON = {"override_id": 1, "coil_id": "K4711", "decision": "scrap", "operator": "kim", "note": "n", "at": "2026-11-25T09:00:00Z"}
AGAIN = {
    "coil_id": "K4711", "number": 2, "decision": "downgrade", "reasons": [{"code": "coil.sound", "args": {}, "text": "t"}],
    "recipe": {"name": "strict", "sha256": "ab" * 32}, "operator": "kim", "note": "", "at": "2026-11-25T09:00:00Z",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "stands", "by", "skelps", "codes", "recipe"),
    [
        ({}, "hold", "skelp", "hold", ["coil.not_inspected"], "default"),
        ({"revised": AGAIN}, "downgrade", "skelp_again", "downgrade", ["coil.sound"], "strict"),
        ({"revised": AGAIN, "override": PERSON}, "scrap", "person", "downgrade", ["coil.sound"], "strict"),
        ({"override": PERSON}, "scrap", "person", "hold", ["coil.not_inspected"], "default"),
    ],
)
def test_the_decision_that_stands_comes_with_whose_it_is(
    system: System, changed: dict[str, Any], stands: str, by: str, skelps: str, codes: list[str], recipe: str
) -> None:
    system.station.known = [finished(**changed)]
    _, found, _ = system.outputs("ResultManagement.GetResultById", *by_id("K4711"))
    content = found.ResultContent[0].Value
    assert (content.Decision, content.DecidedBy, content.SkelpDecision, content.ReasonCodes) == (stands, by, skelps, codes)
    assert found.InternalRecipeId.Id == recipe


@pytest.mark.parametrize(
    ("status", "interrupted", "partial", "state"),
    [
        ("provisional", False, True, ResultState.PROCESSING),
        ("provisional", True, True, ResultState.PROCESSING),
        ("final", False, False, ResultState.COMPLETED),
        ("final", True, False, ResultState.ABORTED),
    ],
)
def test_a_coil_whose_last_results_are_to_come_is_a_partial_result(
    system: System, status: str, interrupted: bool, partial: bool, state: ResultState
) -> None:
    system.station.known = [finished(status=status, interrupted=interrupted)]
    _, found, _ = system.outputs("ResultManagement.GetResultById", *by_id("K4711"))
    assert (found.IsPartial, found.ResultState) == (partial, state)


@pytest.mark.parametrize("coil_id", ["K4712", "", "a/b", ".."])
def test_what_is_not_there_is_answered_with_a_negative_error(system: System, coil_id: str) -> None:
    handle, found, error = system.outputs("ResultManagement.GetResultById", *by_id(coil_id))
    assert (handle, found.ResultState, error) == (0, ResultState.UNKNOWN, Answer.UNKNOWN_RESULT)
    parts = system.outputs("ResultManagement.GetResultComponentsById", *by_id(coil_id))
    assert (len(parts), parts[1], parts[16]) == (17, 0, Answer.UNKNOWN_RESULT)


def test_a_running_coil_has_no_result_yet(system: System) -> None:
    system.station.known = [finished(status="running")]
    assert system.outputs("ResultManagement.GetResultById", *by_id("K4711"))[2] == Answer.UNKNOWN_RESULT


def test_part_by_part_a_result_is_the_same(system: System) -> None:
    _, whole, _ = system.outputs("ResultManagement.GetResultById", *by_id("K4711"))
    parts = system.outputs("ResultManagement.GetResultComponentsById", *by_id("K4711"))
    assert len(parts) == 17
    assert parts[4] == whole.ResultState
    assert [p.Id for p in (parts[5], parts[6], parts[8], parts[9], parts[12])] == ["K4711", "K4711", "default", "DC04", "K4711"]
    assert parts[10].Id == ""  # no external configuration: an output cannot be left out
    assert parts[15] == [c.Value for c in whole.ResultContent]
    assert parts[16] == Answer.OK


def listed(system: System, *, most: int = 0, start: int = 0, state: int = 0, **ids: Any) -> tuple[bool, list[str]]:
    """GetResultListFiltered; `ids`: the structure of each filter that is given."""
    kinds = {
        "meas": "MeasIdDataType", "part": "PartIdDataType", "external_recipe": "RecipeIdExternalDataType",
        "internal_recipe": "RecipeIdInternalDataType", "external_configuration": "ConfigurationIdDataType",
        "internal_configuration": "ConfigurationIdDataType", "product": "ProductIdDataType", "job": "JobIdDataType",
    }  # fmt: skip
    filters = [boxed(structure(kind, **(ids.get(name) or {"Id": ""}))) for name, kind in kinds.items()]
    numbers = [ua.Variant(most, ua.VariantType.UInt32), ua.Variant(start, ua.VariantType.UInt32), ZERO]
    complete, count, _, results, error = system.outputs(
        "ResultManagement.GetResultListFiltered", ua.Variant(state, ua.VariantType.Int32), *filters, *numbers
    )
    assert (count, error) == (len(results), Answer.OK)
    return complete, [r.ResultId.Id for r in results]


def test_the_list_has_pages_and_says_whether_it_is_complete(system: System) -> None:
    system.station.known = [finished(coil_id=f"K{n}", name=f"K{n}") for n in range(250)]
    assert listed(system) == (False, [f"K{n}" for n in range(MOST)])
    assert listed(system, most=3, start=MOST) == (False, ["K100", "K101", "K102"])
    assert listed(system, start=200) == (True, [f"K{n}" for n in range(200, 250)])
    assert listed(system, start=250) == (True, [])


def test_each_filter_leaves_only_what_fits(system: System) -> None:
    system.station.known = [
        finished(coil_id="A", name="A"),
        finished(coil_id="A~2", name="A", interrupted=True),
        finished(coil_id="B", name="B", product="DC01", recipe={"name": "strict", "sha256": "ab" * 32}),
        finished(coil_id="C", name="C", status="provisional", model={"name": "other 1", "sha256": "cd" * 32}),
        finished(coil_id="D", name="D", status="running"),
    ]
    assert listed(system)[1] == ["A", "A~2", "B", "C"]
    assert listed(system, state=ResultState.COMPLETED)[1] == ["A", "B"]
    assert listed(system, state=ResultState.PROCESSING)[1] == ["C"]
    assert listed(system, state=ResultState.ABORTED)[1] == ["A~2"]
    assert listed(system, part={"Id": "A"})[1] == ["A", "A~2"]
    assert listed(system, meas={"Id": "A~2"})[1] == listed(system, job={"Id": "A~2"})[1] == ["A~2"]
    assert listed(system, meas={"Id": "A"}, job={"Id": "A~2"})[1] == []
    assert listed(system, product={"Id": "DC01"})[1] == listed(system, external_recipe={"Id": "strict"})[1] == ["B"]
    assert listed(system, internal_recipe={"Id": "strict", "Hash": bytes.fromhex("ab" * 32)})[1] == ["B"]
    assert listed(system, internal_recipe={"Id": "strict", "Hash": bytes(32)})[1] == []
    assert listed(system, external_recipe={"Id": "strict"}, internal_recipe={"Id": "default"}) == (True, [])
    assert listed(system, internal_configuration={"Id": "other 1"})[1] == ["C"]


@pytest.mark.parametrize(
    ("kind", "data", "status", "told"),
    [
        ("coil.changed", {"status": "provisional"}, "provisional", True),
        ("coil.changed", {"status": "provisional"}, "final", False),  # coil.final comes next
        ("coil.changed", {"name": "K9", "corrected": True}, "final", True),
        ("coil.changed", {"name": "K9"}, "final", False),  # while it ran
        ("coil.final", {}, "final", True),
        ("coil.decided", {}, "final", True),
        ("coil.revised", {}, "final", True),
    ],
)
def test_a_final_coil_is_told_once_and_again_when_it_changes(kind: str, data: dict[str, Any], status: str, told: bool) -> None:
    assert says_a_result(Event(1, "t", "K4711", kind, data), finished(status=status)) is told
