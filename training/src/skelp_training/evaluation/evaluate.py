"""How good is a model file on a labelled set: python -m training.evaluate MODEL.onnx DATASET --split val [--json]

It runs the exported file as the line does, at the masks' resolution, with the thresholds of its card.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from skelp.domain.defect import DefectClass
from skelp.domain.errors import SkelpError
from skelp_training.commands import run
from skelp_training.config import DataSet
from skelp_training.data.pictures import Item, in_split
from skelp_training.data.pools import items_of
from skelp_training.data.readers import READERS
from skelp_training.evaluation.detector import Judge
from skelp_training.evaluation.report import write_report
from skelp_training.evaluation.results import Picture, figures
from skelp_training.evaluation.trials import Trials, curve, judge_item


def evaluate(judge: Judge, items: Sequence[Item], classes: Sequence[DefectClass] | None = None) -> tuple[dict[str, Any], list[Picture]]:
    """Figures of the model on the items, and each picture's own; with the card's limits or with others."""
    pictures = [judge_item(judge, i, s, judge.maps(s.image), classes) for i in items for s in [i.load()]]
    names = {c.id: c.name for c in judge.classes}
    return figures(pictures, names, judge.card.mm_per_px), pictures


def ask_for_set(ask: argparse.ArgumentParser) -> None:
    """Arguments that name held-out pictures."""
    ask.add_argument("dataset", type=Path, help="folder in our format, or the annotation file of another")
    set_arguments(ask)


def set_arguments(ask: argparse.ArgumentParser) -> None:
    """How a set is read, wherever it is named."""
    ask.add_argument("--split", default="val")
    ask.add_argument("--format", default="own", choices=sorted(READERS))
    ask.add_argument("--group-pattern", default="", help="as in the training config: how a picture's group is read from its name")
    ask.add_argument("--images", type=Path, help="where the pictures of a marks file are")
    ask.add_argument("--class", dest="classes", action="append", default=[], metavar="NAME=CLASS", help="the set's class is the model's")
    ask.add_argument("--leaks", type=Path, help="leaks.json of the training run: what shows steel that was trained on is left out")


def held_out(asked: argparse.Namespace, judge: Judge) -> list[Item]:
    """The items that were asked for, without those that show steel that was trained on."""
    data = named_set(asked.dataset, asked)
    items = in_split(items_of(data, {c.name: c.id for c in judge.classes}), asked.split, asked.dataset)
    leaked = _leaked(asked.leaks) if asked.leaks else set()
    return [i for i in items if i.name not in leaked]


def named_set(path: Path, asked: argparse.Namespace) -> DataSet:
    """A set as the command line names it (see set_arguments)."""
    wrong = [r for r in asked.classes if "=" not in r]
    if wrong:
        raise SkelpError(f"--class {wrong[0]} is not NAME=CLASS, as in --class pitted=inclusion")
    keys = {"name": path.stem, "format": asked.format, "path": path, "images": asked.images, "group_pattern": asked.group_pattern}
    return DataSet.model_validate({**keys, "classes": dict(r.split("=", 1) for r in asked.classes)})


def _leaked(file: Path) -> Collection[str]:
    try:
        return {leak["held_out"] for leak in json.loads(file.read_text())["leaks"]}
    except (OSError, ValueError, KeyError) as error:
        raise SkelpError(f"{file} is not a leaks.json of a training run: {error}") from error


def main(arguments: Sequence[str]) -> None:
    """Evaluate a model file on a set, print its figures and, if asked, write a page of them."""
    ask = argparse.ArgumentParser(prog="training.evaluate", description=__doc__)
    ask.add_argument("model", type=Path)
    ask_for_set(ask)
    ask.add_argument("--report", type=Path, metavar="DIR", help="write a page with plots and the worst cases")
    ask.add_argument("--json", action="store_true")
    asked = ask.parse_args(arguments)
    judge = Judge(asked.model)
    items = held_out(asked, judge)
    found, pictures = evaluate(judge, items)
    found = {
        "model": f"{judge.card.name} {judge.card.version}",
        "sha256": judge.sha256,
        "set": str(asked.dataset),
        "split": asked.split,
    } | found
    if asked.report:
        write_report(asked.report, found, judge, items, pictures, curve(Trials(judge, items), judge.classes))
    if asked.json:
        print(json.dumps(found))
        return
    for key, value in found.items():
        if key != "calibration":
            print(f"{key:28} {value}")
    if asked.report:
        print(f"page: {asked.report / 'index.html'}", file=sys.stderr)


if __name__ == "__main__":
    run(main)
