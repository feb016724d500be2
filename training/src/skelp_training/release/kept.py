"""Whether fine-tuning made a model forget: both are measured on the validation pictures of the model's own config."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from skelp.domain.errors import SkelpError
from skelp_training.config import TrainConfig
from skelp_training.data.leaks import check_leaks
from skelp_training.data.pictures import UNSURE, Item
from skelp_training.data.pools import items_of
from skelp_training.data.seen import unseen
from skelp_training.evaluation.comparison import differences
from skelp_training.evaluation.detector import Detector
from skelp_training.evaluation.evaluate import evaluate
from skelp_training.evaluation.results import PictureResult

MOST_FORGOTTEN = 0.01
"""How far the mean IoU may sink, unless it may be chance."""


def kept_knowledge(config: TrainConfig, before: Path, after: Path) -> dict[str, Any] | None:
    """Mean IoU of both model files at the thresholds of the first, by the default recipe and at the scale of their training pictures.

    Pictures that taught either, or chose something of the first, are left out. None if the config's validation sets show no defect that
    both know.
    """
    original, tuned = Detector(before), Detector(after)
    pictures = unseen(list(_held_out(config, ids_before(original, tuned))), original.seen.every, tuned.seen.taught)
    if not pictures:
        return None
    limits = [*original.classes, *(c for c in tuned.classes if c.name not in original.class_ids)]
    results = [_padded(evaluate(d, pictures, limits[: len(d.classes)])[1], tuned) for d in (original, tuned)]
    miou = next((d for d in differences(*results) if d.metric == "miou_fg"), None)
    if miou is None:
        return None
    return {
        "sets": list(config.validate_on),
        "pictures": len(pictures),
        "miou_fg_before": round(miou.champion, 4),
        "miou_fg_after": round(miou.challenger, 4),
        "gain_interval": [round(miou.low, 4), round(miou.high, 4)],
    }


def check_kept(out: str, knew: dict[str, Any] | None) -> None:
    """Raise SkelpError if the model file `out` forgot more than MOST_FORGOTTEN, and not by chance."""
    if knew is None:
        return
    before, after = knew["miou_fg_before"], knew["miou_fg_after"]
    if after < before - MOST_FORGOTTEN and knew["gain_interval"][1] < 0:
        raise SkelpError(
            f"{out} was written, but it forgot: the mean IoU on {', '.join(knew['sets'])} was {before:.3f} and is {after:.3f}. "
            "Keep more of it with --keep, or train on for fewer --steps"
        )


def ids_before(original: Detector, tuned: Detector) -> dict[str, int]:
    """Class ids under which both models can be compared. Marks of a new class are unsure, because the old model could not know them."""
    return {**dict.fromkeys(tuned.class_ids, UNSURE), **original.class_ids}


def _held_out(config: TrainConfig, ids: dict[str, int]) -> Iterator[Item]:
    leaked = check_leaks(config)
    for data in config.data:
        if data.name in config.validate_on and data.scale == 1:  # others would be measured at a scale that they were not trained at
            for item in items_of(data, ids):
                if item.split == "val" and (item.split, item.name) not in leaked:
                    yield replace(item, piece=True)


def _padded(results: Sequence[PictureResult], tuned: Detector) -> list[PictureResult]:
    """The same results, counted over the tuned model's classes, which may be more."""
    size = 1 + max(tuned.class_ids.values())
    return [replace(r, pixels=np.pad(r.pixels, (0, size - len(r.pixels)))) for r in results]
