"""Evaluates a model file on held-out pictures, at the masks' resolution and with the thresholds of its card."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from skelp.domain.defect import DefectClass
from skelp.domain.errors import SkelpError
from skelp_training.config import DataSet
from skelp_training.data.labels import Labels
from skelp_training.data.pictures import Item, in_split
from skelp_training.data.pools import labels_of
from skelp_training.data.summary import Contents, check_classes
from skelp_training.evaluation.curve import THRESHOLDS, recall_at_rates
from skelp_training.evaluation.detector import Detector
from skelp_training.evaluation.results import PictureResult
from skelp_training.evaluation.summary import summarise
from skelp_training.evaluation.trials import measure_at


@dataclass(frozen=True)
class HeldOut:
    """A split of a data set to measure on. Pictures that `leaks` (leaks.json of a training run) names are left out.

    `pieces`: its pictures were cut from within the strip (see Sample).
    """

    data: DataSet
    split: str = "val"
    leaks: Path | None = None
    pieces: bool = False

    def items(self, class_ids: dict[str, int]) -> list[Item]:
        """Its pictures. Raises SkelpError if there are none, or a file or class is wrong."""
        return self.chosen(labels_of(self.data, class_ids))

    def chosen(self, labels: Labels) -> list[Item]:
        """Those of the set's pictures that are measured. Raises SkelpError if there are none."""
        items = in_split(labels.items, self.split, self.data.location or Path())
        leaked = _leaked(self.leaks) if self.leaks else set()
        return [replace(i, piece=self.pieces) for i in items if i.name not in leaked]

    def summary(self, labels: Labels, items: Sequence[Item], class_ids: dict[str, int]) -> list[tuple[str, str]]:
        """What is measured, in rows of words. Raises SkelpError for a class that the labels define and no picture of the set shows."""
        names = {n: name for name, n in class_ids.items()}
        contents = Contents(self.data.name, labels.left_out)
        for item in items:
            contents.add(item.load(), item.split)
        check_classes(labels, names, contents.marked, self.data.absent, str(self.data.path))
        return contents.rows(names)


def evaluate(
    detector: Detector, items: Sequence[Item], classes: Sequence[DefectClass] | None = None, *, curve: bool = False
) -> tuple[dict[str, Any], list[PictureResult]]:
    """The figures of the model on the items, and each picture's result. `classes` replaces the limits of the model's card.

    `curve`: the recall at stated rates of false reports too, for which each picture is measured at every threshold of the curve.
    """
    thresholds = THRESHOLDS if curve else ()
    limits = [[replace(c, threshold=t) for c in detector.classes] for t in thresholds]
    pictures, *at = measure_at(detector, items, [classes, *limits])
    figures = summarise(pictures, {c.id: c.name for c in detector.classes}, detector.card.mm_per_px)
    if curve:
        points = recall_at_rates(dict(zip(thresholds, at, strict=True)))
        headline = {f"{p['false_per_mpix']:g}": p["recall"] for p in points}
        figures |= {"recall_at_false_per_mpix": headline, "recall_curve": points}
    return figures, pictures


def describe(detector: Detector, data: HeldOut) -> dict[str, Any]:
    """Which model was measured on what."""
    return {
        "model": f"{detector.card.name} {detector.card.version}",
        "sha256": detector.sha256,
        "set": str(data.data.path),
        "split": data.split,
        "recipe": detector.recipe.name,
    }


def _leaked(file: Path) -> Collection[str]:
    try:
        return {leak["held_out"] for leak in json.loads(file.read_text())["leaks"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise SkelpError(f"{file} is not a leaks.json of a training run: {error}") from error
