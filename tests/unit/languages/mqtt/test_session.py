"""Whatever happens in whatever order, a host hears what the standard allows: birth first, numbers without a hole, the death that fits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skelp_languages.mqtt.codec import DataType, Metric, Payload, decode
from skelp_languages.mqtt.session import Session
from skelp_languages.mqtt.topics import Topics

TOPICS = Topics("Pohang", "line-1", "PLTCM")
STEPS = ["begun", "birth", "lost", "end", "back", "gone", "node", "new node", "device", "new device", "result", "new result"]


def metric(name: str, value: int | None, at_ms: int = 1) -> Metric:
    return Metric(name, DataType.INT64, value, at_ms)


class Broker:
    """It checks each message as a host would."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.known: dict[str, set[str]] = {}
        self.seq: int | None = None
        self.will: Payload | None = None

    def connect(self, will: tuple[str, bytes]) -> None:
        topic, payload = will
        assert topic == "spBv1.0/Pohang/NDEATH/line-1"
        self.will, self.seq = decode(payload), None
        self.known = {}

    def send(self, topic: str, payload: bytes, qos: int) -> None:
        kind, got = topic.split("/")[2], decode(payload)
        self.kinds.append(kind)
        names = {m.name for m in got.metrics}
        assert self.will is not None
        if kind == "NDEATH":
            assert (got.seq, qos) == (None, 1)
            assert got.metrics[0].value == self.will.metrics[0].value
            self.seq = None
            return
        assert qos == 0
        if kind == "NBIRTH":
            assert got.seq == 0
            assert got.metrics[0].name == "bdSeq"
            assert got.metrics[0].value == self.will.metrics[0].value
            self.known = {"N": names}
        else:
            assert self.seq is not None, f"{kind} outside a session"
            assert got.seq == (self.seq + 1) % 256
        if kind == "DBIRTH":
            self.known["D"] = names
        if kind == "DDEATH":
            del self.known["D"]
        if kind in {"NDATA", "DDATA"}:
            assert names
            assert names <= self.known[kind[0]], "a metric that was in no birth"
        self.seq = got.seq


@given(st.lists(st.sampled_from(STEPS), max_size=60))
def test_a_host_hears_a_right_conversation(steps: list[str]) -> None:
    session, broker = Session(TOPICS, lambda: 5), Broker()
    is_connected = is_up = False
    for n, step in enumerate(steps):
        if step == "begun":
            broker.connect(session.begun(n % 256))
            is_connected, is_up = True, False
        elif step == "birth" and is_connected:
            session.birth(broker.send)
            is_up = True
        elif step in {"lost", "end"}:
            session.lost() if step == "lost" else session.end()
            is_connected = is_up = False
        elif step == "back":
            session.device_back()
        elif step == "gone":
            session.device_gone()
        elif step.endswith("node"):
            session.set_node([metric(f"n{n if step == 'new node' else 0}", n)])
        elif step.endswith("device"):
            session.set_device([metric(f"d{n if step == 'new device' else 0}", n)])
        elif step.endswith("result"):
            sent = session.result([metric(f"r{n if step == 'new result' else 0}", n)], newest=True)
            assert (sent is not None) == (is_up and "D" in broker.known)
        assert (session.born_ms is not None) == is_up


def test_numbers_go_on_from_0_after_255() -> None:
    session, broker = Session(TOPICS, lambda: 5), Broker()
    session.set_device([metric("d", 0)])
    session.device_back()
    broker.connect(session.begun(255))
    session.birth(broker.send)
    for n in range(1, 600):
        session.set_device([metric("d", n)])
    assert broker.kinds == ["NBIRTH", "DBIRTH", *["DDATA"] * 599]


def test_what_did_not_change_is_not_sent() -> None:
    session, broker = Session(TOPICS, lambda: 5), Broker()
    session.set_node([metric("n", 1)])
    broker.connect(session.begun(0))
    session.birth(broker.send)
    session.set_node([metric("n", 1, at_ms=9)])
    session.device_gone()
    assert broker.kinds == ["NBIRTH"]


def test_a_repeat_of_an_older_result_does_not_become_the_present_one() -> None:
    session = Session(TOPICS, lambda: 5)
    sent: list[tuple[str, Payload]] = []
    session.device_back()
    session.begun(0)
    session.birth(lambda topic, payload, _qos: sent.append((topic, decode(payload))))
    session.result([metric("seq", 7)], newest=True)
    session.result([Metric("seq", DataType.INT64, 3, 1, historical=True)], newest=False)
    session.birth(lambda topic, payload, _qos: sent.append((topic, decode(payload))))
    births = [p for t, p in sent if "DBIRTH" in t]
    assert births[-1].metrics == (metric("seq", 7),)
