"""Telegrams of level 2 are done once, in order, and acknowledged as often as they come; a refusal says why by its code."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from skelp_client import NotFound, Station, Unreachable
from skelp_languages.level2 import receiving
from skelp_languages.level2.acting import Actor, coil_id_of
from skelp_languages.level2.meanings import Telegram, Values
from skelp_languages.level2.memory import Memory
from skelp_languages.level2.telegrams import Outer, pack
from tests.station_server import StationServer
from tests.unit.languages.level2.conftest import Speak
from tests.unit.languages.level2.layouts import NOW, example
from tests.unit.languages.level2.peer import Peer, becomes

START, END, CORRECTION = Telegram.COIL_START, Telegram.COIL_END, Telegram.COIL_CORRECTION
K1: Values = {"coil_id": "K1", "heat": "H1", "product": "DC04", "customer": "현대강", "new_pass": "no"}


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
        peer = speaking.dial()
        assert peer.ask(START, K1, 1) == "done"
        server.expose(10, 10)
        assert peer.ask(END, {"coil_id": "K1"}, 2) == "done"
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
        peer = speaking.dial()
        assert peer.ask(START, K1, 1) == "done"
        server.expose(10, 10)
        assert peer.ask(END, {"coil_id": "K1"}, 2) == "done"
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


@pytest.mark.parametrize(
    ("number", "coil_id"),
    [("K 47 11", "K-47-11"), (" k4711 ", "k4711"), ("K1~2", "K1-2"), ("열연1", ""), ("", ""), (None, ""), ("1" * 65, "")],
)
def test_a_coil_number_becomes_an_id(number: str | None, coil_id: str) -> None:
    assert coil_id_of(number) == coil_id


def test_a_coil_number_with_blanks_is_the_name_of_its_coil(server: StationServer, station: Station, speak: Speak) -> None:
    server.expose(0, 10)
    with speak() as speaking:
        peer: Peer = speaking.dial()
        assert peer.ask(START, {**K1, "coil_id": "K 47 11"}, 1) == "done"
        assert (station.coil("K-47-11").name, station.coil("K-47-11").status) == ("K 47 11", "running")
        server.expose(10, 10)
        assert peer.ask(END, {"coil_id": "K 47 11"}, 2) == "done"
        assert station.coil("K-47-11").status != "running"


def started(speak_to: Peer, number: str, *, again: str = "no") -> str:
    return speak_to.ask(START, {**K1, "coil_id": number, "new_pass": again}, 1)


@pytest.mark.parametrize(("number", "other"), [("K가1", "K나1"), ("M 1", "M-1"), ("M-1", "M 1"), ("M 1", "M/1")])
def test_a_telegram_for_another_coil_whose_number_becomes_the_same_id_changes_nothing(
    server: StationServer, station: Station, speak: Speak, number: str, other: str
) -> None:
    server.expose(0, 10)
    coil_id = coil_id_of(number)
    with speak() as speaking:
        peer: Peer = speaking.dial()
        assert started(peer, number) == "done"
        running = station.coil(coil_id)
        assert running.name == number
        assert peer.ask(END, {"coil_id": other}, 2) == "coil_unknown"
        assert peer.ask(CORRECTION, {"coil_id": other, "heat": "H9"}, 3) == "coil_unknown"
        assert started(peer, other) == "name_taken", "the same heat, product and customer do not make it the same coil"
        assert started(peer, other, again="yes") == "name_taken"
        assert station.coil(coil_id) == running
        server.expose(10, 10)
        assert peer.ask(END, {"coil_id": number}, 4) == "done"
        over = station.coil(coil_id)
        assert over.status != "running"
        assert peer.ask(CORRECTION, {"coil_id": other, "heat": "H9"}, 5) == "coil_unknown"
        assert started(peer, other, again="yes") == "name_taken"
        assert peer.ask(START, {**K1, "coil_id": other}, 6) == "name_taken"
        assert station.coil(coil_id) == over
        assert started(peer, number, again="yes") == "done"
        assert peer.ask(CORRECTION, {"coil_id": number, "heat": "H8"}, 7) == "done"
        assert (station.coil(f"{coil_id}~2").heat, station.coil(f"{coil_id}~2").name) == ("H8", number)


def test_a_first_pass_that_is_announced_as_a_further_one_has_its_number_as_name(
    server: StationServer, station: Station, speak: Speak
) -> None:
    server.expose(0, 10)
    with speak() as speaking:
        assert started(speaking.dial(), "K 7", again="yes") == "done"
        assert station.coil("K-7").name == "K 7"


def test_a_renamed_coil_is_found_by_its_new_name_and_by_its_id(server: StationServer, station: Station, speak: Speak) -> None:
    server.expose(0, 10)
    with speak() as speaking:
        peer: Peer = speaking.dial()
        assert started(peer, "K 1") == "done"
        station.correct("K-1", name="K 9")
        assert peer.ask(CORRECTION, {"coil_id": "K 1", "heat": "H9"}, 2) == "coil_unknown", "no coil is called so any more"
        assert peer.ask(CORRECTION, {"coil_id": "K 9", "heat": "H9"}, 3) == "done"
        assert station.coil("K-1").heat == "H9"
        server.expose(10, 10)
        assert peer.ask(END, {"coil_id": "K-1"}, 4) == "done", "its id, and no name that becomes this id"
        assert peer.ask(START, {**K1, "coil_id": "K 9", "new_pass": "yes"}, 5) == "done"
        assert (station.coil("K-1~2").name, station.coil("K-1~2").status) == ("K 9", "running")


def test_a_coil_whose_name_would_hide_its_number_is_not_started(server: StationServer, station: Station, speak: Speak) -> None:
    file = example()
    fields = file["telegrams"]["coil_start"]["fields"]
    fields.append({"name": "COIL_NM", "value": "name", "width": 20, "kind": "text"})
    server.expose(0, 10)
    with speak(file) as speaking:
        peer: Peer = speaking.dial()
        for number, name in (("K 1", "first"), ("K-1", "K 1")):
            assert peer.ask(START, {**K1, "coil_id": number, "name": name}, 1) == "not_understood"
        assert peer.ask(START, {**K1, "coil_id": "K1", "name": "K 1, thin"}, 2) == "done"
        server.expose(10, 10)
        assert peer.ask(END, {"coil_id": "K1"}, 3) == "done"
        assert station.coil("K1").status != "running"
