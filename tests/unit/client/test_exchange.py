"""What is tried again, how long, and what is not."""

from __future__ import annotations

from itertools import repeat

import pytest

from skelp_client import NotAllowed, NotFound, NotTrusted, NotUnderstood, StationError, Unreachable, calls
from skelp_client.call import Call
from skelp_client.exchange import Answer, Backoff, exchange
from tests.unit.client.scripted import Outcome, Script, answer, away, problem

SAFE: Call[bytes] = calls.crop("d")
ONCE: Call[bytes] = Call("POST", "/api/v1/x", bytes, body={"a": 1}, repeatable=False)
NOT_TRUSTED = NotTrusted("https://station", "self-signed certificate")


@pytest.mark.parametrize(
    ("call", "outcome", "again"),
    [
        (SAFE, away(sent=True), True),
        (SAFE, away(sent=False), True),
        (SAFE, problem(503), True),
        (SAFE, problem(429), True),
        (SAFE, Answer(502, {}, b"<html>"), True),
        (SAFE, problem(500), False),
        (SAFE, problem(401), False),
        (SAFE, problem(403), False),
        (SAFE, problem(404), False),
        (SAFE, problem(409, conflict="coil_over"), False),
        (SAFE, problem(422), False),
        (SAFE, NOT_TRUSTED, False),
        (ONCE, away(sent=False), True),
        (ONCE, away(sent=True), False),
        (ONCE, problem(429), True),
        (ONCE, problem(503), False),
        (ONCE, Answer(504, {}, b""), False),
    ],
)
def test_what_may_pass_is_tried_again_unless_that_could_do_it_twice(call: Call[bytes], outcome: Outcome, again: bool) -> None:
    script = Script([outcome, Answer(200, {}, b"good")])
    if again:
        assert script.run(exchange(call, script.patience())) == b"good"
    else:
        with pytest.raises((StationError, Unreachable)):
            script.run(exchange(call, script.patience()))
    assert len(script.sent) == 1 + again


def test_a_call_ends_with_the_last_error_when_its_time_is_over() -> None:
    script = Script(repeat(away()), answering_s=2.0)
    with pytest.raises(Unreachable) as found:
        script.run(exchange(SAFE, script.patience(retry_s=20)))
    assert found.value.sent
    assert 10 < script.now <= 22
    assert len(script.sent) > 3


def test_the_station_says_how_long_to_wait() -> None:
    script = Script([problem(429, retry_after=7), problem(503, retry_after="Thu, 26 Nov 2026 10:00:00 GMT"), Answer(200, {}, b"good")])
    assert script.run(exchange(SAFE, script.patience())) == b"good"
    assert 7 <= script.waited[0] <= 8
    assert script.waited[1] < 1


def test_a_wait_that_is_longer_than_the_time_left_is_not_begun() -> None:
    script = Script([problem(429, retry_after=60)])
    with pytest.raises(StationError):
        script.run(exchange(SAFE, script.patience(retry_s=30)))
    assert script.waited == []


def test_waits_double_up_to_a_limit_and_half_of_each_is_chance() -> None:
    low, high = Backoff(lambda: 0.0), Backoff(lambda: 1.0)
    shortest, longest = ([b.next_s(0) for _ in range(9)] for b in (low, high))
    assert longest == [2 * s for s in shortest]
    assert longest == [0.25, 0.5, 1, 2, 4, 8, 15, 15, 15]


def test_an_error_has_all_that_a_problem_document_says() -> None:
    reason = {"code": "records.locked", "args": {"seconds": 3}, "text": "locked"}
    faults = [{"where": "body.heat", "fault": "too long"}]
    script = Script([problem(409, conflict="coil_over", reason=reason, faults=faults)])
    with pytest.raises(StationError) as found:
        script.run(exchange(SAFE, script.patience()))
    error = found.value
    assert (error.status, error.detail, error.conflict) == (409, "d", "coil_over")
    assert error.reason is not None
    assert (error.reason.code, error.reason.args) == ("records.locked", {"seconds": 3})
    assert [(f.where, f.fault) for f in error.faults] == [("body.heat", "too long")]


@pytest.mark.parametrize(("status", "kind"), [(401, NotAllowed), (403, NotAllowed), (404, NotFound), (409, StationError)])
def test_a_refusal_has_its_kind(status: int, kind: type[StationError]) -> None:
    script = Script([problem(status)])
    with pytest.raises(kind):
        script.run(exchange(SAFE, script.patience()))


@pytest.mark.parametrize("body", [b"Internal Server Error", b"\xff\xfe", b'{"a": 1}', b"[]", b'{"status": "x", "title": 1, "detail": 2}'])
def test_an_answer_that_is_no_problem_document_is_an_error_all_the_same(body: bytes) -> None:
    script = Script([Answer(500, {}, body)])
    with pytest.raises(StationError) as found:
        script.run(exchange(SAFE, script.patience()))
    assert (found.value.status, found.value.conflict) == (500, None)


def test_a_redirection_is_not_followed_because_the_token_would_go_there() -> None:
    script = Script([Answer(307, {"location": "http://elsewhere"}, b"")])
    with pytest.raises(NotUnderstood):
        script.run(exchange(SAFE, script.patience()))
    assert len(script.sent) == 1


def test_an_answer_that_is_not_json_is_not_understood() -> None:
    script = Script([Answer(200, {}, b"<html>a proxy's page</html>"), answer({"alarms": 3}), answer([])])
    for _ in range(3):
        with pytest.raises(NotUnderstood):
            script.run(exchange(calls.alarms(), script.patience()))
    assert len(script.sent) == 3


@pytest.mark.parametrize("key", ["", ".", "..", "a/b", "../station"])
def test_a_value_that_would_make_another_path_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="a station has no such one"):
        calls.coil(key).path  # noqa: B018 - the path is made here


def test_a_name_of_any_script_is_part_of_the_path() -> None:
    assert calls.coil("코일 1?#%").path == "/api/v1/coils/%EC%BD%94%EC%9D%BC%201%3F%23%25"
    assert calls.coil("K1~2").path == "/api/v1/coils/K1~2"
