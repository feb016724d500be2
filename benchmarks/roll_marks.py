"""How well marks of rolls are found, and how often where there are none: python -m benchmarks.roll_marks --coils 20

Defects of a coil are drawn, not pictures: random ones, and those of a roll. Their places have the errors that places on a line have:
the outline of a defect differs from turn to turn, and the measured length drifts with the speed. The tolerances of pipeline/series.py and
comb.py were chosen while looking at coils of the seeds 0 to 5; what is measured begins at seed 100.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import median
from typing import Any

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
    `split`: share of the marks that are two defects beside each other. `until`: share of the coil on which the rolls leave marks.
    `speed`: error of the measured length, a share, one standard deviation.
    """

    random: int = 500
    rolls: int = 1
    seen: float = 0.9
    jitter_mm: float = 2.0
    speed: float = 0.002
    cluster: int = 0
    split: float = 0.0
    until: float = 1.0
    length_m: float = 1000.0
    width_mm: float = 1500.0


def draw(case: Case, seed: int) -> tuple[list[Defect], list[frozenset[str]]]:
    """The defects of a coil in the order of their places, and those that belong to each roll."""
    rng = np.random.default_rng([seed, 25])
    along, across, area, owner = _random(case, rng)
    for roll in range(case.rolls):
        turns = np.arange(rng.uniform(0, PERIOD_MM), case.length_m * 1000 * case.until, PERIOD_MM)
        turns = turns[rng.random(len(turns)) < case.seen]
        turns = np.repeat(turns, 1 + (rng.random(len(turns)) < case.split))
        along = np.concatenate([along, turns])
        across = np.concatenate([across, rng.uniform(50, case.width_mm - 50) + 3 * (np.diff(turns, prepend=-1) == 0)])
        area = np.concatenate([area, 60 * 10 ** rng.normal(0, 0.1, len(turns))])
        owner = np.concatenate([owner, np.full(len(turns), roll)])
    fine = np.arange(0, case.length_m * 1000 + 2 * _DRIFT_OVER_MM, _STEP_MM)
    knots = np.arange(0, fine[-1] + 2 * _DRIFT_OVER_MM, _DRIFT_OVER_MM)
    error = np.interp(fine, knots, rng.normal(0, case.speed, len(knots)))
    measured = np.concatenate([[0.0], np.cumsum((1 + error[1:]) * _STEP_MM)])
    place = np.round(2 * (np.interp(along, fine, measured) + rng.normal(0, case.jitter_mm, len(along)))) / 2  # cells of 0.5 mm
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
    """Rolls that were found, in how many series, after how many turns, how many of their marks are in these series, and false series.

    A series is a roll's if more than half of its defects are, and its distance is right to 1%.
    """
    turns: list[float] = []
    shares: list[float] = []
    false = pieces = strange = 0
    late: list[float] = []
    for seed in range(_FIRST_SEED, _FIRST_SEED + coils):
        defects, owners = draw(case, seed)
        first, last = find(defects)
        seen: dict[int, set[str]] = {}
        began: dict[int, float] = {}
        for series in last.values():
            ids = set(series.defect_ids)
            common = [len(owner & ids) for owner in owners]
            roll = int(np.argmax(common)) if common else -1
            if roll < 0 or len(ids & owners[roll]) <= len(ids) / 2 or abs(series.period_mm - PERIOD_MM) > 0.01 * PERIOD_MM:
                false += 1
                continue
            pieces += 1
            strange += len(ids - owners[roll])
            seen.setdefault(roll, set()).update(ids & owners[roll])
            begin = first[series.periodic_id]
            began[roll] = min(began.get(roll, np.inf), (begin.last_mm - begin.first_mm) / begin.period_mm + 1)
            late.append(series.last_mm / 1000 - case.length_m * case.until)
        turns += began.values()
        shares += [len(ids) / len(owners[roll]) for roll, ids in seen.items()]
    return asdict(case) | {
        "coils": coils,
        "rolls": case.rolls * coils,
        "found": len(turns),
        "pieces": pieces,
        "turns": {"median": round(median(turns), 1), "p90": round(float(np.quantile(turns, 0.9)), 1)} if turns else None,
        "marks_in_series": round(float(np.mean(shares)), 4) if shares else None,
        "strangers": strange,
        "false_series": false,
        "beyond_the_last_mark_m": round(max(late), 1) if late else None,
    }


CASES: dict[str, Sequence[Case]] = {
    "random defects on 1 km": [Case(random=n) for n in (0, 500, 5000, 20000)],
    "share of marks seen": [Case(seen=s) for s in (1.0, 0.8, 0.6, 0.5, 0.4)],
    "jitter, mm": [Case(jitter_mm=j) for j in (0.0, 2.0, 4.0, 8.0)],
    "speed error": [Case(speed=s) for s in (0.0, 0.002, 0.004, 0.008)],
    "marks in two pieces": [Case(split=0.3)],
    "three rolls": [Case(rolls=3, random=5000)],
    "a roll that is changed": [Case(until=0.3, random=n) for n in (500, 20000)],
    "no roll": [Case(rolls=0, random=5000), Case(rolls=0, random=5000, cluster=20), Case(rolls=0, random=5000, cluster=200)],
}
_MANY = Case(rolls=0, random=500)
"""Without a roll, this many times as many coils are drawn."""
_TIMES = 50


def _rows(found: dict[str, list[dict[str, Any]]]) -> list[Sequence[str]]:
    head = ["what differs", "rolls found (series)", "turns until reported: median; nine of ten", "marks in series", "false series"]
    rows: list[Sequence[str]] = [head]
    for name, cases in found.items():
        for c in cases:
            turns = f"{c['turns']['median']:.0f}; {c['turns']['p90']:.0f}" if c["turns"] else "-"
            share = "-" if c["marks_in_series"] is None else f"{c['marks_in_series']:.1%}"
            differs = ", ".join(f"{k} {v:g}" for k, v in c.items() if k in _DRAWN and v != getattr(Case(), k)) or "nothing"
            number = f"{c['found']} of {c['rolls']} ({c['pieces']})"
            rows.append([f"{name}: {differs}", number, turns, share, f"{c['false_series']} on {c['coils']} coils"])
    return rows


_DRAWN = [f.name for f in fields(Case)]


def plot(found: dict[str, list[dict[str, Any]]], file: Path) -> None:
    """Turns until a roll is named, over what makes it hard."""
    import matplotlib.pyplot as plt  # noqa: PLC0415 - tests use the drawn coils where it is not installed

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
    found["no roll"].append(measured(_MANY, _TIMES * arguments.coils))
    print_rows(_rows(found))
    if arguments.out:
        arguments.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if arguments.plot:
        plot(found, arguments.plot)


if __name__ == "__main__":
    main()
