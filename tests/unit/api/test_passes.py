"""A coil that passes again is a record of its own, and a repeated request never books steel on another coil."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from httpx2 import Response

from skelp.domain.errors import SkelpError
from skelp.domain.strip import OnCoil, SharedLine
from skelp.sinks.sql.changes import Changes
from tests.fakes import frame
from tests.station_server import V1, StationServer


@pytest.fixture
def server(each_server: StationServer) -> StationServer:
    return each_server


def start(server: StationServer, coil_id: str, **more: Any) -> Response:
    return server.client.post(f"{V1}/coils", json={"coil_id": coil_id, **more})


def finish(server: StationServer, coil_id: str) -> Response:
    return server.client.post(f"{V1}/coils/{coil_id}/finish")


def conflict(answer: Response) -> str:
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["conflict"])


def test_a_coil_that_is_over_is_not_started_again_and_the_running_one_goes_on(server: StationServer) -> None:
    for coil_id in ("P1", "P2"):
        assert start(server, coil_id).status_code == 201
    assert conflict(start(server, "P1")) == "coil_over"
    assert server.expose(0, 100) == "P2"
    assert server.client.get(f"{V1}/coils/P2").json()["status"] == "running"


def test_a_second_pass_has_its_own_record_and_the_name_of_the_coil(server: StationServer) -> None:
    start(server, "P1", heat="H7", product="DC04")
    server.expose(0, 100)
    start(server, "P2")
    server.expose(100, 200)
    second = start(server, "P1", new_pass=True)
    assert second.status_code == 201
    found = second.json()
    assert (found["coil_id"], found["name"], found["pass_number"], found["status"]) == ("P1~2", "P1", 2, "running")
    assert (found["heat"], found["product"]) == ("H7", "DC04")
    assert server.expose(300, 400) == "P1~2"
    assert [server.client.get(f"{V1}/coils/{c}").json()["lines"] for c in ("P1", "P2", "P1~2")] == [100, 200, 400]
    assert [c["pass_number"] for c in server.client.get(f"{V1}/coils").json()["coils"]] == [2, 1, 1]


def test_a_repeated_request_for_a_new_pass_gives_the_running_one(server: StationServer) -> None:
    start(server, "P1")
    finish(server, "P1")
    assert [start(server, "P1", new_pass=True).status_code for _ in range(3)] == [201, 200, 200]
    finish(server, "P1~2")
    third = start(server, "P1", new_pass=True)
    assert (third.status_code, third.json()["coil_id"], third.json()["pass_number"]) == (201, "P1~3", 3)


@pytest.mark.parametrize(
    ("started", "request_body", "expected"),
    [
        (("P1",), {"coil_id": "P1", "new_pass": True}, "still_running"),
        (("P1",), {"coil_id": "P1", "heat": "H8"}, "coil_differs"),
        (("P1",), {"coil_id": "P1", "product": "X"}, "coil_differs"),
        (("P1",), {"coil_id": "P1", "name": "X"}, "coil_differs"),
        (("P1",), {"coil_id": "P1", "strip_width_mm": 900}, "coil_differs"),
        (("P1", "P2"), {"coil_id": "P3", "name": "P1"}, "name_taken"),
    ],
)
def test_what_contradicts_the_records_changes_nothing(
    server: StationServer, started: tuple[str, ...], request_body: dict[str, Any], expected: str
) -> None:
    for coil_id in started:
        start(server, coil_id, heat="H7")
    before = server.client.get(f"{V1}/coils").json(), server.tracker.current()
    assert conflict(server.client.post(f"{V1}/coils", json=request_body)) == expected
    assert (server.client.get(f"{V1}/coils").json(), server.tracker.current()) == before


def test_the_same_coil_sent_again_changes_nothing_whichever_fields_are_left_out(server: StationServer) -> None:
    body = {"heat": "H7", "product": "DC04", "strip_width_mm": 1250.5, "name": "Coil 1"}
    start(server, "P1", **body)
    for again in (body, {}, {"heat": "H7"}, {"heat": "H7", "strip_width_mm": None}):
        assert start(server, "P1", **again).status_code == 200
    assert len(server.client.get(f"{V1}/coils").json()["coils"]) == 1


def test_a_new_pass_of_a_coil_that_the_station_does_not_know_is_its_first_one_here(server: StationServer) -> None:
    found = start(server, "P1", new_pass=True)
    assert (found.status_code, found.json()["coil_id"], found.json()["pass_number"]) == (201, "P1", 1)


def test_finishing_an_earlier_pass_does_not_end_the_running_one(server: StationServer) -> None:
    start(server, "P1")
    finish(server, "P1")
    start(server, "P1", new_pass=True)
    assert conflict(finish(server, "P1")) == "coil_over"
    assert server.tracker.current() == "P1~2"
    assert conflict(start(server, "P1")) == "coil_over"  # a late repetition of the first request


def test_a_request_that_failed_before_the_line_knew_the_coil_is_completed_by_its_repetition(
    server: StationServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(server, "P0")
    with monkeypatch.context() as patch:

        def lost(_coil: object, _at: object) -> None:
            raise SkelpError("the answer was lost")

        patch.setattr(server.tracker, "start", lost)
        assert start(server, "P1").status_code == 409
    assert start(server, "P1").status_code == 200
    assert server.expose(0, 100) == "P1"


def test_a_coil_that_cannot_be_stored_leaves_the_running_one_as_it_is(server: StationServer, monkeypatch: pytest.MonkeyPatch) -> None:
    start(server, "P0")

    def refused(*_: object, **__: object) -> None:
        raise SkelpError("results cannot be stored")

    with monkeypatch.context() as patch:
        patch.setattr("skelp.sinks.sql.changes.Changes.end_coil", refused)
        assert start(server, "P1").status_code == 409
    assert server.client.get(f"{V1}/coils/P1").status_code == 404
    assert server.client.get(f"{V1}/coils/P0").json()["status"] == "running"
    assert server.expose(0, 100) == "P0"


def test_coils_that_are_started_at_once_leave_the_records_and_the_line_with_one_running_coil(server: StationServer) -> None:
    threads = [threading.Thread(target=start, args=(server, f"P{n}")) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    coils = server.client.get(f"{V1}/coils").json()["coils"]
    assert [c["coil_id"] for c in coils if c["status"] == "running"] == [server.tracker.current()]


def test_a_name_is_not_given_to_two_coils(server: StationServer) -> None:
    server.expose(0, 100)
    start(server, "P1")
    for taken in ("P1", "auto"):
        renamed = server.client.patch(f"{V1}/coils/{'auto' if taken == 'P1' else 'P1'}", json={"name": taken})
        assert conflict(renamed) == "name_taken"
    assert server.client.patch(f"{V1}/coils/auto", json={"name": "P9"}).status_code == 200
    assert conflict(start(server, "P9")) == "name_taken"
    assert server.client.get(f"{V1}/coils/P9").json()["coil_id"] == "auto"


def test_the_passes_of_a_coil_share_their_name(server: StationServer) -> None:
    start(server, "P1")
    finish(server, "P1")
    assert server.client.patch(f"{V1}/coils/P1", json={"name": "Q"}).status_code == 200
    second = start(server, "P1", new_pass=True).json()
    assert (second["coil_id"], second["name"]) == ("P1~2", "Q")
    assert server.client.get(f"{V1}/coils/Q").json()["coil_id"] == "P1~2"  # by name, the newest
    assert server.client.get(f"{V1}/coils/P1").json()["coil_id"] == "P1"  # by id, exactly that one
    assert server.client.patch(f"{V1}/coils/P1~2", json={"name": "P1"}).status_code == 200


def test_an_automatic_coil_that_got_a_name_passes_again_under_that_name(server: StationServer) -> None:
    server.expose(0, 100)
    server.client.patch(f"{V1}/coils/auto", json={"name": "P9"})
    finish(server, "P9")
    second = start(server, "P9", new_pass=True).json()
    assert (second["coil_id"], second["name"], second["pass_number"]) == ("auto~2", "P9", 2)


@pytest.mark.parametrize("name", ["P1~2", "x\x00y", "two\nlines", ""])
def test_names_that_the_station_or_the_database_cannot_keep_are_refused(server: StationServer, name: str) -> None:
    start(server, "P0")
    assert start(server, "P1", name=name).status_code == 422
    assert server.client.patch(f"{V1}/coils/P0", json={"name": name}).status_code == 422


def test_an_underscore_in_an_id_is_no_wildcard(server: StationServer) -> None:
    for coil_id in ("P_", "PX"):
        start(server, coil_id)
        finish(server, coil_id)
    start(server, "PX", new_pass=True)
    assert start(server, "P_", new_pass=True).json()["coil_id"] == "P_~2"


def test_the_border_is_where_the_strip_was_when_the_request_came(server: StationServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The strip runs on while the records answer."""
    start(server, "P0")
    at = SharedLine(1000)

    def slow(change: Changes, *given: Any, **more: Any) -> Any:
        server.tracker.record_exposed(SharedLine(at + 4000))
        return answer(change, *given, **more)

    requests: dict[str, Callable[[], Response]] = {"start_coil": lambda: start(server, "P1"), "end_coil": lambda: finish(server, "P1")}
    for name, request in requests.items():
        server.tracker.record_exposed(at)
        with monkeypatch.context() as patch:
            answer = getattr(Changes, name)
            patch.setattr(Changes, name, slow)
            assert request().status_code in {200, 201}
        if name == "start_coil":
            assert server.tracker.exposed_on("P1") == 4000
        at = SharedLine(6000)
    pieces = [p for p in server.tracker.place(frame("cam", 0, np.zeros((10_000, 8), np.uint8))) if isinstance(p, OnCoil)]
    assert [(p.coil_id, p.capture.lines) for p in pieces] == [("P0", 1000), ("P1", 5000), ("auto", 4000)]
