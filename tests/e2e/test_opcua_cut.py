"""The network between `skelp opcua` and a client is cut, or the one between `skelp opcua` and the station. Every final coil arrives."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cable import Cable
from tests.e2e.test_opcua import FIELDS, RESULT_READY, asked_by, final_coils, guarded_station, listed
from tests.e2e.test_station import started
from tests.opcua_client import Client, serving, wait_for
from tests.relay import Relay

LONG, SHORT = 2000, 60
"""For so many publishing intervals of 50 ms a subscription lives without being asked for."""


def hears(client: Client, coil_id: str) -> None:
    """The session `scada` hears the coil's result by an event."""
    client.results("scada", lambda found: any(e["ResultId"]["id"] == coil_id for e in found), seconds=60)


def says(log: Path, text: str) -> None:
    wait_for(log.read_text, lambda found: text in found, seconds=60)


@pytest.mark.parametrize("lifetime", [LONG, SHORT], ids=["its subscription goes on", "its subscription has ended"])
def test_a_client_whose_network_was_cut_hears_or_reads_every_final_coil(tmp_path: Path, lifetime: int) -> None:
    """node-opcua notices the cut and connects again by itself: it moves its session to another channel, and makes what has ended anew."""
    with Cable(179) as cable, Client(tmp_path, cable.inside) as client:
        file, tokens = guarded_station(tmp_path)
        with started(file) as station, asked_by(station, tokens["mes-1"]), serving(tmp_path, station.address, host=cable.near) as server:
            who = ("Basic256Sha256", "scada", tokens["scada"])
            assert client.connect("scada", server.url, *who) == "BadSecurityChecksFailed"
            server.trust_all()
            assert client.connect("scada", server.url, *who, retry=-1) == "Good"
            asked = client.do("subscribe", name="scada", path="Server", type=RESULT_READY, fields=FIELDS, lifetime=lifetime)
            assert asked["status"] == "Good"
            station.roll("K1")
            hears(client, "K1")
            cable.pull()
            station.roll("K2")
            says(tmp_path / "client.log", "forcing a reconnection")
            if lifetime == SHORT:
                says(tmp_path / "opcua.log", "has expired")
            cable.plug()
            if lifetime == LONG:
                hears(client, "K2")
            wait_for(lambda: client.do("read", name="scada", path="SystemState")["status"], lambda status: status == "Good")
            station.roll("K3")
            hears(client, "K3")
            assert final_coils(station.client) <= set(listed(client, "scada"))
            assert server.end() == 0


def test_a_server_whose_station_was_out_of_reach_tells_every_final_coil(tmp_path: Path) -> None:
    with Client(tmp_path) as client, Relay() as relay:
        file, tokens = guarded_station(tmp_path)
        with started(file) as station, asked_by(station, tokens["mes-1"]):
            host, _, port = station.address.removeprefix("http://").rpartition(":")
            relay.target = (host, int(port))
            with serving(tmp_path, relay.url, more='anonymous = "reads"\nno_security = true\n') as server:
                assert client.connect("scada", server.url) == "Good"
                assert client.do("subscribe", name="scada", path="Server", type=RESULT_READY, fields=FIELDS)["status"] == "Good"
                station.roll("K1")
                hears(client, "K1")
                relay.cut()
                wait_for(lambda: client.state("scada"), lambda state: state == "Preoperational")
                for coil in ("K2", "K3"):
                    station.roll(coil)
                relay.join()
                for coil in ("K2", "K3"):
                    hears(client, coil)
                wait_for(lambda: set(listed(client, "scada")), lambda found: final_coils(station.client) <= found)
                heard = [e["ResultId"]["id"] for e in client.results("scada", bool)]
                assert len(heard) == len(set(heard)), "each result once"
