"""`skelp adapt`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from skelp.pictures.depth import reading_of
from skelp.terminal import JsonOption, err, print_table
from skelp_training.commands.options import (
    AbsentOption,
    BitsOption,
    ClassOption,
    ExifOption,
    FloatRangeOption,
    FormatOption,
    GroupPatternOption,
    ImagesOption,
    LeaksOption,
    ModelArgument,
    OutOption,
    PiecesOption,
    RecipeOption,
    SplitOption,
    Stated,
    ValShareOption,
    load_recipe,
    named_set,
)


def adapt(
    model: ModelArgument,
    pictures: Annotated[Path, typer.Argument(metavar="PICTURES", help="Folder of the line's steel, full width, in name order.")],
    false_per_100m: Annotated[float, typer.Option("--false-per-100m", min=1e-6, help="False defects per 100 m that are allowed.")],
    clean_by: Annotated[Literal["operator", "nobody"], typer.Option("--clean-by", help="Who says that this steel is clean.")],
    out: OutOption,
    recipe: RecipeOption = None,
    mm_per_px: Annotated[float | None, typer.Option(min=1e-4, help="Across the strip; by default what the model was trained at.")] = None,
    mm_per_line: Annotated[float | None, typer.Option(min=1e-4, help="Along the strip; by default as across.")] = None,
    labelled: Annotated[Path | None, typer.Option(help="Labelled set on which recall is measured before and after.")] = None,
    split: SplitOption = "val",
    data_format: FormatOption = "own",
    group_pattern: GroupPatternOption = "",
    images: ImagesOption = None,
    classes: ClassOption = None,
    bits: BitsOption = None,
    float_range: FloatRangeOption = None,
    exif: ExifOption = None,
    absent: AbsentOption = None,
    val_share: ValShareOption = 0.2,
    leaks: LeaksOption = None,
    pieces: PiecesOption = False,
    fine_tune: Annotated[Path | None, typer.Option(metavar="CONFIG", help="Train the model on, with the sets of a config.")] = None,
    rejected: Annotated[Path | None, typer.Option(help="Folder of crops that operators rejected, for --fine-tune.")] = None,
    teach: Annotated[
        int, typer.Option(min=0, metavar="N", help="--fine-tune also learns from N pictures of the training split of --labelled.")
    ] = 0,
    groups_apart: Annotated[bool, typer.Option("--groups-apart", help="Groups of --labelled share no steel; do not compare.")] = False,
    steps: Annotated[int, typer.Option(min=1, help="Steps of --fine-tune.")] = 800,
    keep: Annotated[float, typer.Option(min=0, max=1, help="Share of the model's own weights in the result of --fine-tune.")] = 0.5,
    as_json: JsonOption = False,
) -> None:
    """Adapt a model to a line by that line's own steel. Thresholds are chosen anew; --fine-tune trains the weights on.

    The last quarter of the steel checks the result. --split and the options after it say how --labelled is read.
    """
    from skelp.domain.errors import SkelpError
    from skelp_training.config import load_config
    from skelp_training.evaluation.evaluate import HeldOut
    from skelp_training.release.adapt import Adaptation, FineTuning, adapt, check_result, not_known

    reading = reading_of(bits, float_range, exif or "turn")
    held_out = None
    if labelled:
        data = named_set(
            labelled, data_format, group_pattern, images, classes, Stated(bits, float_range, exif, absent, val_share=val_share)
        )
        held_out = HeldOut(data, split, leaks, pieces)
    if teach and not (held_out and fine_tune and split != "train"):
        raise SkelpError("--teach needs --fine-tune CONFIG.toml, --labelled SET to learn from, and --split of pictures to measure on")
    taught = held_out.data.model_copy(update={"pictures": teach, "groups_apart": groups_apart}) if held_out and teach else None
    tuning = FineTuning(load_config(fine_tune), fine_tune, rejected, steps, taught, keep) if fine_tune else None
    line = load_recipe(recipe)
    wanted = Adaptation(pictures, clean_by == "operator", false_per_100m, line, mm_per_px, mm_per_line, held_out, tuning, reading)
    record = adapt(model, wanted, out)
    if as_json:
        print(json.dumps(record))
    else:
        print_table("adapted", record)
    if warning := not_known(record):
        err.print(f"skelp: {warning}", markup=False, highlight=False, soft_wrap=True)
    check_result(record)
