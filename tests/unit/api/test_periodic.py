"""Series of defects that repeat: stored, published once, updated, and part of the coil's decision."""

from __future__ import annotations

from dataclasses import replace

from skelp.domain.decision import Decision
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.reasons import CoilPeriodic
from skelp.domain.recipe import Recipe
from skelp.domain.ruling import Evidence
from skelp.domain.strip import Side
from tests.station_server import V1, StationServer

SERIES = PeriodicDefect(
    "C1-top-P1", "C1", Side.TOP, 402.5, 2287.4, 11.4, 31.5, 16_043.3, 8, 8, -9.6, ("work roll, stand 5", "deflector"), ("C1-000001",)
)
GROWN = replace(SERIES, last_mm=45_779.5, seen=20, expected=21, defect_ids=("C1-000001", "C1-000002"))
OTHER = replace(SERIES, periodic_id="C1-bottom-P1", side=Side.BOTTOM, first_mm=5.0, rolls=())


def test_a_series_is_published_once_updated_and_names_its_roll_in_the_decision(each_server: StationServer) -> None:
    server = each_server
    server.client.post(f"{V1}/coils", json={"coil_id": "C1"})
    server.expose(0, 100)
    assert server.client.get(f"{V1}/coils/C1/periodic").json() == {"coil_id": "C1", "periodic": []}
    for series in (SERIES, GROWN, OTHER):
        with server.writer.transaction() as change:
            change.record_periodic(series)
            change.record_progress("C1", line_rate_hz=None, reach_mm=0)
    answer = server.client.get(f"{V1}/coils/C1/periodic")
    first, second = answer.json()["periodic"]
    assert (first["periodic_id"], first["rolls"], first["reason"]["args"]) == (
        "C1-bottom-P1",
        [],
        {"across_mm": 402.5, "period_mm": 2287.4},
    )
    assert (second["seen"], second["expected"], second["seen_share"]) == (20, 21, 0.9524)
    assert second["reason"]["args"]["rolls"] == "work roll, stand 5; deflector"
    assert second["defect_ids"] == ["C1-000001", "C1-000002"]
    again = server.client.get(f"{V1}/coils/C1/periodic", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    events = [e["data"] for e in server.client.get(f"{V1}/events").json()["events"] if e["kind"] == "periodic.found"]
    assert [(e["periodic_id"], e["side"], e["seen"]) for e in events] == [("C1-top-P1", "top", 8), ("C1-bottom-P1", "bottom", 8)]
    with server.writer.transaction() as change:
        change.complete_coil("C1")
    coil = server.client.get(f"{V1}/coils/C1").json()
    assert coil["decision"] == "hold"
    assert [r["args"] for r in coil["reasons"] if r["code"] == "coil.periodic"] == [{"series": 2, "rolls": "work roll, stand 5; deflector"}]
    assert server.client.get(f"{V1}/coils/C1/map.png").headers["content-type"] == "image/png"
    assert server.client.get(f"{V1}/coils/none/periodic").status_code == 404


def test_a_recipe_may_accept_a_coil_with_series_and_names_them_all_the_same() -> None:
    held = Recipe().decide(Evidence(100.0, by_severity={1: 20}, periodic=1))
    assert (held.decision, held.reasons) == (Decision.HOLD, [CoilPeriodic(1)])
    accepted = Recipe(hold_for_periodic=False).decide(Evidence(100.0, by_severity={1: 20}, periodic=1, rolls=("work roll",)))
    assert accepted.decision is Decision.ACCEPT
    assert CoilPeriodic(1, "work roll") in accepted.reasons


def test_a_series_that_turns_out_to_be_of_another_roll_is_published_again_and_its_alarm_says_so(each_server: StationServer) -> None:
    server = each_server
    server.client.post(f"{V1}/coils", json={"coil_id": "C1"})
    server.expose(0, 100)
    doubled = replace(SERIES, period_mm=4574.8, period_error_mm=22.9, rolls=("backup roll",))
    for series in (doubled, SERIES, GROWN):
        with server.writer.transaction() as change:
            change.record_periodic(series)
    events = [e["data"]["reason"]["args"] for e in server.client.get(f"{V1}/events").json()["events"] if e["kind"] == "periodic.found"]
    assert [(e["period_mm"], e["rolls"]) for e in events] == [(4574.8, "backup roll"), (2287.4, "work roll, stand 5; deflector")]
    (alarm,) = [a for a in server.client.get(f"{V1}/alarms").json()["alarms"] if a["kind"] == "periodic.found"]
    assert (alarm["count"], alarm["reasons"][0]["args"]["rolls"]) == (2, "work roll, stand 5; deflector")
