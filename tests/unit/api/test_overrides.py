"""A person decides on a coil: both decisions stay, the newest one stands, and everybody is told (ADR 26)."""

from __future__ import annotations

import pytest

from tests.station_server import V1, StationServer


def final_coil(server: StationServer, *, lost: bool = False) -> None:
    server.client.post(f"{V1}/coils", json={"coil_id": "C1"}).raise_for_status()
    server.expose(0, 100)
    with server.writer.transaction() as change:
        change.complete_coil("C1", interrupted=lost)


def test_both_decisions_stay_and_the_newest_of_a_person_stands(each_server: StationServer) -> None:
    server = each_server
    final_coil(server, lost=True)
    before = server.client.get(f"{V1}/coils/C1").json()
    assert (before["decision"], before["override"]) == ("hold", None)
    assert [a["key"] for a in server.client.get(f"{V1}/alarms").json()["alarms"] if a["kind"] == "coil.final"] == ["coil.final/C1"]
    for decision, operator, note in (("accept", "kim", "the rest was cut off"), ("hold", "lee", "the customer\nsays no")):
        answer = server.client.post(f"{V1}/coils/C1/override", json={"decision": decision, "operator": operator, "note": note})
        assert answer.status_code == 201
        given = answer.json()["override"]
        assert (given["decision"], given["operator"], given["note"]) == (decision, operator, note)
    after = server.client.get(f"{V1}/coils/C1").json()
    assert (after["decision"], after["reasons"], after["override"]["operator"]) == ("hold", before["reasons"], "lee")
    assert after["revision"] == before["revision"] + 2
    listed = server.client.get(f"{V1}/coils/C1/overrides").json()["overrides"]
    assert [(o["decision"], o["operator"]) for o in listed] == [("accept", "kim"), ("hold", "lee")]
    assert server.client.get(f"{V1}/coils").json()["coils"][0]["override"] == after["override"]
    events = [e["data"] for e in server.client.get(f"{V1}/events").json()["events"] if e["kind"] == "coil.decided"]
    assert events[0] == {"decision": "accept", "instead_of": "hold", "operator": "kim", "note": "the rest was cut off"}
    assert [e["operator"] for e in events] == ["kim", "lee"]
    assert not [a for a in server.client.get(f"{V1}/alarms").json()["alarms"] if a["kind"] == "coil.final"], "a person has seen it"


def test_a_coil_that_is_not_final_is_not_decided(server: StationServer) -> None:
    server.client.post(f"{V1}/coils", json={"coil_id": "C1"})
    server.expose(0, 100)
    answer = server.client.post(f"{V1}/coils/C1/override", json={"decision": "accept", "operator": "kim", "note": "looks good"})
    assert (answer.status_code, answer.json()["conflict"]) == (409, "not_final")
    assert server.client.get(f"{V1}/coils/C1/overrides").json() == {"coil_id": "C1", "overrides": []}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"decision": "accept", "operator": "kim", "note": ""}, 422),
        ({"decision": "prime", "operator": "kim", "note": "good"}, 422),
        ({"decision": "accept", "operator": "kim"}, 422),
        ({"decision": "accept", "note": "nobody signs"}, 422),
    ],
)
def test_a_decision_without_a_reason_a_person_or_a_known_word_is_refused(server: StationServer, body: dict[str, str], status: int) -> None:
    final_coil(server)
    assert server.client.post(f"{V1}/coils/C1/override", json=body).status_code == status
    assert server.client.get(f"{V1}/coils/C1").json()["override"] is None
    assert server.client.post(f"{V1}/coils/none/override", json={"decision": "hold", "operator": "k", "note": "why"}).status_code == 404
