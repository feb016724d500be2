"""Draws what benchmarks/mills.py and benchmarks/new_mill.py measured: python -m benchmarks.mills_plot [--out docs/images]"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from benchmarks.mills import FOLDER

_RATE = 2.0
"""False reports per megapixel at which the learning curve is drawn."""
_TITLES = {"neu-strip": "NEU, photographs", "severstal": "line-scan mill, official truth", "cold-strip": "cold strip"}
_LEFT_OUT = "#c1440e"
_ALL = "#2f5d8a"


def mills(figures: Sequence[dict[str, Any]], file: Path) -> None:
    """One panel a mill: recall over the rate of false reports, of the model that learned from it and of the one that never saw it."""
    sets = [s for s in _TITLES if any(f["set"] == s and f["run"].startswith("without") for f in figures)]
    if not sets:
        return
    drawing, axes = plt.subplots(1, len(sets), figsize=(4 * len(sets), 3.4), sharey=True, layout="constrained", squeeze=False)
    for axis, name in zip(axes[0], sets, strict=True):
        for run, colour, label in (("all", _ALL, "trained on all mills"), ("without", _LEFT_OUT, "this mill left out")):
            for f in figures:
                if f["set"] == name and f["run"].startswith(run):
                    _curve(axis, f["recall_curve"], colour, f"{label}, {f['steps']:,} steps")
        axis.set_title(f"{_TITLES[name]}", fontsize=10)
        axis.set_xlabel("false reports per megapixel")
        axis.set_xscale("log")
        axis.set_xticks([0.5, 1, 2, 5], ["0.5", "1", "2", "5"])
        axis.minorticks_off()
        axis.set_xlim(0.45, 5.6)
        axis.grid(alpha=0.3)
    axes[0][0].set_ylabel("defects touched")
    axes[0][0].set_ylim(0, 1)
    axes[0][-1].legend(fontsize=8, loc="lower right")
    drawing.savefig(file, dpi=110)
    plt.close(drawing)


def _curve(axis: Axes, points: Sequence[dict[str, Any]], colour: str, label: str) -> None:
    kept = [p for p in points if p["recall"] is not None]
    if not kept:
        return
    x, y = [p["false_per_mpix"] for p in kept], [p["recall"] for p in kept]
    axis.plot(x, y, "o-", color=colour, label=label, markersize=4)
    if len(kept) == 1:  # a band of one point is not seen
        (low, high), at = kept[0]["interval"], y[0]
        axis.errorbar(x, y, [[at - low], [high - at]], color=colour, capsize=4)
        return
    axis.fill_between(x, [p["interval"][0] for p in kept], [p["interval"][1] for p in kept], color=colour, alpha=0.15)


def learning(curves: Sequence[Sequence[dict[str, Any]]], file: Path) -> None:
    """One panel a mill: recall at a rate of false reports over the number of labelled pictures, and what is left on NEU's photographs."""
    drawing, axes = plt.subplots(1, len(curves), figsize=(5 * len(curves), 3.4), layout="constrained", squeeze=False)
    for axis, curve in zip(axes[0], curves, strict=True):
        points = [next(p for p in c["mill_figures"]["recall_curve"] if p["false_per_mpix"] == _RATE) for c in curve]
        at = [n for n, p in enumerate(points) if p["recall"] is not None]  # where a threshold keeps the rate
        points = [points[n] for n in at]
        recall = [p["recall"] for p in points]
        spread = [[r - p["interval"][0] for r, p in zip(recall, points, strict=True)], [p["interval"][1] - p["recall"] for p in points]]
        axis.errorbar(at, recall, yerr=spread, fmt="o-", color=_LEFT_OUT, capsize=3, label=f"defects touched at {_RATE:g} false per Mpx")
        miou = [c["neu_figures"]["miou_fg"] for c in curve]
        axis.plot(range(len(curve)), miou, "s--", color=_ALL, label="mean IoU on NEU, which it knew before")
        axis.set_xticks(range(len(curve)), [str(c["pictures"]) for c in curve])
        axis.set_xlabel("labelled pictures of the new mill")
        axis.set_title(curve[0]["mill"], fontsize=10)
        axis.set_ylim(0, 1)
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8, loc="lower right")
    drawing.savefig(file, dpi=110)
    plt.close(drawing)


def main() -> None:
    """Draw what there are files of."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    out = parser.parse_args().out
    measured = FOLDER / "figures.json"
    if measured.is_file():
        mills(json.loads(measured.read_text(encoding="utf-8")), out / "mills.png")
    curves = [json.loads(f.read_text(encoding="utf-8")) for f in sorted(FOLDER.glob("curve-*.json"))]
    if curves:
        learning(curves, out / "new-mill.png")


if __name__ == "__main__":
    main()
