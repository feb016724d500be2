"""`skelp mqtt` and every trouble: all four are killed, the cable is pulled, and the broker asks who is there. Every final coil arrives."""

from __future__ import annotations

import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from skelp.certificates.making import Made, new_certificate
from tests.cable import Cable
from tests.certificates import for_a_client
from tests.conftest import ROOT
from tests.e2e.test_mes_client import Plant
from tests.e2e.test_station import Running, started, station_file
from tests.relay import Relay
from tests.sparkplug import NODE, Broker, Host, Mqtt, broker_at, node_now, result_of, roll, values, wait


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with started(station_file(tmp_path_factory.mktemp("station"))) as running:
        yield running


def assert_all_arrived(station: Running, hosts: list[Host]) -> None:
    """Every final coil arrives, and without the mark of a repeat at most once."""

    def got() -> list[dict[str, Any]]:
        return [v for host in hosts for m in host.results() if (v := values(m))["Feed/Kind"] == "coil.final"]

    ended = station.finals()
    hosts[-1].wait(lambda: set(ended) <= {v["Coil/Id"] for v in got()}, f"all of {ended}")
    assert {v["Coil/Id"] for v in got()} <= set(station.finals())
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

            hosts[0].freeze()  # as if its machine had no network: the broker notices it after one and a half times the keepalive
            roll(station, "K3")  # so this is sent to nobody
            wait(lambda: "says that it is offline" in edge.log.read_text(), "the broker says that the host is gone")
            hosts[0].kill()
            roll(station, "K4")
            hosts.append(stack.enter_context(Host(address)))
            hosts[1].wait(lambda: {"K3", "K4"} <= set(hosts[1].coils()), "after the host was killed")
            assert "K3" not in hosts[0].coils()
            assert values(result_of(hosts[1], "K3") or {})["Feed/Repeat"] is True
            assert values(result_of(hosts[1], "K4") or {})["Feed/Repeat"] is False

            station.client.announce("K5")
            station.wait_for_coil("K5", lambda c: c.lines > 100)
            plant.end(signal.SIGKILL)
            hosts[1].wait(lambda: node_now(hosts[1])["Station/Ready"] is False, "the station is away")
            assert node_now(hosts[1])["Station/Reason"] == "station.no_answer"
            hosts[1].wait(lambda: hosts[1].of("DDEATH"), "nothing is known of the line")
            assert hosts[1].got[-1]["kind"] != "NDEATH"
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
    with Cable(178) as cable, Broker(tmp_path, inside=cable.inside, host=cable.far) as broker:
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
            assert all(b[0] == a[1] or b[1] <= a[1] for a, b in pairwise(previous)), "no hole"


def secured(folder: Path, access_list: str) -> tuple[list[str], Made]:
    """The broker's configuration as deploy/ has it, with other paths and names. Returns its lines and the certificate."""
    made = new_certificate(["127.0.0.1"], folder / "tls", 2, replace=False)
    users = folder / "users"
    users.touch(0o600)
    for user in ("skelp-line-1", "mes1"):
        subprocess.run(["mosquitto_passwd", "-b", str(users), user, f"secret of {user}"], check=True, capture_output=True)
    (folder / "acl").write_text(access_list.replace("/line-1", f"/{NODE}"))
    (folder / "acl").chmod(0o600)
    paths = {
        "/etc/mosquitto/certs/ca.pem": made.ca,
        "/etc/mosquitto/certs/broker.pem": made.certificate,
        "/etc/mosquitto/certs/broker.key": made.private_key,
        "/etc/mosquitto/skelp.passwd": users,
        "/etc/mosquitto/skelp.acl": folder / "acl",
    }
    text = (ROOT / "deploy" / "mosquitto.conf").read_text()
    for old, new in paths.items():
        assert old in text
        text = text.replace(old, str(new))
    kept = [line for line in text.splitlines() if line and not line.startswith(("#", "listener", "persistence"))]
    return kept, made


def test_tls_passwords_and_the_access_list_of_deploy(tmp_path: Path, station: Running) -> None:
    """A wrong password and an authority that is not trusted are named. What the list forbids is noticed."""
    rights = (ROOT / "deploy" / "mosquitto.acl").read_text()
    lines, made = secured(tmp_path, rights)
    password = tmp_path / "password"
    password.write_text("secret of skelp-line-1\n")
    password.chmod(0o600)
    with Broker(tmp_path, lines) as broker:
        safe: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": broker.port,
            "ca": str(made.ca),
            "user": "skelp-line-1",
            "password": str(password),
        }
        url = f"mqtts://127.0.0.1:{broker.port}"
        with Host({"url": url, "id": "mes1", "user": "mes1", "password": "secret of mes1", "ca": str(made.ca)}) as host:
            with Mqtt(tmp_path / "edge", station.address, safe, primary="mes1") as edge:
                host.wait(lambda: host.of("DBIRTH"), "birth")
                roll(station, "S1")
                host.wait(lambda: result_of(host, "S1"), "the coil")
                host.command("DCMD", "Feed/Resend After", "Int64", 0)
                host.wait(lambda: values(host.results()[-1])["Feed/Repeat"], "a command")
                edge.kill()
                host.wait(lambda: host.of("NDEATH"), "the will is allowed")
                log = edge.log.read_text()
            assert host.broke == []

            def says(settings: dict[str, Any], what: str) -> None:
                with Mqtt(tmp_path / f"edge {what[:9]}", station.address, settings) as other:
                    host.wait(lambda: what in other.log.read_text(), what)
                    nonlocal log
                    log += other.log.read_text()

            wrong = tmp_path / "wrong"
            wrong.write_text("wrong horse")
            wrong.chmod(0o600)
            says({**safe, "password": str(wrong)}, "Not authorized")
            stranger = new_certificate(["127.0.0.1"], tmp_path / "other", 2, replace=False)
            says({**safe, "ca": str(stranger.ca)}, "CERTIFICATE_VERIFY_FAILED")
            (tmp_path / "acl").write_text(rights)  # of another node: what this one writes is thrown away
            broker.kill()
            broker.start()
            says(safe, "does not give back")
    assert "secret" not in log
    assert "wrong horse" not in log


def test_a_broker_that_asks_for_a_certificate(tmp_path: Path, station: Running) -> None:
    made = new_certificate(["127.0.0.1"], tmp_path / "tls", 2, replace=False)
    certificate, key = for_a_client(made, "skelp")
    lines = [
        f"cafile {made.ca}",
        f"certfile {made.certificate}",
        f"keyfile {made.private_key}",
        "require_certificate true",
        "allow_anonymous true",
    ]
    with Broker(tmp_path, lines) as broker:
        settings: dict[str, Any] = {"host": "127.0.0.1", "port": broker.port, "ca": str(made.ca)}
        with Mqtt(tmp_path / "with", station.address, {**settings, "certificate": str(certificate), "key": str(key)}) as edge:
            wait(lambda: '"connected"' in edge.log.read_text(), "connected")
        with Mqtt(tmp_path / "without", station.address, settings) as edge:
            wait(lambda: "lost" in edge.log.read_text() or "cannot be reached" in edge.log.read_text(), "refused")
            assert '"connected"' not in edge.log.read_text()
