"""Level 2 on telegrams: a reader in JavaScript that knows byte offsets only gets every final coil, once or marked as a repeat.

Whatever is killed or cut: the station, skelp level2, level 2 itself, the connection in the middle of a telegram.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from skelp_client import Station
from tests.conftest import ROOT
from tests.e2e.test_mes_client import Plant, truth, wait
from tests.e2e.test_station import station_file
from tests.node import node
from tests.relay import Relay
from tests.sockets import free_port

PATIENT_S = 120.0
LAST = "LAST"
RESULT, LIST = "SIL201", "SIL202"
TROUBLES = [
    *((what, "after") for what in ("station killed", "level2 killed", "reader killed", "cut")),
    *((what, "unanswered") for what in (RESULT, LIST)),
    *((what, "before") for what in ("half", f"mute {RESULT} 2", f"mute {LIST} 1")),
    *((what, "midway") for what in ("torn", "station killed", "level2 killed")),
]
"""What happens, and when: while the coil runs, before its end, after its end, or when level 2 has stored this and did not say so."""
SETTINGS = """
name = "level2"
place = "place.json"
begin = "first"
layout = "{layout}"
[station]
url = "{station}"
[link]
role = "server"
address = "127.0.0.1:{port}"
[timing]
acknowledged_within_s = 0.5
again_every_s = 1
alive_every_s = 1
alive_within_s = 30
[trace]
folder = "trace"
"""
COMMAND = "from skelp_languages.commands.level2 import level2_cli; level2_cli()"
"""The command, also where the environment was made before skelp-languages had its entry point."""


def skelp(*arguments: str) -> list[str]:
    return [sys.executable, "-c", COMMAND, *arguments]


class Process:
    """A process that is killed and started again with the same files."""

    def __init__(self, command: list[str], log: Path) -> None:
        self._command, self._log = command, log
        self.start()

    def start(self) -> None:
        with self._log.open("a") as log:
            self.process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=log, stderr=log, text=True)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()

    def restart(self) -> None:
        self.kill()
        self.start()

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()


class Works:
    """A plant: a station, skelp level2 and level 2, with a network that is cut between the last two."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store, self.log = folder / "store.jsonl", folder / "level2.log"

    @contextmanager
    def running(self) -> Iterator[None]:
        with Relay() as to_station, Relay() as to_level2:
            self.link = to_level2
            self.plant = Plant(station_file(self.folder, drop_rate=0.02, limit=140), to_station)
            self.plant.start()
            port = free_port()
            to_level2.target = ("127.0.0.1", port)
            self.settings = self.folder / "level2.toml"
            layout = self.folder / "layout.toml"
            example = (ROOT / "edge" / "level2-layout.toml").read_text(encoding="utf-8")
            layout.write_text(example.replace("class:scratch", "class:bright"), encoding="utf-8")  # what this station's model finds
            text = SETTINGS.format(layout=layout, station=to_station.url, port=port)
            self.settings.write_text(text, encoding="utf-8")
            self.level2 = Process(skelp("run", str(self.settings)), self.log)
            relayed = to_level2.url.rpartition(":")[2]
            self.reader = Process([node(), str(ROOT / "tests/e2e/level2_reader.mjs"), relayed, str(self.store)], self.folder / "reader.log")
            try:
                with Station(to_station.url, retry_s=60) as self.station:
                    yield
            finally:
                self.reader.kill()
                self.level2.kill()
                self.plant.end(signal.SIGTERM)

    def rows(self) -> list[dict[str, Any]]:
        if not self.store.exists():
            return []
        return [json.loads(line) for line in self.store.read_text().splitlines(keepends=True) if line.endswith("\n")]

    def becomes(self, is_so: Callable[[list[dict[str, Any]]], object]) -> None:
        until = time.monotonic() + PATIENT_S
        while not is_so(self.rows()):
            assert time.monotonic() < until, (self.log.read_text()[-3000:], self.rows()[-5:])
            time.sleep(0.05)

    def asks(self, line: str) -> int:
        """Have level 2 send a telegram and wait for its answer. Returns the result."""
        before = sum("answer" in row for row in self.rows())
        self.reader.tell(line)
        self.becomes(lambda rows: sum("answer" in row for row in rows) > before)
        return int([row for row in self.rows() if "answer" in row][-1]["result"])

    def trouble(self, what: str) -> None:
        deeds: dict[str, Callable[[], object]] = {
            "none": lambda: None,
            "station killed": self.plant.restart,
            "level2 killed": self.level2.restart,
            "reader killed": self.reader.restart,
            "cut": self._cut,
        }
        deeds.get(what, lambda: self.reader.tell(what))()

    def unanswered(self, rows: list[dict[str, Any]]) -> int:
        return sum("unanswered" in row for row in rows)

    def _cut(self) -> None:
        self.link.cut()
        time.sleep(0.7)
        self.link.join()

    def roll(self, coil: str, trouble: str, when: str) -> None:
        """Roll one coil; the trouble comes while it runs, before its end, or just after it: while its result is told."""
        assert self.asks(f"start {coil} H1") in {0, 7}, "7: the station was killed between the start and its answer"
        wait(self.station, coil, 300)
        if when == "midway":
            self.trouble(trouble)
        wait(self.station, coil, 1200)
        if when == "before":
            self.trouble(trouble)
        before = self.unanswered(self.rows())
        if when == "unanswered":
            self.reader.tell(f"mute {trouble} 1000")
        assert self.asks(f"end {coil}") == 0
        if when == "unanswered":  # level 2 stores a telegram, and skelp level2 is killed before it knows that
            self.becomes(lambda rows: self.unanswered(rows) > before)
            self.level2.kill()
            self.reader.tell(f"mute {trouble} 0")
            self.level2.start()
        if when == "after":
            self.trouble(trouble)


def check(rows: list[dict[str, Any]], final: list[str]) -> None:
    """Level 2 has every final coil in order, once or marked as a repeat, each with all of its defects, the worst first."""
    results = [row for row in rows if row.get("code") == "SIL201" and row["event"] == "F"]
    assert list(dict.fromkeys(row["name"] for row in results)) == final
    first: dict[int, dict[str, Any]] = {}
    for row in results:
        if row["seq"] in first:
            assert row["repeat"] == "Y", row
        else:
            first[row["seq"]] = row
        shares = row["inspected"] + row["degraded"] + row["lost"]
        assert abs(shares - row["length"]) <= 2, "rounded, each in its direction, to 0.01 m"
    assert len(first) == len(final)
    for seq, row in first.items():
        parts = {p["part"]: p for p in rows if p.get("code") == "SIL202" and p["seq"] == seq}
        assert sorted(parts) == list(range(1, row["parts"] + 1))
        found = [d for n in sorted(parts) for d in parts[n]["found"]]
        assert [d["rank"] for d in found] == list(range(1, row["listed"] + 1))
        assert [-d["severity"] for d in found] == sorted(-d["severity"] for d in found)
        assert all(p["defects"] == row["defects"] for p in parts.values())


def follow(folder: Path, coils: list[tuple[str, str, str]]) -> Works:
    works = Works(folder)
    with works.running():
        for coil, trouble, when in coils:
            works.roll(coil, trouble, when)
        works.becomes(lambda rows: any(row.get("name") == LAST and row.get("code") == "SIL201" for row in rows))
        works.becomes(_whole)
        assert os.sched_getscheduler(works.level2.process.pid) == os.SCHED_IDLE, "an inspection comes first"
    _, final, defects = truth(f"sqlite:///{folder}/data/skelp.db", "test")
    final = final[: final.index(LAST) + 1]
    rows = [row for row in works.rows() if row.get("name") in final or "name" not in row]
    check(rows, final)
    assert [c for c in final if not c.startswith("auto-")] == [coil for coil, _, _ in coils]
    told = {row["name"]: row["defects"] for row in rows if row.get("code") == "SIL201"}
    assert told == {coil: len(defects[coil]) for coil in final}
    return works


def _whole(rows: list[dict[str, Any]]) -> bool:
    """Whether the last coil's defects are all there."""
    (last,) = [row for row in rows if row.get("name") == LAST and row.get("code") == "SIL201"][-1:] or [{"parts": -1}]
    return last["parts"] == 0 or any(row.get("part") == last["parts"] and row["seq"] == last["seq"] for row in rows if "part" in row)


def test_every_final_coil_arrives_once_or_marked_as_a_repeat_whatever_is_killed_or_cut(tmp_path: Path) -> None:
    coils = [(f"K{n}", *trouble) for n, trouble in enumerate(TROUBLES)]
    works = follow(tmp_path, [*coils, (LAST, "none", "midway")])
    rows = works.rows()
    assert any("cut" in row for row in rows), "a telegram was read to its middle"
    assert any("again" in row for row in rows), "the same telegram came again with its number, also from another process"
    assert any(row.get("repeat") == "Y" for row in rows), "a result came again after others, and says so"
    assert "level 2 ended it" in works.log.read_text()
    command = skelp("trace", "--no-follow", "--last", "400", str(works.settings))
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "SIL201 number" in shown
    assert "L2SI01 number" in shown
    assert "FEED_SEQ=" in shown
    assert "REPEAT_YN=yes" in shown
    assert "---" in shown


@pytest.mark.slow
def test_a_long_shift(tmp_path: Path) -> None:
    draw = random.Random(11)
    coils = [(f"K{n:03}", *draw.choice([*TROUBLES, *[("none", "midway")] * 12])) for n in range(120)]
    follow(tmp_path, [*coils, (LAST, "none", "midway")])
