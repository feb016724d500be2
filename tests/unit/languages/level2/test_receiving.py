"""Telegrams of level 2 are done once, in order, and acknowledged as often as they come; a refusal says why by its code."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from skelp_client import NotFound, Station, Unreachable
from skelp_languages.level2 import receiving
from skelp_languages.level2.acting import Actor
from skelp_languages.level2.meanings import Telegram, Values
from skelp_languages.level2.memory import Memory
from skelp_languages.level2.telegrams import Outer, pack
from tests.station_server import StationServer
from tests.unit.languages.level2.conftest import Speak, Speaking
from tests.unit.languages.level2.layouts import NOW, example
from tests.unit.languages.level2.peer import Peer, becomes

START, END, CORRECTION = Telegram.COIL_START, Telegram.COIL_END, Telegram.COIL_CORRECTION
K1: Values = {"coil_id": "K1", "heat": "H1", "product": "DC04", "customer": "현대강", "new_pass": "no"}


def _with_a_first_pass(server: StationServer, speaking: Speaking) -> Peer:
    """A level 2 that has started and ended the coil K1, with its telegrams 1 and 2."""
    peer = speaking.dial()
    assert peer.ask(START, K1, 1) == "done"
    server.expose(10, 10)
    assert peer.ask(END, {"coil_id": "K1"}, 2) == "done"
    return peer


def test_a_coil_is_started_corrected_and_ended(server: StationServer, station: Station, speak: Speak) -> None:
    server.expose(0, 10)
    with speak() as speaking:
        peer = speaking.dial()
        assert peer.ask(START, {**K1, "strip_width_mm": 1250}, 1) == "done"
        coil = station.coil("K1")
        assert (coil.status, coil.heat, coil.customer, coil.strip_width_mm) == ("running", "H1", "현대강", 1250)
        assert peer.ask(CORRECTION, {"coil_id": "K1", "heat": "H2"}, 2) == "done"
        assert (station.coil("K1").heat, station.coil("K1").product) == ("H2", "DC04"), "what is blank stays"
        server.expose(10, 10)
        assert peer.ask(END, {"coil_id": "K1"}, 3) == "done"
        assert station.coil("K1").status != "running"


def test_a_duplicate_is_acknowledged_again_and_not_done_twice_also_after_a_restart(
    server: StationServer, station: Station, speak: Speak
) -> None:
    server.expose(0, 10)
    with speak() as speaking:
        peer = speaking.dial()
        assert peer.ask(START, K1, 1) == "done"
        assert peer.ask(CORRECTION, {"coil_id": "K1", "heat": "H2"}, 2) == "done"
        station.correct("K1", heat="of a person")
        assert peer.ask(CORRECTION, {"coil_id": "K1", "heat": "H2"}, 2) == "done"
        assert station.coil("K1").heat == "of a person", "the correction was not done again"
    with speak() as speaking:
        peer = speaking.dial()
        assert peer.ask(CORRECTION, {"coil_id": "K1", "heat": "H2"}, 2) == "done"
        assert station.coil("K1").heat == "of a person"
        assert peer.ask(CORRECTION, {"coil_id": "K1", "heat": "H4"}, 2) == "done", "the number was given again, for something else"
        assert station.coil("K1").heat == "H4"
        server.expose(10, 10)
        assert peer.ask(END, {"coil_id": "K1"}, 4) == "done"
        assert peer.ask(START, K1, 7) == "coil_over"


def test_what_comes_again_after_something_newer_for_the_same_coil_is_meant_anew(
    server: StationServer, station: Station, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.expose(0, 10)
    with speak() as speaking:
        peer = _with_a_first_pass(server, speaking)
        peer = speaking.dial()
        assert peer.ask(START, {**K1, "new_pass": "yes"}, 1) == "done"
        now = replace(station.status(), coil="K1~2")  # the test's station always says K1
        monkeypatch.setattr(Station, "status", lambda _: now)
        server.expose(20, 10)
        assert peer.ask(END, {"coil_id": "K1"}, 2) == "done"
        assert station.coil("K1~2").status != "running", "the end of the first pass is not the end of the second one"
        assert peer.ask(START, K1, 1) == "coil_over", "not done, and so not answered as if it was"
        for heat in ("HA", "HB", "HA"):
            assert peer.ask(CORRECTION, {"coil_id": "K1", "heat": heat}, 1) == "done"
            assert station.coil("K1~2").heat == heat


def test_a_memory_of_an_older_program_is_read_and_its_telegrams_are_known_until_something_newer_is_done(tmp_path: Path) -> None:
    file = tmp_path / "numbers.json"
    old = {"key": "L2SI02 2 ab", "at": 5.0, "done": True, "passes": None}
    file.write_text(json.dumps({"told": None, "done": [old], "left_out": 0, "last_left_out": []}))
    memory = Memory(file, same_within_s=100, clock=lambda: 10.0)
    assert memory.known("L2SI02 2 ab") is not None
    memory.done("L2SI01 1 cd", "K1")
    memory.done("L2SI01 2 ef", "K2")
    memory.begins("L2SI01 3 gh", 1, "K1")
    memory = Memory(file, same_within_s=100, clock=lambda: 10.0)
    assert [memory.known(key) is not None for key in ("L2SI02 2 ab", "L2SI01 1 cd", "L2SI01 2 ef")] == [False, True, True]
    memory.done("L2SI01 3 gh", "K1")
    assert memory.known("L2SI01 1 cd") is None


def test_a_further_pass_is_started_once_also_if_the_process_ended_before_it_could_note_that(
    server: StationServer, station: Station, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    again: Values = {**K1, "new_pass": "yes"}
    server.expose(0, 10)
    with speak() as speaking:
        peer = _with_a_first_pass(server, speaking)
        with monkeypatch.context() as patch:
            done = Actor.act

            def lost(self: Actor, telegram: Telegram, body: Values, passes: int | None) -> str:
                done(self, telegram, body, passes)
                return "station_away"  # the answer was lost, or the process was killed here

            patch.setattr(Actor, "act", lost)
            assert peer.ask(START, again, 3) == "station_away"
        assert station.coil("K1~2").status == "running"
        server.expose(20, 10)
        station.finish("K1~2")
    with speak() as speaking:
        peer = speaking.dial()
        assert peer.ask(START, again, 3) == "done"
        with pytest.raises(NotFound):
            station.coil("K1~3")
        assert peer.ask(START, again, 4) == "done"
        assert station.coil("K1~3").status == "running"


def test_a_refusal_says_why_by_its_code(server: StationServer, station: Station, speak: Speak, monkeypatch: pytest.MonkeyPatch) -> None:
    server.expose(0, 10)
    with speak() as speaking:
        peer: Peer = speaking.dial()
        assert peer.ask(END, {"coil_id": "K9"}, 1) == "coil_unknown"
        assert peer.ask(END, {"coil_id": "*"}, 2) == "not_understood"
        assert peer.ask(START, {**K1, "coil_id": "*", "new_pass": "yes"}, 2) == "not_understood"
        assert peer.ask(CORRECTION, {"coil_id": "K1", "heat": "H1"}, 2) == "coil_unknown"
        assert peer.ask(START, K1, 3) == "done"
        assert peer.ask(CORRECTION, {"coil_id": "K1", "heat": "H1"}, 2) == "done", "what was refused is tried when it comes again"
        assert peer.ask(START, {**K1, "heat": "H2"}, 4) == "coil_differs"
        assert peer.ask(START, {**K1, "new_pass": "yes"}, 5) == "still_running"
        with monkeypatch.context() as patch:

            def away(*_: object, **__: object) -> None:
                raise Unreachable("here", "it rests", sent=False)

            patch.setattr(Station, "finish", away)
            assert peer.ask(END, {"coil_id": "K1"}, 6) == "station_away"
        server.expose(10, 10)
        assert peer.ask(END, {"coil_id": "K1"}, 6) == "done", "what was not done is done when it comes again"


def test_what_is_not_for_us_or_not_known_is_refused_and_the_connection_stays(
    server: StationServer, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.expose(0, 10)
    with speak() as speaking:
        peer: Peer = speaking.dial()
        good = pack(speaking.layout, START, Outer(NOW, 8, to_level_2=False), K1)
        peer.socket.sendall(good[:4] + b"L2SI77" + good[10:])
        assert peer.hear(Telegram.ACK).body == {
            "of_code": "L2SI77",
            "of_number": 8,
            "result": "unknown_telegram",
            "reason": "unknown_telegram",
        }
        peer.socket.sendall(good[:26] + b"XX" + good[28:])
        assert peer.hear(Telegram.ACK).body["result"] == "other_receiver"
        peer.socket.sendall(good[:94] + b"\xff" * 30 + good[124:])
        assert peer.hear(Telegram.ACK).body["result"] == "not_understood"
        with monkeypatch.context() as patch:
            patch.setattr(receiving, "LATE_S", -1.0)
            assert peer.ask(START, K1, 9) == "station_away", "it waited too long to be the coil that is on the line now"


def test_a_refusal_is_a_nack_where_the_layout_has_one(server: StationServer, speak: Speak) -> None:
    file = example()
    file["telegrams"]["nack"] = {"code": "SIL298", "code_in": "L2SI98", "fields": file["telegrams"]["ack"]["fields"]}
    file["telegrams"]["ack"]["fields"] = []
    with speak(file) as speaking:
        peer: Peer = speaking.dial()
        peer.say(END, {"coil_id": "K9"}, 12)
        assert (found := peer.hear(Telegram.ACK, Telegram.NACK)).telegram is Telegram.NACK
        assert found.body["result"] == "coil_unknown"
        server.expose(0, 10)
        peer.say(START, K1, 13)
        assert (found := peer.hear(Telegram.ACK, Telegram.NACK)).telegram is Telegram.ACK
        assert found.number == 13, "its header has the number of what is acknowledged"


def test_an_acknowledgement_is_not_acknowledged(server: StationServer, speak: Speak) -> None:
    with speak() as speaking:
        peer: Peer = speaking.dial()
        peer.say(Telegram.ACK, {"of_code": "SIL201", "of_number": 5, "result": "done", "reason": ""}, 5)
        peer.say(Telegram.ALIVE, {}, 0)
        assert peer.ask(END, {"coil_id": "K9"}, 1) == "coil_unknown"
        assert len(peer.raw) == 1
        becomes(lambda: "closed" not in speaking.standings.now.detail)


@pytest.mark.parametrize("again", [b"X", b"y", b"1"])
def test_an_unknown_code_is_not_understood_and_not_taken_as_no(server: StationServer, station: Station, speak: Speak, again: bytes) -> None:
    server.expose(0, 10)
    with speak() as speaking:
        peer: Peer = speaking.dial()
        good = pack(speaking.layout, START, Outer(NOW, 8, to_level_2=False), {**K1, "new_pass": None})
        peer.socket.sendall(good[:-1] + again)
        assert peer.hear(Telegram.ACK).body["result"] == "not_understood"
        with pytest.raises(NotFound):
            station.coil("K1")
        peer.socket.sendall(good)
        assert peer.hear(Telegram.ACK).body["result"] == "done", "blank is no"


def test_an_unknown_number_of_a_word_is_not_understood(server: StationServer, speak: Speak) -> None:
    file = example()
    file["telegrams"]["coil_start"]["fields"][-1] = {"name": "AGAIN", "value": "new_pass", "width": 1, "kind": "integer"}
    server.expose(0, 10)
    with speak(file) as speaking:
        peer: Peer = speaking.dial()
        good = pack(speaking.layout, START, Outer(NOW, 8, to_level_2=False), K1)
        for code, result in ((b"2", "not_understood"), (b"0", "done")):
            peer.socket.sendall(good[:-1] + code)
            assert peer.hear(Telegram.ACK).body["result"] == result
