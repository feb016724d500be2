"""What `skelp opcua` costs: python -m benchmarks.opcua --rounds 3 [--coils 10000]

A filled station on loopback, `skelp opcua` as a process, and a client on asyncua in this one, without encryption. Each round starts the
server anew: seconds until it listens, its memory, what it works while nobody asks, and how long GetResultById takes, one call after
another. In turn the same coil is asked for over REST, which every call of GetResultById does too. With --coils, it measures instead how
the server's memory grows while so many coils end and a client is told of each.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from asyncua import Client, ua

from benchmarks.machine import undisturbed
from skelp.domain.coverage import Interval, State
from skelp.terminal import print_rows
from skelp_client import Station
from tests.fakes import coil, defect
from tests.filled_station import Served, served
from tests.opcua_client import OpcUa, serving
from tests.station_server import StationServer

COIL = "K4711"
IDLE_S = 10.0
STEP = 1000
OPEN = 'anonymous = "reads"\nno_security = true\n'


def resident_mib(pid: int) -> float:
    """Memory of a process that is in use now."""
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def worked_s(pid: int) -> float:
    """Seconds that a process has worked."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed_ms(call: Callable[[], Any]) -> float:
    """How long a call takes."""
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


async def calls_ms(url: str, rest: Station, calls: int) -> tuple[list[float], list[float]]:
    """Times of GetResultById and of GET /coils/{id}, in turn."""
    ours, theirs = [], []
    async with Client(url) as client:
        theirs_ns = await client.get_namespace_index("http://opcfoundation.org/UA/MachineVision")
        ua.register_basetype("TrimmedString", ua.NodeId(3017, theirs_ns), ua.TrimmedString)  # asyncua takes namespace 0's for it
        await client.load_data_type_definitions()
        method, parent = (client.get_node(ua.NodeId(f"VisionSystem.ResultManagement{part}", 3)) for part in (".GetResultById", ""))
        asked = ua.Variant(ua.ResultIdDataType(Id=COIL), ua.VariantType.ExtensionObject)
        for _ in range(calls):
            began = time.perf_counter()
            _, found, error = await parent.call_method(method, asked, ua.Variant(0, ua.VariantType.Int32))
            ours.append((time.perf_counter() - began) * 1000)
            assert (found.ResultId.Id, error) == (COIL, 0)
            theirs.append(await asyncio.to_thread(timed_ms, lambda: rest.coil(COIL)))
    return ours, theirs


def measure(address: str, calls: int) -> dict[str, Any]:
    """One round."""
    with tempfile.TemporaryDirectory() as folder, Station(address, retry_s=0) as rest:
        began = time.monotonic()
        with serving(Path(folder), address, more=OPEN, station_token=False) as server:
            started_s = time.monotonic() - began
            ours, theirs = asyncio.run(calls_ms(server.url, rest, calls))
            return {
                "start_s": round(started_s, 1),
                "memory_mib": round(resident_mib(server.process.pid)),
                "result_ms": round(median(ours), 2),
                "result_p99_ms": round(quantiles(ours, n=100)[98], 2),
                "rest_ms": round(median(theirs), 2),
                "idle": round(idle_share(server), 3),
            }


def idle_share(server: OpcUa) -> float:
    """The share of a core that it takes while no client is there; it looks at the station once a second."""
    before = worked_s(server.process.pid)
    time.sleep(IDLE_S)
    return (worked_s(server.process.pid) - before) / IDLE_S


def memory_mib(station: Served, coils: int) -> list[tuple[int, float]]:
    """The server's memory after each thousand of coils with three defects. A client has subscribed to the events."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), station.address, more=OPEN, station_token=False) as server:
        return asyncio.run(_memory_mib(station, server, coils))


async def _memory_mib(station: Served, server: OpcUa, coils: int) -> list[tuple[int, float]]:
    heard = Heard()
    async with Client(server.url) as client:
        subscription = await client.create_subscription(200, heard)
        await subscription.subscribe_events()
        found = []
        for first in range(0, coils, STEP):
            await asyncio.to_thread(end_coils, station.server, first, STEP)
            await asyncio.to_thread(wait_until_told, station.server, server.certificates.parent / "opcua.json")
            found.append((first + STEP, round(resident_mib(server.process.pid), 1)))
    if heard.events < coils:
        raise SystemExit(f"the client heard {heard.events} events of {coils} coils")
    return found


class Heard:
    """Counts what the server tells a client."""

    events = 0

    def event_notification(self, _event: Any) -> None:
        self.events += 1


def wait_until_told(server: StationServer, place: Path) -> None:
    """Wait until a language whose place is kept in this file has told everything."""
    newest = server.reader.newest_event()
    until = time.monotonic() + 600
    while not place.exists() or json.loads(place.read_text())["after"] < newest:
        if time.monotonic() > until:
            raise SystemExit(f"{place} has not reached {newest} after ten minutes")
        time.sleep(0.5)


def end_coils(server: StationServer, first: int, count: int) -> None:
    """Coils with three defects each that have passed."""
    for n in range(first, first + count):
        with server.writer.transaction() as change:
            change.add_coil(coil(f"M{n:06}"))
            change.record_interval(f"M{n:06}", "cam", Interval(0, 1000, State.INSPECTED))
            change.add_defects([defect(k, coil_id=f"M{n:06}", defect_id=f"M{n:06}-{k:06d}") for k in (1, 2, 3)])
            change.complete_coil(f"M{n:06}")


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--coils", type=int, default=0, help="measure the memory over so many coils")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), asks=False) as station:
        if given.coils:
            print_rows([("coils", "MiB"), *((str(n), str(mib)) for n, mib in memory_mib(station, given.coils))])
            return
        found = [undisturbed(lambda: measure(station.address, given.calls)) for _ in range(given.rounds)]
    print_rows([list(found[0]), *([str(value) for value in one.values()] for one in found)])


if __name__ == "__main__":
    main()
