"""The audit has every request that may change something and every refusal, with who asked; nobody can fill the disk with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from skelp.api.audit import Audited
from skelp.api.buckets import Buckets
from skelp.api.callers import Callers
from skelp.api.guard import Guard
from skelp.api.live import PROTOCOL
from skelp.domain.access import Role
from skelp.domain.errors import RecordsError
from skelp.domain.reasons import RecordsDiskFull
from tests.station_server import V1, StationServer

GOOD = "correct horse battery"
HOST = "https://line1.plant.example"


class House:
    """A station that asks who calls, with its audit, one token of each role and one person."""

    def __init__(self, folder: Path) -> None:
        self.server = StationServer(folder, asks=True)
        access = self.server.access
        self.secrets = {role: access.tokens.new(role, role, timedelta(days=1)) for role in Role}
        access.people.new("kim", Role.OPERATOR, GOOD)
        self._first = access.audit.entries(before=None, limit=1)[0][0]
        self.audited = Audited(Guard(self.server.app, Callers(access.tokens), self.server.people), access.audit)
        self.client = TestClient(self.audited, base_url=HOST, client=("10.0.0.9", 5))

    def ask(self, method: str, path: str, role: Role | None = None, **more: Any) -> Any:
        headers = {} if role is None else {"authorization": f"Bearer {self.secrets[role]}"}
        return self.client.request(method, V1 + path, headers=headers | more.pop("headers", {}), **more)

    @property
    def entries(self) -> list[tuple[Any, ...]]:
        """What was recorded since the house was made, the oldest first, without the times."""
        found = self.server.access.audit.entries(before=None, limit=1000)[::-1]
        return [(e.name, e.role, e.address, e.action, e.subject, e.status, e.left_out) for n, e in found if n > self._first]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.server.close()


def test_a_change_is_recorded_with_who_made_it_and_the_answer_and_reading_is_not(house: House) -> None:
    assert house.ask("POST", "/coils", Role.MES, json={"coil_id": "K1"}).status_code == 201
    assert house.ask("POST", "/coils", Role.MES, json={"nonsense": 1}).status_code == 422
    assert house.ask("PATCH", "/coils/K9", Role.ENGINEER, json={"heat": "H"}).status_code == 404
    assert house.ask("GET", "/coils", Role.READER).status_code == 200
    assert house.entries == [
        ("mes", "mes", "10.0.0.9", "POST", f"{V1}/coils/K1", 201, 0),
        ("mes", "mes", "10.0.0.9", "POST", f"{V1}/coils", 422, 0),
        ("engineer", "engineer", "10.0.0.9", "PATCH", f"{V1}/coils/K9", 404, 0),
    ]


def test_a_refusal_is_recorded_with_the_caller_if_there_is_one(house: House) -> None:
    assert house.ask("POST", "/coils", Role.READER, json={"coil_id": "K1"}).status_code == 403
    assert house.ask("GET", "/coils", headers={"authorization": "Bearer skelp_wrong"}).status_code == 401
    assert house.ask("GET", "/coils").status_code == 401
    with pytest.raises(WebSocketDisconnect), house.client.websocket_connect(f"{V1}/live", subprotocols=[PROTOCOL]):
        pass
    assert house.entries == [
        ("reader", "reader", "10.0.0.9", "POST", f"{V1}/coils", 403, 0),
        ("", "", "10.0.0.9", "GET", f"{V1}/coils", 401, 0),
        ("", "", "10.0.0.9", "GET", f"{V1}/coils", 401, 0),
        ("", "", "10.0.0.9", "WEBSOCKET", f"{V1}/live", 403, 0),
    ]


def test_a_live_picture_that_ends_later_is_no_refusal(house: House) -> None:
    bearer = {"authorization": f"Bearer {house.secrets[Role.READER]}"}
    with house.client.websocket_connect(f"{V1}/live", headers=bearer, subprotocols=[PROTOCOL]) as socket:
        socket.receive_text()
    assert house.entries == []


def test_log_ins_and_log_outs_are_recorded_with_the_name_that_was_given(house: House) -> None:
    origin = {"origin": HOST}
    for name, password, status in (("kim", "wrong", 401), ("lee", GOOD, 401), ("kim", GOOD, 200)):
        answer = house.ask("POST", "/session", json={"name": name, "password": password}, headers=origin)
        assert answer.status_code == status
    assert house.ask("DELETE", "/session", headers=origin).status_code == 204
    assert [(e[0], e[1], e[3], e[5]) for e in house.entries] == [
        ("kim", "", "POST", 401),
        ("lee", "", "POST", 401),
        ("kim", "", "POST", 200),
        ("kim", "operator", "DELETE", 204),
    ]


def test_no_path_can_break_the_audit(house: House) -> None:
    assert house.ask("POST", "/%00\U0001f4a5/" + "x" * 500, Role.MES).status_code == 403
    ((_, _, _, _, subject, status, _),) = house.entries
    assert (subject[:22], len(subject), status) == (rf"{V1}/\x00\U0001f4a5"[:22], 256, 403)


def test_what_is_too_much_is_counted_in_the_next_entry(house: House) -> None:
    now = 0.0
    house.audited._refusals = Buckets(rate_hz=1 / 60, burst=3, clock=lambda: now)
    for _ in range(10):
        house.ask("GET", "/audit", Role.READER)
    house.ask("POST", "/coils", Role.MES, json={"coil_id": "K1"})  # another caller
    assert [(e[0], e[-1]) for e in house.entries] == [("reader", 0)] * 3 + [("mes", 0)]
    now = 60.0
    house.ask("GET", "/audit", Role.READER)
    assert house.entries[-1] == ("reader", "reader", "10.0.0.9", "GET", f"{V1}/audit", 403, 7)


def test_an_answer_is_given_although_the_audit_cannot_be_written(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise RecordsError("the audit cannot be written", RecordsDiskFull())

    monkeypatch.setattr(house.audited._audit, "add", full)
    assert house.ask("POST", "/coils", Role.MES, json={"coil_id": "K1"}).status_code == 201
    logged = caplog.text + capsys.readouterr().out
    assert "not in the audit" in logged


def test_only_an_admin_reads_the_audit_in_pages(house: House) -> None:
    for n in range(3):
        house.ask("POST", "/coils", Role.MES, json={"coil_id": f"K{n}"})
    for role in Role:
        assert house.ask("GET", "/audit", role).status_code == (200 if role is Role.ADMIN else 403), role
    page = house.ask("GET", "/audit?limit=5", Role.ADMIN).json()
    assert [e["status"] for e in page["entries"]] == [403] * 4 + [201]
    rest = house.ask("GET", f"/audit?cursor={page['next']}", Role.ADMIN).json()
    assert [(e["action"], e["status"]) for e in rest["entries"][:3]] == [("POST", 201), ("POST", 201), ("skelp user new", None)]
    assert rest["next"] is None
    assert not any(secret in str(page) + str(rest) for secret in [GOOD, *house.secrets.values()])


def test_who_claims_a_name_at_the_log_in_is_counted_apart_from_its_owner(house: House) -> None:
    house.audited._refusals = Buckets(rate_hz=1 / 60, burst=2)
    for _ in range(5):
        house.ask("POST", "/session", json={"name": "kim", "password": "wrong"}, headers={"origin": HOST})
    own = TestClient(house.audited, base_url=HOST, client=("10.0.0.1", 5))
    assert own.post(f"{V1}/session", json={"name": "kim", "password": GOOD}, headers={"origin": HOST}).status_code == 200
    assert [(e[0], e[2], e[5], e[6]) for e in house.entries] == [
        ("kim", "10.0.0.9", 401, 0),
        ("kim", "10.0.0.9", 401, 0),
        ("kim", "10.0.0.1", 200, 0),
    ]


def test_one_network_of_ipv6_is_one_caller(house: House) -> None:
    house.audited._refusals = Buckets(rate_hz=1 / 60, burst=3)
    for n in range(9):
        TestClient(house.audited, base_url=HOST, client=(f"2001:db8::{n:x}", 5)).get(f"{V1}/coils")
    assert len(house.entries) == 3


def test_what_could_not_be_written_is_counted_in_the_next_entry(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise RecordsError("the audit cannot be written", RecordsDiskFull())

    with monkeypatch.context() as patch:
        patch.setattr(house.audited._audit, "add", full)
        house.ask("POST", "/coils", Role.MES, json={"coil_id": "K1"})
        house.ask("POST", "/coils", Role.MES, json={"coil_id": "K1"})
    house.ask("POST", "/coils", Role.MES, json={"coil_id": "K1"})
    assert [(e[0], e[-1]) for e in house.entries] == [("mes", 2)]
