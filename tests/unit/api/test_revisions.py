"""An MES can tell a coil that is provisional, final, or corrected after it was final, by its record and by its events."""

from __future__ import annotations

from typing import Any

from skelp.domain.outcome import Outcome
from tests.station_server import V1, StationServer


def record(server: StationServer) -> dict[str, Any]:
    return dict(server.client.get(f"{V1}/coils/K1").json())


def changes(server: StationServer) -> list[dict[str, Any]]:
    """The data of all events coil.changed of the coil."""
    events = server.client.get(f"{V1}/events?limit=1000").json()["events"]
    return [e["data"] for e in events if e["kind"] == "coil.changed" and e["coil_id"] == "K1"]


def correct(server: StationServer, **fields: str) -> None:
    assert server.client.patch(f"{V1}/coils/K1", json=fields).status_code == 200


def test_a_correction_of_a_final_coil_is_told_from_its_becoming_final(each_server: StationServer) -> None:
    server = each_server
    assert server.client.post(f"{V1}/coils", json={"coil_id": "K1", "heat": "H1"}).status_code == 201
    server.expose(0, 1000)
    correct(server, product="DC04")
    assert record(server)["status"] == "running"
    server.client.post(f"{V1}/coils/K1/finish")
    assert record(server)["status"] == "provisional"
    for end in server.tracker.ends_at_border():
        server.sink.write([Outcome(end.coil_id, "cam", ended=True, coil_complete=True)])
    final = record(server)
    assert final["status"] == "final"
    assert not any("corrected" in data for data in changes(server))

    correct(server, heat="H2", product="DC04")
    corrected = record(server)
    assert changes(server)[-1] == {"heat": "H2", "corrected": True}
    assert corrected["revision"] > final["revision"]
    assert corrected | {"revision": 0, "heat": ""} == final | {"revision": 0, "heat": ""}, "a correction changes nothing else"


def test_a_correction_to_what_is_there_already_changes_nothing(server: StationServer) -> None:
    server.client.post(f"{V1}/coils", json={"coil_id": "K1", "heat": "H1"})
    before = record(server)
    correct(server, heat="H1", name="K1")
    assert record(server) == before
    assert changes(server) == []
