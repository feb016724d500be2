"""A station as a process: it answers, it stops in order, and kill -9 loses nothing that was committed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.linesim import producer
from tests.models import bright_spots

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


def station_file(folder: Path, cameras: int = 1, drop_rate: float = 0.0, limit: int = 200) -> Path:
    bright_spots(folder / "bright.onnx", limit=limit)
    parts = [
        CAMERA.format(name=f"cam{n}", strip_px=512 * cameras, first_column=512 * n, drop_rate=drop_rate if n == 0 else 0.0)
        for n in range(cameras)
    ]
    file = folder / "station.toml"
    file.write_text(STATION.format(folder=folder, cameras="".join(parts)))
    return file


class Running:
    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process, self.address = process, address

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.address + path, timeout=5) as answer:
            return json.load(answer)

    def post(self, path: str, body: dict[str, str] | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else b""
        request = urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"}, method="POST")
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    def wait_for(self, path: str, good: Any, seconds: float = 20) -> Any:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = self.get(path)
            if good(found):
                return found
            time.sleep(0.1)
        raise AssertionError(f"{path} did not become what was expected; last: {found}")


@contextmanager
def started(*command: Path | str, said: str = os.devnull, **environment: str) -> Iterator[Running]:
    """`skelp run` of a station file, or another command. `said`: where its stderr goes."""
    run = ["run"] if isinstance(command[0], Path) else []
    with open(said, "w") as errors:
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
            if address := re.search(r"(http://\S+)/api/v1/station", line):
                break
        else:
            raise AssertionError(f"the station ended with {process.wait()}")
        yield Running(process, address[1])
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def totals(coil: dict[str, Any]) -> int:
    return int(coil["inspected_lines"] + coil["degraded_lines"] + coil["lost_lines"])


def test_a_coil_is_started_and_finished_over_rest(tmp_path: Path) -> None:
    with started(station_file(tmp_path, drop_rate=0.2)) as station:
        station.wait_for("/api/v1/coils", lambda c: c["coils"] and c["coils"][0]["lines"] > 500)
        assert station.post("/api/v1/coils", {"coil_id": "K1"})["status"] == "running"
        station.wait_for("/api/v1/coils/K1", lambda c: c["lines"] > 4000)
        station.post("/api/v1/coils/K1/finish")
        coil = station.wait_for("/api/v1/coils/K1", lambda c: c["status"] == "final")
        assert totals(coil) == coil["lines"]
        assert coil["lost_lines"] > 0
        assert coil["decision"] == "hold"
        coverage = station.get("/api/v1/coils/K1/coverage")
        assert sum(i["lines"] for i in coverage["intervals"]) == coil["lines"]
        assert {i["reason"]["code"] for i in coverage["intervals"] if i["state"] == "lost"} == {"line.frame_dropped"}
        assert station.get("/health/ready") == {"status": "ready"}
        kinds = [e["kind"] for e in station.get("/api/v1/events?limit=1000")["events"]]
        assert kinds[0] == "station.started"
        assert kinds.count("coil.final") >= 2
        station.process.send_signal(signal.SIGTERM)
        assert station.process.wait(20) == 0


def test_kill_9_keeps_what_was_committed_and_the_gap_is_recorded(tmp_path: Path) -> None:
    file = station_file(tmp_path)
    with started(file) as station:
        station.wait_for("/api/v1/coils", lambda c: c["coils"])
        station.post("/api/v1/coils", {"coil_id": "K1"})
        before = station.wait_for("/api/v1/coils/K1", lambda c: c["lines"] > 6000)
        events = station.get("/api/v1/events?limit=1000")
        station.process.send_signal(signal.SIGKILL)
        station.process.wait(20)
    with started(file) as station:
        after = station.get("/api/v1/coils/K1")
        assert after["status"] == "final"
        assert after["interrupted"]
        assert after["inspected_lines"] >= before["inspected_lines"]
        assert after["defects"] >= before["defects"]
        assert after["lost_lines"] > 0
        assert after["decision"] == "hold"
        assert station.get("/api/v1/coils/K1/coverage")["intervals"][-1]["reason"]["code"] == "station.interrupted"
        again = station.get("/api/v1/events?limit=1000")["events"]
        assert again[: len(events["events"])] == events["events"]
        assert [e["seq"] for e in again] == list(range(1, len(again) + 1))
        fresh = station.wait_for("/api/v1/coils", lambda c: c["coils"][0]["coil_id"] != "K1")
        assert fresh["coils"][0]["automatic"]


def test_two_cameras_share_one_strip_and_one_account(tmp_path: Path) -> None:
    with started(station_file(tmp_path, cameras=2, drop_rate=0.3)) as station:
        station.wait_for("/api/v1/coils", lambda c: c["coils"])
        station.post("/api/v1/coils", {"coil_id": "K2"})
        station.wait_for("/api/v1/coils/K2", lambda c: c["lines"] > 3000)
        station.post("/api/v1/coils/K2/finish")
        coil = station.wait_for("/api/v1/coils/K2", lambda c: c["status"] == "final")
        cameras = station.get("/api/v1/coils/K2/coverage")["cameras"]
        lines = {name: sum(i["lines"] for i in account) for name, account in cameras.items()}
        assert lines == {"cam0": coil["lines"], "cam1": coil["lines"]}
        lost = sum(i["lines"] for i in cameras["cam0"] if i["state"] == "lost")
        assert coil["lost_lines"] == lost > 0


def genicam_station(folder: Path, *features: str) -> Path:
    """A simulated GenICam camera of 512 px at 12,800 lines/s."""
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
    """The station's child that runs the camera (the other one tracks resources)."""
    children = [pid for task in Path(f"/proc/{station.process.pid}/task").iterdir() for pid in (task / "children").read_text().split()]
    (found,) = [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return found


@pytest.mark.parametrize("strike", ["lost", "killed"])
def test_a_camera_that_was_away_comes_back_and_its_absence_is_in_the_account(tmp_path: Path, strike: str) -> None:
    faults = ('["SimLostAfter", 400]', '["SimLostMs", 700]') if strike == "lost" else ()
    with started(genicam_station(tmp_path, *faults)) as station:
        station.wait_for("/api/v1/coils", lambda c: c["coils"])
        station.post("/api/v1/coils", {"coil_id": "K1"})
        if strike == "killed":
            station.wait_for("/api/v1/coils/K1", lambda c: c["lines"] > 6400)
            os.kill(capture_process(station), signal.SIGKILL)
        both = {"camera.lost", "camera.back"}
        station.wait_for("/api/v1/events?limit=1000", lambda found: both <= {e["kind"] for e in found["events"]})
        lines = station.get("/api/v1/coils/K1")["lines"]
        station.wait_for("/api/v1/coils/K1", lambda c: c["lines"] > lines + 12800)
        station.post("/api/v1/coils/K1/finish")
        coil = station.wait_for("/api/v1/coils/K1", lambda c: c["status"] == "final")
        assert totals(coil) == coil["lines"]
        assert coil["lost_lines"] > 0.2 * 12800
        assert coil["decision"] == "hold"
        lost = [i["reason"] for i in station.get("/api/v1/coils/K1/coverage")["intervals"] if i["state"] == "lost"]
        why = ("counted", "line_rate") if strike == "lost" else ("ended_by", "signal 9")
        assert any(why in reason["args"].items() for reason in lost)


def test_the_demo_runs_on_a_simulated_genicam_camera() -> None:
    with started("demo", "--camera", "linesim", "--width", "512", "--port", "0", "--no-browser") as station:
        seen = station.wait_for("/api/v1/station", lambda s: s["counts"].get("lines_segmented", 0) > 4096)
        assert [(c["name"], c["live"]) for c in seen["cameras"]] == [("linesim", True)]
        station.process.send_signal(signal.SIGTERM)
        assert station.process.wait(20) == 0


def test_ctrl_c_ends_with_130_and_the_coil_is_held(tmp_path: Path) -> None:
    file = station_file(tmp_path)
    with started(file) as station:
        coil_id = station.wait_for("/api/v1/coils", lambda c: c["coils"])["coils"][0]["coil_id"]
        station.process.send_signal(signal.SIGINT)
        assert station.process.wait(20) == 130
    with started(file) as station:
        stopped = station.get(f"/api/v1/coils/{coil_id}")
        assert (stopped["status"], stopped["interrupted"], stopped["decision"]) == ("final", True, "hold")
        assert stopped["lost_lines"] == 0


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    with started(station_file(tmp_path), SKELP_NAME="from-env") as station:
        assert station.get("/api/v1/station")["name"] == "from-env"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cameras = 1", "cameras"),
        ('name = "x"\n', "cameras: Field required"),
        ('colour = "red"\n[[cameras]]\nkind="synthetic"\n', "colour: unknown key"),
        ('[server]\nhost = "0.0.0.0"\n[[cameras]]\nkind="synthetic"\n', "tokens"),
        ('[[cameras]]\nkind="synthetic"\n[[cameras]]\nkind="synthetic"\n', "names of their own"),
        ('[[cameras]]\nkind="synthetic"\nwidth=7\n', "width"),
        ("x = = 1", "is not TOML"),
    ],
)
def test_a_station_file_that_does_not_hold_is_refused(text: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    file.write_text(text)
    done = subprocess.run([sys.executable, "-m", "skelp", "run", str(file)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr
