"""Which STATE messages of a primary host are believed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelp_languages.mqtt.primary import Heard, PrimaryHost


def state(online: object, timestamp: object) -> bytes:
    return json.dumps({"online": online, "timestamp": timestamp}).encode()


def test_a_host_comes_goes_and_comes_again() -> None:
    host = PrimaryHost("mes1")
    said = [(False, 5), (True, 10), (True, 10), (True, 12), (False, 12), (False, 12), (True, 20)]
    expected = [Heard.NOTHING, Heard.CAME, Heard.NOTHING, Heard.AGAIN, Heard.LEFT, Heard.NOTHING, Heard.CAME]
    assert [host.heard(state(online, at)) for online, at in said] == expected


def test_an_older_message_is_not_believed_in_a_later_session_either() -> None:
    host = PrimaryHost("mes1")
    host.heard(state(True, 10))
    with pytest.raises(ValueError, match="clock"):
        host.heard(state(False, 9))
    assert host.online
    host.forget()
    with pytest.raises(ValueError, match="clock"):
        host.heard(state(True, 9))
    assert not host.online
    assert host.heard(state(True, 10)) is Heard.CAME


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"OFFLINE",
        b"[]",
        b"\xff",
        b"1" * 5000,
        b"[" * 5000,
        state("true", 1),
        state(1, 1),
        state(True, True),
        state(True, "1"),
        state(True, 1.5),
    ],
)
def test_what_is_no_state_message_is_refused(payload: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
        PrimaryHost("mes1").heard(payload)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(payload: bytes) -> None:
    try:
        PrimaryHost("mes1").heard(payload)
    except ValueError:
        return
