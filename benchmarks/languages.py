"""What the plant's languages cost the inspection: python -m benchmarks.languages --rounds 3 --seconds 20 [--rate 12000]

One station inspects as fast as it can, or as fast as its live camera gives lines, while a coil is announced every second. In turn it runs
alone, and with `skelp level2`, `skelp mqtt` and `skelp opcua` connected (to a reader in JavaScript, mosquitto and node-opcua) while each
coil's administration shell is fetched too. The ratio is of inspected lines a second. Everything shares one machine, also the plant's side,
which a plant has elsewhere.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from skelp.terminal import print_rows
from skelp_client import Station, StationStatus
from tests.conftest import ROOT
from tests.e2e.test_level2 import SETTINGS, Process, skelp
from tests.e2e.test_station import Running, started
from tests.node import node
from tests.opcua_client import Client, serving
from tests.sockets import free_port
from tests.sparkplug import SKELP, Broker

STATION = """
name = "line-1"
plant = "works"
line = "pickling"
[model]
path = "{model}"
[storage]
folder = "{folder}/data"
disk_min_free_gb = 0
[server]
port = 0
[[cameras]]
kind = "synthetic"
name = "top-1"
width = 4096
line_rate_hz = {rate}
"""
MQTT = """
name = "mqtt"
place = "mqtt-place.json"
[station]
url = "{station}"
[broker]
host = "127.0.0.1"
port = {port}
tls = false
"""


_SETTLED_S = 5.0


@contextmanager
def _standing_back() -> Iterator[None]:
    """What is started meanwhile runs when nothing else wants to, as a systemd unit makes it (CPUSchedulingPolicy=idle)."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


@contextmanager
def connected(folder: Path, station: Running) -> Iterator[None]:
    """All three languages, each with somebody who listens. They begin with what happens from now on.

    The languages stand back as the units in deploy/ say, and so does the plant's side, which is elsewhere in a plant.
    """
    folder.mkdir()
    port = free_port()
    with ExitStack() as opened:
        with _standing_back():
            broker = opened.enter_context(Broker(folder))
            command = [node(), str(ROOT / "tests/e2e/level2_reader.mjs"), str(port), str(folder / "store.jsonl")]
            opened.callback(Process(command, folder / "reader.log").kill)
            client = opened.enter_context(Client(folder))
        (folder / "mqtt.toml").write_text(MQTT.format(station=station.address, port=broker.port))
        text = SETTINGS.format(layout=ROOT / "edge" / "level2-layout.toml", station=station.address, port=port)
        (folder / "level2.toml").write_text(text.replace('begin = "first"', 'begin = "now"'))
        with _standing_back():
            mqtt = [sys.executable, "-c", SKELP, "mqtt", str(folder / "mqtt.toml")]
            opened.callback(Process(mqtt, folder / "mqtt.log").kill)
            opened.callback(Process(skelp("run", str(folder / "level2.toml")), folder / "level2.log").kill)
            open_to_all = 'anonymous = "reads"\nno_security = true\n'
            opcua = opened.enter_context(serving(folder, station.address, more=open_to_all, station_token=False))
        if client.connect("host", opcua.url) != "Good":
            raise SystemExit("node-opcua cannot connect")
        until = time.monotonic() + 60
        while {c.language for c in station.client.connections() if c.state == "connected" and not c.silent} != {"level2", "mqtt", "opcua"}:
            if time.monotonic() > until:
                raise SystemExit(f"not all are connected: {station.client.connections()}")
            time.sleep(0.5)
        yield


class Pace(NamedTuple):
    """Lines a second that were inspected, and that were not, or not fully."""

    inspected: float
    other: float


def measured(station: Running, seconds: float, names: Iterator[str], *, shells: bool) -> Pace:
    """The pace while a coil is announced every second."""
    with Station(station.address) as client:
        before, began = client.status(), time.monotonic()
        last = ""
        while time.monotonic() - began < seconds:
            name = next(names)
            client.announce(name)
            if shells and last:
                client.aasx(last)
            last = name
            time.sleep(max(0.0, 1.0 - (time.monotonic() - began) % 1.0))
        after, took_s = client.status(), time.monotonic() - began
    (inspected_before, other_before), (inspected, other) = _lines(before), _lines(after)
    return Pace((inspected - inspected_before) / took_s, (other - other_before) / took_s)


def _lines(status: StationStatus) -> tuple[int, int]:
    """Lines so far that were inspected, and that were not, or not fully."""
    inspected = sum(c.lines for c in status.lines if c.state == "inspected")
    return inspected, sum(c.lines for c in status.lines) - inspected


def _shown(name: str, pace: Pace) -> str:
    return f"{name}: {pace.inspected:.0f} lines/s inspected, {pace.other:.0f} not"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rate", type=float, default=0.0, help="Lines a second of a live camera; 0: as fast as they are inspected.")
    parser.add_argument("--no-shells", action="store_true", help="Fetch no administration shells.")
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "strip-s" / "model.onnx")
    options = parser.parse_args()
    names = (f"B{n}" for n in range(10**6))
    ratios = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "station.toml").write_text(STATION.format(folder=folder, model=options.model, rate=options.rate))
        with started(folder / "station.toml") as station:
            measured(station, 5.0, names, shells=False)
            for n in range(options.rounds):
                alone = measured(station, options.seconds, names, shells=False)
                _, before = _lines(station.client.status())
                with connected(folder / f"round-{n}", station):
                    time.sleep(_SETTLED_S)
                    _, settled = _lines(station.client.status())
                    together = measured(station, options.seconds, names, shells=not options.no_shells)
                ratios.append(together.inspected / alone.inspected)
                print_rows(
                    [
                        (
                            f"round {n + 1}",
                            _shown("alone", alone),
                            _shown("with all", together),
                            f"{ratios[-1]:.3f}",
                            f"{settled - before} lines lost by their start",
                        )
                    ]
                )
    print_rows([("ratio: low, median, high", f"{min(ratios):.3f}, {median(ratios):.3f}, {max(ratios):.3f}")])


if __name__ == "__main__":
    main()
