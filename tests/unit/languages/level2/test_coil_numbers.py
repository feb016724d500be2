"""A telegram acts on the coil that has its number, and never on another one whose number becomes the same id."""

from __future__ import annotations

import pytest

from skelp_client import Station
from skelp_languages.level2.acting import coil_id_of
from tests.station_server import StationServer
from tests.unit.languages.level2.conftest import Speak
from tests.unit.languages.level2.layouts import example
from tests.unit.languages.level2.peer import Peer
from tests.unit.languages.level2.test_receiving import CORRECTION, END, K1, START


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
