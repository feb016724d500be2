"""`skelp mqtt` with a real station, mosquitto, and a host application on Eclipse Tahu's codec: birth, data, death, rebirth, and every trouble."""

from __future__ import annotations

import json
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from skelp.domain.errors import SkelpError
from tests.conftest import ROOT
from tests.e2e.test_mes_client import Plant
from tests.e2e.test_station import Running, started, station_file
from tests.relay import Relay
from tests.sparkplug import DEVICE, GROUP, NODE, Broker, Cut, Host, Message, Mqtt, values

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with started(station_file(tmp_path_factory.mktemp("station"))) as running:
        yield running


def roll(station: Running, coil_id: str) -> None:
    """A coil passes and ends."""
    station.client.announce(coil_id, heat="H7", product="DC04", customer="Works 2")
    station.wait_for_coil(coil_id, lambda c: c.lines > 200)
    station.client.finish(coil_id)
    station.wait_for_coil(coil_id, lambda c: c.status == "final")


def broker_at(broker: Broker, **more: Any) -> dict[str, Any]:
    return {"host": broker.host, "port": broker.port, "tls": False, **more}


def node_now(host: Host) -> dict[str, Any]:
    """The node's metrics as a host knows them."""
    return {name: value for m in host.of("NBIRTH", "NDATA") for name, value in values(m).items()}


def result_of(host: Host, coil_id: str, kind: str = "coil.final") -> Message | None:
    found = [m for m in host.results() if (values(m)["Coil/Id"], values(m)["Feed/Kind"]) == (coil_id, kind)]
    return found[-1] if found else None


def test_a_host_hears_birth_data_death_and_rebirth(tmp_path: Path, station: Running) -> None:
    with Broker(tmp_path) as broker, Host({"url": f"mqtt://127.0.0.1:{broker.port}"}) as host:
        with Mqtt(tmp_path / "edge", station.address, broker_at(broker)) as edge:
            host.wait(lambda: host.of("DBIRTH"), "birth")
            host.wait(lambda: node_now(host)["Station/Ready"], "ready")
            status = station.client.status()
            known = node_now(host)
            assert (known["bdSeq"], known["Station/Name"], known["Model/Sha256"]) == (0, "test", status.model.sha256)
            assert (known["Recipe/Sha256"], known["Cameras/Names"]) == (status.recipe.sha256, "cam0")
            units = {m["name"]: m.get("unit") for m in host.of("DBIRTH")[0]["metrics"]}
            assert (units["Coil/Length"], units["Coil/Width"], units["Line/Speed"]) == ("m", "mm", "m/s")

            roll(station, "K1")
            host.wait(lambda: result_of(host, "K1"), "the coil")
            coil = station.client.coil("K1")
            told = values(result_of(host, "K1") or {})
            assert (told["Coil/Name"], told["Coil/Heat"], told["Coil/Product"], told["Coil/Customer"]) == ("K1", "H7", "DC04", "Works 2")
            assert (told["Coil/Decision"], told["Coil/Own Decision"], told["Coil/Decided By"]) == (coil.decision, coil.decision, "skelp")
            assert told["Coil/Reasons"] == ",".join(r.code for r in coil.reasons)
            metres = [told[f"Coil/{name}"] for name in ("Length", "Inspected", "Degraded", "Lost")]
            assert metres == [coil.length_m, coil.inspected_m, coil.degraded_m, coil.lost_m]
            assert (told["Coil/Defects"], told["Coil/Class/bright"]) == (coil.defects, coil.by_class.get("bright", 0))
            assert sum(told[f"Coil/Severity/{n}"] for n in range(1, 6)) == coil.defects
            assert told["Feed/Repeat"] is False

            station.client.override("K1", "scrap", "edge crack", operator="kim")
            host.wait(lambda: result_of(host, "K1", "coil.decided"), "the decision")
            decided = values(result_of(host, "K1", "coil.decided") or {})
            assert (decided["Coil/Decision"], decided["Coil/Own Decision"], decided["Coil/Decided By"]) == ("scrap", coil.decision, "person")
            assert decided["Feed/Previous"] == told["Feed/Seq"]
            station.client.correct("K1", heat="H8")
            host.wait(lambda: result_of(host, "K1", "coil.changed"), "the correction")
            assert values(result_of(host, "K1", "coil.changed") or {})["Coil/Heat"] == "H8"

            births = len(host.of("NBIRTH"))
            host.command("NCMD", "Node Control/Rebirth", "Boolean", True)
            host.wait(lambda: len(host.of("NBIRTH")) > births and host.got[-1]["kind"] != "NBIRTH", "rebirth")
            assert values(host.of("NBIRTH")[-1])["bdSeq"] == 0
            assert values(host.of("DBIRTH")[-1])["Coil/Heat"] == "H8", "with the present values"

            sent = len(host.results())
            host.command("DCMD", "Feed/Resend After", "Int64", told["Feed/Seq"] - 1)
            host.wait(lambda: len(host.results()) >= sent + 3, "sent again")
            again = host.results()[sent : sent + 3]
            assert [values(m)["Feed/Kind"] for m in again] == ["coil.final", "coil.decided", "coil.changed"]
            assert all(values(m)["Feed/Repeat"] and all(x.get("historical") for x in m["metrics"]) for m in again)

            for topic in (f"NCMD/{NODE}", f"DCMD/{NODE}/{DEVICE}", f"DDATA/{NODE}/{DEVICE}"):
                for junk in (b"", b"\xff" * 11, b"not protobuf", b"\x12\xff\xff\xff\x7f", b"\x12\x04\x0a\x02\xff\xff", b"\0" * 200_000):
                    if not topic.startswith("DDATA"):
                        host.raw(f"spBv1.0/{GROUP}/{topic}", junk)
            host.command("NCMD", "Node Control/Rebirth", "String", "true")
            host.command("NCMD", "Node Control/Reboot", "Boolean", True)
            host.command("DCMD", "Feed/Resend After", "Int64", -1)
            host.command("DCMD", "Coil/Decision", "String", "accept")
            births = len(host.of("NBIRTH"))
            roll(station, "K2")
            host.wait(lambda: result_of(host, "K2"), "the coil after hostile commands")
            assert len(host.of("NBIRTH")) == births
            assert edge.process.poll() is None

            edge.kill()
            host.wait(lambda: host.of("NDEATH"), "the broker tells the death of a process that was killed")
            assert values(host.of("NDEATH")[-1]) == {"bdSeq": 0}
            roll(station, "K3")
            edge.start()
            host.wait(lambda: result_of(host, "K3"), "what happened meanwhile")
            assert values(host.of("NBIRTH")[-1])["bdSeq"] == 1
            assert values(host.of("DBIRTH")[-1])["Coil/Id"] == "K2", "it knows the last coil"
            late = result_of(host, "K3") or {}
            assert all(x.get("historical") for x in late["metrics"])
            assert values(late)["Feed/Repeat"] is False
            deaths = len(host.of("NDEATH"))
            assert edge.end() == 0
            host.wait(lambda: len(host.of("NDEATH")) > deaths, "an intended end tells the death")
            assert values(host.of("NDEATH")[-1]) == {"bdSeq": 1}
        assert host.broke == []
        (tmp_path / "conversation.json").write_text(json.dumps(host.got, indent=1))


def finals(station: Running) -> list[str]:
    return [e.coil_id for e in station.client.events(0, follow=False) if e.kind == "coil.final"]


def assert_all_arrived(station: Running, hosts: list[Host]) -> None:
    """Every final coil arrives, and without the mark of a repeat at most once."""

    def got() -> list[dict[str, Any]]:
        return [v for host in hosts for m in host.results() if (v := values(m))["Feed/Kind"] == "coil.final"]

    ended = finals(station)
    hosts[-1].wait(lambda: set(ended) <= {v["Coil/Id"] for v in got()}, f"all of {ended}")
    assert {v["Coil/Id"] for v in got()} <= set(finals(station))
    unmarked = Counter(v["Feed/Seq"] for v in got() if not v["Feed/Repeat"])
    assert max(unmarked.values()) == 1
    assert [b for host in hosts for b in host.broke] == []


def test_every_coil_arrives_through_kills_of_all_four(tmp_path: Path) -> None:
    """Broker, station, `skelp mqtt` and the host are each killed -9 while coils end. There is a primary host."""
    settings = {"id": "mes1", "keepalive": 2}
    with Relay() as relay, Broker(tmp_path) as broker, ExitStack() as stack:
        plant = Plant(station_file(tmp_path), relay)
        station = plant.start()
        stack.callback(lambda: plant.end(signal.SIGKILL))
        address = {"url": f"mqtt://127.0.0.1:{broker.port}", **settings}
        hosts = [stack.enter_context(Host(address))]
        with Mqtt(tmp_path / "edge", relay.url, broker_at(broker, keepalive_s=2), primary="mes1", again_s=10) as edge:
            roll(station, "K1")
            hosts[0].wait(lambda: result_of(hosts[0], "K1"), "the first coil")

            broker.kill()
            roll(station, "K2")
            broker.start()  # it has forgotten what was retained; the host says again that it is online
            hosts[0].wait(lambda: result_of(hosts[0], "K2"), "after the broker was killed")

            hosts[0].kill()
            roll(station, "K3")  # nobody knows yet that the host is gone
            time.sleep(4)
            roll(station, "K4")
            hosts.append(stack.enter_context(Host(address)))
            hosts[1].wait(lambda: {"K3", "K4"} <= set(hosts[1].coils()), "after the host was killed")

            station.client.announce("K5")
            station.wait_for_coil("K5", lambda c: c.lines > 100)
            plant.end(signal.SIGKILL)
            hosts[1].wait(lambda: node_now(hosts[1])["Station/Ready"] is False, "the station is away")
            assert node_now(hosts[1])["Station/Reason"] == "station.no_answer"
            hosts[1].wait(lambda: hosts[1].of("DDEATH"), "nothing is known of the line")
            assert not hosts[1].got[-1]["kind"] == "NDEATH"
            station = plant.start()
            roll(station, "K6")
            hosts[1].wait(lambda: {"K5", "K6"} <= set(hosts[1].coils()), "after the station was killed")

            edge.kill()
            roll(station, "K7")
            edge.start()
            hosts[1].wait(lambda: "K7" in hosts[1].coils(), "after skelp mqtt was killed")
            assert_all_arrived(station, hosts)


def test_every_coil_arrives_through_a_network_that_is_cut(tmp_path: Path, station: Running) -> None:
    """The cable between `skelp mqtt` and the broker is pulled: no packet comes through, and nobody is told."""
    with Cut() as cable, Broker(tmp_path, inside=cable.inside, host=cable.far) as broker:
        local = {"url": f"mqtt://127.0.0.1:{broker.port}"}
        with Host(local, cable.inside) as host, Mqtt(tmp_path / "edge", station.address, broker_at(broker, keepalive_s=3)):
            roll(station, "C1")
            host.wait(lambda: result_of(host, "C1"), "the first coil")
            cable.pull()
            roll(station, "C2")  # it is written, and lost
            host.wait(lambda: host.of("NDEATH"), "the broker tells the death")
            roll(station, "C3")
            cable.plug()
            host.wait(lambda: result_of(host, "C3"), "after the cut", seconds=60)
            assert_all_arrived(station, [host])
            previous = [(values(m)["Feed/Previous"], values(m)["Feed/Seq"]) for m in host.results()]
            assert all(b[0] == a[1] or b[1] <= a[1] for a, b in zip(previous, previous[1:], strict=False)), "no hole"
