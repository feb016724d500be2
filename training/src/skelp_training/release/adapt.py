"""Adapts a model to a line that it was not trained on: by thresholds, or by fine-tuning where thresholds are not enough.

The pictures are steel of that line in the order it ran, full width: clean according to an operator, or mostly clean and unlabelled.
Each class gets the lowest threshold that keeps it within its share of the allowed false defects. The last quarter of the steel, on
which nothing is chosen, checks the result. Fine-tuning trains on the first half of the steel, on crops that operators rejected and on
labelled pictures of the line, beside all that the model learned from before. What it knew of its validation pictures is measured before
and after.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from skelp.domain.defect import DefectClass
from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
from skelp.domain.strip import Scale
from skelp.inference.card import ModelCard
from skelp.inference.model_file import ModelFile
from skelp.pictures.depth import PLAIN, Reading
from skelp.pictures.listing import list_pictures
from skelp.pictures.reader import read_grey
from skelp_training.config import DataSet, TrainConfig
from skelp_training.data.leaks import find_leaks
from skelp_training.data.pictures import Item, picture_id
from skelp_training.data.pools import items_of
from skelp_training.data.seen import to_measure_on
from skelp_training.evaluation.detector import Detector
from skelp_training.evaluation.evaluate import HeldOut, evaluate
from skelp_training.evaluation.strip import Stretch, check_judged, check_unseen, count_defects, defect_rate
from skelp_training.fit.workers import this_worker
from skelp_training.release.build import build
from skelp_training.release.kept import check_kept, ids_before, kept_knowledge
from skelp_training.release.model_file import write_thresholds

CANDIDATES = tuple(np.round(np.arange(0.30, 1.0, 0.02), 2).tolist())
_CHECKED, _TRAINED = 0.25, 0.5
"""Shares of the steel that check the result and that are trained on."""
_LINE_CROPS = 0.5
"""Weight of the line's own steel while fine-tuning, as a share of the other sets' weight."""
_TAUGHT = 1 / 3
"""Weight of the labelled pictures of the line, as a share of the other sets' weight."""
_RATE = 0.1
"""Learning rate of fine-tuning, as a share of the config's."""
KEPT = 0.5
"""The default of FineTuning.keep. At 0.5 a model forgot nothing of what it knew (docs/training.md)."""
_LEARN = "Fine-tune with --fine-tune CONFIG.toml"
_LEARN_MORE = "Train on for more --steps, or --keep less of the model"
_TAUGHT_NAME = "taught"


@dataclass(frozen=True)
class FineTuning:
    """How to train the network on: the data sets of a config, crops that operators rejected, number of steps.

    `taught`: labelled pictures of the line; those of its split `train` are learned from. `keep`: share of the model's own weights in the
    result, so that it keeps what it knew.
    """

    config: TrainConfig
    config_file: Path
    rejected: Path | None
    steps: int
    taught: DataSet | None = None
    keep: float = KEPT


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
    check_unseen(checked, original.seen.every)
    tuning = wanted.fine_tuning
    shown = _shown_in_training(wanted)
    adapted, source = original, model
    if tuning:
        if ModelFile.open(model).measures_distance and not tuning.config.known_steel:
            raise SkelpError(
                f"{model} says which steel it knows, but {tuning.config_file} has no table [known_steel]; add it, or the adapted model "
                "would not say it"
            )
        source = out.with_suffix(".trained.onnx")
        fine_tune(model, tuning, source, _steel(wanted))
        adapted = Detector(source, wanted.recipe, original.scale)
    fitted_on = Stretch.of(files[round(len(files) * _TRAINED) if tuning else 0 : first_checked], original.scale, wanted.reading)
    chosen = choose_thresholds(adapted, fitted_on, wanted.false_per_100m, _LEARN_MORE if tuning else _LEARN)
    record: dict[str, Any] = {
        "steel": str(wanted.pictures),
        "clean_by": "an operator" if wanted.clean_by_operator else "nobody: some of the defects counted as false may be real",
        "asked_false_per_100m": wanted.false_per_100m,
        "recipe": {"name": wanted.recipe.name, "sha256": wanted.recipe.sha256},
        "fitted_on_m": round(fitted_on.metres, 2),
        "before": defect_rate(original, original.classes, checked),
        "after": defect_rate(adapted, chosen, checked),
        "fine_tuned": _described(tuning, model, source) if tuning else None,
    }
    check_judged(record["after"]["checked_on_m"], checked)
    if wanted.labelled:
        record["recall"] = {"set": str(wanted.labelled.data.path)} | _recalls(wanted.labelled, shown, (original, adapted), chosen)
    choosers = [picture_id(read_grey(file, fitted_on.reading)) for file in fitted_on.files]
    write_thresholds(adapted, source, chosen, {"adapted": record}, out, choosers)
    return {"out": str(out), "thresholds": {c.name: c.threshold for c in chosen}, **record}


def _files(folder: Path) -> Sequence[Path]:
    """The pictures of the strip. Raises SkelpError if some are left out: the rate of defects would be that of other steel."""
    listing = list_pictures([folder])
    if listing.pictures_left_out:
        raise SkelpError(f"{folder}: {listing.in_words}; put the pictures of the strip into one folder, with the names of pictures")
    return listing.files


def choose_thresholds(detector: Detector, stretch: Stretch, per_100m: float, remedy: str = _LEARN) -> list[DefectClass]:
    """The lowest threshold of each class that keeps it within an equal share of `per_100m`. Raises SkelpError if there is none.

    `remedy` is what the error says to do.

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
                f"its share is {per_100m / len(detector.classes):.1f}. {remedy}, or allow more"
            )
        chosen.append(replace(c, threshold=lowest))
    return chosen


def fine_tune(model: Path, tuning: FineTuning, out: Path, steel: DataSet | None = None) -> None:
    """Train the model file on, with all sets of the config, the line's `steel`, rejected crops and labelled pictures. Writes `out`."""
    config = tuning.config
    others = sum(d.weight for d in config.data)
    more = [] if steel is None else [steel.model_copy(update={"weight": others * _LINE_CROPS})]
    if tuning.rejected:
        more.append(DataSet(name="rejected", format="clean", path=tuning.rejected, val_share=0.0, weight=others * _LINE_CROPS / 2))
    if tuning.taught:
        more.append(tuning.taught.model_copy(update={"name": _TAUGHT_NAME, "weight": others * _TAUGHT}))
    changes = {
        "start_from": model.absolute(),
        "out": out,
        "run": out.parent / f"{out.stem}-run",
        "data": (*config.data, *more),
        "train": config.train.model_copy(
            update={"steps": tuning.steps, "lr": config.train.lr * _RATE, "patience": None, "first_share": tuning.keep}
        ),
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


def check_result(record: dict[str, Any]) -> None:
    """Raise SkelpError if fine-tuning forgot, or the checked steel shows significantly more false defects than were allowed."""
    check_kept(record["out"], (record["fine_tuned"] or {}).get("knew"))
    low, high = record["after"]["interval_per_100m"]
    if low > record["asked_false_per_100m"]:
        raise SkelpError(
            f"{record['out']} was written, but the last quarter of the steel shows {record['after']['per_100m']} false defects per "
            f"100 m (95% {low} to {high}): the line changes along its length. Give more of its steel, or --fine-tune"
        )


def not_known(record: dict[str, Any]) -> str | None:
    """What a person must be told that the figures do not show; None if they show all."""
    tuned = record["fine_tuned"]
    if not tuned or tuned["knew"] is not None:
        return None
    lacks = f"{tuned['config']} validates on no picture with a defect that it knew before (validate_on)"
    return f"nothing is known of what the model forgot: {lacks}. Measure it on what it must still find: skelp evaluate"


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


def _described(tuning: FineTuning, before: Path, after: Path) -> dict[str, Any]:
    """What the record says of fine-tuning. `knew`: what the model knows now of what it knew before (release/kept.py)."""
    original, tuned = ModelFile.open(before), ModelFile.open(after)
    facts: dict[str, Any] = {"config": str(tuning.config_file), "steps": tuning.steps, "from": original.sha256, "keep": tuning.keep}
    if tuning.taught:
        facts |= {"taught": str(tuning.taught.path), "pictures": taught_pictures(tuned.card)}
    return facts | {"knew": kept_knowledge(tuning.config, before, after)}


def taught_pictures(card: ModelCard) -> int:
    """How many labelled pictures of the line taught a fine-tuned model."""
    return next(int(d.model_dump()["samples"]) for d in card.trained_on if d.name == _TAUGHT_NAME)


def _recalls(
    labelled: HeldOut, shown: Collection[str], detectors: tuple[Detector, Detector], chosen: Sequence[DefectClass]
) -> dict[str, Any]:
    """Recall on the labelled set before and after, on the same objects. If the adapted model has more classes, also with those.

    The pictures named in `shown` are left out.
    """
    original, adapted = detectors

    def items(ids: dict[str, int]) -> list[Item]:
        taught = original.seen.taught | adapted.seen.taught
        return to_measure_on([i for i in labelled.items(ids) if i.name not in shown], original.seen.chosen, taught)

    same = items(ids_before(original, adapted))
    found = {"before": _recall(original, same, original.classes), "after": _recall(adapted, same, chosen)}
    if adapted.class_ids.keys() > original.class_ids.keys():
        found["after_with_new_classes"] = _recall(adapted, items(adapted.class_ids), chosen)
    return found


def _shown_in_training(wanted: Adaptation) -> frozenset[str]:
    """Names of held-out pictures of the labelled set that show steel of those that are taught. Raises SkelpError if none remains."""
    tuning, labelled = wanted.fine_tuning, wanted.labelled
    if tuning is None or tuning.taught is None or labelled is None or tuning.taught.groups_apart:
        return frozenset()
    found = frozenset(leak.held_out for leak in find_leaks(items_of(tuning.taught, tuning.config.class_ids)))
    if all(i.name in found for i in labelled.items(tuning.config.class_ids)):
        raise SkelpError(
            f"every held-out picture of {tuning.taught.path} shows steel of its training pictures, so nothing could be measured; hold out "
            "other plates, or say with --groups-apart that its groups share no steel"
        )
    return found


def _recall(detector: Detector, items: Sequence[Item], classes: Sequence[DefectClass]) -> dict[str, Any]:
    figures, _ = evaluate(detector, items, classes)
    return {k: figures[k] for k in ("objects", "object_recall", "object_recall_interval", "miou_fg")}
