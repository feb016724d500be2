"""Thresholds by cost: for each class, the one at which missed defects and false alarms on a labelled set cost least.

The plant states what a miss and a false alarm cost. The model file is written with these costs, and the curve, in its card.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from skelp.domain.defect import DefectClass
from skelp.domain.errors import SkelpError
from skelp_training.data.frozen import Frozen
from skelp_training.data.pictures import picture_id
from skelp_training.data.seen import to_choose_on, to_measure_on
from skelp_training.evaluation.detector import Detector
from skelp_training.evaluation.evaluate import HeldOut
from skelp_training.evaluation.results import PictureResult
from skelp_training.evaluation.trials import CANDIDATES, Trials, count_errors, threshold_curve
from skelp_training.release.model_file import write_thresholds


@dataclass(frozen=True)
class Costs:
    """What a missed defect and a false alarm cost, both in the same unit."""

    miss: float
    false_alarm: float

    def of(self, pictures: Sequence[PictureResult]) -> float:
        """The cost of all misses and false alarms on these pictures."""
        missed, false = count_errors(pictures)
        return self.miss * missed + self.false_alarm * false


def choose(trials: Trials, classes: Sequence[DefectClass], costs: Costs, fixed: Collection[str] = ()) -> list[DefectClass]:
    """The cheapest threshold of each class in turn, the others fixed, until nothing changes. Among equal costs the highest is taken."""
    chosen = list(classes)
    while True:
        before = list(chosen)
        for n, c in enumerate(chosen):
            if c.name in fixed or c.pseudo:
                continue
            tried = [replace(c, threshold=t) for t in reversed(CANDIDATES)]
            chosen[n] = min(tried, key=lambda t, n=n: costs.of(trials([*chosen[:n], t, *chosen[n + 1 :]])))  # type: ignore[misc]
        if chosen == before:
            return chosen


def choose_thresholds(
    detector: Detector, model: Path, data: HeldOut | Frozen, costs: Costs, out: Path, share: float = 1.0
) -> dict[str, Any]:
    """Choose thresholds of the file `model` on a `share` of the groups of `data` and write `out` with them.

    The card names the pictures that chose, so that no figure of the model comes from them. A held-out picture that taught the model,
    because it was trained with other splits, does not choose. A class that none of them shows keeps its threshold.

    Returns the choice and its errors. Raises SkelpError if none of them shows a defect.
    """
    if isinstance(data, Frozen):
        chosen_from = {"set": str(data.file), "sets": [s.name for s in data.sets]}
        sets = [(s.split, data.items(s, detector.class_ids)) for s in data.sets]
    else:
        chosen_from = {"set": str(data.data.path), "split": data.split}
        sets = [(data.split, data.items(detector.class_ids))]
    free = [given if split == "train" else to_measure_on(given, (), detector.seen.taught) for split, given in sets]
    items = [i for some in free for i in to_choose_on(some, share)]
    trials = Trials(detector, items)
    shown = {class_id for p in trials(detector.classes) for class_id, _, _ in p.objects}
    if not shown:
        raise SkelpError(
            f"none of the {len(items)} pictures that choose shows a defect, so no threshold would be too high; add some that do"
        )
    kept = [c.name for c in detector.classes if not c.pseudo and c.id not in shown]
    fixed = [c.name for c in detector.classes if detector.fixed_by_recipe(c.name)]
    chosen = choose(trials, detector.classes, costs, [*fixed, *kept])
    missed, false = count_errors(trials(chosen))
    record: dict[str, Any] = {
        **chosen_from,
        "share": share,
        "pictures": len(items),
        "left_out_because_they_taught": sum(len(given) for _, given in sets) - sum(map(len, free)),
        "cost_of_a_miss": costs.miss,
        "cost_of_a_false_alarm": costs.false_alarm,
        "missed": missed,
        "false": false,
        "kept": kept,
        "curve": threshold_curve(trials, detector.classes),
    }
    write_thresholds(detector, model, chosen, {"thresholds": record}, out, [picture_id(image) for image in trials.pictures])
    return {"out": str(out), "thresholds": {c.name: c.threshold for c in chosen}, "kept": kept, "missed": missed, "false": false}
