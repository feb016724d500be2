"""What `skelp level2` costs over many coils: python -m benchmarks.level2 --coils 10000

A filled station on loopback, `skelp level2` as a process, and a reader in JavaScript as level 2. The process's memory after each thousand
of coils with three defects, each of which is a result and a defect list that the reader has acknowledged, and its working seconds.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.opcua import STEP, end_coils, resident_mib, wait_until_told, worked_s
from skelp.terminal import print_rows
from tests.conftest import ROOT
from tests.e2e.test_level2 import SETTINGS, Process, skelp
from tests.filled_station import Served, served
from tests.node import node
from tests.sockets import free_port


def growth(station: Served, coils: int, folder: Path) -> list[tuple[int, float, float]]:
    """Coils so far, MiB, and seconds that the process has worked."""
    port = free_port()
    text = SETTINGS.format(layout=ROOT / "edge" / "level2-layout.toml", station=station.address, port=port)
    (folder / "level2.toml").write_text(text, encoding="utf-8")
    level2 = Process(skelp("run", str(folder / "level2.toml")), folder / "level2.log")
    command = [node(), str(ROOT / "tests/e2e/level2_reader.mjs"), str(port), str(folder / "store.jsonl")]
    reader = Process(command, folder / "reader.log")
    found = []
    try:
        for first in range(0, coils, STEP):
            end_coils(station.server, first, STEP)
            wait_until_told(station.server, folder / "place.json")
            found.append((first + STEP, round(resident_mib(level2.process.pid), 1), round(worked_s(level2.process.pid), 1)))
    finally:
        reader.kill()
        level2.kill()
    return found


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coils", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), asks=False) as station:
        found = growth(station, given.coils, Path(folder))
    print_rows([("coils", "MiB", "worked, s"), *((str(n), str(mib), str(s)) for n, mib, s in found)])


if __name__ == "__main__":
    main()
