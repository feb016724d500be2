"""`skelp evaluate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from skelp.domain.errors import SkelpError
from skelp.terminal import JsonOption, err, print_line, print_rows, print_table
from skelp_training.commands.options import (
    AbsentOption,
    BitsOption,
    ClassOption,
    DatasetArgument,
    ExifOption,
    FloatRangeOption,
    FormatOption,
    GroupPatternOption,
    ImagesOption,
    LeaksOption,
    MarksOption,
    ModelArgument,
    PiecesOption,
    RecipeOption,
    SplitOption,
    Stated,
    ValShareOption,
    load_recipe,
    named_set,
)


def evaluate(
    model: ModelArgument,
    dataset: DatasetArgument,
    split: SplitOption = "val",
    data_format: FormatOption = "own",
    group_pattern: GroupPatternOption = "",
    images: ImagesOption = None,
    classes: ClassOption = None,
    bits: BitsOption = None,
    float_range: FloatRangeOption = None,
    exif: ExifOption = None,
    absent: AbsentOption = None,
    marks: MarksOption = None,
    val_share: ValShareOption = 0.2,
    leaks: LeaksOption = None,
    pieces: PiecesOption = False,
    recipe: RecipeOption = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="DIR", help="Write a page with plots and the worst pictures.")] = None,
    card: Annotated[
        Path | None,
        typer.Option("--card", metavar="OUT", help="Write the model with what it found in its card: coils are compared with it."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure a model file on held-out pictures. It runs as the line runs it, with the thresholds of its card."""
    from skelp_training.data.pools import labels_of
    from skelp_training.data.seen import left_out, to_measure_on, unseen
    from skelp_training.evaluation.detector import Detector
    from skelp_training.evaluation.evaluate import HeldOut, describe, evaluate
    from skelp_training.evaluation.found import found_on
    from skelp_training.evaluation.report import write_report
    from skelp_training.evaluation.trials import Trials, threshold_curve
    from skelp_training.release.model_file import write_found

    detector = Detector(model, load_recipe(recipe))
    data = named_set(dataset, data_format, group_pattern, images, classes, Stated(bits, float_range, exif, absent, marks, val_share))
    held_out = HeldOut(data, split, leaks, pieces)
    labels = labels_of(data, detector.class_ids)
    held = held_out.chosen(labels)
    seen = detector.seen
    to_leave_out = frozenset[str]() if split == "train" else seen.taught
    items = to_measure_on(held, seen.chosen, to_leave_out)
    not_measured = left_out(held, items, to_leave_out)
    if count := not_measured["left_out_because_they_taught"]:
        err.print(f"{count} of the {len(held)} pictures taught the model and are left out: it was trained with other splits")
    taught = len(items) - len(unseen(items, seen.taught)) if split == "train" else 0
    if card and (taught or (split == "train" and not seen.all_named)):
        raise SkelpError(f"the pictures of split {split} taught the model; with --card, measure on others (--split val)")
    if not seen.all_named:
        err.print(f"{model} does not name all pictures that taught it, so some of these may have: give the splits that it was trained with")
    print_rows(held_out.summary(labels, items, detector.class_ids), f"{dataset}, split {split}", to=err)
    figures, pictures = evaluate(detector, items, curve=True)
    found = {**describe(detector, held_out), "taught_the_model": taught if seen.all_named else None, **not_measured, **figures}
    if card:
        write_found(model, data.name, found_on(pictures, {c.id: c.name for c in detector.classes}), card)
    if report:
        write_report(report, found, detector, items, pictures, threshold_curve(Trials(detector, items), detector.classes))
    if as_json:
        print(json.dumps(found))
        return
    print_table("evaluated", {k: v for k, v in found.items() if k not in ("calibration", "recall_curve")})
    if card:
        print_line(f"model with these figures in its card: {card}")
    if report:
        print_line(f"page: {report / 'index.html'}")
