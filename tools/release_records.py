"""Writes the records of a short simulated line as one version of skelp keeps them. A test holds all later versions to them.

    python tools/release_records.py CHECKOUT NAME

CHECKOUT: a work tree of that version. It writes tests/data/records/NAME.sql, the SQLite database as statements, and NAME.json, what
REST said of each coil and its decisions. Crops are left out. It asks the version by REST alone, which only grows; what an older one
cannot do is left out. When to run it: CONTRIBUTING.md.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from tests.models import MARKS_CARD, bright_spots  # noqa: E402

OUT = ROOT / "tests" / "data" / "records"
V1 = "/api/v1"
STATION = """
name = "test"
block_lines = 128
recipe = "{folder}/default.toml"
{more}

[model]
path = "{folder}/model.onnx"
provider = "cpu"

[storage]
folder = "{folder}/data"
disk_min_free_gb = 0

[server]
port = 0

[[cameras]]
kind = "synthetic"
name = "cam"
seed = {seed}
width = 512
frame_lines = 64
line_rate_hz = 1000
drop_rate = {drop_rate}
"""
DEFAULT = """
name = "default"
hold_from_severity = 3
hold_above_defects_per_100m = 100_000.0
hold_above_uninspected_m = 0.1
strip_width_mm = 96.0

[severity]
area_mm2 = [1.5, 3.5, 50.0]

[classes.bright]
min_area_mm2 = 1.0
"""
RULES = (
    DEFAULT.replace('"default"', '"panel"\nproducts = ["DC04", "DX5*"]').replace("severity = 3", "severity = 6")
    + """
[zones.usable]
middle_mm = 60.0

[[rules]]
name = "in the usable width"
zone = "usable"
more_than = 1
in_any_m = 0.1
then = "downgrade"

[[rules]]
name = "too many"
of = "area_mm2"
more_than = 20.0
then = "scrap"
"""
)
NONE, MANY = 255, 143
"""Brighter pixels are defects: as the strip is, no pixel is, or many are."""


@dataclass(frozen=True, slots=True)
class Line:
    """What the camera sees, and how the network answers: 1 is a defect, 2 a mark that is none."""

    seed: int = 1
    limit: int = MANY
    drop_rate: float = 0.0
    answer: int = 1


class Station:
    """A running station of that version."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process, self._http = process, httpx2.Client(base_url=address)

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer; None where this version has no such call."""
        answer = self._http.request("GET" if body is None else "POST", V1 + path, json=body)
        if answer.status_code in {404, 405}:
            return None
        if answer.is_error:
            raise SystemExit(f"{path}: {answer.status_code} {answer.text}")
        return answer.json()

    def until(self, coil_id: str, condition: Callable[[Any], bool]) -> Any:
        for _ in range(600):
            found = self.ask(f"/coils/{coil_id}")
            if found and condition(found):
                return found
            time.sleep(0.05)
        raise SystemExit(f"coil {coil_id} stays as it is: {found}")

    def coil(self, coil_id: str, lines: int = 800, **known: Any) -> Any:
        """Let so many lines of a coil pass. Returns the record of its pass."""
        begun = self.ask("/coils", {"coil_id": coil_id, **known})
        self.until(begun["coil_id"], lambda c: c["lines"] > lines)
        self.ask(f"/coils/{begun['coil_id']}/finish", {})
        return self.until(begun["coil_id"], lambda c: c["status"] == "final")


@contextmanager
def started(checkout: Path, folder: Path, line: Line, more: str) -> Iterator[Station]:
    """A station of that version. It is stopped in order, unless it has ended."""
    bright_spots(folder / "model.onnx", MARKS_CARD, answer=line.answer, limit=line.limit)
    file = folder / "station.toml"
    file.write_text(STATION.format(folder=folder, more=more, seed=line.seed, drop_rate=line.drop_rate))
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src"), "COLUMNS": "200"}
    command = [sys.executable, "-m", "skelp", "run", str(file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder, env=environment)  # noqa: S603 - this Python
    output: Iterable[str] = process.stdout or ()
    try:
        found = next(filter(None, (re.search(r"(https?://\S+)/api/v1/station", text) for text in output)), None)
        if found is None:
            raise SystemExit(f"the station ended with {process.wait()}")
        yield Station(process, found[1])
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    finally:
        process.kill()
        process.communicate()


def run(checkout: Path, folder: Path) -> list[dict[str, Any]]:
    """Let the line run, with persons who review and decide. Returns what REST says of all final coils."""
    (folder / "default.toml").write_text(DEFAULT)
    (folder / "panel.toml").write_text(RULES)
    with started(checkout, folder, Line(limit=NONE), "") as station:
        station.coil("CLEAN-1", heat="H290", product="S235")
        station.coil("CLEAN-1", product="S235", new_pass=True)
        has_rules = station.ask("/recipes") is not None
    more = f'recipes = ["{folder}/panel.toml"]' if has_rules else ""
    with started(checkout, folder, Line(), more) as station:
        station.coil("DEFECTS-1", strip_width_mm=97)
        _persons(station, "DEFECTS-1")
        station.coil("DEFECTS-2", product="DC04")
        station.ask("/coils/DEFECTS-2/decide", {"recipe": "default", "operator": "Lee", "note": "another order"})
        long = station.coil("DEFECTS-3", 1600, product="DX51D")
        cut = {"coil_id": long["coil_id"], "from_m": 0.1, "to_m": 0.4}
        station.ask(f"/coils/{long['coil_id']}/derive", {"coil_id": "PIECE-1", "cuts": [cut]})
    with started(checkout, folder, Line(answer=2), more) as station:
        station.coil("MARKS-1")
    with started(checkout, folder, Line(seed=2, drop_rate=0.3), more) as station:
        station.coil("LOST-1", product="DC04")
        _killed(station, "KILLED-1")
    with started(checkout, folder, Line(limit=NONE), more) as station:
        station.until("KILLED-1", lambda c: c["status"] == "final")
        coils = [c for c in station.ask("/coils?limit=500")["coils"] if c["status"] == "final"]
        said = [_said(station, coil) for coil in coils]
        _killed(station, "RUNNING-1")
    return said


def _killed(station: Station, coil_id: str) -> None:
    """Kill the station while a coil runs."""
    station.ask("/coils", {"coil_id": coil_id})
    station.until(coil_id, lambda c: c["lines"] > 800)
    station.process.kill()
    station.process.wait()


def _persons(station: Station, coil_id: str) -> None:
    """A person reviews the first defect, and accepts the coil."""
    first = station.ask(f"/coils/{coil_id}/defects?limit=1")["defects"][0]
    station.ask(f"/defects/{first['defect_id']}/reviews", {"verdict": "false_alarm", "operator": "Kim", "note": "dust"})
    station.ask(f"/coils/{coil_id}/override", {"decision": "accept", "operator": "Kim", "note": "the customer agrees"})


def _said(station: Station, coil: dict[str, Any]) -> dict[str, Any]:
    """What REST said of a coil, by the end of the call's path."""
    paths = ("", "/coverage", "/defects?limit=500", "/decisions", "/overrides", "/periodic", "/origin", "/reviews/standing")
    answers = {path: station.ask(f"/coils/{coil['coil_id']}{path}") for path in paths}
    return {path: _coded(answer) for path, answer in answers.items() if answer is not None}


def _coded(answer: Any) -> Any:
    """An answer without its sentences, which are not a part of the contract."""
    if isinstance(answer, list):
        return [_coded(value) for value in answer]
    if isinstance(answer, dict):
        return {key: _coded(value) for key, value in answer.items() if key != "text"}
    return answer


def main(checkout: str, name: str) -> None:
    """Write the two files of a version."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        said = run(Path(checkout).resolve(), Path(temporary))
        with closing(sqlite3.connect(Path(temporary) / "data" / "skelp.db")) as database:
            dump = "\n".join(database.iterdump())
    (OUT / f"{name}.sql").write_text(dump.replace(temporary, "/release") + "\n")
    (OUT / f"{name}.json").write_text("[\n" + ",\n".join(json.dumps(coil) for coil in said) + "\n]\n")
    print(f"{name}: {len(said)} coils, {len(dump)} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
