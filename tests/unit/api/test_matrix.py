"""Every call of the OpenAPI document and the WebSocket, by everybody, and with what is not good (tokens by role: test_guard.py)."""

from __future__ import annotations

import logging
from itertools import product
from typing import Any

import pytest

from skelp.api.document import document
from skelp.domain.access import RIGHTS, Role, digest, new_secret
from tests.station_server import V1
from tests.unit.api.house import CALLS, DAY, HOST, House, bearer

CHANGES = ("POST", "PATCH", "DELETE", "PUT")
PAGES = {"origin": HOST}
ELSEWHERE = ["https://evil.example", "null", "http://testserver.evil.example", f"{HOST}:81", "http://", "http://testserver@evil.example"]


def cookie(secret: str) -> dict[str, str]:
    return {"cookie": f"skelp={secret}"}


def test_the_calls_are_those_of_the_document_and_two_that_it_cannot_have() -> None:
    served = {(method.upper(), path) for path, methods in document()["paths"].items() for method in methods}
    assert {(method, path) for method, path, _ in CALLS} - served == {("GET", "/openapi.json"), ("WEBSOCKET", f"{V1}/live")}
    assert len(CALLS) == len(served) + 2


@pytest.fixture(scope="module")
def bad(house: House) -> dict[str, str]:
    """Secrets that are not good, by what is wrong."""
    tokens = house.server.access.tokens
    found = {"expired": tokens.new("m-old", Role.ADMIN, -DAY), "revoked": tokens.new("m-gone", Role.ADMIN, DAY), "unknown": new_secret()}
    tokens.revoke("m-gone")
    return found | {"cut off": found["expired"][:-3], "no token": "admin", "empty": "", "other script": "skelp_\u00e9_000000"}


@pytest.mark.parametrize("fault", ["expired", "revoked", "unknown", "cut off", "no token", "empty", "other script"])
def test_a_token_that_is_not_good_opens_nothing(house: House, bad: dict[str, str], fault: str) -> None:
    header: Any = {"authorization": f"Bearer {bad[fault]}".encode("latin-1")}
    for method, path, _ in CALLS:
        assert house.status(method, path, header) == (403 if method == "WEBSOCKET" else 401), f"{method} {path}"


@pytest.mark.parametrize("fault", ["expired", "unknown", "cut off", "ended", "no token"])
def test_a_log_in_that_is_not_good_opens_nothing(house: House, bad: dict[str, str], fault: str) -> None:
    secret = house.log_in(Role.ADMIN) if fault == "ended" else bad[fault]
    if fault == "ended":
        house.server.people.log_out(secret)
    for method, path, right in CALLS:
        expected = 403 if method == "WEBSOCKET" else 401
        found = house.status(method, path, PAGES | cookie(secret))
        assert (found != 401) if right is None else (found == expected), f"{method} {path}"


@pytest.mark.parametrize("role", list(Role))
def test_a_log_in_opens_what_its_role_may_do(house: House, role: Role) -> None:
    secret, again = house.log_in(role), house.log_in(role)
    for method, path, right in CALLS:
        used = again if (method, path) == ("DELETE", f"{V1}/session") else secret
        found = house.status(method, path, PAGES | cookie(used))
        may = right is None or right in RIGHTS[role]
        assert (found not in (401, 403)) if may else (found == 403), f"{method} {path}"


def test_a_log_in_without_the_page_it_comes_from_changes_nothing(house: House) -> None:
    secret = house.log_in(Role.ADMIN)
    for method, path, right in CALLS:
        needs_page = right is not None and (method in CHANGES or method == "WEBSOCKET")
        assert (house.status(method, path, cookie(secret)) == 403) == needs_page, f"{method} {path}"


@pytest.mark.parametrize("secret", ["token", "log-in", "none"])
@pytest.mark.parametrize("origin", ELSEWHERE)
def test_a_page_of_another_site_changes_nothing(house: House, origin: str, secret: str) -> None:
    log_in = house.log_in(Role.ADMIN) if secret == "log-in" else ""
    header = {"token": bearer(house.secrets[Role.ADMIN]), "log-in": cookie(log_in), "none": {}}[secret]
    for method, path, _ in CALLS:
        found = house.status(method, path, header | {"origin": origin})
        if method in CHANGES or method == "WEBSOCKET":
            assert found == 403, f"{method} {path}"
        else:
            assert found != 403, f"{method} {path}"  # what only reads is kept from the page by its browser: no answer allows it to look


def test_no_answer_allows_another_site_to_read_it(house: House) -> None:
    for method, path, _ in CALLS:
        if method == "GET":
            answer = house.answer(method, path, bearer(house.secrets[Role.READER]) | {"origin": ELSEWHERE[0]})
            assert not [name for name in answer.headers if name.startswith("access-control")], path


def test_a_head_is_guarded_like_its_get(house: House) -> None:
    for method, path, right in CALLS:
        if method == "GET":
            assert (house.status("HEAD", path, {}) == 401) == (right is not None), path


def test_no_secret_is_in_a_log_an_answer_or_the_database(
    house: House, bad: dict[str, str], caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    log_in = house.log_in(Role.OPERATOR)
    proofs = [bearer(s) for s in (*house.secrets.values(), bad["unknown"], bad["revoked"])] + [PAGES | cookie(log_in)]
    said = []
    with caplog.at_level(logging.DEBUG):
        for proof, (method, path, _) in product(proofs, CALLS):
            if method != "WEBSOCKET" and (method, path) != ("DELETE", f"{V1}/session"):
                answer = house.answer(method, path, proof)
                said.append(answer.text + str(answer.headers))
        for name, password in house.passwords.items():
            wrong = house.client.post(f"{V1}/session", json={"name": name, "password": f"{password}!"})
            unfit = house.client.post(f"{V1}/session", json={"name": name, "password": f"{password}\x00"})
            said += [wrong.text, unfit.text]
            assert (wrong.status_code, unfit.status_code) == (401, 422)
    told = "".join(said) + caplog.text + "".join(capsys.readouterr())
    assert "a wrong token" in told
    assert "a log-in failed" in told
    database = b"".join(file.read_bytes() for file in house.folder.glob("s.db*"))
    assert digest(house.secrets[Role.MES]).encode() in database
    for secret in [*house.secrets.values(), bad["revoked"], bad["unknown"], log_in]:
        assert secret[6:30] not in told
        assert digest(secret) not in told
        assert secret[6:30].encode() not in database
    for password in house.passwords.values():
        assert password not in told
        assert password.encode() not in database
