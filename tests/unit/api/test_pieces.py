"""A coil that was cut or welded out of others is a coil like any other, and says what it is made of (ADR 29)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skelp.domain.coverage import Interval, State
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.reasons import FrameDropped
from skelp.domain.strip import Side
from skelp.recipe_shelf import RecipeShelf
from tests.fakes import coil, defect
from tests.station_server import V1, StationServer

LINES = 20_000
LOST = Interval(10_000, 500, State.LOST, FrameDropped())


@pytest.fixture
def server(each_server: StationServer) -> StationServer:
    return each_server


def final_coil(server: StationServer, coil_id: str, *, lost: bool = False, **more: Any) -> None:
    """A coil of 20 m at 1 mm a line, with three scratches and a mark; crops of them."""
    found = [defect(n, coil_id=coil_id, defect_id=f"{coil_id}-{n:06d}", severity=2 if n < 4 else 0) for n in (1, 2, 3, 4)]
    parts = (Interval(0, 10_000, State.INSPECTED), LOST, Interval(10_500, 9500, State.INSPECTED))
    with server.writer.transaction() as change:
        change.add_coil(replace(coil(coil_id), **{"strip_width_mm": 1250.0, "heat": "H290", "product": "DC04", **more}))
        for part in parts if lost else (Interval(0, LINES, State.INSPECTED),):
            change.record_interval(coil_id, "cam", part)
        change.add_defects(found)
        change.record_progress(coil_id, line_rate_hz=None, reach_mm=1248.0)
        change.complete_coil(coil_id)
    server.crops.save(found)


def derive(server: StationServer, of: str, status: int, **body: Any) -> Any:
    answer = server.client.post(f"{V1}/coils/{of}/derive", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def get(server: StationServer, path: str) -> Any:
    answer = server.client.get(f"{V1}{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


PIECE = {
    "coil_id": "P1",
    "cuts": [{"from_m": 2.0, "to_m": 9.5, "head_to_tail": True, "turned_over": True, "trimmed_operator_mm": 5, "trimmed_drive_mm": 20}],
}


def test_a_piece_answers_as_any_coil_and_says_what_it_is_made_of(server: StationServer) -> None:
    final_coil(server, "M1", lost=True)
    assert get(server, "/coils/M1")["decision"] == "hold"
    answer = server.client.post(f"{V1}/coils/M1/derive", json=PIECE)
    assert (answer.status_code, answer.headers["location"]) == (201, f"{V1}/coils/P1")
    piece = answer.json()
    assert piece == get(server, "/coils/P1") == get(server, "/coils")["coils"][0]
    shown = ("status", "heat", "product", "strip_width_mm", "length_m", "lost_m", "defects", "marks", "automatic")
    assert {n: piece[n] for n in shown} == {
        "status": "final", "heat": "H290", "product": "DC04", "strip_width_mm": 1225.0, "length_m": 7.5, "lost_m": 0.0, "defects": 2,
        "marks": {"scratch": 1}, "automatic": False,
    }  # fmt: skip
    assert piece["decision"] == "accept", "the lost steel is not in the piece"
    assert {r["code"]: r["args"] for r in piece["reasons"]}["coil.derived"] == {"coils": "M1"}
    found = get(server, "/coils/P1/defects?marks=true")["defects"]
    assert [(d["defect_id"], d["seen_as"], d["along_mm"], d["across_mm"], d["side"], d["camera"]) for d in found] == [
        ("P1-000001", "M1-000004", 5480.0, 5.0, "bottom", "cam~over"),
        ("P1-000002", "M1-000003", 6480.0, 5.0, "bottom", "cam~over"),
        ("P1-000003", "M1-000002", 7480.0, 5.0, "bottom", "cam~over"),
    ]
    coverage = get(server, "/coils/P1/coverage")
    assert coverage["width_mm"] == 1225.0
    assert [(i["lines"], i["state"]) for i in coverage["intervals"]] == [(7500, "inspected")]
    assert list(coverage["cameras"]) == ["cam~over"]
    assert sum(sum(row) for row in get(server, "/coils/P1/map?rows=4&columns=2")["count"]["scratch"]) == 2
    assert server.client.get(f"{V1}/coils/P1/map.png").headers["content-type"] == "image/png"
    for file in ("crop.jpg", "mask.png"):
        ours, theirs = (server.client.get(f"{V1}/defects/{d}/{file}") for d in ("P1-000003", "M1-000002"))
        assert (ours.status_code, ours.content) == (200, theirs.content)
    (cut,) = get(server, "/coils/P1/origin")["cuts"]
    assert cut == {
        "piece_id": "P1", "piece_from_m": 0.0, "piece_to_m": 7.5, "coil_id": "M1", "from_m": 2.0, "to_m": 9.5, "head_to_tail": True,
        "turned_over": True, "sides_exchanged": False, "trimmed_operator_mm": 5.0, "trimmed_drive_mm": 20.0, "width_mm": 1225.0,
    }  # fmt: skip
    assert get(server, "/coils/M1/pieces") == {"coil_id": "M1", "cuts": [cut]}
    assert get(server, "/coils/M1/origin") == {"coil_id": "M1", "cuts": []}


def test_a_piece_that_lost_steel_follows_into_is_held(server: StationServer) -> None:
    final_coil(server, "M1", lost=True)
    piece = derive(server, "M1", 201, coil_id="P1", cuts=[{"from_m": 10.2, "head_to_tail": True}])
    assert (piece["decision"], piece["lost_m"], piece["length_m"]) == ("hold", 0.3, 9.8)
    lost = [i for i in get(server, "/coils/P1/coverage")["intervals"] if i["state"] != "inspected"]
    assert [(i["from_m"], i["to_m"], i["reason"]["code"]) for i in lost] == [(9.5, 9.8, "line.frame_dropped")]
    beyond = derive(server, "M1", 201, coil_id="P2", cuts=[{"from_m": 19, "to_m": 21}, {"recorded": False, "to_m": 0.5}])
    assert (beyond["decision"], beyond["lost_m"], beyond["inspected_m"]) == ("hold", 1.5, 1.0)
    lost = [i for i in get(server, "/coils/P2/coverage")["intervals"] if i["state"] != "inspected"]
    assert [i["reason"]["args"] for i in lost] == [{"of_coil": "M1"}, {}]
    assert {i["reason"]["code"] for i in lost} == {"coil.not_recorded"}
    assert [c["coil_id"] for c in get(server, "/coils/P2/origin")["cuts"]] == ["M1", None]


def test_a_piece_is_decided_by_the_recipe_of_its_product_and_held_if_it_was_inspected_by_other_limits(
    server: StationServer, tmp_path: Path
) -> None:
    for name, limits in (("mild", "hold_from_severity = 5"), ("fine", "edge_margin_mm = 0.5")):
        (tmp_path / f"{name}.toml").write_text(f'name = "{name}"\nproducts = ["{name}"]\nhold_above_defects_per_100m = 1000.0\n{limits}\n')
    shelf = RecipeShelf(tmp_path / "recipe.toml", [tmp_path / "mild.toml", tmp_path / "fine.toml"])
    server.recipes._held, server.recipes._book = shelf._held, shelf._book
    final_coil(server, "M1")
    mild = derive(server, "M1", 201, coil_id="P1", product="mild", cuts=[{"to_m": 5}])
    fine = derive(server, "M1", 201, coil_id="P2", product="fine", cuts=[{"from_m": 5}])
    assert (mild["recipe"]["name"], mild["decision"]) == ("mild", "accept")
    assert (fine["recipe"]["name"], fine["decision"], fine["reasons"][0]["code"]) == ("fine", "hold", "coil.recipe_other")


def test_a_piece_of_pieces_leads_to_what_a_camera_saw(server: StationServer) -> None:
    final_coil(server, "M1")
    final_coil(server, "M2", heat="H291")
    derive(server, "M1", 201, coil_id="P1", cuts=[{"to_m": 2.5, "sides_exchanged": True}])
    welded = derive(server, "P1", 201, coil_id="P2", name="joined", cuts=[{"coil_id": "M2", "from_m": 2.5}, {"sides_exchanged": True}])
    assert (welded["name"], welded["heat"], welded["product"], welded["length_m"]) == ("joined", "", "DC04", 20.0)
    assert {r["code"]: r["args"] for r in welded["reasons"]}["coil.derived"] == {"coils": "M2, P1"}
    found = get(server, "/coils/joined/defects")["defects"]
    assert [(d["seen_as"], d["along_mm"], d["across_mm"]) for d in found] == [
        ("M2-000003", 500.0, 10.0),
        ("M1-000001", 18_500.0, 10.0),
        ("M1-000002", 19_500.0, 10.0),
    ]
    assert server.client.get(f"{V1}/defects/{found[1]['defect_id']}/crop.jpg").status_code == 200
    assert [c["piece_id"] for c in get(server, "/coils/P1/pieces")["cuts"]] == ["P2"]


def test_the_same_request_again_changes_nothing_and_another_is_refused(server: StationServer) -> None:
    final_coil(server, "M1")
    first = derive(server, "M1", 201, **PIECE)
    events = server.reader.newest_event()
    assert derive(server, "M1", 200, **PIECE) == first
    assert server.reader.newest_event() == events
    with server.writer.transaction() as change:
        change.delete_defects("M1", 100, "2021-01-01T00:00:00Z")
    assert derive(server, "M1", 200, **PIECE) == first, "what was derived stays"
    others = {
        "coil_differs": ({"coil_id": "P1", "cuts": [{}]}, PIECE | {"heat": "H291"}),
        "name_taken": ({"coil_id": "M1", "cuts": [{}]}, {"coil_id": "P2", "name": "P1", "cuts": [{}]}),
    }
    for conflict, bodies in others.items():
        for body in bodies:
            assert derive(server, "M1", 409, **body)["conflict"] == conflict
    assert server.client.post(f"{V1}/coils", json={"coil_id": "P1"}).json()["conflict"] == "coil_over"
    assert server.client.post(f"{V1}/coils", json={"coil_id": "P1", "new_pass": True}).json()["coil_id"] == "P1~2"


def test_a_piece_of_what_is_not_there_not_final_or_deleted_is_refused(server: StationServer) -> None:
    final_coil(server, "M1", strip_width_mm=None)
    with server.writer.transaction() as change:
        change.add_coil(coil("R1"))
    assert derive(server, "R1", 409, coil_id="P1", cuts=[{}])["conflict"] == "not_final"
    assert derive(server, "M1", 409, coil_id="P1", cuts=[{}, {"coil_id": "R1"}])["conflict"] == "not_final"
    derive(server, "none", 404, coil_id="P1", cuts=[{}])
    derive(server, "M1", 404, coil_id="P1", cuts=[{}, {"coil_id": "none"}])
    for cuts in ([{"from_m": 20}], [{}, {"from_m": 3}], [{"trimmed_operator_mm": 700, "trimmed_drive_mm": 600}]):
        assert derive(server, "M1", 409, coil_id="P1", cuts=cuts)["conflict"] == "cut_impossible"
    with server.writer.transaction() as change:
        change.delete_defects("M1", 100, "2021-01-01T00:00:00Z")
    gone = derive(server, "M1", 410, coil_id="P1", cuts=[{}])
    assert gone["reason"]["code"] == "coil.defects_deleted"
    assert server.client.get(f"{V1}/coils/P1").status_code == 404
    assert [e["kind"] for e in get(server, "/events")["events"] if e["coil_id"] == "P1"] == []


@pytest.mark.parametrize(
    "cuts",
    [[], [{"from_m": 2, "to_m": 2}], [{"recorded": False}], [{}, {"recorded": False, "coil_id": "M1", "to_m": 2}], [{"coil_id": "M2"}]],
)
def test_cuts_that_make_no_sense_are_not_valid(server: StationServer, cuts: list[Any]) -> None:
    final_coil(server, "M1")
    final_coil(server, "M2")
    assert derive(server, "M1", 422, coil_id="P1", cuts=cuts)["faults"]


def test_an_mes_is_told_of_a_piece_once_and_no_defect_is_found_twice(server: StationServer) -> None:
    final_coil(server, "M1", lost=True)
    before = server.reader.newest_event()
    derive(server, "M1", 201, coil_id="P1", cuts=[{}])
    told = get(server, f"/events?after={before}")["events"]
    assert [(e["kind"], e["coil_id"]) for e in told] == [("coil.derived", "P1"), ("coil.final", "P1")]
    assert told[0]["data"] == {"name": "P1", "coils": "M1", "length_m": 20.0}
    assert (told[1]["data"]["decision"], told[1]["data"]["length_m"]) == ("hold", 20.0)
    assert "coil.derived" in {r["code"] for r in told[1]["data"]["reasons"]}


def test_a_series_and_its_hold_follow_the_steel_and_a_persons_decision_does_not(server: StationServer) -> None:
    final_coil(server, "M1")
    ids = tuple(f"M1-{n:06d}" for n in (1, 2, 3))
    series = PeriodicDefect("M1-top-P1", "M1", Side.TOP, 11.0, 1000.0, 5.0, 1010.0, 3010.0, 3, 3, -9.6, ("work roll",), ids)
    with server.writer.transaction() as change:
        change.record_periodic(series)
    answer = {"decision": "accept", "note": "the customer takes it", "operator": "kim"}
    server.client.post(f"{V1}/coils/M1/override", json=answer).raise_for_status()
    piece = derive(server, "M1", 201, coil_id="P1", cuts=[{"to_m": 2.5}])
    assert (piece["decision"], piece["override"]) == ("hold", None)
    assert "coil.periodic" in {r["code"] for r in piece["reasons"]}
    (found,) = get(server, "/coils/P1/periodic")["periodic"]
    assert (found["periodic_id"], found["seen"], found["defect_ids"]) == ("P1-top-P1", 2, ["P1-000001", "P1-000002"])
