"""`skelp mqtt` with a real station, mosquitto, and a host on Eclipse Tahu's codec: birth, data, commands, death and rebirth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from skelp_languages.mqtt.codec import DataType, Metric, Payload, decode, encode
from tests.e2e.test_station import Running, started, station_file
from tests.sparkplug import DEVICE, GROUP, NODE, Broker, Host, Mqtt, broker_at, in_tahu, node_now, result_of, roll, values


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with started(station_file(tmp_path_factory.mktemp("station"))) as running:
        yield running


@dataclass
class Scene:
    station: Running
    broker: Broker
    host: Host
    edge: Mqtt

    def result(self, coil_id: str, kind: str = "coil.final") -> dict[str, Any]:
        """Wait for the result of a coil."""
        self.host.wait(lambda: result_of(self.host, coil_id, kind), f"{kind} of {coil_id}")
        return values(result_of(self.host, coil_id, kind) or {})


@pytest.fixture(scope="module")
def running_scene(tmp_path_factory: pytest.TempPathFactory, station: Running) -> Iterator[Scene]:
    """There is no primary host."""
    folder = tmp_path_factory.mktemp("scene")
    with Broker(folder) as broker, Host({"url": f"mqtt://127.0.0.1:{broker.port}"}) as host:
        with Mqtt(folder / "edge", station.address, broker_at(broker)) as edge:
            host.wait(lambda: host.of("DBIRTH") and node_now(host)["Station/Ready"], "birth")
            yield Scene(station, broker, host, edge)
        host.take()
        (folder / "conversation.json").write_text(json.dumps(host.got, indent=1))


@pytest.fixture
def scene(running_scene: Scene) -> Iterator[Scene]:
    yield running_scene
    assert running_scene.host.broke == []


def test_the_births_have_every_fact_of_the_station(scene: Scene) -> None:
    status, known = scene.station.client.status(), node_now(scene.host)
    assert (known["bdSeq"], known["Station/Name"], known["Model/Sha256"]) == (0, "test", status.model.sha256)
    assert (known["Recipe/Sha256"], known["Cameras/Names"]) == (status.recipe.sha256, "cam0")
    units = {m["name"]: m.get("unit") for m in scene.host.of("DBIRTH")[0]["metrics"]}
    assert (units["Coil/Length"], units["Coil/Width"], units["Line/Speed"]) == ("m", "mm", "m/s")


def test_a_coil_and_what_people_decide_and_correct(scene: Scene) -> None:
    roll(scene.station, "K1")
    told, coil = scene.result("K1"), scene.station.client.coil("K1")
    assert (told["Coil/Name"], told["Coil/Heat"], told["Coil/Product"], told["Coil/Customer"]) == ("K1", "H7", "DC04", "Works 2")
    assert (told["Coil/Decision"], told["Coil/Own Decision"], told["Coil/Decided By"]) == (coil.decision, coil.decision, "skelp")
    assert told["Coil/Reasons"] == ",".join(r.code for r in coil.reasons)
    metres = [told[f"Coil/{name}"] for name in ("Length", "Inspected", "Degraded", "Lost")]
    assert metres == [coil.length_m, coil.inspected_m, coil.degraded_m, coil.lost_m]
    assert (told["Coil/Defects"], told["Coil/Class/bright"]) == (coil.defects, coil.by_class.get("bright", 0))
    assert sum(told[f"Coil/Severity/{n}"] for n in range(1, 6)) == coil.defects
    assert told["Feed/Repeat"] is False

    scene.station.client.override("K1", "scrap", "edge crack", operator="kim")
    decided = scene.result("K1", "coil.decided")
    assert (decided["Coil/Decision"], decided["Coil/Own Decision"], decided["Coil/Decided By"]) == ("scrap", coil.decision, "person")
    scene.station.client.correct("K1", heat="H8")
    assert scene.result("K1", "coil.changed")["Coil/Heat"] == "H8"


def test_rebirth_resend_and_hostile_commands(scene: Scene) -> None:
    host = scene.host
    roll(scene.station, "K2")
    told = scene.result("K2")
    births = len(host.of("NBIRTH"))
    host.command("NCMD", "Node Control/Rebirth", "Boolean", True)
    host.wait(lambda: len(host.of("NBIRTH")) > births and host.got[-1]["kind"] != "NBIRTH", "rebirth")
    assert values(host.of("NBIRTH")[-1])["bdSeq"] == 0
    assert values(host.of("DBIRTH")[-1])["Feed/Seq"] >= told["Feed/Seq"], "with the present values"

    sent = len(host.results())
    host.command("DCMD", "Feed/Resend After", "Int64", told["Feed/Seq"] - 1)
    host.wait(lambda: len(host.results()) > sent, "sent again")
    again = host.results()[sent]
    assert (values(again)["Feed/Seq"], values(again)["Feed/Repeat"]) == (told["Feed/Seq"], True)
    assert all(m.get("historical") for m in again["metrics"])

    for topic in (f"NCMD/{NODE}", f"DCMD/{NODE}/{DEVICE}"):
        for junk in (b"", b"\xff" * 11, b"not protobuf", b"\x12\xff\xff\xff\x7f", b"\x12\x04\x0a\x02\xff\xff", bytes(200_000)):
            host.raw(f"spBv1.0/{GROUP}/{topic}", junk)
    host.command("NCMD", "Node Control/Rebirth", "String", "true")
    host.command("NCMD", "Node Control/Reboot", "Boolean", True)
    host.command("DCMD", "Feed/Resend After", "Int64", -1)
    host.command("DCMD", "Coil/Decision", "String", "accept")
    births = len(host.of("NBIRTH"))
    roll(scene.station, "K3")
    scene.result("K3")
    assert len(host.of("NBIRTH")) == births
    assert scene.edge.process.poll() is None


def test_a_process_that_is_killed_dies_and_one_that_ends_says_so(scene: Scene) -> None:
    host = scene.host
    scene.edge.kill()
    host.wait(lambda: host.of("NDEATH"), "the broker tells the death")
    assert values(host.of("NDEATH")[-1]) == {"bdSeq": 0}
    before = host.coils()
    roll(scene.station, "K4")
    scene.edge.start()
    assert scene.result("K4")["Feed/Repeat"] is False
    assert values(host.of("NBIRTH")[-1])["bdSeq"] == 1
    assert values(host.of("DBIRTH")[-1])["Coil/Id"] in before[-2:], "it knows the last coil, or the one before if it was killed in between"
    assert all(m.get("historical") for m in (result_of(host, "K4") or {})["metrics"])
    deaths = len(host.of("NDEATH"))
    assert scene.edge.end() == 0
    host.wait(lambda: len(host.of("NDEATH")) > deaths, "an intended end tells the death")
    assert values(host.of("NDEATH")[-1]) == {"bdSeq": 1}


def every_type() -> Iterator[Metric]:
    """Values at the borders of each type. Not UInt32, which nothing of ours has: Tahu 1.0.3 looks for it in the field of 64 bits."""
    for kind, bits in ((DataType.INT8, 8), (DataType.INT16, 16), (DataType.INT32, 32), (DataType.INT64, 64)):
        for value in (-(2 ** (bits - 1)), -1, 0, 1, 2 ** (bits - 1) - 1):
            yield Metric(f"signed {bits}", kind, value, 1)
    for kind, bits in ((DataType.UINT8, 8), (DataType.UINT16, 16), (DataType.UINT64, 64), (DataType.DATETIME, 53)):
        for value in (0, 1, 2**bits - 1):
            yield Metric(f"unsigned {bits}", kind, value, 2**40)
    for kind in (DataType.STRING, DataType.TEXT, DataType.UUID):
        yield Metric("text", kind, "산화철 ü", 1, historical=True)
    for yes in (True, False):
        yield Metric("yes", DataType.BOOLEAN, yes, 1)
    yield from (
        Metric("real", DataType.DOUBLE, -1.25e-9, 1),
        Metric("real", DataType.FLOAT, 0.5, 1),
        Metric("none", DataType.STRING, None, 1),
    )


def test_tahu_reads_every_type_as_it_was_written_and_its_bytes_are_read() -> None:
    payloads = [Payload(1795773660500, n % 256, (metric,)) for n, metric in enumerate(every_type())]
    for payload, tahu in zip(payloads, in_tahu([encode(p) for p in payloads]), strict=True):
        (metric,), (theirs,) = payload.metrics, tahu["read"]["metrics"]
        assert (theirs["name"], theirs["type"].upper()) == (metric.name, metric.datatype.name)
        if isinstance(metric.value, int) and not isinstance(metric.value, bool):
            assert int(theirs["value"]) == metric.value
        elif isinstance(metric.value, str | bool):
            assert theirs["value"] == metric.value
        assert decode(bytes.fromhex(tahu["again"])) == payload
