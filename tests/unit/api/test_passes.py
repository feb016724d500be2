"""A coil that passes again is a pass of its own; a name belongs to one coil."""

from __future__ import annotations

from typing import Any

import pytest

from tests.station_server import V1, StationServer


def post(server: StationServer, coil_id: str, **more: Any) -> tuple[int, dict[str, Any]]:
    answer = server.client.post(f"{V1}/coils", json={"coil_id": coil_id, **more})
    return answer.status_code, answer.json()


def test_a_coil_that_has_passed_gets_no_lines_any_more(server: StationServer) -> None:
    assert [post(server, c)[0] for c in ("P1", "P2", "P1")] == [201, 201, 409]
    assert server.expose(0, 100) == "P2"
    refused = server.client.post(f"{V1}/coils", json={"coil_id": "P1"})
    assert refused.headers["content-type"] == "application/problem+json"
    assert "new_pass" in refused.json()["detail"]


def test_a_second_pass_has_an_id_of_its_own_and_its_own_lines(server: StationServer) -> None:
    post(server, "P1")
    assert server.expose(0, 100) == "P1"
    post(server, "P2")
    assert server.expose(100, 100) == "P2"
    status, second = post(server, "P1", new_pass=True, heat="H2")
    assert (status, second["coil_id"], second["name"], second["pass_number"], second["heat"]) == (201, "P1~2", "P1", 2, "H2")
    assert server.expose(200, 300) == "P1~2"
    first, again = (server.client.get(f"{V1}/coils/{c}").json() for c in ("P1", "P1~2"))
    assert (first["lines"], first["pass_number"], first["status"]) == (100, 1, "final")
    assert (again["lines"], again["status"]) == (300, "running")
    assert [c["coil_id"] for c in server.client.get(f"{V1}/coils").json()["coils"]] == ["P1~2", "P2", "P1"]


def test_a_request_that_is_sent_again_books_nothing_anew(server: StationServer) -> None:
    post(server, "P1")
    post(server, "P2")
    assert post(server, "P1", new_pass=True)[0] == 201
    for more in ({"new_pass": True}, {}):
        status, running = post(server, "P1", **more)
        assert (status, running["coil_id"]) == (200, "P1~2")
    server.client.post(f"{V1}/coils/P1~2/finish")
    assert post(server, "P1", new_pass=True)[1]["coil_id"] == "P1~3"
    assert post(server, "P9", new_pass=True)[1]["coil_id"] == "P9", "its first pass was on another station"


def test_a_running_coil_with_other_data_is_not_the_same_request(server: StationServer) -> None:
    assert post(server, "P1", heat="H1", product="DC04", strip_width_mm=1200)[0] == 201
    assert post(server, "P1", heat="H1")[0] == 200
    for other in ({"heat": "H2"}, {"product": "S235"}, {"strip_width_mm": 900}, {"name": "P7"}):
        status, refused = post(server, "P1", **other)
        assert status == 409
        assert next(iter(other)) in refused["detail"]


def test_a_name_belongs_to_one_coil(server: StationServer) -> None:
    server.expose(0, 100)
    post(server, "P1")
    post(server, "P2", name="Q2")
    for path, name in (("auto", "P1"), ("auto", "P2"), ("auto", "Q2"), ("P1", "auto"), ("P1", "Q2")):
        assert server.client.patch(f"{V1}/coils/{path}", json={"name": name}).status_code == 409, (path, name)
    assert [post(server, "P3", name=n)[0] for n in ("P1", "Q2", "auto")] == [409] * 3
    assert post(server, "Q2")[0] == 409
    assert server.client.patch(f"{V1}/coils/auto", json={"name": "K1", "heat": "H"}).status_code == 200
    assert server.client.patch(f"{V1}/coils/auto", json={"name": "K1"}).status_code == 200
    assert server.client.get(f"{V1}/coils/K1").json()["coil_id"] == "auto"


def test_a_coil_that_was_named_later_can_pass_again(server: StationServer) -> None:
    server.expose(0, 100)
    server.client.patch(f"{V1}/coils/auto", json={"name": "K1"})
    status, refused = post(server, "K1")
    assert status == 409
    assert "auto" in refused["detail"]


@pytest.mark.parametrize("coil_id", ["P1~2", "~2", "P1~", "P 1", "한글", "../P1", "P1\n", ""])
def test_an_id_that_could_be_a_pass_of_another_coil_is_refused(coil_id: str, server: StationServer) -> None:
    assert post(server, coil_id)[0] == 422


def test_the_feed_has_an_identity_and_refuses_numbers_of_another_feed(server: StationServer) -> None:
    server.expose(0, 100)
    page = server.client.get(f"{V1}/events").json()
    known, last = page["feed_id"], page["last"]
    assert server.client.get(f"{V1}/events?after={last}&feed_id={known}").json()["events"] == []
    for query in (f"after={last + 1}", "after=99999", f"after={last + 1}&feed_id={known}", "after=0&feed_id=another"):
        refused = server.client.get(f"{V1}/events?{query}")
        assert refused.status_code == 409, query
        assert "after=0" in refused.json()["detail"]


def test_a_cursor_that_is_none_is_refused(server: StationServer) -> None:
    post(server, "P1")
    post(server, "P2")
    assert [c["coil_id"] for c in server.client.get(f"{V1}/coils?cursor=P2").json()["coils"]] == ["P1"]
    for cursor in ("abc", "P3", "0", "", "-1"):
        assert server.client.get(f"{V1}/coils", params={"cursor": cursor}).status_code == 422, cursor
