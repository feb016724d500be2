"""`skelp thresholds`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from skelp.terminal import JsonOption, print_table
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
    OutOption,
    PiecesOption,
    RecipeOption,
    SplitOption,
    Stated,
    ValShareOption,
    load_recipe,
    named_set,
)

ShareOption = Annotated[float, typer.Option("--share", min=0, max=1, help="Share of the groups that choose; the rest is to measure on.")]


def thresholds(
    model: ModelArgument,
    dataset: DatasetArgument,
    miss: Annotated[float, typer.Option("--miss", min=0, help="Cost of a missed defect.")],
    false_alarm: Annotated[float, typer.Option("--false-alarm", min=0, help="Cost of a false alarm, in the same unit.")],
    out: OutOption,
    split: SplitOption = "val",
    share: ShareOption = 0.5,
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
    as_json: JsonOption = False,
) -> None:
    """Choose thresholds by what misses and false alarms cost. Costs and curve go into the card.

    DATASET may be a file of frozen sets (.toml), as for promote: thresholds that serve several mills are chosen on all of them.
    """
    from skelp_training.data.frozen import Frozen
    from skelp_training.evaluation.detector import Detector
    from skelp_training.evaluation.evaluate import HeldOut
    from skelp_training.release.thresholds import Costs, choose_thresholds

    held_out: HeldOut | Frozen
    if dataset.suffix == ".toml":
        held_out = Frozen.load(dataset)
    else:
        data = named_set(dataset, data_format, group_pattern, images, classes, Stated(bits, float_range, exif, absent, marks, val_share))
        held_out = HeldOut(data, split, leaks, pieces)
    chosen = choose_thresholds(Detector(model, load_recipe(recipe)), model, held_out, Costs(miss, false_alarm), out, share)
    if as_json:
        print(json.dumps(chosen))
        return
    print_table("thresholds", chosen)
