"""Thresholds by cost: python -m training.thresholds MODEL.onnx DATASET --miss 10 --false-alarm 1 --out CHOSEN.onnx

For each class the threshold at which missed defects and false alarms on the validation set cost least, at prices that the
plant states. The model file is written with a card that says so, with the curve that the choice was made on.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from skelp.domain.defect import DefectClass
from skelp_training.commands import run
from skelp_training.evaluation.detector import Judge
from skelp_training.evaluation.evaluate import ask_for_set, held_out
from skelp_training.evaluation.results import Picture
from skelp_training.evaluation.trials import CANDIDATES, Trials, curve, errors
from skelp_training.release.export import write_card


@dataclass(frozen=True)
class Costs:
    """What a missed defect and a false alarm cost, in any one unit."""

    miss: float
    false_alarm: float

    def of(self, pictures: Sequence[Picture]) -> float:
        missed, false = errors(pictures)
        return self.miss * missed + self.false_alarm * false


def choose(trials: Trials, classes: Sequence[DefectClass], costs: Costs) -> list[DefectClass]:
    """Class after class the cheapest threshold, the others held, until nothing changes. Of equals the highest: the quietest."""
    chosen = list(classes)
    while True:
        before = list(chosen)
        for n, c in enumerate(chosen):
            tried = [replace(c, threshold=t) for t in reversed(CANDIDATES)]
            chosen[n] = min(tried, key=lambda t, n=n: costs.of(trials([*chosen[:n], t, *chosen[n + 1 :]])))  # type: ignore[misc]
        if chosen == before:
            return chosen


def write_thresholds(judge: Judge, source: Path, chosen: Sequence[DefectClass], quality: dict[str, Any], out: Path) -> None:
    """The same network with other thresholds: a file whose card names its parent and what the choice was made on."""
    card = judge.card.model_dump(mode="json")
    limits = {c.id: c.threshold for c in chosen}
    card["classes"] = [c | {"threshold": limits[c["id"]]} for c in card["classes"]]
    card["quality"] = {**card["quality"], **quality}
    card["parent"] = judge.sha256
    write_card(source, card, out)


def main(arguments: Sequence[str]) -> None:
    """Choose thresholds and write the model file with them."""
    ask = argparse.ArgumentParser(prog="training.thresholds", description=__doc__)
    ask.add_argument("model", type=Path)
    ask_for_set(ask)
    ask.add_argument("--miss", type=float, required=True, help="cost of a defect that is missed")
    ask.add_argument("--false-alarm", type=float, required=True, help="cost of a false alarm, in the same unit")
    ask.add_argument("--out", type=Path, required=True)
    asked = ask.parse_args(arguments)
    judge, costs = Judge(asked.model), Costs(asked.miss, asked.false_alarm)
    items = held_out(asked, judge)
    trials = Trials(judge, items)
    chosen = choose(trials, judge.classes, costs)
    missed, false = errors(trials(chosen))
    record: dict[str, Any] = {
        "set": str(asked.dataset),
        "split": asked.split,
        "pictures": len(items),
        "cost_of_a_miss": costs.miss,
        "cost_of_a_false_alarm": costs.false_alarm,
        "missed": missed,
        "false": false,
        "curve": curve(trials, judge.classes),
    }
    write_thresholds(judge, asked.model, chosen, {"thresholds": record}, asked.out)
    print(json.dumps({"out": str(asked.out), "thresholds": {c.name: c.threshold for c in chosen}, "missed": missed, "false": false}))


if __name__ == "__main__":
    run(main)
