"""The line's model over REST: which one runs, and how another one is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from skelp.domain.alone import Alone, LoneDefect
from skelp.domain.coilmap import Tally
from skelp.domain.coverage import Interval, State
from skelp.domain.decision import Decision
from skelp.domain.drifting import ClassLearned
from skelp.domain.models import ChosenModel, KnownModel, ModelRefusal, ModelsStatus, Why
from skelp.domain.reasons import CoilEdgeMargin, CoilSevereDefects, ModelSlower
from skelp.domain.shadow import ModelVerdict, ShadowResult
from skelp.domain.status import ModelId
from skelp.domain.strip import Side
from tests.fakes import coil, defect
from tests.station_server import V1, OneModel, StationServer

OLD, NEW = ModelId("net", "1", "1" * 64), ModelId("net", "2", "2" * 64)


def switch_of(server: StationServer) -> OneModel:
    switch = server.services.models
    assert isinstance(switch, OneModel)
    return switch


def test_a_refused_model_is_shown_with_its_reason(server: StationServer) -> None:
    refused = ModelRefusal("slow.onnx", ModelSlower(50.0, 20.0, 1.25), "2026-11-27T10:00:00.000Z")
    switch_of(server).now = ModelsStatus(OLD, NEW, OLD, None, refused, ("slow.onnx",))
    found = server.client.get(f"{V1}/model").json()
    assert (found["running"]["version"], found["chosen"]["version"], found["previous"]["version"]) == ("1", "2", "1")
    assert found["watched"] is False
    assert (found["refused"]["file"], found["refused"]["reason"]["code"]) == ("slow.onnx", "model.slower")
    assert found["refused"]["reason"]["args"] == {"ms": 50.0, "on_line_ms": 20.0, "most": 1.25}


def test_a_model_is_asked_for_by_its_file_and_watched_unless_the_request_says_not(server: StationServer) -> None:
    switch = switch_of(server)
    switch.now = ModelsStatus(OLD, OLD, None, None, None, ("new.onnx",))
    assert server.client.post(f"{V1}/model", json={"file": "new.onnx"}).status_code == 202
    assert server.client.post(f"{V1}/model", json={"file": "new.onnx", "watch": False}).status_code == 202
    assert switch.asked == [("new.onnx", True), ("new.onnx", False)]


def test_what_is_not_there_is_refused(server: StationServer) -> None:
    assert server.client.post(f"{V1}/model", json={"file": "../../etc/passwd"}).status_code == 404
    assert server.client.post(f"{V1}/model", json={"file": ""}).status_code == 422
    back = server.client.post(f"{V1}/model/rollback")
    assert (back.status_code, back.json()["conflict"]) == (409, "no_model_before")


def test_what_a_second_model_would_have_said_is_shown_beside_the_first(server: StationServer) -> None:
    first = ModelVerdict(OLD, Tally({"scratch": 1}, {2: 1}, {"chalk": 3}), Decision.ACCEPT, (CoilEdgeMargin(2.0),))
    second = ModelVerdict(NEW, Tally({"scratch": 2}, {3: 2}), Decision.SCRAP, (CoilSevereDefects(2, 3),))
    with server.writer.transaction() as change:
        change.add_coil(coil("C1"))
        change.add_coil(coil("C2"))
        change.add_shadow(ShadowResult("C1", 200, 60, first, second))
    found = server.client.get(f"{V1}/coils/C1/shadow").json()
    assert (found["seen_share"], found["agree"]) == (0.3, False)
    assert (found["first"]["decision"], found["first"]["marks"], found["second"]["by_severity"]) == ("accept", {"chalk": 3}, {"3": 2})
    assert found["second"]["decision"] == "scrap", "a recipe with rules has more than two decisions"
    assert found["second"]["reasons"][0]["code"] == "coil.severe_defects"
    assert found["first"]["alone"] is None, "it was not compared"
    assert server.client.get(f"{V1}/coils/C2/shadow").status_code == 404


def test_the_newest_coils_that_a_second_model_saw_are_listed_with_what_only_one_found(each_server: StationServer) -> None:
    server = each_server
    lone = LoneDefect("scratch", 2, 0.91236, Side.BOTTOM, 1000.12345, 20.0, 30.0, 4.0, 55.0)
    first = ModelVerdict(OLD, Tally({"scratch": 1}, {2: 1}), Decision.ACCEPT, (), Alone(0, ()))
    second = ModelVerdict(NEW, Tally({"scratch": 2}, {2: 2}), Decision.HOLD, (), Alone(1, (lone,)))
    with server.writer.transaction() as change:
        change.add_shadow(ShadowResult("C3", 200, 200, first, second))  # its coil is not there yet
        for coil_id in ("C1", "C2", "C4"):
            change.add_coil(coil(coil_id))
        for coil_id in ("C2", "C1"):
            change.add_shadow(ShadowResult(coil_id, 200, 60, first, second))
    listed = server.client.get(f"{V1}/shadows").json()["shadows"]
    assert [(s["coil_id"], s["name"], s["agree"]) for s in listed] == [("C2", "C2", False), ("C1", "C1", False)]
    assert listed[0]["first"]["alone"] == {"defects": 0, "worst": []}
    assert listed[0]["second"]["alone"]["worst"] == [
        {"class": "scratch", "severity": 2, "score": 0.9124, "side": "bottom", "along_mm": 1000.1235, "across_mm": 20.0,
         "length_mm": 30.0, "width_mm": 4.0, "area_mm2": 55.0}
    ]  # fmt: skip
    assert server.client.get(f"{V1}/shadows?limit=1").json()["shadows"] == listed[:1]
    assert server.client.get(f"{V1}/shadows?limit=0").status_code == 422


def choose(server: StationServer, at: str, why: Why, model: ModelId = NEW) -> None:
    with server.writer.transaction() as change:
        change.choose_model(ChosenModel("new.onnx" if model is NEW else "", model, OLD.sha256, why, at))


def inspected(server: StationServer, coil_id: str, minute: int, model: ModelId) -> None:
    began = datetime(2026, 11, 27, 10, minute, tzinfo=UTC)
    with server.writer.transaction() as change:
        change.add_coil(replace(coil(coil_id), started_at=began, model_sha256=model.sha256))
        change.record_interval(coil_id, "cam", Interval(0, 1000, State.INSPECTED))
        change.complete_coil(coil_id)


def test_the_history_has_each_choice_with_its_coils_and_since_when_the_line_has_its_model(each_server: StationServer) -> None:
    server = each_server

    def history(**query: int) -> Any:
        return server.client.get(f"{V1}/model/history", params=query).json()

    assert history() == {"since": None, "choices": []}
    inspected(server, "C1", 0, OLD)
    choose(server, "2026-11-27T10:01:00.000000Z", Why.ASKED)
    inspected(server, "C2", 1, OLD)  # it ran when the other one was chosen
    inspected(server, "C3", 2, NEW)
    choose(server, "2026-11-27T10:03:00.000000Z", Why.RATES, OLD)
    inspected(server, "C4", 4, OLD)
    choose(server, "2026-11-27T10:05:00.000000Z", Why.UNWATCHED)
    inspected(server, "C5", 6, NEW)
    inspected(server, "C6", 7, NEW)
    derived = server.client.post(f"{V1}/coils/C1/derive", json={"coil_id": "P1", "cuts": [{}]})
    assert derived.status_code == 201, "its model is the old one, and no camera saw it"
    found = history()
    assert [(c["why"], c["model"]["version"], c["file"], c["coils"]) for c in found["choices"]] == [
        ("unwatched", "2", "new.onnx", 2), ("rates", "1", "", 1), ("asked", "2", "new.onnx", 1)
    ]  # fmt: skip
    assert found["since"] == {"coil_id": "C5", "name": "C5", "started_at": "2026-11-27T10:06:00.000Z"}
    assert history(limit=1)["choices"] == found["choices"][:1]


def test_what_the_model_finds_is_shown_beside_its_card(server: StationServer) -> None:
    assert server.client.get(f"{V1}/model/drift").status_code == 404
    with server.writer.transaction() as change:
        change.add_model(KnownModel("1" * 64, ("scratch",), {"scratch": ClassLearned(90, 0.9)}))
        change.add_coil(coil("C1", product="DC04", model_name="net 1", model_sha256="1" * 64))
        change.record_interval("C1", "cam", Interval(0, 100_000, State.INSPECTED))
        change.add_defects([defect(1, coil_id="C1", mean_score=0.75)])
        change.complete_coil("C1")
    found = server.client.get(f"{V1}/model/drift").json()
    assert (found["product"], found["products"], found["model"]) == ("DC04", ["DC04"], {"name": "net 1", "sha256": "1" * 64})
    assert (found["coils"], found["before_coils"], found["seen_m"], found["reasons"]) == (1, 0, 100.0, [])
    assert found["classes"] == [
        {
            "class": "scratch",
            "now": {"defects": 1, "per_100m": 1.0, "share": 1.0, "mean_score": 0.75, "rejected": None},
            "before": None,
            "card": {"defects": 90, "share": 1.0, "mean_score": 0.9},
        }
    ]
    assert server.client.get(f"{V1}/model/drift?product=S235").status_code == 404
