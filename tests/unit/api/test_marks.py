"""Marks that are no defects are stored and shown on demand; they are no events and never count."""

from __future__ import annotations

from tests.fakes import defect
from tests.station_server import V1, StationServer


def test_marks_are_listed_on_demand_and_are_no_events(each_server: StationServer) -> None:
    server = each_server
    server.client.post(f"{V1}/coils", json={"coil_id": "C1"})
    server.expose(0, 100)
    with server.writer.transaction() as change:
        change.add_defects([defect(9, class_name="marking", severity=0)])  # marks alone give no event
    found = [defect(1), defect(2, class_name="marking", severity=0), defect(3, class_name="marking", severity=0), defect(4, severity=3)]
    with server.writer.transaction() as change:
        change.add_defects(found)
    coil = server.client.get(f"{V1}/coils/C1").json()
    assert (coil["defects"], coil["by_class"], coil["by_severity"], coil["marks"]) == (2, {"scratch": 2}, {"2": 1, "3": 1}, {"marking": 3})

    def ids(query: str) -> list[str]:
        answer = server.client.get(f"{V1}/coils/C1/defects{query}").json()
        return [d["defect_id"] for d in answer["defects"]]

    assert ids("") == ["C1-000001", "C1-000004"]
    assert ids("?marks=true") == ["C1-000009", *(d.defect_id for d in found)]
    assert ids("?marks=true&class=marking") == ["C1-000009", "C1-000002", "C1-000003"]
    assert ids("?marks=true&severity_min=1") == ids("")
    assert "C1-000002" not in server.client.get(f"{V1}/coils/C1/defects?format=csv").text
    events = [e["data"]["defect_id"] for e in server.client.get(f"{V1}/events").json()["events"] if e["kind"] == "defect.found"]
    assert events == ["C1-000001", "C1-000004"]
    assert [a["class"] for a in server.client.get(f"{V1}/alarms").json()["alarms"] if a["class"]] == ["scratch"]
    assert sum(map(sum, server.client.get(f"{V1}/coils/C1/map").json()["count"]["scratch"])) == 2
    assert "marking" not in server.client.get(f"{V1}/coils/C1/map").json()["count"]
    assert server.client.get(f"{V1}/defects/C1-000002").json()["severity"] == 0
