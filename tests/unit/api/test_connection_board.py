"""Connections to the plant's systems over REST: reported, listed, sent again, removed, and what the database has of them."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from skelp.api.audit import Audited
from skelp.domain.access import Role
from skelp.domain.connections import MOST
from skelp.domain.errors import RecordsError
from skelp.domain.events import StationStarted
from skelp.domain.reasons import RecordsLocked
from skelp.sinks import connection_board
from skelp.sinks.connection_board import ConnectionBoard
from tests.station_server import V1, StationServer
from tests.unit.api.house import House, bearer

MES = {"language": "level2", "peer": "10.0.0.9:3000", "state": "connected"}


def report(server: StationServer, name: str = "mes", **said: Any) -> Any:
    return server.client.put(f"{V1}/connections/{name}", json=MES | said)


def listed(server: StationServer) -> list[dict[str, Any]]:
    answer = server.client.get(f"{V1}/connections")
    assert answer.status_code == 200
    return list(answer.json()["connections"])


def test_what_a_process_says_is_listed_at_once_and_stored_later(each_server: StationServer) -> None:
    server = each_server
    times = {"last_sent_at": "2026-11-25T08:19:50.31Z", "last_acknowledged_at": "2026-11-25T17:12:02+09:00"}
    said: dict[str, Any] = {"sent_seq": 41, "acknowledged_seq": 17, "detail": "ready 준비", "waiting": 2, **times}
    first = report(server, **said)
    assert (first.status_code, first.json()) == (201, {"resend_number": 0, "resend_after": None})
    assert report(server, **said).status_code == 200
    assert server.reader.connections() == [], "the database was not asked"
    server.connections.look()
    (shown,) = listed(server)
    heard_at = shown.pop("heard_at")
    assert shown == MES | said | {
        "name": "mes",
        "last_sent_at": "2026-11-25T08:19:50.310Z",
        "last_acknowledged_at": "2026-11-25T08:12:02.000Z",
        "silent": False,
        "failing_since": None,
        "request": None,
    }
    (stored,) = server.reader.connections()
    assert stored.report == server.connections.connections()[0].report
    assert (stored.was_connected, stored.heard_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")) == (True, heard_at)


def test_reports_that_say_the_same_write_once_a_minute_and_no_event(server: StationServer, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, transaction = [0], server.writer.transaction

    def counted() -> Any:
        opened[0] += 1
        return transaction()

    monkeypatch.setattr(server.writer, "transaction", counted)
    for _ in range(60):  # five minutes
        report(server)
        server.connections.look()
        server.now_s += 5
    assert opened == [5]
    assert server.reader.newest_event() == 0
    report(server, sent_seq=1)
    server.connections.look()
    assert opened == [6]


def test_a_report_does_not_wait_while_the_database_is_locked(server: StationServer) -> None:
    with server.writer.transaction():
        assert report(server).status_code == 201
        looking = threading.Thread(target=server.connections.look)
        looking.start()  # waits for the lock
        assert report(server, detail="still here").status_code == 200
        assert listed(server)[0]["detail"] == "still here"
    looking.join()
    assert server.reader.connections()[0].report.language == "level2"


def test_a_person_has_everything_sent_again_after_an_event(each_server: StationServer) -> None:
    server = each_server
    for _ in range(3):
        server.publish(StationStarted("net", "cpu"))
    report(server)
    asking = f"{V1}/connections/mes/send-again"
    nothing = server.client.post(asking, json={"operator": "lee"})
    assert (nothing.status_code, nothing.json()["conflict"]) == (409, "nothing_acknowledged")
    report(server, acknowledged_seq=2)
    asked = server.client.post(asking, json={"operator": "lee"})
    request = asked.json()["request"]
    assert (asked.status_code, request.pop("at")[:2]) == (200, "20")
    assert request == {"number": 1, "after_seq": 2, "by": "lee", "handled": False}
    assert report(server, acknowledged_seq=2).json() == {"resend_number": 1, "resend_after": 2}
    assert server.client.post(asking, json={"operator": "lee", "after_seq": 0}).json()["request"]["number"] == 2
    report(server, resend_handled=2)
    assert listed(server)[0]["request"]["handled"]
    beyond = server.client.post(asking, json={"operator": "lee", "after_seq": 4})
    assert (beyond.status_code, beyond.json()["conflict"]) == (409, "feed_beyond")
    assert server.client.post(asking, json={}).status_code == 422, "nobody signs"
    assert server.client.post(f"{V1}/connections/sms/send-again", json={"operator": "lee"}).status_code == 404
    (stored,) = server.reader.connections()
    assert stored.request
    assert (stored.request.number, stored.request.after_seq, stored.request.by) == (2, 0, "lee"), "stored before it was answered"


def test_another_start_of_the_station_knows_connections_and_requests(each_server: StationServer) -> None:
    server = each_server
    report(server, acknowledged_seq=0)
    server.client.post(f"{V1}/connections/mes/send-again", json={"operator": "lee", "after_seq": 0})
    with ConnectionBoard(server.reader, server.writer) as again:
        assert again.connections() == server.reader.connections()
        assert [(c.name, c.was_connected, c.request and c.request.by) for c in again.connections()] == [("mes", True, "lee")]


def test_the_thread_stores_what_was_reported_also_when_it_ends(server: StationServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_board, "_LOOK_EVERY_S", 0.01)
    with ConnectionBoard(server.reader, server.writer) as board:
        report(server)
        (status,) = server.connections.connections()
        board.report("mes", status.report)
        waiting = threading.Event()
        while not server.reader.connections():
            waiting.wait(0.01)
        board.report("opcua", status.report)
    assert [c.name for c in server.reader.connections()] == ["mes", "opcua"]


def test_a_database_that_fails_is_asked_again_and_nothing_is_lost(server: StationServer, monkeypatch: pytest.MonkeyPatch) -> None:
    report(server)

    def locked() -> Any:
        raise RecordsError("results cannot be stored", RecordsLocked(1.0))

    with monkeypatch.context() as patch:
        patch.setattr(server.writer, "transaction", locked)
        with pytest.raises(RecordsError):
            server.connections.look()
        assert server.client.post(f"{V1}/connections/mes/send-again", json={"operator": "lee", "after_seq": 0}).status_code == 503
        assert server.client.delete(f"{V1}/connections/mes").status_code == 503
    assert listed(server)[0]["request"] is None
    server.connections.look()
    assert [c.name for c in server.reader.connections()] == ["mes"]


def test_a_connection_that_fails_is_an_alarm_until_it_is_back(each_server: StationServer) -> None:
    server = each_server
    report(server)
    for _ in range(125):
        server.now_s += 5
        report(server, state="refused", detail="wrong password", waiting=3)
        server.connections.look()
    (alarm,) = server.client.get(f"{V1}/alarms").json()["alarms"]
    assert (alarm["key"], alarm["cost"], alarm["standing"]) == ("connection.failing/mes", 4, True)
    assert alarm["reasons"][0]["args"] == {"connection": "mes", "language": "level2", "waiting": 3}
    assert listed(server)[0]["failing_since"]
    server.client.post(f"{V1}/alarms/acknowledge", json={"key": alarm["key"], "operator": "kim"})
    assert server.client.get(f"{V1}/alarms").json()["alarms"][0]["acknowledged_by"] == "kim"
    report(server)
    server.connections.look()
    assert server.client.get(f"{V1}/alarms").json()["alarms"] == []
    assert [e.payload.kind for e in server.reader.events(after=0, limit=9)][-1] == "connection.back"


def test_a_connection_that_is_removed_is_gone_with_its_alarm_and_comes_back_if_it_reports(each_server: StationServer) -> None:
    server = each_server
    report(server, resend_handled=5)
    server.now_s += 60
    server.connections.look()
    assert listed(server)[0]["silent"]
    server.now_s += 601
    server.connections.look()
    (alarm,) = server.client.get(f"{V1}/alarms").json()["alarms"]
    assert alarm["reasons"][0]["code"] == "connection.silent"
    server.client.post(f"{V1}/alarms/acknowledge", json={"key": alarm["key"], "operator": "kim"})
    assert server.client.delete(f"{V1}/connections/mes").status_code == 204
    assert (listed(server), server.reader.connections()) == ([], [])
    assert server.client.get(f"{V1}/alarms").json()["alarms"] == []
    assert server.client.delete(f"{V1}/connections/mes").status_code == 404
    assert report(server, resend_handled=5).status_code == 201
    again = server.client.post(f"{V1}/connections/mes/send-again", json={"operator": "lee", "after_seq": 0})
    assert again.json()["request"]["number"] == 6, "the process would pass over a smaller number"


def test_a_station_has_so_many_connections_and_no_more(server: StationServer) -> None:
    for n in range(MOST):
        assert report(server, f"m-{n}").status_code == 201
    refused = report(server, "one-more")
    assert (refused.status_code, refused.json()["conflict"]) == (409, "too_many_connections")
    assert report(server, "m-3").status_code == 200
    server.client.delete(f"{V1}/connections/m-3")
    assert report(server, "one-more").status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"peer": "mqtts://skelp:word@broker:8883"},
        {"peer": ""},
        {"peer": "x" * 201},
        {"language": "Level 2"},
        {"state": "odd"},
        {"detail": "x" * 301},
        {"detail": "a\nb"},
        {"sent_seq": -1},
        {"acknowledged_seq": "7"},
        {"last_sent_at": "yesterday"},
        {"waiting": None},
        {"colour": "blue"},
    ],
)
def test_what_is_not_as_agreed_is_refused(server: StationServer, wrong: dict[str, Any]) -> None:
    assert report(server, **wrong).status_code == 422
    assert listed(server) == []


@pytest.mark.parametrize("name", ["MES", "m" * 41, "m_1", "m%201", "%ED%95%9C"])
def test_a_name_has_small_letters_digits_and_dashes(server: StationServer, name: str) -> None:
    assert report(server, name).status_code == 422


def test_the_audit_has_the_first_report_and_what_people_ask_and_not_each_report(house: House) -> None:
    audit = house.server.access.audit
    first = audit.entries(before=None, limit=1)[0][0]
    guard = Audited(house.guard, audit)
    client = type(house.client)(guard, base_url="http://testserver")
    mes, engineer, admin = (bearer(house.secrets[role]) for role in (Role.MES, Role.ENGINEER, Role.ADMIN))
    where = f"{V1}/connections/mes"
    for _ in range(3):
        assert client.put(where, json=MES, headers=mes).status_code in (200, 201)
    assert client.put(where, json=MES, headers=engineer).status_code == 403
    signed = client.post(f"{where}/send-again", json={"after_seq": 0}, headers=engineer)
    assert signed.json()["request"]["by"] == "engineer"
    assert client.delete(where, headers=admin).status_code == 204
    found = [(e.name, e.action, e.subject, e.status) for n, e in audit.entries(before=None, limit=9)[::-1] if n > first]
    assert found == [
        ("mes", "PUT", where, 201),
        ("engineer", "PUT", where, 403),
        ("engineer", "POST", f"{where}/send-again", 200),
        ("admin", "DELETE", where, 204),
    ]
