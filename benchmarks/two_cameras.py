"""Runs a station with two simulated GenICam cameras over one strip: python -m benchmarks.two_cameras --minutes 10

The cameras have 4096 px each with 64 px of overlap. One encoder triggers their lines, and each has its own process. A mark lies in the
overlap every 8,192 lines. The benchmark prints the lines by state and reason, and whether each mark is one defect. It exits with 1 if the
ledgers of the two cameras differ by more than 8,192 lines, or if a mark that both cameras saw is counted twice or missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import structlog

from skelp.app import Station
from skelp.camera_config import GenicamCamera
from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip
from skelp.capture.synthetic.planting import Density
from skelp.config import ModelChoice, StationConfig, Storage
from skelp.domain.coverage import Interval, State
from skelp.domain.queries import DefectQuery
from skelp.ports import RecordReader
from skelp.settings import Server

LINESIM = Path(__file__).parents[1] / "tools" / "linesim"
WIDTH, OVERLAP, LOOP = 4096, 64, 8192
MARK_LINE, MARK_LINES = 4000, 240
SECOND = WIDTH - OVERLAP
NAMES = ("left", "right")


def strip(file: Path) -> None:
    """Write a picture of sound simulated steel with one bright mark in the middle of the overlap."""
    width = SECOND + WIDTH
    steel = SyntheticStrip(SyntheticConfig(seed=2, width=width, lines=LOOP, density=Density.clean())).pixels(0, LOOP)
    steel[MARK_LINE : MARK_LINE + MARK_LINES, WIDTH - OVERLAP // 2 - 4 : WIDTH - OVERLAP // 2 + 4] = 250
    cv2.imwrite(str(file), steel)


def camera_file(folder: Path, number: int, line_rate_hz: float) -> Path:
    """Write the camera file of camera `number`, 0 or 1. Returns its path."""
    file = folder / f"{NAMES[number]}.toml"
    file.write_text(
        f'producer = "{LINESIM / "build" / "linesim.cti"}"\nserial = "LS{number:04d}"\nwidth = {WIDTH}\nframe_lines = 512\n'
        f"mm_per_px = 0.25\nmm_per_line = 0.25\nfirst_column = {number * SECOND}\nencoder_counts_per_line = 2\nfeatures = [\n"
        f'  ["OffsetX", {number * SECOND}], ["EncoderDivider", 2], ["TriggerSelector", "LineStart"], ["TriggerSource", "Encoder0"],\n'
        f'  ["TriggerMode", "On"], ["SimEncoderRate", {2 * line_rate_hz}], ["SimStripClock", true],\n]\n'
    )
    return file


def by_state(coverage: list[Interval]) -> Counter[str]:
    """Number of lines by state, with the reason if they were not inspected."""
    lines: Counter[str] = Counter()
    for i in coverage:
        lines[i.state.value if i.state is State.INSPECTED else f"{i.state.value}: {i.reason}"] += i.lines
    return lines


def marks(records: RecordReader, coil_id: str) -> tuple[int, int, int]:
    """Of one coil: defects in the overlap, marks that both cameras saw whole and that were found, marks counted twice or missed."""
    coverages = records.camera_coverage(coil_id)
    found: list[int] = []
    after = 0
    while page := records.defects(coil_id, DefectQuery(after=after, limit=1000)):
        after = page[-1][0]
        for _, d in page:
            column = d.column + (SECOND if d.camera == NAMES[1] else 0)
            if column <= WIDTH - OVERLAP // 2 <= column + d.columns and d.lines > MARK_LINES / 2:
                found.append(d.line)
    if not found:
        return 0, 0, 0
    length = max(c[-1].end_line for c in coverages.values() if c)
    mark_lines = range(found[0] % LOOP, length - MARK_LINES, LOOP)
    whole = [m for m in mark_lines if all(_inspected(c, m - 64, m + MARK_LINES + 64) for c in coverages.values())]
    found_by_mark = Counter(round((line - found[0]) / LOOP) for line in found)
    missed = sum(1 for m in whole if not any(abs(line - m) < MARK_LINES for line in found))
    return len(found), len(whole) - missed, sum(n - 1 for n in found_by_mark.values()) + missed


def _inspected(coverage: list[Interval], first: int, end: int) -> bool:
    return any(i.state is State.INSPECTED and i.first_line <= first and end <= i.end_line for i in coverage)


def evaluate(records: RecordReader, seconds: float) -> dict[str, Any]:
    """The figures of a run of `seconds`."""
    lines = {name: Counter[str]() for name in NAMES}
    found, whole, wrong = 0, 0, 0
    for coil in records.coils(before=None, limit=1000):
        for name, coverage in records.camera_coverage(coil.coil_id).items():
            lines[name] += by_state(coverage)
        more = marks(records, coil.coil_id)
        found, whole, wrong = found + more[0], whole + more[1], wrong + more[2]
    totals = {name: sum(c.values()) for name, c in lines.items()}
    return {
        "seconds": round(seconds, 1),
        "lines": {name: dict(c.most_common()) for name, c in lines.items()},
        "lines_in_ledger": totals,
        "marks_in_overlap": {"defects": found, "seen_whole_by_both_cameras": whole, "twice_or_missed": wrong},
    }


def main() -> None:
    """Run the station and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--line-rate", type=float, default=20_000)
    parser.add_argument("--model", type=Path)
    arguments = parser.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    subprocess.run(["make", "-s", "-C", str(LINESIM)], check=True)
    with tempfile.TemporaryDirectory(prefix="skelp-two-") as name:
        folder = Path(name)
        strip(folder / "strip.pgm")
        os.environ.update(LINESIM_DEVICES="2", LINESIM_STRIP=str(folder / "strip.pgm"))
        cameras = [GenicamCamera(kind="genicam", name=n, file=camera_file(folder, k, arguments.line_rate)) for k, n in enumerate(NAMES)]
        config = StationConfig(
            name="two cameras",
            cameras=tuple(cameras),
            model=ModelChoice(path=arguments.model),
            storage=Storage(folder=folder / "data", disk_min_free_gb=0.1),
            server=Server(port=0),
        )
        with Station(config) as station:
            started = time.monotonic()
            station.run(60 * arguments.minutes)
            elapsed_s = time.monotonic() - started
            facts = {
                "provider": station.status().engine.provider,
                "model": station.model.card.name,
                **evaluate(station.database.reader, elapsed_s),
            }
            counts = station.line.meter.counts()
    facts["lines_exposed"] = counts["lines_exposed"]
    facts["mpix_per_s"] = round(counts["lines_segmented"] * WIDTH / 1e6 / elapsed_s, 1)
    print(json.dumps(facts, indent=1))
    totals = list(facts["lines_in_ledger"].values())
    apart = max(totals) - min(totals)
    if facts["marks_in_overlap"]["twice_or_missed"] or apart > 8192:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
