"""Adapts a model to a line that it was not trained on: by thresholds, or by fine-tuning where thresholds are not enough.

The pictures are steel of that line in the order it ran, full width: clean according to an operator, or mostly clean and unlabelled.
Each class gets the lowest threshold that keeps it within its share of the allowed false defects. The last quarter of the steel, on
which nothing is chosen, checks the result. Fine-tuning trains on the first half of the steel, on crops that operators rejected and on
labelled pictures of the line, beside all that the model learned from before. What it knew of its validation pictures is measured before
and after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from skelp.domain.defect import DefectClass
from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
from skelp.domain.strip import Scale
from skelp.inference.model_file import ModelFile
from skelp.pictures.depth import PLAIN, Reading
from skelp.pictures.listing import list_pictures
from skelp.pictures.reader import read_grey
from skelp_training.config import DataSet, TrainConfig
from skelp_training.data.choosers import picture_id, to_measure_on
from skelp_training.data.leaks import check_leaks
from skelp_training.data.pictures import UNSURE, Item, in_split
from skelp_training.data.pools import labels_of
from skelp_training.evaluation.comparison import differences
from skelp_training.evaluation.detector import Detector
from skelp_training.evaluation.evaluate import HeldOut, evaluate
from skelp_training.evaluation.results import PictureResult
from skelp_training.evaluation.strip import Stretch, check_judged, count_defects, defect_rate
from skelp_training.fit.workers import this_worker
from skelp_training.release.build import build
from skelp_training.release.model_file import write_thresholds

CANDIDATES = tuple(np.round(np.arange(0.30, 1.0, 0.02), 2).tolist())
_CHECKED, _TRAINED = 0.25, 0.5
"""Shares of the steel that check the result and that are trained on."""
_LINE_CROPS = 0.5
"""Weight of the line's own steel while fine-tuning, as a share of the other sets' weight."""
_TAUGHT = 0.5
"""The same of the labelled pictures of the line."""
MOST_FORGOTTEN = 0.01
"""How far the mean IoU of the pictures that the model was validated on may sink by fine-tuning, unless it may be chance."""


@dataclass(frozen=True)
class FineTuning:
    """How to train the network on: the model's own config, crops that operators rejected, number of steps.

    `taught`: labelled pictures of the line; those of its split `train` are learned from.
    """

    config: TrainConfig
    config_file: Path
    rejected: Path | None
    steps: int
    taught: DataSet | None = None


@dataclass(frozen=True)
class Adaptation:
    """What to adapt to: the line's steel, who says that it is clean, and the false defects per 100 m that are allowed.

    `recipe` is that of the line; its bridges, margins and limits count. `mm_per_px` None: as the model's card says; `mm_per_line` None:
    as across. `labelled` is a set on which recall is measured before and after.
    """

    pictures: Path
    clean_by_operator: bool
    false_per_100m: float
    recipe: Recipe
    mm_per_px: float | None = None
    mm_per_line: float | None = None
    labelled: HeldOut | None = None
    fine_tuning: FineTuning | None = None
    reading: Reading = PLAIN


def adapt(model: Path, wanted: Adaptation, out: Path) -> dict[str, Any]:
    """Write the adapted model file and return the record that its card carries.

    Raises SkelpError if there is too little steel to check the rate, or no threshold reaches it.
    """
    original = Detector(model, wanted.recipe, _scale(model, wanted))
    files = _files(wanted.pictures)
    first_checked = round(len(files) * (1 - _CHECKED))
    checked = Stretch.of(files[first_checked:], original.scale, wanted.reading)
    _check_length(checked, wanted.false_per_100m)
    tuning = wanted.fine_tuning
    adapted, source = original, model
    if tuning:
        if ModelFile.open(model).measures_distance and not tuning.config.known_steel:
            raise SkelpError(
                f"{model} says which steel it knows, but {tuning.config_file} has no table [known_steel]; add it, or the adapted model "
                "would not say it"
            )
        source = out.with_suffix(".trained.onnx")
        fine_tune(tuning, source, _steel(wanted))
        adapted = Detector(source, wanted.recipe, original.scale)
    fitted_on = Stretch.of(files[round(len(files) * _TRAINED) if tuning else 0 : first_checked], original.scale, wanted.reading)
    chosen = choose_thresholds(adapted, fitted_on, wanted.false_per_100m)
    record: dict[str, Any] = {
        "steel": str(wanted.pictures),
        "clean_by": "an operator" if wanted.clean_by_operator else "nobody: some of the defects counted as false may be real",
        "asked_false_per_100m": wanted.false_per_100m,
        "recipe": {"name": wanted.recipe.name, "sha256": wanted.recipe.sha256},
        "fitted_on_m": round(fitted_on.metres, 2),
        "before": defect_rate(original, original.classes, checked),
        "after": defect_rate(adapted, chosen, checked),
        "fine_tuned": _fine_tuned(tuning, original, adapted) if tuning else None,
    }
    check_judged(record["after"]["checked_on_m"], checked)
    if wanted.labelled:
        items = to_measure_on(wanted.labelled.items(_ids_before(original, adapted)), [original.card.chosen_on])
        before = _recall(original, items, original.classes)
        items = to_measure_on(wanted.labelled.items(adapted.class_ids), [original.card.chosen_on])
        after = _recall(adapted, items, chosen)
        record["recall"] = {"set": str(wanted.labelled.data.path), "before": before, "after": after}
    choosers = [picture_id(read_grey(file, fitted_on.reading)) for file in fitted_on.files]
    choosers += original.card.chosen_on  # they may have chosen the weights that training went on from
    write_thresholds(adapted, source, chosen, {"adapted": record}, out, choosers)
    return {"out": str(out), "thresholds": {c.name: c.threshold for c in chosen}, **record}


def _files(folder: Path) -> Sequence[Path]:
    """The pictures of the strip. Raises SkelpError if some are left out: the rate of defects would be that of other steel."""
    listing = list_pictures([folder])
    if listing.pictures_left_out:
        raise SkelpError(f"{folder}: {listing.in_words}; put the pictures of the strip into one folder, with the names of pictures")
    return listing.files


def choose_thresholds(detector: Detector, stretch: Stretch, per_100m: float) -> list[DefectClass]:
    """The lowest threshold of each class that keeps it within an equal share of `per_100m`. Raises SkelpError if there is none.

    A class whose threshold the recipe sets, or that it ignores, keeps the card's: another one would change nothing on the line.
    """
    counted = count_defects(detector, stretch, [[replace(c, threshold=t) for c in detector.classes] for t in CANDIDATES])
    check_judged(counted.metres, stretch)
    counts, metres = counted.defects, counted.metres
    allowed = per_100m * metres / 100 / len(detector.classes)
    chosen = []
    for n, c in enumerate(detector.classes):
        if detector.fixed_by_recipe(c.name):
            if counts[-1, n] > allowed:
                raise SkelpError(
                    f"{c.name}: {counts[-1, n] / metres * 100:.1f} defects per 100 m of this steel at the threshold of recipe "
                    f"{detector.recipe.name}; its share is {per_100m / len(detector.classes):.1f}. Remove the threshold from the recipe, "
                    "so that it can be chosen, or allow more"
                )
            chosen.append(c)
            continue
        enough = [t for t, count in zip(CANDIDATES, counts[:, n].tolist(), strict=True) if count <= allowed]
        # a higher threshold may split a region and raise the count: every threshold from the chosen one up must be within the share
        lowest = next((t for t in CANDIDATES if all(u in enough for u in CANDIDATES if u >= t)), None)
        if lowest is None:
            raise SkelpError(
                f"{c.name}: at the highest threshold still {counts[-1, n] / metres * 100:.1f} defects per 100 m of this steel; "
                f"its share is {per_100m / len(detector.classes):.1f}. Fine-tune with --fine-tune CONFIG.toml, or allow more"
            )
        chosen.append(replace(c, threshold=lowest))
    return chosen


def fine_tune(tuning: FineTuning, out: Path, steel: DataSet | None = None) -> None:
    """Train the config's network on, with all its sets, the line's `steel`, rejected crops and labelled pictures. Writes `out`."""
    config = tuning.config
    others = sum(d.weight for d in config.data)
    more = [] if steel is None else [steel.model_copy(update={"weight": others * _LINE_CROPS})]
    if tuning.rejected:
        more.append(DataSet(name="rejected", format="clean", path=tuning.rejected, val_share=0.0, weight=others * _LINE_CROPS / 2))
    if tuning.taught:
        more.append(tuning.taught.model_copy(update={"name": "taught", "weight": others * _TAUGHT}))
    changes = {
        "start_from": (config.run / "last.pt").absolute(),
        "out": out,
        "run": out.parent / f"{out.stem}-run",
        "data": (*config.data, *more),
        "train": config.train.model_copy(update={"steps": tuning.steps, "lr": config.train.lr / 10, "patience": None}),
    }
    with this_worker() as worker:
        build(config.model_copy(update=changes), worker)


def _steel(wanted: Adaptation) -> DataSet:
    """The first part of the line's steel, as sound steel to train on."""
    return DataSet(
        name="line",
        format="clean",
        path=wanted.pictures,
        val_share=1 - _TRAINED,
        background=True,
        bits=wanted.reading.bits,
        float_range=wanted.reading.float_range,
        exif="ignore" if wanted.reading.exif == "ignore" else None,
    )


def _fine_tuned(tuning: FineTuning, original: Detector, adapted: Detector) -> dict[str, Any]:
    """What the record says of fine-tuning: how, and what the model knows now of what it knew before, at the thresholds that it had."""
    taught = tuning.taught
    how = {"config": str(tuning.config_file), "steps": tuning.steps, "from": original.sha256}
    if taught:
        how |= {"taught": str(taught.path), "pictures": taught.pictures}
    known: list[Item] = []
    leaked = check_leaks(tuning.config)
    for data in tuning.config.data:
        if data.name in tuning.config.validate_on:
            items = in_split(labels_of(data, _ids_before(original, adapted)).items, "val", data.location or tuning.config_file)
            known += [replace(i, piece=True) for i in items if (i.split, i.name) not in leaked]
    if known:
        limits = [*original.classes, *(c for c in adapted.classes if c.name not in original.class_ids)]
        before, after = (_with_room(evaluate(d, known, limits[: len(d.classes)])[1], adapted) for d in (original, adapted))
        miou = next(d for d in differences(before, after) if d.metric == "miou_fg")
        how["knew"] = {
            "sets": list(tuning.config.validate_on),
            "pictures": len(known),
            "miou_fg_before": round(miou.champion, 4),
            "miou_fg_after": round(miou.challenger, 4),
            "gain_interval": [round(miou.low, 4), round(miou.high, 4)],
        }
    return how


def _with_room(results: Sequence[PictureResult], adapted: Detector) -> list[PictureResult]:
    """The same results, counted over the adapted model's classes, which may be more."""
    size = 1 + max(adapted.class_ids.values())
    return [replace(r, pixels=np.pad(r.pixels, (0, size - len(r.pixels)))) for r in results]


def _ids_before(original: Detector, adapted: Detector) -> dict[str, int]:
    """Class ids for the model before it was adapted. Of a class that it did not have nothing can be said: it is unsure."""
    return {**dict.fromkeys(adapted.class_ids, UNSURE), **original.class_ids}


def check_result(record: dict[str, Any]) -> None:
    """Raise SkelpError if fine-tuning forgot, or the checked steel shows significantly more false defects than were allowed."""
    knew = (record["fine_tuned"] or {}).get("knew")
    if knew and knew["miou_fg_after"] < knew["miou_fg_before"] - MOST_FORGOTTEN and knew["gain_interval"][1] < 0:
        raise SkelpError(
            f"{record['out']} was written, but it forgot: the mean IoU on {', '.join(knew['sets'])} was {knew['miou_fg_before']:.3f} "
            f"and is {knew['miou_fg_after']:.3f}. Train on for fewer --steps"
        )
    low, high = record["after"]["interval_per_100m"]
    if low > record["asked_false_per_100m"]:
        raise SkelpError(
            f"{record['out']} was written, but the last quarter of the steel shows {record['after']['per_100m']} false defects per "
            f"100 m (95% {low} to {high}): the line changes along its length. Give more of its steel, or --fine-tune"
        )


def _scale(model: Path, wanted: Adaptation) -> Scale:
    across = wanted.mm_per_px or ModelFile.open(model).card.mm_per_px
    if across is None:
        raise SkelpError(f"{model} does not say its mm per pixel; give --mm-per-px")
    return Scale(across, wanted.mm_per_line or across)


def _check_length(checked: Stretch, per_100m: float) -> None:
    """Three expected defects are the least that distinguish a rate from zero."""
    needed = 3 / per_100m * 100
    if checked.metres < needed:
        raise SkelpError(
            f"the last quarter of the steel, {checked.metres:.1f} m, checks the result; {needed:.0f} m are needed to see {per_100m:g} "
            f"per 100 m: give {needed / _CHECKED:.0f} m of steel in all"
        )


def _recall(detector: Detector, items: Sequence[Item], classes: Sequence[DefectClass]) -> dict[str, Any]:
    figures, _ = evaluate(detector, items, classes)
    return {k: figures[k] for k in ("objects", "object_recall", "object_recall_interval", "miou_fg")}
