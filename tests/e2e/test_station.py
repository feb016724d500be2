"""A station as a process: it serves REST, it stops in order, and kill -9 loses no committed result."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from skelp_client import Coil, Station
from tests.linesim import producer
from tests.models import CARD, MARKS_CARD, bright_spots

pytestmark = pytest.mark.alone

STATION = """
name = "test"
block_lines = 128

[model]
path = "{folder}/bright.onnx"
provider = "cpu"

[storage]
folder = "{folder}/data"
disk_min_free_gb = 0

[server]
port = 0
{cameras}
"""
CAMERA = """
[[cameras]]
kind = "synthetic"
name = "{name}"
seed = 4
width = 512
frame_lines = 128
line_rate_hz = 4000
strip_px = {strip_px}
first_column = {first_column}
drop_rate = {drop_rate}
"""


def station_file(folder: Path, cameras: int = 1, drop_rate: float = 0.0, limit: int = 200, *, marks: bool = False) -> Path:
    """`marks`: what the network finds are marks that are no defects."""
    bright_spots(folder / "bright.onnx", MARKS_CARD if marks else CARD, answer=2 if marks else 1, limit=limit)
    parts = [
        CAMERA.format(name=f"cam{n}", strip_px=512 * cameras, first_column=512 * n, drop_rate=drop_rate if n == 0 else 0.0)
        for n in range(cameras)
    ]
    file = folder / "station.toml"
    file.write_text(STATION.format(folder=folder, cameras="".join(parts)))
    return file


class Running:
    """A running station: its process, its address and requests to it."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process, self.address = process, address
        self.client = Station(address, retry_s=0)

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.address + path, timeout=5) as answer:
            return json.load(answer)

    def post(self, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> Any:
        data = json.dumps(body).encode() if body is not None else b""
        request = urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    def wait_for_coil(self, coil_id: str, condition: Callable[[Coil], bool], seconds: float = 20) -> Coil:
        """Read a coil until `condition` holds for it."""
        until = time.monotonic() + seconds
        while not condition(found := self.client.coil(coil_id)):
            assert time.monotonic() < until, f"the condition does not hold after {seconds} s; last: {found}"
            time.sleep(0.1)
        return found

    def roll(self, coil_id: str, **facts: Any) -> None:
        """A coil passes, and is final. `facts`: as announce takes them."""
        self.client.announce(coil_id, **facts)
        self.wait_for_coil(coil_id, lambda c: c.lines > 200)
        self.client.finish(coil_id)
        self.wait_for_coil(coil_id, lambda c: c.status == "final")

    def finals(self) -> list[str]:
        """The coils that are final, in their order."""
        return [e.coil_id for e in self.client.events(0, follow=False) if e.kind == "coil.final"]

    def wait_for(self, path: str, condition: Callable[[Any], bool], seconds: float = 20) -> Any:
        """Get `path` until `condition` holds for its JSON. Returns the JSON."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = self.get(path)
            if condition(found):
                return found
            time.sleep(0.1)
        raise AssertionError(f"{path}: the condition does not hold after {seconds} s; last: {found}")


@contextmanager
def started(*command: Path | str, stderr: str = os.devnull, **environment: str) -> Iterator[Running]:
    """Start `skelp run` of a station file, or another command, and wait for its address. `stderr`: file for its stderr."""
    run = ["run"] if isinstance(command[0], Path) else []
    with open(stderr, "w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "skelp", *run, *map(str, command)],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, "COLUMNS": "200", **environment},
        )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if address := re.search(r"(https?://\S+)/api/v1/(?:station|plant)", line):
                break
        else:
            raise AssertionError(f"the station ended with {process.wait()}")
        running = Running(process, address[1])
        with running.client:
            yield running
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def sum_of_states(coil: Coil) -> int:
    """Inspected + degraded + lost lines of a coil."""
    return coil.inspected_lines + coil.degraded_lines + coil.lost_lines


def test_a_coil_is_started_and_finished_over_rest(tmp_path: Path) -> None:
    with started(station_file(tmp_path, drop_rate=0.2)) as station:
        station.wait_for("/api/v1/coils", lambda c: c["coils"] and c["coils"][0]["lines"] > 500)
        assert station.client.announce("K1").status == "running"
        station.wait_for_coil("K1", lambda c: c.lines > 4000)
        station.client.finish("K1")
        coil = station.wait_for_coil("K1", lambda c: c.status == "final")
        assert sum_of_states(coil) == coil.lines
        assert coil.lost_lines > 0
        assert coil.decision == "hold"
        coverage = station.client.coverage("K1")
        assert sum(i.lines for i in coverage.intervals) == coil.lines
        assert {i.reason.code for i in coverage.intervals if i.reason} == {"line.frame_dropped"}
        assert {i.state for i in coverage.intervals if i.reason} == {"lost"}
        assert station.get("/health/ready") == {"status": "ready"}
        kinds = [e.kind for e in station.client.events(follow=False)]
        assert kinds[0] == "station.started"
        assert kinds.count("coil.final") >= 2
        station.process.send_signal(signal.SIGTERM)
        assert station.process.wait(20) == 0


def test_after_kill_9_committed_results_remain_and_lost_lines_are_recorded(tmp_path: Path) -> None:
    file = station_file(tmp_path)
    with started(file) as station:
        station.wait_for("/api/v1/coils", lambda c: c["coils"])
        station.client.announce("K1")
        before = station.wait_for_coil("K1", lambda c: c.lines > 6000)
        events = list(station.client.events(follow=False))
        station.process.send_signal(signal.SIGKILL)
        station.process.wait(20)
    with started(file) as station:
        after = station.client.coil("K1")
        assert after.status == "final"
        assert after.interrupted
        assert after.inspected_lines >= before.inspected_lines
        assert after.defects >= before.defects
        assert after.lost_lines > 0
        assert after.decision == "hold"
        last = station.client.coverage("K1").intervals[-1]
        assert last.reason is not None
        assert last.reason.code == "station.interrupted"
        now = station.get("/api/v1/events?limit=1000")["events"]
        assert [e["seq"] for e in now] == list(range(1, len(now) + 1))
        assert list(station.client.events(follow=False))[: len(events)] == events
        new = station.wait_for("/api/v1/coils", lambda c: c["coils"][0]["coil_id"] != "K1")
        assert new["coils"][0]["automatic"]


def test_two_cameras_see_one_strip_and_have_the_same_lines(tmp_path: Path) -> None:
    with started(station_file(tmp_path, cameras=2, drop_rate=0.3)) as station:
        station.wait_for("/api/v1/coils", lambda c: c["coils"])
        station.client.announce("K2")
        station.wait_for_coil("K2", lambda c: c.lines > 3000)
        station.client.finish("K2")
        coil = station.wait_for_coil("K2", lambda c: c.status == "final")
        cameras = station.client.coverage("K2").cameras
        lines = {name: sum(i.lines for i in intervals) for name, intervals in cameras.items()}
        assert lines == {"cam0": coil.lines, "cam1": coil.lines}
        lost = sum(i.lines for i in cameras["cam0"] if i.state == "lost")
        assert coil.lost_lines == lost > 0


def genicam_station(folder: Path, *features: str) -> Path:
    """Write the file of a station with a simulated GenICam camera of 512 px at 12,800 lines/s. Returns its path."""
    (folder / "camera.toml").write_text(
        f'producer = "{producer()}"\nserial = "LS0000"\nwidth = 512\nframe_lines = 128\nline_rate_hz = 12800\n'
        "mm_per_px = 0.25\nmm_per_line = 0.25\n"
        f'features = [["AcquisitionLineRate", 12800.0], {", ".join(features)}]\n'
    )
    bright_spots(folder / "bright.onnx")
    camera = f'[[cameras]]\nkind = "genicam"\nname = "top"\nfile = "{folder}/camera.toml"\n'
    (folder / "station.toml").write_text(STATION.format(folder=folder, cameras=camera))
    return folder / "station.toml"


def capture_process(station: Running) -> int:
    """Process id of the station's child that runs the camera. Its other child tracks resources."""
    children = [pid for task in Path(f"/proc/{station.process.pid}/task").iterdir() for pid in (task / "children").read_text().split()]
    (found,) = [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return found


@pytest.mark.parametrize("fault", ["lost", "killed"])
def test_lines_of_a_camera_that_was_lost_are_recorded_when_it_comes_back(tmp_path: Path, fault: str) -> None:
    faults = ('["SimLostAfter", 400]', '["SimLostMs", 700]') if fault == "lost" else ()
    with started(genicam_station(tmp_path, *faults)) as station:
        station.wait_for("/api/v1/coils", lambda c: c["coils"])
        station.client.announce("K1")
        if fault == "killed":
            station.wait_for_coil("K1", lambda c: c.lines > 6400)
            os.kill(capture_process(station), signal.SIGKILL)
        both = {"camera.lost", "camera.back"}
        station.wait_for("/api/v1/events?limit=1000", lambda found: both <= {e["kind"] for e in found["events"]})
        lines = station.client.coil("K1").lines
        station.wait_for_coil("K1", lambda c: c.lines > lines + 12800)
        station.client.finish("K1")
        coil = station.wait_for_coil("K1", lambda c: c.status == "final")
        assert sum_of_states(coil) == coil.lines
        assert coil.lost_lines > 0.2 * 12800
        assert coil.decision == "hold"
        lost = [i.reason.args for i in station.client.coverage("K1").intervals if i.state == "lost" and i.reason]
        expected = ("counted", "line_rate") if fault == "lost" else ("ended_by", "signal 9")
        assert any(expected in args.items() for args in lost)


def test_the_demo_runs_on_a_simulated_genicam_camera() -> None:
    with started("demo", "--camera", "linesim", "--width", "512", "--port", "0", "--no-browser") as station:
        status = station.wait_for("/api/v1/station", lambda s: s["counts"].get("lines_segmented", 0) > 4096)
        assert [(c["name"], c["live"]) for c in status["cameras"]] == [("linesim", True)]
        station.process.send_signal(signal.SIGTERM)
        assert station.process.wait(20) == 0


def test_ctrl_c_ends_with_130_and_the_coil_is_held(tmp_path: Path) -> None:
    file = station_file(tmp_path)
    with started(file) as station:
        coil_id = station.wait_for("/api/v1/coils", lambda c: c["coils"])["coils"][0]["coil_id"]
        station.process.send_signal(signal.SIGINT)
        assert station.process.wait(20) == 130
    with started(file) as station:
        stopped = station.client.coil(coil_id)
        assert (stopped.status, stopped.interrupted, stopped.decision) == ("final", True, "hold")
        assert stopped.lost_lines == 0


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    with started(station_file(tmp_path), SKELP_NAME="from-env") as station:
        assert station.client.status().name == "from-env"
