"""docs/integrate.md as an integrator follows it: every block of the page runs against a station over TLS, with a token."""

from __future__ import annotations

import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.e2e.test_access import NAMED, make_certificate, skelp
from tests.e2e.test_station import Running, started, station_file

PAGE = (ROOT / "docs" / "integrate.md").read_text(encoding="utf-8")
ADDRESS = "https://line1.plant.example:8443"
SHELL = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
PROGRAMS = dict(re.findall(r"```python\n(# (\w+\.py): .*?)```", PAGE, re.DOTALL))
PROGRAMS = {name: text for text, name in PROGRAMS.items()}
pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


class Desk:
    """The integrator's folder: token, ca.pem and the programs of the page."""

    def __init__(self, folder: Path, station: Running, file: Path) -> None:
        self.folder, self.station, self.file = folder, station, file
        self.address = station.address
        self.processes: list[subprocess.Popen[str]] = []
        for name, text in PROGRAMS.items():
            (folder / name).write_text(text.replace(ADDRESS, self.address))

    def shell(self, number: int) -> list[Any]:
        """Run a block of the page, with the names that the first one defines. Returns the JSON of each of its requests."""
        first = SHELL[0].replace(ADDRESS, self.address)
        lines = first if number == 0 else first[: first.rindex("ask $STATION")] + SHELL[number]
        done = subprocess.run(["bash", "-euc", lines], cwd=self.folder, capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the page to its end."""
        return subprocess.run([sys.executable, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=60, check=False)

    def mes(self) -> subprocess.Popen[str]:
        """Start mes.py. It is ended with the desk."""
        with (self.folder / "mes.log").open("a") as log:
            process = subprocess.Popen([sys.executable, "mes.py"], cwd=self.folder, stdout=log, stderr=log, text=True)
        self.processes.append(process)
        return process

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()

    def coils(self) -> list[tuple[Any, ...]]:
        """What mes.py has stored, in the order in which it was stored."""
        with closing(sqlite3.connect(self.folder / "mes.db")) as store:
            known = store.execute("SELECT name FROM sqlite_master").fetchall()
            return store.execute("SELECT coil_id, heat, decision FROM coils ORDER BY rowid").fetchall() if ("coils",) in known else []


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    authority = make_certificate(tmp_path)
    file = station_file(tmp_path, drop_rate=0.05)
    file.write_text(file.read_text().replace("[server]\n", f"[server]\ntokens = true\n{NAMED}"))
    folder = tmp_path / "desk"
    folder.mkdir()
    shutil.copy(authority, folder)
    (folder / "mes-1.token").write_text(skelp("token", "new", "mes-1", "--role", "mes", "--station", file) + "\n")
    with started(file) as station:
        desk = Desk(folder, station, file)
        yield desk
        desk.close()


def test_a_first_day_by_hand(desk: Desk) -> None:
    until(lambda: bool(desk.shell(0)[0]["ready"]))
    (status,) = desk.shell(0)
    first, again = desk.shell(1)
    assert (first["coil_id"], first["status"], again["coil_id"], again["started_at"]) == ("K4711", "running", "K4711", first["started_at"])
    time.sleep(1)
    corrected, finished = desk.shell(2)
    assert (corrected["heat"], finished["coil_id"]) == ("H291", "K4711")
    (refused,) = desk.shell(3)
    assert (refused["status"], refused["conflict"]) == (409, "coil_over")
    until(lambda: any(e["kind"] == "coil.final" and e["coil_id"] == "K4711" for e in desk.shell(4)[0]["events"]))
    (page,) = desk.shell(4)
    assert page["feed_id"] == status["feed_id"]
    coil, coverage, defects = desk.shell(5)
    assert (coil["status"], coil["decision"]) == ("final", "hold")
    assert sum(i["lines"] for i in coverage["intervals"]) == coil["lines"] > 0
    assert len(defects["defects"]) == coil["defects"]
    assert len(SHELL) == 6, "every block is run above"
    assert (desk.folder / "mes-1.header").stat().st_mode & 0o077 == 0


def test_a_first_day_with_the_client(desk: Desk) -> None:
    assert set(PROGRAMS) == {"mes.py", "announce.py", "watch.py", "after_slitting.py"}
    mes = desk.mes()

    def roll(action: str, coil_id: str) -> str:
        done = desk.python("announce.py", action, coil_id)
        assert done.returncode == 0, done.stderr
        running = done.stdout.split()[0]
        time.sleep(0.5)
        assert desk.python("announce.py", "finish", running).returncode == 0
        return running

    roll("start", "K1")
    until(lambda: "K1" in [row[0] for row in desk.coils()])
    mes.send_signal(signal.SIGKILL)
    mes.wait()
    refused = desk.python("announce.py", "start", "K1")
    assert (refused.returncode, refused.stderr.split(":")[0]) == (1, "coil_over")
    assert roll("again", "K1") == "K1~2"
    roll("start", "K2")
    mes = desk.mes()
    until(lambda: "K2" in [row[0] for row in desk.coils()])
    stored = [row for row in desk.coils() if not row[0].startswith("auto-")]
    assert [(coil_id, heat) for coil_id, heat, _ in stored] == [("K1", "H290"), ("K1~2", "H290"), ("K2", "H290")]

    slit = desk.python("after_slitting.py", "K2", "K2A", "20", "default")
    assert slit.stdout.startswith("K2A "), slit.stderr
    desk.shell(1)  # announces K4711, which goes on
    secret = (desk.folder / "mes-1.token").read_text().strip()
    watched = desk.python("watch.py").stdout.splitlines()
    assert [line.split()[0] for line in watched] == [str(n) for n in range(1, len(watched) + 1)]
    skelp("token", "revoke", "mes-1", "--station", desk.file)
    assert mes.wait(60) == 1
    log = (desk.folder / "mes.log").read_text()
    assert log.count("K1 is on hold") <= 1
    assert "ask for a new token" in log
    assert secret[6:] not in log
    assert "Traceback" not in log


def test_a_correction_of_a_final_coil_reaches_the_mes(desk: Desk) -> None:
    desk.mes()
    desk.shell(1)
    time.sleep(0.5)
    desk.python("announce.py", "finish", "K4711")
    until(lambda: ("K4711", "H290") in [row[:2] for row in desk.coils()])
    desk.shell(2)  # heat H291
    until(lambda: ("K4711", "H291") in [row[:2] for row in desk.coils()])
    assert [row[0] for row in desk.coils()].count("K4711") == 1
