"""What was deleted by rule is gone (410), never an empty list."""

from __future__ import annotations

import pytest

from skelp.domain.events import OpticsReference
from tests.fakes import coil
from tests.station_server import V1, StationServer


@pytest.fixture
def server(each_server: StationServer) -> StationServer:
    return each_server


def test_the_defects_of_a_coil_that_were_deleted_are_gone_and_the_coil_says_how_many_there_were(server: StationServer) -> None:
    with server.writer.transaction() as change:
        change.add_coil(coil("K1"))
    server.add_defect("K1")
    with server.writer.transaction() as change:
        change.complete_coil("K1")
    address = f"{V1}/coils/K1"
    before = server.client.get(f"{address}/defects")
    assert before.status_code == 200
    with server.writer.transaction() as change:
        change.delete_defects("K1", 100, "2021-01-01T00:00:00Z")
    reads = ("defects", "defects?format=csv", "defects?format=geojson", "map", "map.png", "reviews/standing", "stretches")
    gone = [server.client.get(f"{address}/{path}", headers={"If-None-Match": before.headers["etag"]}) for path in reads]
    gone += [server.client.get(f"{V1}/defects/K1-1{path}") for path in ("", "/crop.jpg", "/mask.png", "/reviews")]
    gone.append(server.client.post(f"{V1}/defects/K1-1/review", json={"verdict": "confirmed", "operator": "kim"}))
    for answer in gone:
        assert (answer.status_code, answer.headers["content-type"]) == (410, "application/problem+json"), answer.url
        reason = answer.json()["reason"]
        assert (reason["code"], reason["args"]) == ("coil.defects_deleted", {"defects": 1, "marks": 0})
    record = server.client.get(address).json()
    assert (record["defects"], record["by_class"], record["by_severity"]) == (1, {"scratch": 1}, {"2": 1})
    assert record["reasons"][-1]["code"] == "coil.defects_deleted"
    assert server.client.get(f"{address}/coverage").status_code == 200
    assert server.client.get(f"{V1}/defects/K2-1").status_code == 404


def test_events_that_were_deleted_are_gone_and_the_answer_says_where_to_go_on(server: StationServer) -> None:
    for _ in range(9):
        server.publish(OpticsReference())
    feed_id = server.client.get(f"{V1}/events").json()["feed_id"]
    with server.writer.transaction() as change:
        change.delete_events(5, 100, "2021-01-01T00:00:00Z", publish=False)
    for after in (0, 1, 4):
        answer = server.client.get(f"{V1}/events?after={after}&feed_id={feed_id}&wait_s=30")
        assert (answer.status_code, answer.headers["content-type"]) == (410, "application/problem+json")
        assert answer.json()["oldest"] == 6
        assert "conflict" not in answer.json(), "an MES that knows conflicts only would read from 0 for ever"
    for after, seqs in ((5, [6, 7, 8, 9]), (8, [9]), (9, [])):
        page = server.client.get(f"{V1}/events?after={after}&feed_id={feed_id}").json()
        assert ([e["seq"] for e in page["events"]], page["last"]) == (seqs, 9)
