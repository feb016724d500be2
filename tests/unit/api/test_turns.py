"""One caller cannot keep others waiting by what they ask at the same time."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import Any

import pytest
from websockets.sync.client import connect

from skelp.api import guard
from skelp.api.callers import Callers
from skelp.api.guard import Guard
from skelp.domain.access import Caller, Role
from tests.sockets import PATIENT_S, Slow, ask, becomes, serving, status

pytestmark = pytest.mark.usefixtures("hang_up")


class Known(Callers):
    """Callers whose token is their name."""

    def __init__(self) -> None:
        pass

    def of(self, secret: str) -> Caller | str:
        return Caller(secret, Role.READER)


def test_one_caller_cannot_keep_others_waiting_by_requests_in_progress(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_MOST_AT_ONCE", 3)
    monkeypatch.setattr(guard, "_PATIENCE_S", 0.2)
    with serving(Guard(slow, Known())) as port:

        def coils(name: str) -> socket.socket:
            return ask(port, "/api/v1/coils", f"authorization: Bearer {name}")

        greedy = [coils("greedy") for _ in range(3)]
        assert becomes(lambda: len(slow.waiting) == 3)
        refused = coils("greedy").recv(65536)
        assert refused.startswith(b"HTTP/1.1 429 ")
        assert b"retry-after: " in refused
        other = coils("other")
        assert becomes(lambda: len(slow.waiting) == 4), "another caller has turns of its own"
        slow.may_answer.set()
        assert [status(asked) for asked in (*greedy, other, coils("greedy"))] == [200] * 5


def test_a_request_that_is_one_too_many_waits_for_its_turn(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_MOST_AT_ONCE", 2)
    monkeypatch.setattr(guard, "_PATIENCE_S", PATIENT_S)
    with serving(Guard(slow, Known())) as port:
        asked = [ask(port, "/api/v1/coils", "authorization: Bearer mes") for _ in range(6)]
        assert becomes(lambda: len(slow.waiting) == 2)
        slow.may_answer.set()
        assert [status(a) for a in asked] == [200] * 6


def test_live_pictures_of_one_caller_are_limited(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_MOST_AT_ONCE", 2)
    with serving(Guard(slow, Known())) as port, ExitStack() as opened:

        def live(name: str) -> Any:
            headers = {"Authorization": f"Bearer {name}"}
            return opened.enter_context(connect(f"ws://127.0.0.1:{port}/api/v1/live", additional_headers=headers))

        for socket_ in (live("wall"), live("wall"), live("other")):
            socket_.send("hello")
            assert socket_.recv(timeout=PATIENT_S) == "hello"
        with pytest.raises(Exception, match="403"):
            live("wall")
