"""Results go out one at a time until they are acknowledged. What level 2 refuses or never takes is shown; nothing is skipped silently."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from skelp.domain.decision import Decision
from skelp_client import Coil, Station
from skelp_languages.following import RESULTS, Told
from skelp_languages.level2 import link as link_module
from skelp_languages.level2.meanings import Telegram
from skelp_languages.level2.memory import Memory
from skelp_languages.standing import State
from tests.fakes import defect
from tests.station_server import StationServer
from tests.unit.languages.level2.conftest import Speak, Speaking, told
from tests.unit.languages.level2.layouts import example
from tests.unit.languages.level2.peer import Peer, becomes

RESULT, LIST = Telegram.COIL_RESULT, Telegram.DEFECT_LIST


@pytest.fixture
def coil(server: StationServer, station: Station) -> Coil:
    """A final coil with 13 defects, the last one the worst."""
    server.expose(0, 10)
    station.announce("K0")
    server.expose(10, 100)
    station.finish("K0")
    server.expose(110, 10)
    station.announce("K1", name="코일 K1", heat="H1", product="DC04")
    server.expose(120, 1000)
    with server.writer.transaction() as change:
        found = [replace(defect(n, coil_id="K1", defect_id=f"K1-{n:06d}"), severity=5 if n == 13 else 1 + n % 3) for n in range(1, 14)]
        change.add_defects(found)
    station.finish("K1")
    server.expose(1120, 10)
    assert station.coil("K1").status == "final"
    return station.coil("K1")


@pytest.fixture
def quiet(coil: Coil, station: Station) -> Coil:
    """A final coil without defects."""
    return station.coil("K0")


@contextmanager
def telling(speaking: Speaking, *all_told: Told) -> Iterator[threading.Thread]:
    """A thread that tells, as the one that follows the feed does."""

    def run() -> None:
        for one in all_told:
            speaking.teller.tell(one)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield thread
    thread.join(20)
    assert not thread.is_alive()


def test_a_result_and_its_defects_the_worst_first(server: StationServer, station: Station, coil: Coil, speak: Speak) -> None:
    with speak() as speaking, telling(speaking, told(coil)):
        peer: Peer = speaking.dial()
        result = peer.hear(RESULT, LIST)
        assert result.telegram is RESULT
        shown = result.body
        assert (shown["name"], shown["decision"], shown["defects"], shown["listed"], shown["parts"]) == (
            "코일 K1",
            coil.decision,
            13,
            13,
            2,
        )
        assert (shown["event"], shown["feed_seq"], shown["repeat"], shown["severity_5"], shown["class:scratch"]) == (
            "final",
            5,
            "no",
            1,
            13,
        )
        assert (float(shown["length_m"]), float(shown["lost_m"])) == (coil.length_m, coil.lost_m)  # type: ignore[arg-type]
        peer.acknowledge(result)
        first, ranks, severities = peer.hear(LIST), [], []
        parts = [first]
        peer.acknowledge(first)
        parts.append(peer.hear(LIST))
        peer.acknowledge(parts[1])
        for n, part in enumerate(parts, 1):
            assert (part.body["part"], part.body["parts"], part.body["in_part"]) == (n, 2, (10, 3)[n - 1])
            ranks += [row["rank"] for row in part.defects]
            severities += [row["severity"] for row in part.defects]
        assert ranks == list(range(1, 14))
        assert severities == sorted((d.severity for d in station.defects("K1")), reverse=True)
        assert [result.number, parts[0].number, parts[1].number] == [1, 2, 3]
        becomes(lambda: speaking.standings.now.acknowledged == 5)
        assert speaking.standings.now.state is State.CONNECTED


def test_only_the_worst_defects_are_listed_if_the_layout_says_so(coil: Coil, speak: Speak) -> None:
    file = example()
    file["telegrams"]["defect_list"]["most"] = 4
    with speak(file) as speaking, telling(speaking, told(coil)):
        peer: Peer = speaking.dial()
        result = peer.hear(RESULT)
        assert (result.body["defects"], result.body["listed"], result.body["parts"]) == (13, 4, 1)
        peer.acknowledge(result)
        part = peer.hear(LIST)
        assert (part.body["defects"], part.body["in_part"], len(part.defects)) == (13, 4, 4)
        peer.acknowledge(part)


def test_what_is_no_result_is_not_told(coil: Coil, speak: Speak) -> None:
    with speak() as speaking:
        speaking.teller.tell(told(replace(coil, status="running")))
        speaking.teller.tell(told(coil, kind="coil.changed", status="provisional"))
        speaking.teller.tell(Told(told(coil).event, repeat=False, coil=None))
        assert speaking.teller.kinds == RESULTS
    file = example()
    del file["telegrams"]["coil_result"], file["telegrams"]["defect_list"]
    with speak(file) as speaking:
        assert speaking.teller.kinds == frozenset()


def test_it_is_sent_again_until_it_is_acknowledged_with_the_same_number(quiet: Coil, speak: Speak) -> None:
    with speak() as speaking, telling(speaking, told(quiet)):
        peer: Peer = speaking.dial()
        numbers = [peer.hear(RESULT).number for _ in range(4)]
        assert numbers == [1, 1, 1, 1]
        becomes(lambda: speaking.standings.now.state is State.WAITING)
        assert "SIL201 number 1 (coil K0)" in speaking.standings.now.detail
        peer.close()
        becomes(lambda: "closed" in speaking.standings.now.detail or "ended" in speaking.standings.now.detail)
        peer = speaking.dial()
        peer.acknowledge(peer.hear(RESULT))
        becomes(lambda: speaking.standings.now.state is State.CONNECTED)


def test_after_a_restart_the_same_result_has_the_same_number_and_the_next_one_the_next(quiet: Coil, speak: Speak) -> None:
    with speak() as speaking:
        thread = threading.Thread(target=lambda: speaking.teller.tell(told(quiet, 5)), daemon=True)
        thread.start()
        peer: Peer = speaking.dial()
        assert peer.hear(RESULT).number == 1  # and the process is killed before the acknowledgement
    with speak() as speaking, telling(speaking, told(quiet, 5, repeat=True)):
        peer = speaking.dial()
        result = peer.hear(RESULT)
        assert (result.number, result.body["repeat"]) == (1, "yes")
        peer.acknowledge(result)
    with speak() as speaking, telling(speaking, told(quiet, 9), told(quiet, 9, repeat=True)):
        peer = speaking.dial()
        for number, repeat in ((2, "no"), (3, "yes")):  # a person asked for it again: level 2 must not take it for the one before
            result = peer.hear(RESULT)
            assert (result.number, result.body["feed_seq"], result.body["repeat"]) == (number, 9, repeat)
            peer.acknowledge(result)


def test_a_refused_result_waits_for_a_person(quiet: Coil, speak: Speak) -> None:
    with speak() as speaking, telling(speaking, told(quiet)):
        peer: Peer = speaking.dial()
        for _ in range(3):
            peer.acknowledge(peer.hear(RESULT), "coil_unknown")
        becomes(lambda: speaking.standings.now.state is State.REFUSED)
        assert "refused 3 times, with coil_unknown" in speaking.standings.now.detail
        assert speaking.standings.now.acknowledged is None
        peer.acknowledge(peer.hear(RESULT))  # the person has mended it
        becomes(lambda: speaking.standings.now.acknowledged == 5)


def test_a_refused_result_is_left_out_only_if_the_settings_say_so_and_it_is_counted(quiet: Coil, speak: Speak) -> None:
    with speak(on_refusal="go_on") as speaking, telling(speaking, told(quiet, 5), told(quiet, 6)):
        peer: Peer = speaking.dial()
        for _ in range(3):
            refused = peer.hear(RESULT)
            assert refused.body["feed_seq"] == 5
            peer.acknowledge(refused, "coil_unknown")
        result = peer.hear(RESULT)
        assert (result.body["feed_seq"], result.number) == (6, 2)
        peer.acknowledge(result)
        becomes(lambda: "1 results were left out" in speaking.standings.now.detail)
    memory = Memory(speaking.settings.memory, 600)
    assert memory.now.left_out == 1
    assert [(one.seq, one.coil_id) for one in memory.now.last_left_out] == [(5, "K0")]
    with speak() as speaking:
        assert "1 results were left out" in speaking.standings.now.detail, "also while nobody is connected"
        speaking.dial()
        becomes(lambda: speaking.standings.now.state is State.CONNECTED)
        assert "1 results were left out" in speaking.standings.now.detail


def test_a_value_that_does_not_fit_is_not_cut_and_not_skipped(server: StationServer, coil: Coil, speak: Speak) -> None:
    file = example()
    file["telegrams"]["coil_result"]["fields"][0]["width"] = 6
    file["telegrams"]["defect_list"]["fields"][0]["width"] = 6
    with speak(file) as speaking, telling(speaking, told(coil)):
        peer: Peer = speaking.dial()
        becomes(lambda: speaking.standings.now.state is State.FAILED)
        assert "COIL_NO" in speaking.standings.now.detail
        with server.writer.transaction() as change:
            change.change_coil("K1", name="K1")  # a person gives it a name that fits
        for _ in range(3):
            peer.acknowledge(peer.hear(RESULT, LIST))
    assert speaking.standings.now.acknowledged == 5


def test_a_decision_of_a_person_stands(server: StationServer, station: Station, coil: Coil, speak: Speak) -> None:
    with server.writer.transaction() as change:
        change.add_override("K1", Decision.SCRAP, "kim", "broken edge")
    with speak() as speaking, telling(speaking, told(station.coil("K1"), kind="coil.decided")):
        peer: Peer = speaking.dial()
        result = peer.hear(RESULT)
        assert (result.body["decision"], result.body["decision_of_skelp"], result.body["event"]) == ("scrap", coil.decision, "decided")
        for _ in range(3):
            peer.acknowledge(result)
            result = peer.hear(LIST) if result.body.get("part") != 2 else result


def test_a_newer_connection_wins(quiet: Coil, speak: Speak) -> None:
    with speak(acknowledged_within_s=60) as speaking, telling(speaking, told(quiet)):
        old: Peer = speaking.dial()
        old.hear(RESULT)
        new: Peer = speaking.dial()
        with pytest.raises(ConnectionResetError):
            old.hear(Telegram.ALIVE)
        new.acknowledge(new.hear(RESULT))
        becomes(lambda: speaking.standings.now.peer.endswith(f":{new.socket.getsockname()[1]}"))


def test_garbage_ends_the_connection_and_the_next_one_is_well(coil: Coil, speak: Speak) -> None:
    with speak() as speaking:
        peer: Peer = speaking.dial()
        peer.socket.sendall(b"\x00" * 80)
        with pytest.raises(ConnectionResetError):
            peer.hear(Telegram.ALIVE)
        becomes(lambda: "out of step" in speaking.standings.now.detail)
        assert "00 00 00" in speaking.standings.now.detail
        assert speaking.dial().ask(Telegram.COIL_END, {"coil_id": "K1"}, 3) == "done"


def test_both_say_alive_and_a_silent_level_2_is_cut_off(speak: Speak, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "_TICK_S", 0.01)
    with speak(alive_every_s=0.05, alive_within_s=1.0) as speaking:
        peer: Peer = speaking.dial()
        peer.say(Telegram.ALIVE, {})
        assert peer.hear(Telegram.ALIVE).number == 0
        with pytest.raises(ConnectionResetError):
            peer.hear(RESULT)
        becomes(lambda: "said nothing for 1 s" in speaking.standings.now.detail)


def test_the_rest_of_a_telegram_must_come(speak: Speak, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "REST_WITHIN_S", 0.2)
    with speak() as speaking:
        peer: Peer = speaking.dial()
        peer.socket.sendall(b"0131L2SI01")
        with pytest.raises(ConnectionResetError):
            peer.hear(RESULT)
        becomes(lambda: "30 31 33 31" in speaking.standings.now.detail)


def test_numbers_go_round(quiet: Coil, speak: Speak, tmp_path: Any) -> None:
    memory = Memory(tmp_path / "place-numbers.json", 600)
    memory.numbers("1 of feed ", 9998)
    with speak() as speaking, telling(speaking, *(told(quiet, seq) for seq in (2, 3))):
        peer: Peer = speaking.dial()
        for number in (9999, 1):
            result = peer.hear(RESULT)
            assert result.number == number
            peer.acknowledge(result)


def test_what_was_done_long_ago_is_forgotten(tmp_path: Any) -> None:
    now = [1000.0]
    memory = Memory(tmp_path / "m.json", timedelta(minutes=10).total_seconds(), lambda: now[0])
    memory.done("a", "K1")
    now[0] += 599
    assert memory.known("a") is not None
    now[0] += 2
    assert memory.known("a") is None
    memory.done("b", "K2")
    assert [d.key for d in memory.now.done] == ["b"]
    assert Memory(tmp_path / "m.json", 600, lambda: now[0]).now == memory.now
