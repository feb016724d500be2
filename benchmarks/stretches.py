"""How well heavy stretches are found, by our own sweep and by HDBSCAN: python -m benchmarks.stretches --coils 20 --hdbscan

Defects of a coil are drawn, not pictures: random ones, and those of stretches of known place and density. HDBSCAN is scikit-learn's, which
skelp does not need: install it beside skelp for this measurement. The figures of domain/stretches.py, and those of HDBSCAN below, were
chosen while looking at coils of the seeds 0 to 5; what is measured begins at seed 100.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skelp.domain.stretches import LEAST, WITHIN_MM, Places, find_stretches, heavy_m, inside
from skelp.terminal import print_rows

_FIRST_SEED = 100
_MARGIN_MM = 20.0
Members = NDArray[np.intp]


@dataclass(frozen=True)
class Case:
    """A coil of 1 km by 1.5 m: `random` defects, and `stretches` of `density` per metre, `long_m` by `wide_mm`, at least 30 m apart.

    `edges`: the stretches are pairs, at both edges of the strip in the same metres. `fading_m`: the density rises and falls over this
    length at either end, outside `long_m`. `gaussian`: `wide_mm` is four standard deviations of a normal distribution. `classes`: the
    defects have one of so many classes at random.
    """

    random: int = 1000
    density: float = 30.0
    long_m: float = 60.0
    wide_mm: float = 300.0
    stretches: int = 2
    edges: bool = False
    fading_m: float = 0.0
    gaussian: bool = False
    classes: int = 1
    length_m: float = 1000.0
    width_mm: float = 1500.0


@dataclass(frozen=True)
class Truth:
    """Where a stretch lies, mm, and which defects are its own."""

    along: tuple[float, float]
    across: tuple[float, float]
    members: Members


def draw(case: Case, seed: int) -> tuple[Places, list[Truth]]:
    """The defects of a coil in a random order, and its stretches."""
    rng = np.random.default_rng([seed, 28])
    along, across = [rng.uniform(0, case.length_m * 1000, case.random)], [rng.uniform(_MARGIN_MM, case.width_mm - _MARGIN_MM, case.random)]
    owner = [np.full(case.random, -1)]
    slot, boxes = case.length_m * 1000 / max(1, case.stretches), []
    for n in range(case.stretches):
        room = slot - (case.long_m + 2 * case.fading_m + 30) * 1000
        begin = n * slot + case.fading_m * 1000 + rng.uniform(0, room)
        low = rng.uniform(_MARGIN_MM, case.width_mm - case.wide_mm - _MARGIN_MM) if case.wide_mm < case.width_mm - 2 * _MARGIN_MM else 0.0
        lows = [_MARGIN_MM, case.width_mm - case.wide_mm - _MARGIN_MM] if case.edges else [low]
        boxes += [((begin, begin + case.long_m * 1000), (at, at + case.wide_mm)) for at in lows]
    for n, ((begin, end), (low, high)) in enumerate(boxes):
        x = rng.uniform(begin, end, rng.poisson(case.density * case.long_m))
        faded = rng.triangular(-1, 0, 0, rng.poisson(case.density * case.fading_m))
        faded *= case.fading_m * 1000
        x = np.concatenate([x, np.where(rng.random(len(faded)) < 0.5, begin + faded, end - faded)])
        y = rng.normal((low + high) / 2, case.wide_mm / 4, len(x)) if case.gaussian else rng.uniform(low, high, len(x))
        along.append(x)
        across.append(np.clip(y, 0, case.width_mm))
        owner.append(np.full(len(x), n))
    order = rng.permutation(sum(map(len, along)))
    who = np.concatenate(owner)[order]
    names = np.array([f"class {n}" for n in range(case.classes)])[rng.integers(0, case.classes, len(order))]
    sides, ones = np.full(len(order), "top"), np.ones(len(order), np.int64)
    places = Places(sides, names, ones, np.concatenate(along)[order], np.concatenate(across)[order], np.full(len(order), 10.0))
    return places, [Truth(*box, np.flatnonzero(who == n)) for n, box in enumerate(boxes)]


def sweep(places: Places) -> list[Members]:
    """The defects of each stretch that skelp finds."""
    return [np.flatnonzero(inside(stretch, places)) for stretch in find_stretches("B", places)]


_ALONG_OVER_ACROSS = 0.1
"""For HDBSCAN, 1 m along counts as 100 mm across."""
_MIN_SAMPLES, _SURE = 10, 0.5
"""HDBSCAN's own: how many neighbours make a place dense, and how surely a defect is of its cluster; it gives each cluster outliers too."""


def hdbscan(places: Places) -> list[Members]:
    """The clusters that HDBSCAN finds, in the plane of the strip."""
    from sklearn.cluster import HDBSCAN  # type: ignore[import-not-found]  # noqa: PLC0415 - installed for this measurement only

    if len(places.along_mm) < LEAST:
        return []
    points = np.column_stack([places.along_mm * _ALONG_OVER_ACROSS, places.across_mm])
    found = HDBSCAN(min_cluster_size=LEAST, min_samples=_MIN_SAMPLES, copy=True).fit(points)
    clusters = [np.flatnonzero((found.labels_ == n) & (found.probabilities_ >= _SURE)) for n in range(found.labels_.max() + 1)]
    return [members for members in clusters if len(members) >= LEAST]


def hdbscan_heavy(places: Places) -> list[Members]:
    """Those of them that have ten defects a metre or more, as skelp's stretches have."""
    per_mm = LEAST / WITHIN_MM
    return [m for m in hdbscan(places) if len(m) >= per_mm * max(1000.0, np.ptp(places.along_mm[m]))]


def judged(case: Case, coils: int, find: Callable[[Places], list[Members]]) -> dict[str, Any]:
    """Stretches found, in how many pieces, errors of their ends, and false ones.

    A piece is a stretch's if most of its defects are. A stretch is found if its pieces hold most of its defects. Ends are those of all its
    pieces. `seconds` is the median time for a coil.
    """
    ends: list[float] = []
    sides: list[float] = []
    seconds: list[float] = []
    found = pieces = false = true = 0
    for seed in range(_FIRST_SEED, _FIRST_SEED + coils):
        places, truths = draw(case, seed)
        begin = time.perf_counter()
        stretches = find(places)
        seconds.append(time.perf_counter() - begin)
        true += len(truths)
        owners = [_owner(members, truths) for members in stretches]
        false += owners.count(None)
        for n, truth in enumerate(truths):
            own = [members for members, owner in zip(stretches, owners, strict=True) if owner == n]
            held = np.unique(np.concatenate([np.empty(0, np.intp), *own]))
            if 2 * len(np.intersect1d(held, truth.members)) <= len(truth.members):
                continue
            found, pieces = found + 1, pieces + len(own)
            ends += _off(places.along_mm[held], truth.along)
            sides += _off(places.across_mm[held], truth.across)
    return {
        "coils": coils,
        "stretches": true,
        "found": found,
        "pieces": pieces,
        "false": false,
        "end_error_m": _spread(ends, 1000, 2),
        "across_error_mm": _spread(sides, 1, 0),
        "seconds": round(float(np.median(seconds)), 4),
    }


def metres(case: Case, coils: int) -> dict[str, float]:
    """Metres of heavy steel on a coil, as a recipe's rules count them: drawn, and the median and the most that is found."""
    found = [heavy_m(draw(case, seed)[0].along_mm) for seed in range(_FIRST_SEED, _FIRST_SEED + coils)]
    return {"drawn": case.stretches * case.long_m, "median": round(float(np.median(found)), 2), "most": round(max(found), 2)}


def _owner(members: Members, truths: Sequence[Truth]) -> int | None:
    """The stretch to which most of these defects belong."""
    common = [len(np.intersect1d(members, truth.members)) for truth in truths]
    best = int(np.argmax(common)) if common else -1
    return best if common and 2 * common[best] > len(members) else None


def _off(values: NDArray[np.float64], truth: tuple[float, float]) -> list[float]:
    return [abs(float(values.min()) - truth[0]), abs(float(values.max()) - truth[1])]


def _spread(errors: Sequence[float], unit: float, digits: int) -> dict[str, float] | None:
    if not errors:
        return None
    middle, late = np.quantile(np.array(errors) / unit, [0.5, 0.9]).tolist()
    return {"median": round(middle, digits), "p90": round(late, digits)}


CASES: Mapping[str, Sequence[Case]] = {
    "defects per metre": [Case(density=d) for d in (8, 10, 12, 15, 30, 70, 300)],
    "length, m": [Case(long_m=m) for m in (2, 5, 20, 200, 400)],
    "width, mm": [Case(wide_mm=w) for w in (20, 100, 750, 1500)],
    "random defects on 1 km": [Case(random=n) for n in (0, 500, 2000, 4000)],
    "both edges": [Case(edges=True, wide_mm=100)],
    "no sharp border": [Case(fading_m=20), Case(gaussian=True), Case(gaussian=True, density=300)],
    "called by several names": [Case(classes=2), Case(classes=4)],
    "no stretch": [Case(stretches=0, random=n) for n in (100, 1000, 2000, 4000, 5000, 6000, 8000)],
}
SIZES = (100, 1000, 10_000, 30_000, 100_000)
"""Defects of a coil whose time is measured: one in twenty at random, the others in stretches, as `_sized` draws them."""
METHODS: Mapping[str, Callable[[Places], list[Members]]] = {"sweep": sweep, "HDBSCAN": hdbscan, "HDBSCAN, 10/m": hdbscan_heavy}
_MOST_COILS = {"sweep": 1000, "HDBSCAN": 3, "HDBSCAN, 10/m": 3}
"""HDBSCAN takes ten seconds for a coil with 36,000 defects."""


def _sized(defects: int) -> Case:
    return Case(random=defects // 20, density=defects * 0.95 / 4 / 60, stretches=4)


def times(find: Callable[[Places], Any], rounds: int) -> list[dict[str, float]]:
    """Median seconds for coils of each size."""
    found = []
    for size in SIZES:
        seconds = []
        for seed in range(_FIRST_SEED, _FIRST_SEED + rounds):
            places, _ = draw(_sized(size), seed)
            begin = time.perf_counter()
            find(places)
            seconds.append(time.perf_counter() - begin)
        found.append({"defects": size, "seconds": round(float(np.median(seconds)), 4)})
    return found


_DRAWN = [f.name for f in fields(Case)]


def _rows(found: Mapping[str, Sequence[dict[str, Any]]]) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = [
        ["what differs", "method", "found", "pieces", "false", "ends off, m: median; 9 of 10", "across off, mm", "ms"],
    ]
    for name, cases in found.items():
        for c in cases:
            differs = ", ".join(f"{k} {v:g}" for k, v in c["case"].items() if v != getattr(Case(), k)) or "nothing"
            for method, r in c["by"].items():
                end, side = (f"{e['median']:g}; {e['p90']:g}" if e else "-" for e in (r["end_error_m"], r["across_error_mm"]))
                number = f"{r['found']} of {r['stretches']}"
                row = [number, str(r["pieces"]), str(r["false"]), end, side, f"{r['seconds'] * 1000:.0f}"]
                rows.append([f"{name}: {differs}", method, *row])
    return rows


def plot(found: Mapping[str, Any], timed: Mapping[str, Sequence[dict[str, float]]], file: Path) -> None:
    """Errors of the ends over density, false stretches over random defects, and times."""
    import matplotlib.pyplot as plt  # noqa: PLC0415 - tests use the drawn coils where it is not installed

    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(10, 3))
    looks = {"sweep": ("o-", "#1f6fb2"), "HDBSCAN": ("s:", "#6b7680"), "HDBSCAN, 10/m": ("^--", "#b04a2f")}
    for method, (line, colour) in ((m, look) for m, look in looks.items() if m in found["no stretch"][0]["by"]):
        dense, none = found["defects per metre"], found["no stretch"]
        share = [c["by"][method]["found"] / c["by"][method]["stretches"] for c in dense]
        left.plot([f"{c['case']['density']:g}" for c in dense], share, line, color=colour, label=method)
        per_coil = [c["by"][method]["false"] / c["by"][method]["coils"] for c in none]
        middle.plot([f"{c['case']['random']:g}" for c in none], per_coil, line, color=colour)
        if method in timed:
            right.plot([t["defects"] for t in timed[method]], [t["seconds"] for t in timed[method]], line, color=colour)
    left.set(xlabel="defects per metre of a stretch", ylabel="share that is found", ylim=(-0.05, 1.05))
    middle.set(xlabel="random defects on 1 km, no stretch", ylabel="stretches named on a coil")
    middle.set_yscale("symlog", linthresh=1)
    middle.tick_params(axis="x", labelsize=8)
    right.set(xlabel="defects of a coil", ylabel="seconds", xscale="log", yscale="log")
    left.legend(frameon=False, fontsize=8)
    for axis in (left, middle, right):
        axis.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(file, dpi=140)


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--coils", type=int, default=20)
    parser.add_argument("--hdbscan", action="store_true", help="measure HDBSCAN too; needs scikit-learn")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    methods = METHODS if arguments.hdbscan else {"sweep": sweep}
    found = {
        name: [
            {
                "case": asdict(c),
                "heavy_m": metres(c, arguments.coils),
                "by": {m: judged(c, min(arguments.coils, _MOST_COILS[m]), f) for m, f in methods.items()},
            }
            for c in cases
        ]
        for name, cases in CASES.items()
    }
    timed = {name: times(find, rounds=1 if "HDBSCAN" in name else 5) for name, find in methods.items() if find is not hdbscan_heavy}
    print_rows(_rows(found))
    print_rows([[name, *(f"{t['defects']:g}: {t['seconds']:g} s" for t in ts)] for name, ts in timed.items()])
    if arguments.out:
        arguments.out.write_text(json.dumps({"found": found, "times": timed}, indent=1) + "\n", encoding="utf-8")
    if arguments.plot:
        plot(found, timed, arguments.plot)


if __name__ == "__main__":
    main()
