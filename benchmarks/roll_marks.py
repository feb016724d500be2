"""How well marks of rolls are found, and how often where there are none: python -m benchmarks.roll_marks --coils 20

Defects of a coil are drawn, not pictures: random ones, and those of a roll. Their places have the errors that places on a line have:
the outline of a defect differs from turn to turn, and the measured length drifts with the speed. The tolerances of pipeline/series.py and
comb.py were chosen while looking at coils of the seeds 0 to 5; what is measured begins at seed 100.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from skelp.domain.defect import Defect
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.rolls import RollTable
from skelp.domain.strip import Side
from skelp.pipeline.periodic import PeriodicFinder
from skelp.terminal import print_rows

_DRIFT_OVER_MM, _STEP_MM = 20_000.0, 500.0
"""The speed error changes over the first length, steadily."""
PERIOD_MM = 2287.0
_FIRST_SEED = 100


@dataclass(frozen=True)
class Case:
    """A coil of `length_m` by `width_mm`: `random` defects, and the marks of `rolls` rolls, of each of which `seen` are found.

    `cluster`: mean number of random defects that lie together; 0: each for itself. `jitter_mm`: error of a place along.
    `speed`: error of the measured length, a share, one standard deviation.
    """

    random: int = 500
    rolls: int = 1
    seen: float = 0.9
    jitter_mm: float = 2.0
    speed: float = 0.002
    cluster: int = 0
    length_m: float = 1000.0
    width_mm: float = 1500.0


def draw(case: Case, seed: int) -> tuple[list[Defect], list[frozenset[str]]]:
    """The defects of a coil in the order of their places, and those that belong to each roll."""
    rng = np.random.default_rng([seed, 25])
    along, across, area, owner = _random(case, rng)
    for roll in range(case.rolls):
        turns = np.arange(rng.uniform(0, PERIOD_MM), case.length_m * 1000, PERIOD_MM)
        turns = turns[rng.random(len(turns)) < case.seen]
        along = np.concatenate([along, turns])
        across = np.concatenate([across, np.full(len(turns), rng.uniform(50, case.width_mm - 50))])
        area = np.concatenate([area, 60 * 10 ** rng.normal(0, 0.1, len(turns))])
        owner = np.concatenate([owner, np.full(len(turns), roll)])
    fine = np.arange(0, case.length_m * 1000 + 2 * _DRIFT_OVER_MM, _STEP_MM)
    knots = np.arange(0, fine[-1] + 2 * _DRIFT_OVER_MM, _DRIFT_OVER_MM)
    error = np.interp(fine, knots, rng.normal(0, case.speed, len(knots)))
    measured = np.concatenate([[0.0], np.cumsum((1 + error[1:]) * _STEP_MM)])
    place = np.interp(along, fine, measured) + rng.normal(0, case.jitter_mm, len(along))
    across = across + rng.normal(0, 1.0, len(across))
    order = np.argsort(place)
    defects = [_defect(n, place[i], across[i], area[i]) for n, i in enumerate(order.tolist())]
    return defects, [frozenset(d.defect_id for d, i in zip(defects, order, strict=True) if owner[i] == r) for r in range(case.rolls)]


def _random(case: Case, rng: np.random.Generator) -> tuple[Any, Any, Any, Any]:
    """Places, areas and owners (-1) of random defects, alone or in clusters that are long and narrow."""
    together = max(1, case.cluster)
    heads = max(1, case.random // together)
    at = np.repeat(rng.uniform(0, case.length_m * 1000, heads), together)[: case.random]
    across = np.repeat(rng.uniform(20, case.width_mm - 20, heads), together)[: case.random]
    if case.cluster:
        at, across = at + rng.normal(0, 5000, len(at)), across + rng.normal(0, 4, len(at))
    return np.abs(at), across, 10 ** rng.uniform(1, 2.5, len(at)), np.full(len(at), -1)


def _defect(n: int, along: float, across: float, area: float) -> Defect:
    side = float(area**0.5)
    return Defect(
        f"B-{n:06d}", "B", "inclusion", "IN", 1, 0.9, 0.8, Side.TOP, "cam", float(along) - side / 2, float(across) - side / 2,
        side, side, float(area), 0.0, -0.2, False, 0, 1, 0, 1,
    )  # fmt: skip


def find(defects: Sequence[Defect], rolls: RollTable = RollTable()) -> tuple[dict[str, PeriodicDefect], dict[str, PeriodicDefect]]:  # noqa: B008 - it is frozen
    """The series as they were reported first and last, as a line reports them: defect by defect."""
    finder = PeriodicFinder("B", Side.TOP, rolls)
    first: dict[str, PeriodicDefect] = {}
    last: dict[str, PeriodicDefect] = {}
    for d in defects:
        for series in finder.add([d]):
            first.setdefault(series.periodic_id, series)
            last[series.periodic_id] = series
    last |= {series.periodic_id: series for series in finder.end()}
    return first, last


def measured(case: Case, coils: int) -> dict[str, Any]:
    """Share of rolls that were found, after how many turns, how many of their marks are in the series, and false series."""
    turns: list[float] = []
    shares: list[float] = []
    false = found = strange = 0
    for seed in range(_FIRST_SEED, _FIRST_SEED + coils):
        defects, owners = draw(case, seed)
        first, last = find(defects)
        for series in last.values():
            ids = set(series.defect_ids)
            truth = max(owners, key=lambda o: len(o & ids), default=frozenset())
            if len(ids & truth) <= len(ids) / 2 or abs(series.period_mm - PERIOD_MM) > 0.01 * PERIOD_MM:
                false += 1
                continue
            found += 1
            strange += len(ids - truth)
            begin = first[series.periodic_id]
            turns.append((begin.last_mm - begin.first_mm) / begin.period_mm + 1)
            shares.append(len(ids & truth) / len(truth))
    rolls = case.rolls * coils
    return asdict(case) | {
        "coils": coils,
        "rolls": rolls,
        "found": found,
        "turns": {"median": round(median(turns), 1), "p90": round(float(np.quantile(turns, 0.9)), 1)} if turns else None,
        "marks_in_series": round(float(np.mean(shares)), 4) if shares else None,
        "strangers": strange,
        "false_series": false,
    }


CASES: dict[str, Sequence[Case]] = {
    "random defects on 1 km": [Case(random=n) for n in (0, 500, 5000, 20000)],
    "share of marks seen": [Case(seen=s) for s in (1.0, 0.8, 0.6, 0.5, 0.4)],
    "jitter, mm": [Case(jitter_mm=j) for j in (0.0, 2.0, 4.0, 8.0)],
    "speed error": [Case(speed=s) for s in (0.0, 0.002, 0.004, 0.008)],
    "three rolls": [Case(rolls=3, random=5000)],
    "no roll": [
        Case(rolls=0, random=500),
        Case(rolls=0, random=5000),
        Case(rolls=0, random=5000, cluster=20),
        Case(rolls=0, random=5000, cluster=200),
    ],
}


def _rows(found: dict[str, list[dict[str, Any]]]) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = [
        ["case", "random", "clusters of", "seen", "jitter", "speed", "found", "turns (median, p90)", "in series", "false"]
    ]
    for name, cases in found.items():
        for c in cases:
            turns = f"{c['turns']['median']:.0f}, {c['turns']['p90']:.0f}" if c["turns"] else "-"
            share = "-" if c["marks_in_series"] is None else f"{c['marks_in_series']:.1%}"
            errors = (f"{c['seen']:.0%}", f"{c['jitter_mm']:g} mm", f"{c['speed']:.1%}")
            number = f"{c['found']} of {c['rolls']}"
            rows.append(
                [name, str(c["random"]), str(c["cluster"]), *errors, number, turns, share, f"{c['false_series']} on {c['coils']} coils"]
            )
    return rows


def plot(found: dict[str, list[dict[str, Any]]], file: Path) -> None:
    """Turns until a roll is named, over what makes it hard."""
    varied = {"random defects on 1 km": "random", "share of marks seen": "seen", "jitter, mm": "jitter_mm", "speed error": "speed"}
    figure, axes = plt.subplots(1, len(varied), figsize=(10, 3), sharey=True)
    for axis, (name, key) in zip(axes, varied.items(), strict=True):
        cases = found[name]
        labels = [f"{c[key]:.0%}" if key == "seen" else f"{c[key]:.1%}" if key == "speed" else f"{c[key]:g}" for c in cases]
        middle = [c["turns"]["median"] if c["turns"] else np.nan for c in cases]
        late = [c["turns"]["p90"] if c["turns"] else np.nan for c in cases]
        axis.plot(labels, middle, "o-", color="#1f6fb2", label="median")
        axis.plot(labels, late, "o:", color="#6b7680", label="nine of ten")
        axis.axhline(12, color="#b04a2f", linewidth=1)
        axis.set(xlabel=name, ylim=(0, 25))
        axis.tick_params(labelsize=8)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set(ylabel="turns until it is reported")
    axes[0].legend(frameon=False)
    figure.tight_layout()
    figure.savefig(file, dpi=140)


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--coils", type=int, default=20)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    found = {name: [measured(case, arguments.coils) for case in cases] for name, cases in CASES.items()}
    print_rows(_rows(found))
    if arguments.out:
        arguments.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if arguments.plot:
        plot(found, arguments.plot)


if __name__ == "__main__":
    main()
