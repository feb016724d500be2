"""The line's model over REST: which one runs, and how another one is asked for."""

from __future__ import annotations

from skelp.domain.coilmap import Tally
from skelp.domain.decision import Decision
from skelp.domain.models import ModelRefusal, ModelsStatus
from skelp.domain.reasons import CoilEdgeMargin, CoilSevereDefects, ModelSlower
from skelp.domain.shadow import ModelVerdict, ShadowResult
from skelp.domain.status import ModelId
from tests.fakes import coil
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
    assert server.client.get(f"{V1}/coils/C2/shadow").status_code == 404
