"""Draws the comparison: one bar for each contender on a logarithmic axis, and the limits of the machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt

from benchmarks.others.rounds import limits_of

_SKELP, _OTHERS, _LIMITS = "#1f6fb2", "#6b7680", "#cdd4da"
_LEAST = 0.1


def plot(found: Sequence[dict[str, Any]], file: Path) -> None:
    """Medians as bars, lowest and highest round as whiskers. The longest bar is on top."""
    bars = [(f["title"], f["mpix_per_s"], _SKELP if f["name"].startswith("skelp") else _OTHERS) for f in found if "times" in f]
    bars = sorted([*bars, *_limits(found)], key=lambda bar: median(bar[1]))
    figure, axes = plt.subplots(figsize=(8.4, 0.36 * len(bars) + 1.1), layout="constrained")
    for n, (_, speeds, colour) in enumerate(bars):
        middle = median(speeds)
        axes.barh(n, middle, color=colour, height=0.66)
        axes.plot([min(speeds), max(speeds)], [n, n], color="black", linewidth=1.2)
        axes.text(max(speeds) * 1.15, n, f"{middle:,.3g}" if middle < 1000 else f"{middle:,.0f}", va="center", fontsize=9)
    axes.set_yticks(range(len(bars)), [title for title, _, _ in bars], fontsize=9)
    axes.set_xscale("log")
    axes.set_xlim(_LEAST, 4 * max(median(speeds) for _, speeds, _ in bars))
    axes.set_xticks([0.1, 1, 10, 100, 1000, 10000], ["0.1", "1", "10", "100", "1,000", "10,000"])
    axes.set_xlabel("MPix/s, from frame to regions. Each step of the axis is ten times as fast.")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)
    figure.savefig(file, dpi=130)
    plt.close(figure)


def _limits(found: Sequence[dict[str, Any]]) -> list[tuple[str, list[float], str]]:
    """A copy of the frames, and how fast skelp's network would be if nothing but products of matrices took time."""
    limits = limits_of(found)
    macs = next((f["macs_per_px"] for f in found if f["name"] == "skelp" and f.get("macs_per_px")), None)
    bars = [("limit: a plain copy of the frames, one thread", [limits["copy_mpix_per_s"]], _LIMITS)] if limits else []
    if macs:
        rates = [(name.split("_", 1)[0], value) for name, value in limits.items() if name.endswith("gmac_per_s")]
        bars += [(f"limit: skelp's network at the rate of {kind} products", [rate * 1000 / macs], _LIMITS) for kind, rate in rates]
    return bars
