"""Runs the contenders in turn, and compares each with skelp within a round."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.machine import MOST_OTHER_WORK, undisturbed
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
                runs[contender.name].append(undisturbed(partial(contender.measured, seconds)))
            except NotMeasured as reason:
                why_not[contender.name] = str(reason)
    return [_entry(c, why_not.get(c.name), {name: own for name, own in runs.items() if name not in why_not}) for c in chosen]


def _entry(contender: Contender, why_not: str | None, runs: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    named = {"name": contender.name, "title": contender.title}
    if why_not:
        return {**named, "not_measured": why_not}
    if contender.name == LIMITS:
        return {**named, "runs": runs[LIMITS]}
    own = [run["mpix_per_s"] for run in runs[contender.name] if run["other_work"] <= MOST_OTHER_WORK]
    if not own:
        return {**named, "not_measured": "other work disturbed every round"}
    macs = contender.network.macs_per_px if contender.network else None
    return {
        **named,
        "mpix_per_s": [round(s, 2) for s in own],
        "times": {name: compared(runs[name], runs[contender.name]) for name in SKELP if name in runs},
        "macs_per_px": round(macs) if macs else None,
        "gmac_per_s": round(median(own) * macs / 1000) if macs else None,
        "runs": runs[contender.name],
    }


def compared(ours: Sequence[dict[str, Any]], others: Sequence[dict[str, Any]]) -> list[float]:
    """How many times as fast as another contender skelp was in the same round: lowest, median, highest.

    Rounds in which other work disturbed one of both do not count; the answer is empty if there is no other.
    """
    both = [pair for pair in zip(ours, others, strict=True) if all(run["other_work"] <= MOST_OTHER_WORK for run in pair)]
    ratios = sorted(our["mpix_per_s"] / other["mpix_per_s"] for our, other in both)
    return [round(x, 2) for x in (ratios[0], median(ratios), ratios[-1])] if ratios else []


def limits_of(found: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The highest limit of all rounds by name; empty if they were not measured."""
    runs: list[dict[str, float]] = next((f.get("runs", []) for f in found if f["name"] == LIMITS), [])
    names = [name for name in (runs[0] if runs else {}) if name.endswith("_per_s")]
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
