"""What a screen gains on a whole line: python -m benchmarks.first_look --model FILE --out FILE --plot FILE

`skelp bench` without and with the screen, one after the other, on simulated strip with more and more defects. The figure is the ratio of
both runs of a round; the spread is that of the rounds.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib.pyplot as plt

from benchmarks.line import LINES
from skelp.bench import BAD_COIL, bench
from skelp.config import ModelChoice
from skelp.domain.recipe import Recipe
from skelp.domain.strip import Side
from skelp.terminal import print_rows

FACTORS = (0, 3, 33, 165, 3000)
"""How many times the defects of a bad coil the strip has. strip-s 0.3.1 is suspicious of 0.05, 1.9, 4.8, 33 and 82% of its tiles."""


def compared(choice: ModelChoice, factor: int, width: int, seconds: float, rounds: int) -> dict[str, Any]:
    """The speeds and what the screen passed on."""
    runs: dict[str, list[dict[str, Any]]] = {"off": [], "on": []}
    for _ in range(rounds):
        for name, sides in (("off", ()), ("on", tuple(Side))):
            runs[name].append(
                bench(choice, Recipe(screen=sides), width=width, lines=LINES, seconds=seconds, density=BAD_COIL.times(factor))
            )
    speeds = {name: [r["mpix_per_s"] for r in found] for name, found in runs.items()}
    ratios = sorted(on / off for off, on in zip(speeds["off"], speeds["on"], strict=True))
    last = runs["on"][-1]
    return {
        "factor": factor,
        **last["screened"],
        "off": speeds["off"],
        "on": speeds["on"],
        "ratio": [round(r, 2) for r in (ratios[0], median(ratios), ratios[-1])],
        "stage_share": {name: found[-1]["stage_share"] for name, found in runs.items()},
        "defects": {name: found[-1]["defects_stored"] for name, found in runs.items()},
        "engine": {key: last[key] for key in ("provider", "precision", "threads")},
    }


def _table(found: Sequence[dict[str, Any]]) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = [["suspicious", "whole network", "off MPix/s", "on MPix/s", "ratio (low, median, high)"]]
    for f in found:
        shares = (f"{f['suspicious_share']:.2%}", f"{f['whole_network_share']:.1%}")
        rows.append([*shares, f"{median(f['off']):.0f}", f"{median(f['on']):.0f}", ", ".join(str(r) for r in f["ratio"])])
    return rows


def plot(found: Sequence[dict[str, Any]], file: Path) -> None:
    """Speed over the share of suspicious tiles."""
    figure, axes = plt.subplots(figsize=(6.4, 3.6))
    shown = [f"{f['suspicious_share']:.2%}" for f in found]
    for name, colour in (("off", "#6b7680"), ("on", "#1f6fb2")):
        axes.plot(shown, [median(f[name]) for f in found], "o-", color=colour, label=f"screen {name}")
        axes.fill_between(shown, [min(f[name]) for f in found], [max(f[name]) for f in found], color=colour, alpha=0.2, linewidth=0)
    axes.set(xlabel="tiles that the screen is suspicious of", ylabel="MPix/s, camera frame to stored defect", ylim=(0, None))
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(file, dpi=140)


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--width", type=int, default=4096)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    choice = ModelChoice(path=arguments.model)
    found = [compared(choice, factor, arguments.width, arguments.seconds, arguments.rounds) for factor in FACTORS]
    print_rows(_table(found))
    if arguments.out:
        arguments.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if arguments.plot:
        plot(found, arguments.plot)


if __name__ == "__main__":
    main()
