"""Runs the contenders in turn, and compares each with skelp within a round."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.others.contender import Contender, NotMeasured
from skelp.terminal import err

LIMITS = "limits"
SKELP = ("skelp-screened", "skelp")
"""What the others are compared with."""


def rounds(chosen: Sequence[Contender], folder: Path, count: int, seconds: float) -> list[dict[str, Any]]:
    """One entry for each contender: its speeds by round with ratios, or why it was not measured."""
    why_not: dict[str, str] = {}
    runs: dict[str, list[dict[str, Any]]] = {c.name: [] for c in chosen}
    for contender in chosen:
        err.print(f"preparing {contender.name}", highlight=False)
        try:
            contender.prepare(folder)
        except NotMeasured as reason:
            why_not[contender.name] = str(reason)
    for n in range(count):
        for contender in (c for c in chosen if c.name not in why_not):
            err.print(f"round {n + 1} of {count}: {contender.name}", highlight=False)
            try:
                runs[contender.name].append(contender.measured(seconds))
            except NotMeasured as reason:
                why_not[contender.name] = str(reason)
    speeds = {name: [f["mpix_per_s"] for f in found] for name, found in runs.items() if name not in {*why_not, LIMITS}}
    return [_entry(c, why_not.get(c.name), runs[c.name], speeds) for c in chosen]


def _entry(contender: Contender, why_not: str | None, runs: list[dict[str, Any]], speeds: dict[str, list[float]]) -> dict[str, Any]:
    named = {"name": contender.name, "title": contender.title}
    if why_not:
        return {**named, "not_measured": why_not}
    if contender.name not in speeds:
        return {**named, "runs": runs}
    own = speeds[contender.name]
    macs = contender.network.macs_per_px if contender.network else None
    return {
        **named,
        "mpix_per_s": [round(s, 2) for s in own],
        "times": {name: compared(speeds[name], own) for name in SKELP if name in speeds},
        "macs_per_px": round(macs) if macs else None,
        "gmac_per_s": round(median(own) * macs / 1000) if macs else None,
        "runs": runs,
    }


def compared(ours: Sequence[float], others: Sequence[float]) -> list[float]:
    """How many times as fast as another contender skelp was in the same round: lowest, median, highest."""
    ratios = sorted(our / other for our, other in zip(ours, others, strict=True))
    return [round(x, 2) for x in (ratios[0], median(ratios), ratios[-1])]


def limits_of(found: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The highest limit of all rounds by name; empty if they were not measured."""
    runs: list[dict[str, float]] = next((f.get("runs", []) for f in found if f["name"] == LIMITS), [])
    names = [name for name in (runs[0] if runs else {}) if name != "memory_mb"]
    return {name: max(run[name] for run in runs) for name in names}


def table(found: Sequence[dict[str, Any]]) -> list[Sequence[str]]:
    """Rows to print: the contenders that were measured, then what this machine can do at most."""
    rows: list[Sequence[str]] = [["", "MPix/s", "skelp screened / it", "skelp / it", "MAC/px", "GMAC/s", "MB"]]
    for f in (f for f in found if "times" in f):
        ratios = [", ".join(f"{x:.3g}" for x in f["times"].get(name, ())) for name in SKELP]
        macs, gmac = (str(f[key] or "") for key in ("macs_per_px", "gmac_per_s"))
        rows.append([f["name"], f"{median(f['mpix_per_s']):.3g}", *ratios, macs, gmac, str(max(run["memory_mb"] for run in f["runs"]))])
    for name, value in limits_of(found).items():
        what, unit = name.split("_", 1)
        rows.append([f"limit: {what}", f"{value:,.0f}"] if unit.startswith("mpix") else [f"limit: {what}", "", "", "", "", f"{value:.0f}"])
    return rows


def not_measured(found: Sequence[dict[str, Any]]) -> list[str]:
    """Lines to print: the contenders that were not measured, each with the reason."""
    return [f"{f['name']} was not measured: {f['not_measured']}" for f in found if "not_measured" in f]
