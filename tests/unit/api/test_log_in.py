"""People log in by a cookie. It works in a page of the station only, for as long as the person may be there."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from skelp.api import rights
from skelp.api.callers import Callers
from skelp.api.guard import Guard
from skelp.api.live import PROTOCOL
from skelp.api.sessions import VALID
from skelp.domain.access import RIGHTS, Role
from tests.station_server import V1, StationServer, receive_all

HOST = "https://line1.plant.example"
GOOD = "correct horse battery"
OWN = {"origin": HOST}
LIVE = f"wss://line1.plant.example{V1}/live"
CHANGES = [(m, p, r) for (m, p), r in rights.RIGHTS.items() if m not in ("GET", "WEBSOCKET")]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[StationServer]:
    server = StationServer(tmp_path, asks=True)
    server.access.people.new("kim", Role.OPERATOR, GOOD)
    yield server
    server.close()


def _browser(house: StationServer, base: str = HOST) -> TestClient:
    return TestClient(Guard(house.app, Callers(house.access.tokens), house.people), base_url=base, client=("10.0.0.9", 5))


def _log_in(browser: TestClient, name: str = "kim", password: str = GOOD, **headers: str) -> Any:
    return browser.post(f"{V1}/session", json={"name": name, "password": password}, headers={**OWN, **headers})


def test_who_logs_in_signs_with_their_own_name_until_they_log_out(house: StationServer) -> None:
    coil = house.expose(0, 10)
    house.add_defect(coil)
    browser = _browser(house)
    assert browser.get(f"{V1}/session").status_code == 401
    answer = _log_in(browser)
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["role"], answer.json()["by_log_in"]) == ("kim", "operator", True)
    assert answer.json()["rights"] == sorted(RIGHTS[Role.OPERATOR])
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-skelp=skelp_")
    assert {"Path=/", "HttpOnly", "SameSite=Strict", "Secure", f"Max-Age={int(VALID.total_seconds())}"} <= set(cookie.split("; "))
    assert browser.get(f"{V1}/session").json() == answer.json()
    given = browser.post(f"{V1}/defects/{coil}-1/review", json={"verdict": "confirmed", "operator": "the boss"}, headers=OWN)
    assert (given.status_code, given.json()["standing"]["reviews"][0]["operator"]) == (201, "kim")
    out = browser.delete(f"{V1}/session", headers=OWN)
    assert out.status_code == 204
    assert "Max-Age=0" in out.headers["set-cookie"]
    stolen = {"cookie": cookie.split(";")[0]}
    assert browser.get(f"{V1}/coils", headers=stolen).status_code == 401, "the cookie is worth nothing any more, at once"


def test_without_tls_the_cookie_has_a_plain_name(house: StationServer) -> None:
    answer = _browser(house, "http://127.0.0.1").post(f"{V1}/session", json={"name": "kim", "password": GOOD})
    assert answer.headers["set-cookie"].startswith("skelp=skelp_")
    assert "Secure" not in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "https://line1.plant.example.evil.example", "https://line1.plant.example:444", "["]
)
def test_a_page_of_another_site_changes_nothing_and_sees_nothing(house: StationServer, origin: str) -> None:
    browser = _browser(house)
    assert _log_in(browser, origin=origin).status_code == 403
    _log_in(browser)
    for method, path, _ in CHANGES:
        answer = browser.request(method, path, json={}, headers={"origin": origin})
        assert (answer.status_code, answer.json()["detail"]) == (403, "a page of another site asked this")
    with pytest.raises(WebSocketDisconnect), browser.websocket_connect(LIVE, [PROTOCOL], headers={"origin": origin}):
        pass
    with browser.websocket_connect(LIVE, [PROTOCOL], headers={"origin": HOST}) as socket:
        assert socket.accepted_subprotocol == PROTOCOL


def test_a_station_that_asks_nobody_who_they_are_is_not_changed_by_a_page_of_another_site(house: StationServer) -> None:
    for method, path, _ in CHANGES:
        assert house.client.request(method, path, json={}, headers={"origin": "https://evil.example"}).status_code == 403
    assert house.client.post(f"{V1}/coils", json={"coil_id": "C1"}, headers={"origin": "http://localhost"}).status_code == 201


def test_a_cookie_without_an_origin_changes_nothing(house: StationServer) -> None:
    browser = _browser(house)
    _log_in(browser)
    assert browser.get(f"{V1}/coils").status_code == 200, "browsers send no Origin with what only reads"
    answer = browser.post(f"{V1}/alarms/acknowledge", json={})
    assert answer.status_code == 403
    assert "a program needs a token" in answer.json()["detail"]


@pytest.mark.parametrize("role", list(Role))
def test_a_person_may_do_what_their_role_may(house: StationServer, role: Role) -> None:
    house.access.people.new(f"a {role}", role, GOOD)
    browser = _browser(house)
    _log_in(browser, f"a {role}")
    for method, path, right in CHANGES:
        if path == f"{V1}/session":
            continue
        answer = browser.request(method, path.replace("{", "").replace("}", ""), json={}, headers=OWN)
        assert (answer.status_code == 403) == (right not in RIGHTS[role]), (method, path, answer.text)


def test_who_left_is_out_within_seconds_and_their_live_picture_ends(house: StationServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skelp.api.guard.REMEMBERED_S", 0.1)
    monkeypatch.setattr("skelp.api.callers.REMEMBERED_S", 0.0)
    browser = _browser(house)
    _log_in(browser)
    with browser.websocket_connect(LIVE, [PROTOCOL], headers=OWN) as socket:
        house.access.people.end("kim")
        with pytest.raises(WebSocketDisconnect) as ended:
            receive_all(socket)
    assert (ended.value.code, ended.value.reason) == (1008, "this log-in is revoked")
    assert browser.get(f"{V1}/coils").json()["detail"] == "this log-in is revoked"


def test_guessing_is_slowed_down_by_name_and_by_address(house: StationServer) -> None:
    browser = _browser(house)
    answers = [_log_in(browser, password=f"a wrong one {n}") for n in range(11)]
    assert [a.status_code for a in answers] == [401] * 10 + [429]
    assert answers[0].json()["detail"] == "name and password do not fit"
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert _log_in(browser).status_code == 429, "the right password too: an answer would say which one it is"
    assert _log_in(browser, "somebody").status_code == 429


def test_no_password_and_no_cookie_is_in_a_log_or_an_answer(house: StationServer, caplog: pytest.LogCaptureFixture, capsys: Any) -> None:
    caplog.set_level(logging.DEBUG)
    browser = _browser(house)
    said = [_log_in(browser, password="a wrong secret one").text, browser.post(f"{V1}/session", json={"name": "kim"}, headers=OWN).text]
    said.append(browser.post(f"{V1}/session", json={"name": "kim", "password": "a wrong secret one", "more": 1}, headers=OWN).text)
    said.append(browser.post(f"{V1}/session", json={"name": "kim", "password": 17171717}, headers=OWN).text)
    answer = _log_in(browser)
    secret = answer.headers["set-cookie"].split("=")[1].split(";")[0]
    browser.delete(f"{V1}/session", headers=OWN)
    said += [
        answer.text,
        browser.get(f"{V1}/coils", headers={"cookie": f"__Host-skelp={secret}"}).text,
        caplog.text,
        "".join(capsys.readouterr()),
    ]
    everything = "\n".join(said)
    for hidden in ("a wrong secret one", "17171717", GOOD, secret, secret[6:30]):
        assert hidden not in everything


def test_a_station_that_asks_nobody_has_no_log_in(tmp_path: Path) -> None:
    server = StationServer(tmp_path)
    who = server.client.get(f"{V1}/session").json()
    assert (who["name"], who["role"], who["by_log_in"]) == (None, "admin", False)
    answer = server.client.post(f"{V1}/session", json={"name": "kim", "password": GOOD})
    assert answer.status_code == 409
    assert "asks nobody who they are" in answer.json()["detail"]
    server.close()


def test_a_broken_cookie_is_no_log_in(house: StationServer) -> None:
    browser = _browser(house)
    for cookie in ("__Host-skelp", "__Host-skelp=", "__Host-skelp=\xe9", "=;=", "__Host-skelp=skelp_x_y", "skelp=skelp_x_y", "a" * 5000):
        answer = browser.get(f"{V1}/coils", headers={b"cookie": cookie.encode("latin-1")})
        assert answer.status_code == 401, cookie


@pytest.mark.parametrize("other", ['pref={"a":1}', "a b=c", "x=1 2", "path=/", "foo", "a[b]=c", 'q="x', "", "=;="])
def test_cookies_of_other_programs_do_not_hide_the_log_in(house: StationServer, other: str) -> None:
    own = _log_in(_browser(house)).headers["set-cookie"].split(";")[0]
    for cookie in (f"{other}; {own}", f"{own}; {other}", f"{other};{own};{other}"):
        assert _browser(house).get(f"{V1}/coils", headers={"cookie": cookie}).status_code == 200, cookie


def test_who_asks_at_the_same_time_gets_no_more_attempts(house: StationServer) -> None:
    browser = _browser(house)
    with ThreadPoolExecutor(20) as pool:  # each has a loop of its own here, and none may wait: a reader has 24 turns
        codes = [a.status_code for a in pool.map(lambda n: _log_in(browser, password=f"a wrong one {n}"), range(30))]
    assert 10 <= codes.count(401) + codes.count(503) <= 11
    assert codes.count(429) >= 19


def test_many_good_log_ins_are_not_slowed_down(house: StationServer) -> None:
    browser = _browser(house)
    assert [_log_in(browser).status_code for _ in range(12)] == [200] * 12


def test_somebody_unknown_cannot_send_much(house: StationServer) -> None:
    browser = _browser(house)
    many = {f"k{n}": n for n in range(300)}
    assert browser.post(f"{V1}/session", json=many | {f"m{n}": "x" * 50 for n in range(100)}, headers=OWN).status_code == 413
    answer = browser.post(f"{V1}/session", json=dict(list(many.items())[:200]), headers=OWN)
    assert (answer.status_code, len(answer.json()["faults"])) == (422, 20)


def test_a_page_that_came_without_tls_is_another_site(house: StationServer) -> None:
    assert _log_in(_browser(house), origin=HOST.replace("https", "http")).status_code == 403


def test_behind_a_proxy_with_tls_the_cookie_is_kept_to_the_host(house: StationServer) -> None:
    browser = _browser(house, "http://line1.plant.example")
    answer = _log_in(browser)
    assert answer.headers["set-cookie"].startswith("__Host-skelp=")
    headers = {"cookie": answer.headers["set-cookie"].split(";")[0], "authorization": "Basic a2ltOng="}
    assert browser.get(f"{V1}/coils", headers=headers).status_code == 200, "the proxy's own authorisation is not the station's"
