"""Two simulated GenICam cameras side by side, one strip: python -m benchmarks.two_cameras --minutes 10

4096 px each with 64 px of overlap, lines triggered by one encoder, each in its own process, through harvesters into a whole station.
A mark lies in the overlap once every 8,192 lines. Prints what became of every line and whether each mark is one defect; exit 1 if
a line is unaccounted for, the cameras disagree on where they are, or a mark counts twice or is missed where both cameras saw it.
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
from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip
from skelp.capture.synthetic.planting import Density
from skelp.config import GenicamCamera, ModelChoice, Server, StationConfig, Storage
from skelp.domain.coverage import Interval, State
from skelp.ports import DefectQuery, RecordReader

LINESIM = Path(__file__).parents[1] / "tools" / "linesim"
WIDTH, OVERLAP, LOOP = 4096, 64, 8192
MARK_LINE, MARK_LINES = 4000, 240
SECOND = WIDTH - OVERLAP
NAMES = ("left", "right")


def strip(file: Path) -> None:
    """Sound simulated steel with one bright mark in the middle of the overlap."""
    width = SECOND + WIDTH
    steel = SyntheticStrip(SyntheticConfig(seed=2, width=width, lines=LOOP, density=Density.clean())).pixels(0, LOOP)
    steel[MARK_LINE : MARK_LINE + MARK_LINES, WIDTH - OVERLAP // 2 - 4 : WIDTH - OVERLAP // 2 + 4] = 250
    cv2.imwrite(str(file), steel)


def camera_file(folder: Path, number: int, line_rate_hz: float) -> Path:
    """The camera file of one of the two."""
    file = folder / f"{NAMES[number]}.toml"
    file.write_text(
        f'producer = "{LINESIM / "build" / "linesim.cti"}"\nserial = "LS{number:04d}"\nwidth = {WIDTH}\nframe_lines = 512\n'
        f"mm_per_px = 0.25\nmm_per_line = 0.25\nfirst_column = {number * SECOND}\nencoder_counts_per_line = 2\nfeatures = [\n"
        f'  ["OffsetX", {number * SECOND}], ["EncoderDivider", 2], ["TriggerSelector", "LineStart"], ["TriggerSource", "Encoder0"],\n'
        f'  ["TriggerMode", "On"], ["SimEncoderRate", {2 * line_rate_hz}], ["SimStripClock", true],\n]\n'
    )
    return file


def by_state(coverage: list[Interval]) -> Counter[str]:
    """Lines by state, losses with their reason."""
    lines: Counter[str] = Counter()
    for i in coverage:
        lines[i.state.value if i.state is State.INSPECTED else f"{i.state.value}: {i.reason}"] += i.lines
    return lines


def marks(records: RecordReader, coil_id: str) -> tuple[int, int, int]:
    """(defects in the overlap, marks that both cameras saw whole, marks that count twice) of one coil."""
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
    length = max(a[-1].end_line for a in coverages.values() if a)
    places = range(found[0] % LOOP, length - MARK_LINES, LOOP)
    whole = [p for p in places if all(_inspected(a, p - 64, p + MARK_LINES + 64) for a in coverages.values())]
    near = Counter(round((line - found[0]) / LOOP) for line in found)
    missed = sum(1 for p in whole if not any(abs(line - p) < MARK_LINES for line in found))
    return len(found), len(whole) - missed, sum(n - 1 for n in near.values()) + missed


def _inspected(coverage: list[Interval], first: int, end: int) -> bool:
    return any(i.state is State.INSPECTED and i.first_line <= first and end <= i.end_line for i in coverage)


def judge(records: RecordReader, seconds: float) -> dict[str, Any]:
    """The figures of the run."""
    lines = {name: Counter[str]() for name in NAMES}
    seen, whole, wrong = 0, 0, 0
    for coil in records.coils(before=None, limit=1000):
        for name, coverage in records.camera_coverage(coil.coil_id).items():
            lines[name] += by_state(coverage)
        more = marks(records, coil.coil_id)
        seen, whole, wrong = seen + more[0], whole + more[1], wrong + more[2]
    totals = {name: sum(c.values()) for name, c in lines.items()}
    return {
        "seconds": round(seconds, 1),
        "lines": {name: dict(c.most_common()) for name, c in lines.items()},
        "lines_in_ledger": totals,
        "marks_in_overlap": {"defects": seen, "seen_whole_by_both_cameras": whole, "twice_or_missed": wrong},
    }


def main() -> None:
    """Print one JSON object."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--minutes", type=float, default=10)
    ask.add_argument("--line-rate", type=float, default=20_000)
    ask.add_argument("--model", type=Path)
    asked = ask.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    subprocess.run(["make", "-s", "-C", str(LINESIM)], check=True)
    with tempfile.TemporaryDirectory(prefix="skelp-two-") as name:
        folder = Path(name)
        strip(folder / "strip.pgm")
        os.environ.update(LINESIM_DEVICES="2", LINESIM_STRIP=str(folder / "strip.pgm"))
        cameras = [GenicamCamera(kind="genicam", name=n, file=camera_file(folder, k, asked.line_rate)) for k, n in enumerate(NAMES)]
        config = StationConfig(
            name="two cameras",
            cameras=tuple(cameras),
            model=ModelChoice(path=asked.model),
            storage=Storage(folder=folder / "data", disk_min_free_gb=0.1),
            server=Server(port=0),
        )
        with Station(config) as station:
            began = time.monotonic()
            station.run(60 * asked.minutes)
            spent = time.monotonic() - began
            facts = {"provider": station.segmenter.info.provider, "model": station.model.card.name, **judge(station.database.reader, spent)}
            counts = station.line.meter.counts()
    facts["lines_exposed"] = counts["lines_exposed"]
    facts["mpix_per_s"] = round(counts["lines_segmented"] * WIDTH / 1e6 / spent, 1)
    print(json.dumps(facts, indent=1))
    totals = list(facts["lines_in_ledger"].values())
    late = max(totals) - min(totals)
    if facts["marks_in_overlap"]["twice_or_missed"] or late > 8192:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
