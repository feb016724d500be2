"""What a client may start and end, in its own name, and what it is answered when it may not."""

from __future__ import annotations

from typing import Any

import pytest
from asyncua import ua

from skelp_client import NotAllowed, Problem, StationError
from skelp_languages.opcua.machine_vision import Answer
from skelp_languages.opcua.upstream.callers import NOBODY
from skelp_languages.opcua.values import boxed, structure
from tests.unit.languages.opcua.conftest import MES, READER, System, status

AUTOMATIC = "VisionStateMachine.AutomaticModeStateMachine"
CAUSE = [ua.Variant(0, ua.VariantType.Int32), ua.Variant("shift ends", ua.VariantType.String)]
CODES = ua.StatusCodes


def start(part: str = "K1", meas: str = "", recipe: str = "", product: str = "", parameters: list[Any] | None = None) -> list[ua.Variant]:
    ids = {"MeasIdDataType": meas, "PartIdDataType": part, "RecipeIdExternalDataType": recipe, "ProductIdDataType": product}
    given = [boxed(structure(kind, Id=one)) for kind, one in ids.items()]
    return [*given, ua.Variant(parameters or [], ua.VariantType.Variant, is_array=True)]


def test_a_client_announces_a_coil_and_ends_it_in_its_own_name(system: System) -> None:
    job, error = system.outputs(f"{AUTOMATIC}.StartContinuous", *start("K1", product="DC04"), user=MES)
    assert (job.Id, error) == ("K1", Answer.OK)
    assert system.read(f"{AUTOMATIC}/CurrentState").Value.Value.Text == "ContinuousExecution"
    assert system.outputs(f"{AUTOMATIC}.Stop", *CAUSE, user=MES) == [Answer.OK]
    assert system.read(f"{AUTOMATIC}/CurrentState").Value.Value.Text == "Ready"
    assert system.station.done == [("announce", "mes-token", "K1", "DC04"), ("finish", "mes-token", "K1")]


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"part": ""}, Answer.BAD_PART),
        ({"part": "K 1"}, Answer.BAD_PART),
        ({"part": "K1~2"}, Answer.BAD_PART),
        ({"meas": "M7"}, Answer.BAD_MEASUREMENT),
        ({"recipe": "strict"}, Answer.RECIPE_NOT_CHOSEN),
        ({"parameters": [ua.Variant(1, ua.VariantType.Int32)]}, Answer.PARAMETERS),
    ],
)
def test_what_a_station_cannot_keep_is_refused_rather_than_lost(system: System, given: dict[str, Any], answer: Answer) -> None:
    job, error = system.outputs(f"{AUTOMATIC}.StartContinuous", *start(**given), user=MES)
    assert (job.Id, error, system.station.done) == ("", answer, [])


@pytest.mark.parametrize(("code", "answer"), [(409, Answer.REFUSED), (422, Answer.REFUSED)])
def test_what_the_station_refuses_is_an_error_of_the_method(
    system: System, code: int, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: str) -> None:
        raise StationError("POST /coils", Problem(code, "Conflict", "coil K1 is over"))

    monkeypatch.setattr(system.station, "announce", refused, raising=False)
    assert system.outputs(f"{AUTOMATIC}.StartContinuous", *start(), user=MES)[1] == answer


def test_a_role_that_the_station_does_not_let_is_denied(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(*_: str) -> None:
        raise NotAllowed("POST /coils", Problem(403, "Forbidden", "no"))

    monkeypatch.setattr(system.station, "announce", refused, raising=False)
    assert system.call(f"{AUTOMATIC}.StartContinuous", *start(), user=MES).StatusCode.value == CODES.BadUserAccessDenied


def test_refusals_have_the_code_that_says_why(system: System) -> None:
    def code(path: str, *arguments: ua.Variant, user: Any = MES) -> int:
        return int(system.call(path, *arguments, user=user).StatusCode.value)

    assert code(f"{AUTOMATIC}.StartContinuous", *start(), user=READER) == CODES.BadUserAccessDenied
    assert code(f"{AUTOMATIC}.StartContinuous", *start(), user=NOBODY) == CODES.BadUserAccessDenied
    assert code("ResultManagement.GetResultById", user=NOBODY) == CODES.BadUserAccessDenied
    assert code(f"{AUTOMATIC}.Stop", *CAUSE) == CODES.BadNotExecutable  # nothing runs
    assert code(f"{AUTOMATIC}.StartContinuous", *start()[:4]) == CODES.BadArgumentsMissing
    assert code(f"{AUTOMATIC}.StartContinuous", *start(), CAUSE[0]) == CODES.BadTooManyArguments
    for path in (f"{AUTOMATIC}.StartSingleJob", f"{AUTOMATIC}.Abort", "VisionStateMachine.Halt", "RecipeManagement.PrepareRecipe",
                 "RecipeManagement.UnprepareRecipe", "ConfigurationManagement.ActivateConfiguration"):  # fmt: skip
        assert code(path) == CODES.BadNotExecutable
        assert system.read(path.replace(".", "/"), ua.AttributeIds.Executable).Value.Value is False
    wrong = system.call("ResultManagement.GetResultById", boxed(structure("PartIdDataType", Id="K1")), CAUSE[0])
    assert wrong.StatusCode.value == CODES.BadInvalidArgument
    assert [s.value for s in wrong.InputArgumentResults] == [CODES.BadTypeMismatch, CODES.Good]
    wrong = system.call("ResultManagement.GetResultById", boxed(structure("ResultIdDataType", Id="K1")), CAUSE[1])
    assert [s.value for s in wrong.InputArgumentResults] == [CODES.Good, CODES.BadTypeMismatch]
    array = ua.Variant([1, 2], ua.VariantType.Int32, is_array=True)
    wrong = system.call("ResultManagement.GetResultById", boxed(structure("ResultIdDataType", Id="K1")), array)
    assert [s.value for s in wrong.InputArgumentResults] == [CODES.Good, CODES.BadTypeMismatch]


def test_a_station_that_is_away_is_no_communication(system: System) -> None:
    system.station.away = True
    found = system.call("ResultManagement.GetResultById", boxed(structure("ResultIdDataType", Id="K4711")), CAUSE[0])
    assert found.StatusCode.value == CODES.BadNoCommunication


def test_reset_looks_at_the_station_anew(system: System) -> None:
    assert system.outputs("VisionStateMachine.Reset", *CAUSE, user=MES) == [Answer.OK]
    assert system.read("VisionStateMachine/CurrentState").Value.Value.Text == "Preoperational"
    system.station.away = True
    assert system.outputs("VisionStateMachine.SelectModeAutomatic", user=MES) == [Answer.STATION_AWAY]
    system.station.away, system.station.now = False, status("K1")
    assert system.outputs("VisionStateMachine.SelectModeAutomatic", user=MES) == [Answer.OK]
    assert system.read(f"{AUTOMATIC}/CurrentState").Value.Value.Text == "ContinuousExecution"
    assert system.call("VisionStateMachine.SelectModeAutomatic", user=MES).StatusCode.value == CODES.BadNotExecutable


def test_recipes_and_configurations_are_read_by_their_hash(system: System) -> None:
    def recipes(name: str = "", product: str = "", prepared: int = 2, most: int = 0, first: int = 0) -> tuple[bool, list[str]]:
        asked = [boxed(structure("RecipeIdExternalDataType", Id=name)), boxed(structure("ProductIdDataType", Id=product))]
        numbers = [ua.Variant(prepared, ua.VariantType.Int32), *(ua.Variant(n, ua.VariantType.UInt32) for n in (most, first)), CAUSE[0]]
        complete, count, _, found, error = system.outputs("RecipeManagement.GetRecipeListFiltered", *asked, *numbers)
        assert (count, error) == (len(found), Answer.OK)
        assert all(len(r.Hash) == 32 and r.HashAlgorithm == "SHA-256" for r in found)
        return complete, [r.Id for r in found]

    assert recipes() == recipes(prepared=1) == (True, ["default", "dc04"])
    assert recipes("dc04") == recipes(product="DC04") == (True, ["dc04"])
    assert recipes(most=1) == (False, ["default"])
    assert recipes(most=1, first=1) == (True, ["dc04"])
    assert recipes(prepared=0) == (True, [])

    numbers = [ua.Variant(0, ua.VariantType.UInt32), ua.Variant(0, ua.VariantType.UInt32), CAUSE[0]]
    complete, count, _, found, error = system.outputs("ConfigurationManagement.GetConfigurationList", *numbers)
    assert (complete, count, error, [c.InternalId.Id for c in found]) == (True, 2, Answer.OK, ["strip-s 0.3.0", "calibration"])
    assert system.read("ConfigurationManagement/ActiveConfiguration").Value.Value == found[0]

    def one(name: str) -> tuple[Any, int]:
        asked = boxed(structure("ConfigurationIdDataType", Id=name))
        _, configuration, answer = system.outputs("ConfigurationManagement.GetConfigurationById", asked, CAUSE[0])
        return configuration, answer

    assert one("calibration") == (found[1], Answer.OK)
    assert one("other")[1] == Answer.UNKNOWN_CONFIGURATION
