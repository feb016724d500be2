"""A result counts as sent when the broker gives it back. Everything else is sent again, and marked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from skelp_languages.following import Resend, Told
from skelp_languages.mqtt import edge as edges
from skelp_languages.mqtt.codec import DataType, Metric, Payload, Value, decode, encode
from skelp_languages.mqtt.edge import Edge
from skelp_languages.mqtt.history import History
from skelp_languages.mqtt.settings import PrimaryHostSettings
from skelp_languages.mqtt.topics import Topics
from skelp_languages.standing import Standings, State
from tests.unit.languages.mqtt.records import coil, status, told

TOPICS = Topics("Pohang", "line-1", "PLTCM")
DATA = TOPICS.of_device("DDATA")
STATE = "spBv1.0/STATE/mes1"


class Plant:
    """An edge node, and a broker that gives back what it gets as long as `echoes`."""

    def __init__(self, folder: Path, primary: PrimaryHostSettings | None = None) -> None:
        self.standings, self.resend = Standings("mqtt", "mqtt://broker:1883"), Resend()
        self.history = History(folder / "session", 90)
        self.edge = Edge(TOPICS, self.history, self.standings, self.resend, primary)
        self.sent: list[tuple[str, Payload]] = []
        self.echoes, self.left = True, 0
        self.news = threading.Event()
        self.edge.begin(coil)

    def send(self, topic: str, payload: bytes, _qos: int) -> None:
        self.sent.append((topic, decode(payload)))
        if topic == DATA:
            self.news.set()
            if self.echoes:
                threading.Thread(target=self.edge.message, args=(topic, payload), kwargs={"retained": False}).start()

    def leave(self) -> None:
        self.left += 1

    def connect(self) -> None:
        self.edge.opening()
        self.edge.subscribed(self)

    def kinds(self) -> list[str]:
        return [topic.split("/")[2] for topic, _ in self.sent]

    def results(self) -> list[dict[str, Value]]:
        found = [{m.name: m.value for m in p.metrics} for t, p in self.sent if t == DATA]
        return [f for f in found if "Feed/Seq" in f]

    def state(self, online: bool, timestamp: int) -> None:
        self.edge.message(STATE, json.dumps({"online": online, "timestamp": timestamp}).encode(), retained=True)

    def telling(self, what: Told) -> threading.Thread:
        self.news.clear()
        thread = threading.Thread(target=self.edge.tell, args=(what,), daemon=True)
        thread.start()
        return thread


def over(thread: threading.Thread) -> None:
    thread.join(20)
    assert not thread.is_alive()


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    made = Plant(tmp_path)
    made.edge.station(status())
    yield made
    made.edge.end()


@pytest.fixture
def with_host(tmp_path: Path) -> Iterator[Plant]:
    made = Plant(tmp_path, PrimaryHostSettings(id="mes1", again_s=90))
    made.edge.station(status())
    yield made
    made.edge.end()


def test_a_result_is_told_when_the_broker_gave_it_back(plant: Plant) -> None:
    plant.connect()
    assert plant.kinds() == ["NBIRTH", "DBIRTH"]
    over(plant.telling(told(4)))
    over(plant.telling(told(7)))
    assert [(r["Feed/Seq"], r["Feed/Previous"], r["Feed/Repeat"]) for r in plant.results()] == [(4, None, False), (7, 4, False)]
    assert (plant.standings.now.state, plant.standings.now.sent, plant.standings.now.acknowledged) == (State.CONNECTED, 7, 7)


def test_what_waited_is_historical_and_no_repeat(plant: Plant) -> None:
    waits = plant.telling(told(4, time="2026-11-27T10:00:00Z"))
    plant.connect()
    over(waits)
    (sent,) = [p for t, p in plant.sent if t == DATA]
    assert all(m.historical for m in sent.metrics)
    assert plant.results()[0]["Feed/Repeat"] is False
    over(plant.telling(told(5, time="2099-01-01T00:00:00Z")))
    assert not any(m.historical for m in plant.sent[-1][1].metrics)


def test_what_was_on_its_way_when_the_connection_was_lost_is_a_repeat(plant: Plant) -> None:
    plant.connect()
    plant.echoes = False
    waits = plant.telling(told(4))
    assert plant.news.wait(20)
    plant.edge.lost("cut")
    assert plant.standings.now.state is State.CONNECTING
    plant.echoes = True
    plant.connect()
    over(waits)
    assert [r["Feed/Repeat"] for r in plant.results()] == [False, True]
    assert plant.kinds().count("NBIRTH") == 2


def test_a_broker_that_gives_nothing_back_is_noticed(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edges, "ECHO_S", 0.05)
    plant.connect()
    plant.echoes = False
    waits = plant.telling(told(4))
    while plant.standings.now.state.value != "refused":
        assert waits.is_alive()
    assert "access list" in plant.standings.now.detail
    plant.echoes = True
    over(waits)
    assert plant.standings.now.state.value == "connected"
    assert [r["Feed/Repeat"] for r in plant.results()][:2] == [False, True]


def test_only_results_are_told(plant: Plant) -> None:
    plant.connect()
    for other in (told(4, status="running"), told(5, "coil.changed")):
        over(plant.telling(other))
    assert plant.results() == []


def test_a_station_that_is_away_is_said_and_its_line_is_unknown(plant: Plant) -> None:
    plant.connect()
    plant.edge.station(None)
    assert plant.kinds() == ["NBIRTH", "DBIRTH", "NDATA", "DDEATH"]
    waits = plant.telling(told(4))
    plant.edge.station(status())
    over(waits)
    assert plant.kinds()[4:] == ["NDATA", "DBIRTH", "DDATA"]


def test_a_class_that_a_model_brings_is_in_a_birth_before_it_is_in_data(plant: Plant) -> None:
    plant.connect()
    over(plant.telling(told(4, by_class={"new": 3})))
    assert plant.kinds() == ["NBIRTH", "DBIRTH", "DBIRTH", "DDATA"]
    over(plant.telling(told(5, by_class={})))
    assert plant.results()[-1]["Coil/Class/new"] == 0, "or the host would go on showing 3"


def test_the_classes_of_another_model_are_in_a_birth_of_the_device(plant: Plant) -> None:
    plant.connect()
    names = {m.name for m in plant.sent[1][1].metrics}
    assert {"Coil/Class/scratch", "Coil/Mark/marking"} <= names
    assert "Coil/Class/marking" not in names
    plant.edge.station(status(classes=["scratch", "dent", "marking"]))
    plant.edge.station(status(classes=["scratch", "dent", "marking"]))
    assert plant.kinds() == ["NBIRTH", "DBIRTH", "DBIRTH"]
    assert "Coil/Class/dent" in {m.name for m in plant.sent[2][1].metrics}


def test_commands_and_what_is_none(plant: Plant) -> None:
    plant.connect()
    rebirth = encode(Payload(1, None, (Metric("Node Control/Rebirth", DataType.BOOLEAN, True, 1),)))
    after = encode(Payload(1, None, (Metric("Feed/Resend After", DataType.INT64, 3, 1),)))
    for junk in (b"", b"\xff" * 20, rebirth + b"\x12", after):
        plant.edge.message(TOPICS.of_node("NCMD"), junk, retained=False)
    plant.edge.message(TOPICS.of_node("NCMD"), rebirth, retained=True)
    assert plant.kinds() == ["NBIRTH", "DBIRTH"]
    plant.edge.message(TOPICS.of_node("NCMD"), rebirth, retained=False)
    plant.edge.message(TOPICS.of_device("DCMD"), after, retained=False)
    assert plant.kinds() == ["NBIRTH", "DBIRTH", "NBIRTH", "DBIRTH", "DDATA"]
    assert plant.sent[-1][1].metrics[0].value == 3, "a host sees that its value was taken"
    assert plant.resend.after == 3


def test_nothing_is_sent_before_the_primary_host_is_online_and_after_it_left(with_host: Plant) -> None:
    plant = with_host
    plant.connect()
    assert (plant.sent, plant.standings.now.state) == ([], State.WAITING)
    plant.state(True, 10)
    assert plant.kinds() == ["NBIRTH", "DBIRTH"]
    over(plant.telling(told(4)))
    plant.state(False, 9)
    assert plant.left == 0, "an older message"
    plant.state(False, 10)
    assert (plant.kinds()[-1], plant.left, plant.standings.now.state) == ("NDEATH", 1, State.WAITING)
    assert plant.resend.after == 3, "the host may have been gone before the broker said so"
    plant.connect()
    assert plant.kinds()[-1] == "NDEATH"
    plant.state(True, 11)
    assert plant.kinds()[-2:] == ["NBIRTH", "DBIRTH"]


def test_a_host_in_a_new_session_gets_the_newest_again(with_host: Plant) -> None:
    with_host.connect()
    with_host.state(True, 10)
    over(with_host.telling(told(4)))
    assert with_host.resend.after is None
    with_host.state(True, 12)
    assert with_host.resend.after == 3


def test_after_a_restart_the_births_have_the_last_coil(plant: Plant, tmp_path: Path) -> None:
    plant.connect()
    over(plant.telling(told(4)))
    again = Plant(tmp_path)
    again.edge.station(status())
    again.connect()
    born = {m.name: m.value for m in again.sent[1][1].metrics}
    assert (born["Coil/Id"], born["Feed/Seq"]) == ("K4", 4)
    assert again.resend.after is None, "without a primary host the broker's answer is the last word"


def test_the_end_says_the_death_and_nothing_after_it(plant: Plant) -> None:
    plant.connect()
    plant.edge.end()
    plant.edge.station(None)
    assert plant.kinds() == ["NBIRTH", "DBIRTH", "NDEATH"]
