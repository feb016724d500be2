"""The states of the line over REST: recorded, told by the MES, cropped by the recipe, and shown with what was inspected in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from skelp.domain.coverage import Interval, State
from skelp.domain.defect import Defect
from skelp.domain.line_state import KnownBy, LineState, Passage
from skelp.domain.outcome import Outcome
from skelp.domain.reasons import FrameDropped, NoStrip, Screened
from skelp.domain.recipe import Recipe
from skelp.sinks.sql import passing
from tests.fakes import defect
from tests.station_server import V1, StationServer

RUNNING = Passage(0, LineState.RUNNING, KnownBy.SPEED, 0, 8000, datetime(2026, 11, 27, 8, tzinfo=UTC), 2.0004, 0, 0.9, 1.1)
STOP = Passage(1, LineState.STOPPED, KnownBy.SPEED, 8000, 0, datetime(2026, 11, 27, 8, 1, tzinfo=UTC), 75.0)
BACK = replace(STOP, state=LineState.REVERSED, by=KnownBy.ENCODER, number=2, first_line=9000, again_lines=2000)
COVERED = (
    Interval(0, 4000, State.INSPECTED),
    Interval(4000, 2000, State.INSPECTED, Screened()),
    Interval(6000, 1000, State.LOST, FrameDropped()),
    Interval(7000, 1000, State.LOST, NoStrip()),
)


def passed(server: StationServer, *passages: Passage) -> None:
    server.sink.write([Outcome("C1", "cam", passages=passages)])
    server.sink.close()


def test_states_are_recorded_updated_and_told_once(each_server: StationServer) -> None:
    server = each_server
    server.client.post(f"{V1}/coils", json={"coil_id": "C1"})
    server.sink.write([Outcome("C1", "cam", COVERED)])
    passed(server, replace(RUNNING, lines=3000, seconds=0.8))
    passed(server, RUNNING, STOP)
    passed(server, replace(STOP, seconds=80.0), BACK)
    answer = server.client.get(f"{V1}/coils/C1/states")
    states = answer.json()["states"]
    assert [(s["state"], s["by"], s["from_m"], s["to_m"]) for s in states] == [
        ("running", "speed", 0.0, 8.0),
        ("no_strip", "picture", 7.0, 8.0),
        ("stopped", "speed", 8.0, 8.0),
        ("reversed", "encoder", 9.0, 9.0),
    ]
    run, gone, stop, back = states
    assert (run["inspected_m"], run["screened_m"], run["lost_m"], run["degraded_m"]) == (6.0, 2.0, 2.0, 0.0)
    assert (run["duration_s"], run["slowest_m_s"], run["fastest_m_s"], run["started_at"]) == (2.0, 0.9, 1.1, "2026-11-27T08:00:00Z")
    assert (gone["lost_m"], gone["duration_s"], stop["duration_s"], back["again_m"]) == (1.0, None, 80.0, 2.0)
    assert server.client.get(f"{V1}/coils/C1/states", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    events = [e["data"] for e in server.client.get(f"{V1}/events").json()["events"] if e["kind"] == "line.state"]
    assert [(e["state"], e["from_m"]) for e in events] == [("running", 0.0), ("stopped", 8.0), ("reversed", 9.0)]
    assert server.client.get(f"{V1}/coils/C1/map.png").status_code == 200
    assert server.client.get(f"{V1}/coils/none/states").status_code == 404


def test_the_mes_tells_a_seam_where_the_cameras_are_and_where_it_was(each_server: StationServer) -> None:
    server = each_server
    server.client.post(f"{V1}/coils", json={"coil_id": "C1"})
    server.expose(0, 8000)
    now = server.client.post(f"{V1}/coils/C1/states", json={"state": "weld_seam"})
    assert (now.status_code, now.json()["from_m"], now.json()["to_m"], now.json()["by"]) == (201, 7.75, 8.25, "mes")
    head = server.client.post(f"{V1}/coils/C1/states", json={"state": "weld_seam", "from_m": 0.1}).json()
    assert (head["from_m"], head["to_m"]) == (0.0, 0.35)
    slow = server.client.post(f"{V1}/coils/C1/states", json={"state": "slowing", "from_m": 1, "to_m": 1.5}).json()
    assert (slow["from_m"], slow["to_m"]) == (1.0, 1.5)
    states = server.client.get(f"{V1}/coils/C1/states").json()["states"]
    assert [(s["state"], s["inspected_m"]) for s in states] == [("weld_seam", 0.35), ("slowing", 0.5), ("weld_seam", 0.25)]


def test_what_cannot_be_told_is_refused_with_its_cause(server: StationServer) -> None:
    tell = f"{V1}/coils/C1/states"
    assert server.client.post(tell, json={"state": "weld_seam", "from_m": 1}).status_code == 404
    server.client.post(f"{V1}/coils", json={"coil_id": "C1"})
    server.expose(0, 8000)
    backwards = server.client.post(tell, json={"state": "slowing", "from_m": 2, "to_m": 1})
    assert (backwards.status_code, "before it begins" in backwards.text) == (422, True)
    assert server.client.post(tell, json={"state": "head_crop", "from_m": 0}).status_code == 422
    server.client.post(f"{V1}/coils", json={"coil_id": "C2"})
    elsewhere = server.client.post(tell, json={"state": "weld_seam"})
    assert (elsewhere.status_code, "does not run now" in elsewhere.text) == (422, True)
    with server.writer.transaction() as change:
        change.complete_coil("C1")
    late = server.client.post(tell, json={"state": "weld_seam", "from_m": 1})
    assert (late.status_code, late.json()["conflict"]) == (409, "coil_over")


def test_a_recipe_crops_the_seams_that_the_mes_told_and_no_others(server: StationServer) -> None:
    for coil_id, by_mes, first in (("C1", True, 0), ("C2", False, 8000)):
        server.client.post(f"{V1}/coils", json={"coil_id": coil_id})
        with server.writer.transaction() as change:
            change.choose_recipe(coil_id, Recipe("welded", crop_weld_m=0.5, hold_above_defects_per_100m=1000))
        server.expose(first, 8000)
        at_seam = _severe(coil_id, along_mm=1100.0)
        server.sink.write([Outcome(coil_id, "cam", defects=(at_seam,))])
        if by_mes:
            server.client.post(f"{V1}/coils/{coil_id}/states", json={"state": "weld_seam", "from_m": 1.0})
        else:
            server.sink.write([Outcome(coil_id, "cam", passages=(Passage(0, LineState.WELD_SEAM, KnownBy.PICTURE, 4000, 100),))])
        server.client.post(f"{V1}/coils/{coil_id}/finish")
        for end in server.tracker.ends_at_border():
            server.sink.write([Outcome(end.coil_id, "cam", ended=True, coil_complete=True)])
    told, seen = (server.client.get(f"{V1}/coils/{c}").json() for c in ("C1", "C2"))
    assert told["decision"] == "accept"
    assert [r["args"] for r in told["reasons"] if r["code"] == "coil.welds_cropped"] == [{"welds": 1, "beside_m": 0.5}]
    assert seen["decision"] == "hold"
    assert server.client.get(f"{V1}/coils/C1/decisions/1").json()["same"] is True


def test_telling_a_seam_again_changes_nothing_even_after_the_coil_is_final(each_server: StationServer) -> None:
    server, tell = each_server, f"{V1}/coils/C1/states"
    server.client.post(f"{V1}/coils", json={"coil_id": "C1"})
    first = server.client.post(tell, json={"state": "weld_seam", "from_m": 3})
    again = server.client.post(tell, json={"state": "weld_seam", "from_m": 3})
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    assert server.client.post(tell, json={"state": "weld_seam", "from_m": 4}).status_code == 201
    with server.writer.transaction() as change:
        change.complete_coil("C1")
    assert server.client.post(tell, json={"state": "weld_seam", "from_m": 3}).status_code == 200
    assert server.client.post(tell, json={"state": "weld_seam", "from_m": 5}).status_code == 409
    told = [e["data"]["from_m"] for e in server.client.get(f"{V1}/events").json()["events"] if e["kind"] == "line.state"]
    assert told == [2.75, 3.75]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"state": "stopped", "from_m": 1, "to_m": 2}, "at one place"),
        ({"state": "reversed", "from_m": 1, "to_m": 1e9}, "at one place"),
        ({"state": "running", "from_m": 1}, "say to_m"),
        ({"state": "slowing", "from_m": 1, "to_m": 1}, "say to_m"),
        ({"state": "weld_seam", "from_m": 0, "to_m": 640}, "at most 10 m"),
    ],
)
def test_a_state_that_cannot_be_so_is_refused(server: StationServer, body: dict[str, object], fault: str) -> None:
    server.client.post(f"{V1}/coils", json={"coil_id": "C1"})
    server.expose(0, 8000)
    answer = server.client.post(f"{V1}/coils/C1/states", json=body)
    assert (answer.status_code, fault in answer.text) == (422, True)
    assert server.client.get(f"{V1}/coils/C1/states").json()["states"] == []


def test_a_mes_that_tells_without_end_is_refused(server: StationServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing, "MOST_TOLD", 3)
    server.client.post(f"{V1}/coils", json={"coil_id": "C1"})
    told = [server.client.post(f"{V1}/coils/C1/states", json={"state": "weld_seam", "from_m": m}) for m in (1, 2, 1, 3, 4)]
    assert [answer.status_code for answer in told] == [201, 201, 200, 201, 409]
    assert told[-1].json()["conflict"] == "too_many_states"


def test_states_far_beyond_the_end_are_drawn_and_are_not_of_a_coil_that_is_final(server: StationServer) -> None:
    server.client.post(f"{V1}/coils", json={"coil_id": "C1"})
    server.sink.write([Outcome("C1", "cam", COVERED)])
    server.sink.close()
    for metres in (1e9, 7.9, 1e-300):
        assert server.client.post(f"{V1}/coils/C1/states", json={"state": "weld_seam", "from_m": metres}).status_code == 201
    assert server.client.get(f"{V1}/coils/C1/map.png").status_code == 200
    with server.writer.transaction() as change:
        change.complete_coil("C1")
    states = server.client.get(f"{V1}/coils/C1/states").json()["states"]
    assert [(s["from_m"], s["to_m"]) for s in states if s["state"] == "weld_seam"] == [(0.0, 0.25), (7.65, 8.0)]


def _severe(coil_id: str, along_mm: float) -> Defect:
    return replace(defect(1, coil_id=coil_id, defect_id=f"{coil_id}-000001"), severity=5, along_mm=along_mm, length_mm=20.0)
