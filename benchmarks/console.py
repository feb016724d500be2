"""Measures the cost of the console: python -m benchmarks.console --seconds 20

A station inspects simulated strip at full speed, in turn with 0, 1 and 20 viewers. The viewers run on the same machine, so their own
work slows the station too. Then Chromium shows the live page of a line with a fixed line rate. The benchmark measures its share of a
core, and the age of a picture when it is drawn, from the arrival of its frame at the station.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

import structlog
import websockets
from playwright.sync_api import sync_playwright

from skelp.api.live import PROTOCOL
from skelp.app import Station
from skelp.camera_config import SyntheticCamera
from skelp.config import StationConfig, Storage
from skelp.settings import Server

WIDTH = 4096
TICKS_HZ = os.sysconf("SC_CLK_TCK")
DELAY = """async (seconds) => {
  const socket = new WebSocket(location.origin.replace('http', 'ws') + '/api/v1/live', 'skelp.live.1');
  socket.binaryType = 'arraybuffer';
  const pen = document.createElement('canvas').getContext('2d'), ages = [], began = performance.now();
  socket.onopen = () => socket.send(JSON.stringify({take: 8, scale: 0.1}));
  socket.onmessage = async ({data}) => {
    if (typeof data === 'string') return;
    const got = performance.now(), length = new DataView(data).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
    pen.drawImage(await createImageBitmap(new Blob([new Uint8Array(data, 4 + length)])), 0, 0);
    await new Promise(requestAnimationFrame);
    if (got - began > 4000) ages.push(header.seen_ms_ago + performance.now() - got);
    socket.send(JSON.stringify({take: 1, scale: 0.1}));
  };
  await new Promise((done) => setTimeout(done, seconds * 1000));
  socket.close();
  return ages;
}"""


async def view(address: str) -> None:
    """Run one viewer. It requests pictures as the page does, at most 25 a second, and does not decode them."""
    received = 0
    async with websockets.connect(
        f"{address.replace('http', 'ws')}/api/v1/live", subprotocols=[websockets.Subprotocol(PROTOCOL)]
    ) as socket:
        await socket.send(json.dumps({"take": 8, "scale": 1 / 8}))
        async for message in socket:
            if isinstance(message, bytes):
                await asyncio.sleep(0.04)
                received += 1
                if received == 4:
                    await socket.send(json.dumps({"take": received, "scale": 1 / 8}))
                    received = 0


async def _view_all(address: str, count: int) -> None:
    await asyncio.gather(*(view(address) for _ in range(count)))


def rate(station: Station, viewers: int, seconds: float) -> tuple[float, float, float]:
    """MPix/s inspected with a number of viewers, the cores that the viewers use, and the cores that serve them."""
    watching = subprocess.Popen([sys.executable, "-m", "benchmarks.console", "--view", station.address, str(viewers)]) if viewers else None
    time.sleep(2)
    own, serving = _children_s(), _serving_s()
    before, started = station.line.meter.counts()["lines_segmented"], time.monotonic()
    time.sleep(seconds)
    lines, elapsed_s = station.line.meter.counts()["lines_segmented"] - before, time.monotonic() - started
    served = _serving_s() - serving
    if watching:
        watching.kill()
        watching.wait()
    return lines * WIDTH / 1e6 / elapsed_s, (_children_s() - own) / (elapsed_s + 2), served / elapsed_s


def _serving_s() -> float:
    """Processor time, in s, of the threads that serve viewers: the server's thread and its workers."""
    ticks = 0
    for thread in threading.enumerate():
        if thread.name == "server" or thread.name.startswith("AnyIO"):
            ticks += _name_and_ticks(Path(f"/proc/self/task/{thread.native_id}/stat"))[1]
    return ticks / TICKS_HZ


def _name_and_ticks(stat: Path) -> tuple[str, int]:
    """Number and name of a process or thread, and its processor time in ticks. Raises OSError if it has ended."""
    name, after = stat.read_text().rsplit(")", 1)
    return name, sum(map(int, after.split()[11:13]))


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cpu_s(name: str) -> float:
    """Processor time, in s, of all processes of a program."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            full_name, ticks = _name_and_ticks(stat)
        except OSError:
            continue  # it has ended
        if name in full_name:
            total += ticks
    return total / TICKS_HZ


def measure_browser(address: str, seconds: float) -> dict[str, float]:
    """Chromium's share of a core on the live page, and the age of pictures when they are drawn, in ms."""
    switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=switches)
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(address)
        time.sleep(5)
        before = cpu_s("chromium")
        time.sleep(seconds)
        share = (cpu_s("chromium") - before) / seconds
        ages = sorted(page.evaluate(DELAY, seconds))
        browser.close()
    return {"chromium_cores": round(share, 2), "age_ms_p50": round(median(ages)), "age_ms_p99": round(ages[int(0.99 * len(ages))])}


def station(folder: Path, line_rate_hz: float) -> Station:
    """A station with a simulated camera. `line_rate_hz` 0: as fast as the inspection."""
    camera = SyntheticCamera(kind="synthetic", width=WIDTH, line_rate_hz=line_rate_hz)
    return Station(StationConfig(cameras=(camera,), storage=Storage(folder=folder, disk_min_free_gb=0.1), server=Server(port=0)))


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--view", nargs=2, metavar=("ADDRESS", "COUNT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.view:
        asyncio.run(_view_all(arguments.view[0], int(arguments.view[1])))
        return
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with tempfile.TemporaryDirectory(prefix="skelp-console-") as folder:
        with station(Path(folder) / "a", 0.0) as fast:
            running = threading.Thread(target=fast.run)
            running.start()
            time.sleep(5)
            results: dict[int, list[tuple[float, float, float]]] = {0: [], 1: [], 20: []}
            for _ in range(arguments.rounds):
                for viewers, runs in results.items():
                    runs.append(rate(fast, viewers, arguments.seconds))
            fast.stop()
            running.join()
        with station(Path(folder) / "b", 4000.0) as paced:
            running = threading.Thread(target=paced.run)
            running.start()
            browser = measure_browser(paced.address, arguments.seconds)
            paced.stop()
            running.join()
    rates = {n: median(r for r, *_ in runs) for n, runs in results.items()}
    facts = {
        "mpix_per_s": {str(n): round(r, 1) for n, r in rates.items()},
        "share": {str(n): round(r / rates[0], 3) for n, r in rates.items()},
        "viewers_cores": {str(n): round(median(c for _, c, _ in runs), 3) for n, runs in results.items()},
        "serving_cores": {str(n): round(median(c for *_, c in runs), 3) for n, runs in results.items()},
    }
    print(json.dumps({**facts, **browser}))


if __name__ == "__main__":
    main()
