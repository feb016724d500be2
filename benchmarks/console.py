"""What the console costs: python -m benchmarks.console --seconds 20

A station inspects simulated strip as fast as it can, in turn with no viewer, with one and with twenty, round by round; the viewers
are on the same machine, so their own reading is counted against the station. Then a real Chromium looks at the live page of a line that
runs at its pace: its share of a core, and how old a piece of strip is when it is drawn (from the frame's arrival at the station).
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
from skelp.config import Server, StationConfig, Storage, SyntheticCamera

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
    """One viewer: takes 25 pictures a second at most, asks for them as the page does, looks at none."""
    shown = 0
    async with websockets.connect(
        f"{address.replace('http', 'ws')}/api/v1/live", subprotocols=[websockets.Subprotocol(PROTOCOL)]
    ) as socket:
        await socket.send(json.dumps({"take": 8, "scale": 1 / 8}))
        async for message in socket:
            if isinstance(message, bytes):
                await asyncio.sleep(0.04)
                shown += 1
                if shown == 4:
                    await socket.send(json.dumps({"take": shown, "scale": 1 / 8}))
                    shown = 0


async def _view_all(address: str, count: int) -> None:
    await asyncio.gather(*(view(address) for _ in range(count)))


def rate(station: Station, viewers: int, seconds: float) -> tuple[float, float, float]:
    """MPix/s inspected with so many viewers, the cores that the viewers themselves took, and those that serving them took."""
    watching = subprocess.Popen([sys.executable, "-m", "benchmarks.console", "--view", station.address, str(viewers)]) if viewers else None
    time.sleep(2)
    own, serving = _children_s(), _serving_s()
    before, began = station.line.meter.counts()["lines_segmented"], time.monotonic()
    time.sleep(seconds)
    lines, spent = station.line.meter.counts()["lines_segmented"] - before, time.monotonic() - began
    served = _serving_s() - serving
    if watching:
        watching.kill()
        watching.wait()
    return lines * WIDTH / 1e6 / spent, (_children_s() - own) / (spent + 2), served / spent


def _serving_s() -> float:
    """Processor time so far of this process's threads that serve viewers: the server's own and its workers."""
    spent = 0
    for thread in threading.enumerate():
        if thread.name == "server" or thread.name.startswith("AnyIO"):
            spent += _name_and_ticks(Path(f"/proc/self/task/{thread.native_id}/stat"))[1]
    return spent / TICKS_HZ


def _name_and_ticks(stat: Path) -> tuple[str, int]:
    """Number and name of a process or thread, and its processor time so far. OSError if it has ended."""
    name, after = stat.read_text().rsplit(")", 1)
    return name, sum(map(int, after.split()[11:13]))


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cpu_s(name: str) -> float:
    """Processor time of all processes of a program so far."""
    spent = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            full, ticks = _name_and_ticks(stat)
        except OSError:
            continue  # it has ended
        if name in full:
            spent += ticks
    return spent / TICKS_HZ


def glass(address: str, seconds: float) -> dict[str, float]:
    """A browser's share of a core on the live page, and the age of pieces when they are drawn."""
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
    """A station on the simulated camera; 0: as fast as it can."""
    camera = SyntheticCamera(kind="synthetic", width=WIDTH, line_rate_hz=line_rate_hz)
    return Station(StationConfig(cameras=(camera,), storage=Storage(folder=folder, disk_min_free_gb=0.1), server=Server(port=0)))


def main() -> None:
    """Print one JSON object."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--seconds", type=float, default=20)
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--view", nargs=2, metavar=("ADDRESS", "COUNT"), help=argparse.SUPPRESS)
    asked = ask.parse_args()
    if asked.view:
        asyncio.run(_view_all(asked.view[0], int(asked.view[1])))
        return
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with tempfile.TemporaryDirectory(prefix="skelp-console-") as folder:
        with station(Path(folder) / "a", 0.0) as fast:
            running = threading.Thread(target=fast.run)
            running.start()
            time.sleep(5)
            seen: dict[int, list[tuple[float, float, float]]] = {0: [], 1: [], 20: []}
            for _ in range(asked.rounds):
                for viewers, runs in seen.items():
                    runs.append(rate(fast, viewers, asked.seconds))
            fast.stop()
            running.join()
        with station(Path(folder) / "b", 4000.0) as paced:
            running = threading.Thread(target=paced.run)
            running.start()
            looks = glass(paced.address, asked.seconds)
            paced.stop()
            running.join()
    rates = {n: median(r for r, *_ in runs) for n, runs in seen.items()}
    facts = {
        "mpix_per_s": {str(n): round(r, 1) for n, r in rates.items()},
        "share": {str(n): round(r / rates[0], 3) for n, r in rates.items()},
        "viewers_cores": {str(n): round(median(c for _, c, _ in runs), 3) for n, runs in seen.items()},
        "serving_cores": {str(n): round(median(c for *_, c in runs), 3) for n, runs in seen.items()},
    }
    print(json.dumps({**facts, **looks}))


if __name__ == "__main__":
    main()
