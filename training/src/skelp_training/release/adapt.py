"""Fit a model to a line it was not trained on: python -m training.calibrate MODEL.onnx PICTURES --false-per-100m 5 --out FITTED.onnx

PICTURES is that line's steel in the order it ran, full width, clean by an operator's word (`--word operator`) or mostly clean
and unlabelled (`--word none`). Each class gets the lowest threshold that keeps it within its share of the false defects; the
last quarter of the steel, which nothing was fitted on, says whether that holds. Where thresholds cannot do it, `--fine-tune
CONFIG.toml` trains the network on with the first half of that steel and the operators' rejections.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from skelp.domain.defect import DefectClass
from skelp.domain.errors import SkelpError
from skelp_training.commands import run
from skelp_training.config import DataSet, TrainConfig, load_config
from skelp_training.data.pictures import Item, image_files, read_grey
from skelp_training.evaluation.detector import Judge
from skelp_training.evaluation.evaluate import evaluate, held_out, set_arguments
from skelp_training.fit.train import train
from skelp_training.fit.workers import team
from skelp_training.release.thresholds import write_thresholds

CANDIDATES = tuple(np.round(np.arange(0.30, 1.0, 0.02), 2).tolist())
_CHECKED, _TRAINED = 0.25, 0.5
_FINE_TUNED_SHARE = 0.5
"""Of the crops while fine-tuning, how many show the line's own steel."""


@dataclass(frozen=True)
class Steel:
    """Pictures of a stretch of strip and its length."""

    files: tuple[Path, ...]
    metres: float

    @staticmethod
    def of(files: Sequence[Path], mm_per_line: float) -> Steel:
        return Steel(tuple(files), sum(read_grey(f).shape[0] for f in files) * mm_per_line / 1000)


def poisson_interval(count: int, metres: float) -> tuple[float, float]:
    """95% interval of a rate per 100 m from a count over a length (Garwood, 1936)."""
    low = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    return float(low) / metres * 100, float(chi2.ppf(0.975, 2 * count + 2)) / 2 / metres * 100


def counts(judge: Judge, steel: Steel, thresholds: Sequence[float]) -> NDArray[np.int64]:
    """Defects reported on the steel, [thresholds, classes] in the order of the card's classes."""
    found = np.zeros((len(thresholds), len(judge.classes)), np.int64)
    for file in steel.files:
        maps = judge.maps(read_grey(file))
        if not maps.class_id.any():
            continue
        for n, t in enumerate(thresholds):
            of = [r.class_id for r in judge.defects(maps, [replace(c, threshold=t) for c in judge.classes]).regions]
            found[n] += [of.count(c.id) for c in judge.classes]
    return found


def fit(judge: Judge, steel: Steel, per_100m: float) -> list[DefectClass]:
    """The lowest threshold of each class that keeps it within an equal share of `per_100m`. Raises SkelpError if none does."""
    seen = counts(judge, steel, CANDIDATES)
    allowed = per_100m * steel.metres / 100 / len(judge.classes)
    chosen = []
    for n, c in enumerate(judge.classes):
        enough = [t for t, count in zip(CANDIDATES, seen[:, n].tolist(), strict=True) if count <= allowed]
        # a rate may rise again where a region falls apart: from the chosen threshold up it must hold
        fits = next((t for t in CANDIDATES if all(u in enough for u in CANDIDATES if u >= t)), None)
        if fits is None:
            raise SkelpError(
                f"{c.name}: at the highest threshold still {seen[-1, n] / steel.metres * 100:.1f} defects per 100 m of this steel; "
                f"{per_100m / len(judge.classes):.1f} are its share. Train the network on with --fine-tune CONFIG.toml, or allow more"
            )
        chosen.append(replace(c, threshold=fits))
    return chosen


def fine_tuned(config: TrainConfig, pictures: Path, rejected: Path | None, steps: int, out: Path) -> Judge:
    """The config's network trained on with the first half of the line's steel, and what operators rejected, as sound steel."""
    others = sum(d.weight for d in config.data)
    line = DataSet(name="line", format="clean", path=pictures, val_share=1 - _TRAINED, background=True, weight=others * _FINE_TUNED_SHARE)
    more = [line]
    if rejected:
        more.append(DataSet(name="rejected", format="clean", path=rejected, val_share=0.0, weight=others * _FINE_TUNED_SHARE / 2))
    changes = {
        "start_from": config.run / "last.pt",
        "out": out,
        "run": out.parent / f"{out.stem}-run",
        "data": (*config.data, *more),
        "train": config.train.model_copy(update={"steps": steps, "lr": config.train.lr / 10, "patience": None}),
    }
    with team() as us:
        train(config.model_copy(update=changes), us)
    return Judge(out)


def main(arguments: Sequence[str]) -> None:
    """Fit a model to a line."""
    asked = _ask(arguments)
    judge = Judge(asked.model)
    mm = asked.mm_per_line or judge.card.mm_per_px
    if mm is None:
        raise SkelpError(f"{asked.model} does not say its mm per pixel; give --mm-per-line")
    files = list(image_files(asked.pictures).values())
    checked = Steel.of(files[round(len(files) * (1 - _CHECKED)) :], mm)
    _long_enough(checked, asked.false_per_100m)
    begin = round(len(files) * _TRAINED) if asked.fine_tune else 0
    fitted_on = Steel.of(files[begin : round(len(files) * (1 - _CHECKED))], mm)
    first = judge
    source = asked.model
    if asked.fine_tune:
        source = asked.out.with_suffix(".trained.onnx")
        judge = fine_tuned(load_config(asked.fine_tune), asked.pictures, asked.rejected, asked.steps, source)
    chosen = fit(judge, fitted_on, asked.false_per_100m)
    record = {
        "steel": str(asked.pictures),
        "clean_by": "an operator's word" if asked.word == "operator" else "nobody's word: some of what is counted as false may be real",
        "asked_false_per_100m": asked.false_per_100m,
        "fitted_on_m": round(fitted_on.metres, 2),
        "before": _rate(first, first.classes, checked),
        "after": _rate(judge, chosen, checked),
        "fine_tuned": {"config": str(asked.fine_tune), "steps": asked.steps, "from": first.sha256} if asked.fine_tune else None,
    }
    if asked.labelled:
        asked.dataset = asked.labelled
        items = held_out(asked, first)
        record["recall"] = {"set": str(asked.labelled), "before": _recall(first, items), "after": _recall(judge, items, chosen)}
    write_thresholds(judge, source, chosen, {"calibrated": record}, asked.out)
    print(json.dumps({"out": str(asked.out), "thresholds": {c.name: c.threshold for c in chosen}, **record}, indent=1))
    low, high = record["after"]["interval_per_100m"]
    if low > asked.false_per_100m:
        raise SkelpError(
            f"{asked.out} was written, but the steel kept back shows {record['after']['per_100m']} false defects per 100 m (95% {low} to "
            f"{high}): the line changes along its length. Give more of its steel, or --fine-tune"
        )


def _ask(arguments: Sequence[str]) -> argparse.Namespace:
    ask = argparse.ArgumentParser(prog="training.calibrate", description=__doc__)
    ask.add_argument("model", type=Path)
    ask.add_argument("pictures", type=Path, help="folder of the line's steel, in name order")
    ask.add_argument("--false-per-100m", type=float, required=True, help="false defects per 100 m that the plant can live with")
    ask.add_argument("--word", choices=("operator", "none"), required=True, help="who says that this steel is clean")
    ask.add_argument("--mm-per-line", type=float, help="if not as the model was trained at")
    ask.add_argument("--labelled", type=Path, help="labelled set on which the recall before and after is measured")
    set_arguments(ask)
    ask.add_argument("--fine-tune", type=Path, metavar="CONFIG.toml", help="the model's own config: train on with this steel")
    ask.add_argument("--rejected", type=Path, help="folder of crops that operators rejected")
    ask.add_argument("--steps", type=int, default=500)
    ask.add_argument("--out", type=Path, required=True)
    return ask.parse_args(arguments)


def _long_enough(checked: Steel, per_100m: float) -> None:
    """Three expected events are the least that tell a rate from none."""
    needed = 3 / per_100m * 100
    if checked.metres < needed:
        raise SkelpError(
            f"{checked.metres:.1f} m are kept back to check on, {needed:.0f} m are needed to see {per_100m:g} per 100 m: "
            f"give {needed / _CHECKED:.0f} m of steel in all"
        )


def _rate(judge: Judge, classes: Sequence[DefectClass], steel: Steel) -> dict[str, Any]:
    of = [r.class_id for f in steel.files for r in judge.defects(judge.maps(read_grey(f)), classes).regions]
    low, high = poisson_interval(len(of), steel.metres)
    return {
        "checked_on_m": round(steel.metres, 2),
        "false": len(of),
        "per_100m": round(len(of) / steel.metres * 100, 2),
        "interval_per_100m": [round(low, 2), round(high, 2)],
        "by_class": {c.name: of.count(c.id) for c in classes},
        "thresholds": {c.name: c.threshold for c in classes},
    }


def _recall(judge: Judge, items: Sequence[Item], classes: Sequence[DefectClass] | None = None) -> dict[str, Any]:
    found, _ = evaluate(judge, items, classes)
    return {k: found[k] for k in ("objects", "object_recall", "object_recall_interval", "miou_fg")}


if __name__ == "__main__":
    run(main)
