"""Every call by every role, by nobody, and with a token that is not good: api/rights.py decides, and nothing else does."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from skelp.api import rights
from skelp.api.buckets import Buckets
from skelp.api.callers import Callers
from skelp.api.document import document
from skelp.api.guard import MOST_BODY, Guard
from skelp.api.live import PROTOCOL
from skelp.domain.access import RIGHTS, Right, Role, digest, new_secret
from skelp.domain.errors import RecordsError
from skelp.domain.reasons import RecordsLocked
from skelp.domain.review import Verdict
from tests.station_server import V1, StationServer, receive_all
from tests.unit.api.house import CALLS, DAY, House, address

WRITES = {
    ("DELETE", "/session"): set(Role),
    ("POST", "/station/optics/reference"): {"engineer", "admin"},
    ("POST", "/model"): {"engineer", "admin"},
    ("POST", "/model/rollback"): {"engineer", "admin"},
    ("POST", "/coils"): {"mes", "engineer", "admin"},
    ("PATCH", "/coils/{coil_id}"): {"mes", "engineer", "admin"},
    ("POST", "/coils/{coil_id}/finish"): {"mes", "engineer", "admin"},
    ("POST", "/coils/{coil_id}/derive"): {"mes", "engineer", "admin"},
    ("POST", "/coils/{coil_id}/states"): {"mes", "engineer", "admin"},
    ("POST", "/coils/{coil_id}/override"): {"operator", "engineer", "admin"},
    ("POST", "/coils/{coil_id}/decide"): {"mes", "engineer", "admin"},
    ("POST", "/recipe-previews"): {"engineer", "admin"},
    ("PUT", "/recipes/{recipe}"): {"engineer", "admin"},
    ("POST", "/defects/{defect_id}/review"): {"operator", "engineer", "admin"},
    ("POST", "/alarms/acknowledge"): {"operator", "engineer", "admin"},
    ("PUT", "/connections/{connection}"): {"mes", "admin"},
    ("DELETE", "/connections/{connection}"): {"admin"},
    ("POST", "/connections/{connection}/send-again"): {"engineer", "admin"},
    ("POST", "/webhooks/{webhook}/send-again"): {"admin"},
    ("POST", "/webhooks/{webhook}/give-up"): {"admin"},
}
"""Which roles may change what, written down a second time."""


def test_who_may_change_what_is_what_was_meant() -> None:
    changes = {(method, path) for method, path in rights.RIGHTS if method not in ("GET", "WEBSOCKET")}
    assert changes == {(method, V1 + path) for method, path in WRITES}
    for (method, path), roles in WRITES.items():
        assert {role for role in Role if rights.RIGHTS[method, V1 + path] in RIGHTS[role]} == roles, path
    reads = {call: right for call, right in rights.RIGHTS.items() if call[0] in ("GET", "WEBSOCKET")}
    assert {call for call, right in reads.items() if right is not Right.READ} == {("GET", f"{V1}/audit")}
    assert reads["GET", f"{V1}/audit"] is Right.ADMIN


def test_a_live_picture_ends_with_its_token(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skelp.api.guard.REMEMBERED_S", 0.1)
    monkeypatch.setattr("skelp.api.callers.REMEMBERED_S", 0.0)
    secret = house.server.access.tokens.new("viewer", Role.READER, DAY)
    with house.client.websocket_connect(f"{V1}/live", [PROTOCOL], headers={"authorization": f"Bearer {secret}"}) as socket:
        assert socket.receive_text()
        house.server.access.tokens.revoke("viewer")
        with pytest.raises(WebSocketDisconnect) as ended:
            receive_all(socket)
    assert ended.value.code == 1008
    assert "revoked" in ended.value.reason


@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.parametrize(("method", "path", "right"), CALLS, ids=[f"{method} {path}" for method, path, _ in CALLS])
def test_a_call_takes_its_right(house: House, method: str, path: str, right: Right | None, role: Role | None) -> None:
    path = address(path)
    secret = None if role is None else house.secrets[role]
    may = right is None or (role is not None and right in RIGHTS[role])
    if method == "WEBSOCKET":
        headers = {} if secret is None else {"authorization": f"Bearer {secret}"}
        if may:
            with house.client.websocket_connect(path, subprotocols=[PROTOCOL], headers=headers) as socket:
                assert socket.accepted_subprotocol == PROTOCOL
            return
        with pytest.raises(WebSocketDisconnect) as refused, house.client.websocket_connect(path, [PROTOCOL], headers=headers):
            pass
        assert refused.value.code == 1008
        return
    answer = house.ask(method, path, secret, json={} if method in ("POST", "PATCH") else None)
    if may:
        assert answer.status_code not in (401, 403), answer.text
        return
    assert answer.status_code == (401 if role is None else 403)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    assert ("www-authenticate" in answer.headers) == (role is None)


def test_every_call_of_the_document_has_a_right_and_a_new_one_is_refused_when_the_application_is_made() -> None:
    served = document()
    rights.STATION.check(served)
    served["paths"][f"{V1}/coils/{{coil_id}}/scrap"] = {"post": {}}
    with pytest.raises(ValueError, match="scrap"):
        rights.STATION.check(served)
    assert all(operation["security"] == [{"token": []}, {"log_in": []}] for operation in document()["paths"][f"{V1}/coils"].values())
    assert document()["paths"]["/health/live"]["get"]["security"] == []


ODD = ["/api/v1/coils/", "/api/v1//coils", "/api/v1/new", "/api/v2/coils", "/docs", "/API/v1/coils"]


@pytest.mark.parametrize("path", [*ODD, "/api/v1/station;x", "/api/v1/live.jpg/", "//api/v1/coils"])
def test_what_is_not_listed_is_refused(house: House, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
        assert house.ask(method, path, None).status_code == 401
        assert house.ask(method, path, house.secrets[Role.READER]).status_code in (401, 403)


def test_the_pages_of_the_console_are_open_and_hold_no_data() -> None:
    for path in ("/", "/index.html", "/assets/index-3f.js", "/favicon.svg"):
        assert rights.STATION.right_for("GET", path) is None
        assert rights.STATION.right_for("POST", path) is Right.ADMIN
    for path in (
        "/metrics",
        "/openapi.json",
        "/assets/../api/v1/coils",
        "/assets/..",
        "/skelp.db",
        "/assets/a/b.js",
        "/assets/",
        "/index.html/x",
    ):
        assert rights.STATION.right_for("GET", path) is not None


def test_a_token_that_is_not_good_says_why(house: House) -> None:
    tokens = house.server.access.tokens
    expired, revoked = tokens.new("old", Role.ADMIN, -DAY), tokens.new("gone", Role.ADMIN, DAY)
    tokens.revoke("gone")
    faults = {expired: "expired", revoked: "revoked", new_secret(): "unknown", revoked[:-3]: "cut off", "": "unknown"}
    for secret, fault in faults.items():
        answer = house.ask("GET", f"{V1}/coils", secret)
        assert answer.status_code == 401
        assert fault in answer.json()["detail"]
        assert "invalid_token" in answer.headers["www-authenticate"]
    for header in (b"Basic a2ltOng=", b"Bearer \xe9", b"bearer", b"Bearer " + b"a" * 10_000):
        assert house.client.get(f"{V1}/coils", headers={b"authorization": header}).status_code == 401
    assert house.client.get("/health/live", headers={"authorization": "Bearer no"}).status_code == 401, "a wrong token is never passed over"
    assert house.client.get(f"{V1}/coils", headers={"authorization": f"bearer  {house.secrets[Role.MES]}"}).status_code == 200


def test_a_use_that_cannot_be_noted_keeps_nobody_waiting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    held, began = threading.Event(), threading.Event()

    def stuck(_: str) -> None:
        began.set()
        assert held.wait(30)
        raise RecordsError("the use of a token cannot be stored", RecordsLocked(30))

    monkeypatch.setattr(house.server.access.tokens, "used", stuck)
    fresh = house.server.access.tokens.new("waiting", Role.READER, DAY)
    assert house.ask("GET", f"{V1}/coils", fresh).status_code == 200
    assert began.wait(10)
    assert house.ask("GET", f"{V1}/coils", fresh).status_code == 200, "the first use is still being noted"
    held.set()


def test_a_database_that_fails_is_503_and_no_way_in(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: str) -> None:
        raise RecordsError("the tokens cannot be read", RecordsLocked(30))

    monkeypatch.setattr(house.server.access.tokens, "find", fails)
    answer = house.ask("GET", f"{V1}/coils", new_secret())
    assert answer.status_code == 503
    assert "the tokens cannot be read" in answer.json()["detail"]


def test_wrong_tokens_are_slowed_down_and_requests_too(house: House) -> None:
    house.guard._failures = Buckets(rate_hz=0.2, burst=10)
    answers = [house.ask("GET", f"{V1}/coils", new_secret()) for _ in range(12)]
    assert [a.status_code for a in answers] == [401] * 10 + [429] * 2
    assert answers[-1].headers["retry-after"] == "5"
    assert house.ask("GET", f"{V1}/coils", house.secrets[Role.MES]).status_code == 200, "a good token from the same address"
    house.guard._failures = Buckets(1e6, 1e6)
    house.guard._requests = Buckets(rate_hz=0.001, burst=3)
    mes, reader = house.secrets[Role.MES], house.secrets[Role.READER]
    assert [house.ask("GET", f"{V1}/coils", mes).status_code for _ in range(4)] == [200] * 3 + [429]
    assert house.ask("GET", f"{V1}/coils", reader).status_code == 200, "one caller does not slow another"


def test_a_large_body_is_refused_before_it_is_read(house: House) -> None:
    mes = house.secrets[Role.MES]
    answer = house.ask("POST", f"{V1}/coils", mes, content=b"x" * (MOST_BODY + 1))
    assert answer.status_code == 413
    assert "at most 1048576" in answer.json()["detail"]
    length = {"content-length": "9" * 5000} | _as(house, Role.MES)
    assert house.client.post(f"{V1}/coils", headers=length).status_code == 413

    def unannounced() -> Iterator[bytes]:
        yield b'{"coil_id": "K-large"}'
        for _ in range(5):
            yield b" " * (MOST_BODY // 4)

    headers = _as(house, Role.MES) | {"content-type": "application/json"}
    answer = house.client.post(f"{V1}/coils", headers=headers, content=unannounced())
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert house.ask("GET", f"{V1}/coils/K-large", mes).status_code == 404


def test_a_caller_signs_with_its_own_name(house: House) -> None:
    coil_id = house.server.expose(10, 10)
    house.server.add_defect(coil_id)
    defect_id = house.client.get(f"{V1}/coils/{coil_id}/defects", headers=_as(house, Role.READER)).json()["defects"][0]["defect_id"]
    body = {"verdict": Verdict.CONFIRMED, "operator": "somebody else"}
    given = house.client.post(f"{V1}/defects/{defect_id}/review", json=body, headers=_as(house, Role.OPERATOR))
    assert given.status_code == 201
    assert given.json()["operator"] == "operator"
    del body["operator"]
    assert (
        house.client.post(f"{V1}/defects/{defect_id}/review", json=body, headers=_as(house, Role.ENGINEER)).json()["operator"] == "engineer"
    )


def test_a_station_without_tokens_needs_a_name_for_a_review_and_refuses_what_a_proxy_forwards(server: StationServer) -> None:
    coil_id = server.expose(0, 10)
    server.add_defect(coil_id)
    client = server.client
    defect_id = client.get(f"{V1}/coils/{coil_id}/defects").json()["defects"][0]["defect_id"]
    refused = client.post(f"{V1}/defects/{defect_id}/review", json={"verdict": "confirmed"})
    assert refused.status_code == 422
    assert refused.json()["faults"][0]["where"] == "body.operator"
    assert client.post(f"{V1}/defects/{defect_id}/review", json={"verdict": "confirmed", "operator": "kim"}).json()["operator"] == "kim"
    for header in ("x-forwarded-for", "X-Forwarded-Proto", "forwarded", "via", "x-real-ip"):
        answer = client.get(f"{V1}/coils", headers={header: "10.1.2.3"})
        assert answer.status_code == 403
        assert "set tokens = true" in answer.json()["detail"]


REBOUND = [
    "evil.example",
    "evil.example:8000",
    "10.0.0.7",
    "0.0.0.0",
    "localhost.evil.example",
    "127.0.0.1.nip.io",
    "[fd00::1]:80",
    "",
    "[::2",
    "1",
]
CALLED = ["localhost", "LOCALHOST:8000", "localhost.", "127.0.0.1:8000", "127.3.2.1", "[::1]:8000"]


@pytest.mark.parametrize(("host", "answered"), [*((h, False) for h in REBOUND), *((h, True) for h in CALLED)])
def test_a_station_without_tokens_answers_to_loopback_names_alone(server: StationServer, host: str, answered: bool) -> None:
    answer = server.client.get(f"{V1}/coils", headers={"host": host})
    assert answer.status_code == (200 if answered else 403)
    if not answered:
        assert "tokens = true" in answer.json()["detail"]
        with pytest.raises(WebSocketDisconnect), server.client.websocket_connect(f"{V1}/live", [PROTOCOL], headers={"host": host}):
            pass


def test_a_station_with_tokens_answers_to_any_name(house: House) -> None:
    headers = {**_as(house, Role.READER), "host": "line1.plant.example"}
    assert house.client.get(f"{V1}/coils", headers=headers).status_code == 200


def test_no_secret_is_in_a_log_or_an_answer(house: House, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = new_secret()
    said = []
    with caplog.at_level(logging.DEBUG):
        for secret in (*house.secrets.values(), wrong):
            for method, path in (("GET", f"{V1}/coils"), ("POST", f"{V1}/coils"), ("GET", f"{V1}/none")):
                said.append(house.ask(method, path, secret, json={} if method == "POST" else None).text)
    told = "".join(said) + caplog.text + "".join(capsys.readouterr())
    assert "a wrong token" in told
    for secret in (*house.secrets.values(), wrong):
        assert secret[6:30] not in told
        assert digest(secret) not in told


def _as(house: House, role: Role) -> dict[str, str]:
    return {"authorization": f"Bearer {house.secrets[role]}"}


def test_tokens_work_on_both_databases(each_server: StationServer, tmp_path: Path) -> None:
    secret = each_server.access.tokens.new("mes-1", Role.MES, DAY)
    with TestClient(Guard(each_server.app, Callers(each_server.access.tokens))) as client:
        assert client.get(f"{V1}/coils", headers={"authorization": f"Bearer {secret}"}).status_code == 200
        assert client.get(f"{V1}/coils").status_code == 401
