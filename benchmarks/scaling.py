"""How the time for a pixel changes with cameras, width and length: python -m benchmarks.scaling [--rounds 3] [--out FILE] [--plot FILE]

It runs skelp's whole line on simulated strip, each case in a process of its own. In each round each case runs once, and its time for a
pixel is divided by that of the first case of its series in the same round. Rounds that other work disturbed do not count. Each camera sees
as many defects for its width as the others.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt

from benchmarks.machine import machine, undisturbed
from benchmarks.others.rounds import compared
from skelp.terminal import err, print_rows

_WIDTH = 4096
_MM_PER_LINE = 0.25
_CAMERAS, _WIDTHS, _TIMES = (1, 2, 4, 8), (2048, 4096, 8192, 16384), (0.5, 2.0, 8.0)


@dataclass(frozen=True)
class Case:
    """One run of the line, and the series that it belongs to."""

    series: str
    cameras: int = 1
    width: int = _WIDTH
    seconds: float = 5.0

    def run(self, more: Sequence[str]) -> dict[str, Any]:
        """The result of benchmarks.line. Raises CalledProcessError if it fails; it has then printed why."""
        command = [sys.executable, "-m", "benchmarks.line", "--cameras", str(self.cameras), "--width", str(self.width)]
        command += ["--seconds", str(self.seconds), "--defects", str(self.width / _WIDTH), *more]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return facts


def cases(seconds: float) -> list[Case]:
    """All cases; the first of each series is what the others of it are compared with."""
    by_cameras = [Case("cameras", cameras=n, seconds=seconds) for n in _CAMERAS]
    by_width = [Case("width", width=w, seconds=seconds) for w in _WIDTHS]
    return [*by_cameras, *by_width, *(Case("length", seconds=seconds * n) for n in _TIMES)]


def measured(all_cases: Sequence[Case], rounds: int, more: Sequence[str]) -> list[dict[str, Any]]:
    """One entry for each case."""
    runs: list[list[dict[str, Any]]] = [[] for _ in all_cases]
    for n in range(rounds):
        for case, own in zip(all_cases, runs, strict=True):
            own.append(undisturbed(partial(case.run, more)))
            err.print(f"round {n + 1} of {rounds}: {case}: {own[-1]['mpix_per_s']} MPix/s", highlight=False)
    first = {case.series: own for case, own in reversed(list(zip(all_cases, runs, strict=True)))}
    return [_entry(case, own, first[case.series]) for case, own in zip(all_cases, runs, strict=True)]


def _entry(case: Case, runs: Sequence[dict[str, Any]], first: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "series": case.series,
        "cameras": case.cameras,
        "width": case.width,
        "strip_m": round(median(run["line_rate_hz"] for run in runs) * case.seconds * _MM_PER_LINE / 1000),
        "mpix_per_s": [run["mpix_per_s"] for run in runs],
        "ns_per_px": round(1000 / median(run["mpix_per_s"] for run in runs), 1),
        "time_ratio": compared(first, runs),
        "other_work": [run["other_work"] for run in runs],
        "memory_mb": max(run["memory_mb"] for run in runs),
        "frames_mb": runs[-1]["frames_mb"],
        "stage_share": runs[-1]["stage_share"],
        "latency_ms": runs[-1]["latency_ms"],
    }


def table(found: Sequence[dict[str, Any]]) -> list[Sequence[str]]:
    """Rows to print."""
    rows: list[Sequence[str]] = [["series", "cameras", "px", "strip m", "MPix/s", "ns/px", "time (low, median, high)", "MB without frames"]]
    for f in found:
        sizes = [f["series"], str(f["cameras"]), str(f["width"]), str(f["strip_m"])]
        ratio = ", ".join(f"{r:.2f}" for r in f["time_ratio"])
        rows.append([*sizes, f"{median(f['mpix_per_s']):.1f}", f"{f['ns_per_px']:.1f}", ratio, str(f["memory_mb"] - f["frames_mb"])])
    return rows


def plot(found: Sequence[dict[str, Any]], file: Path) -> None:
    """One panel for each series: the time for a pixel, as a ratio, with the rounds' spread."""
    series = {
        "cameras": ("cameras", "cameras of 4096 px"),
        "width": ("width", "px across, one camera"),
        "length": ("strip_m", "m of strip"),
    }
    figure, panels = plt.subplots(1, len(series), figsize=(9, 3), sharey=True, layout="constrained")
    for axes, (name, (key, label)) in zip(panels, series.items(), strict=True):
        own = [f for f in found if f["series"] == name and f["time_ratio"]]
        low, middle, high = ([f["time_ratio"][k] for f in own] for k in range(3))
        axes.fill_between(range(len(own)), low, high, color="#1f6fb2", alpha=0.2, linewidth=0)
        axes.plot(range(len(own)), middle, "o-", color="#1f6fb2")
        axes.axhspan(0.9, 1.1, color="#6b7680", alpha=0.15, linewidth=0)
        axes.set_xticks(range(len(own)), [f"{f[key]:,}" for f in own])
        axes.set_xlabel(label)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("time for a pixel, first = 1")
    panels[0].set_ylim(0, None)
    figure.savefig(file, dpi=130)
    plt.close(figure)


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screen", action="store_true", help="with the screen")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--seconds", type=float, default=10.0, help="of each run; the strips of the last series take half, 2 and 8 times as long"
    )
    parser.add_argument("--out", type=Path)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    facts = machine()
    found = measured(cases(arguments.seconds), arguments.rounds, ["--screen"] if arguments.screen else [])
    print_rows(table(found))
    if arguments.out:
        arguments.out.write_text(json.dumps({"machine": facts, "cases": found}, indent=1) + "\n", encoding="utf-8")
    if arguments.plot:
        plot(found, arguments.plot)


if __name__ == "__main__":
    main()
