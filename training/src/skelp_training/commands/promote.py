"""`skelp promote`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from skelp.domain.errors import SkelpError
from skelp.terminal import print_line
from skelp_training.commands.options import (
    AbsentOption,
    BitsOption,
    ClassOption,
    ExifOption,
    FloatRangeOption,
    FormatOption,
    GroupPatternOption,
    ImagesOption,
    PiecesOption,
    RecipeOption,
    SplitOption,
    Stated,
    ValShareOption,
    load_recipe,
    named_set,
)


def promote(
    challenger: Annotated[Path, typer.Argument(metavar="CHALLENGER", help="The new model file.")],
    champion: Annotated[Path, typer.Argument(metavar="CHAMPION", help="The model file on the line; need not exist yet.")],
    frozen: Annotated[Path, typer.Option("--frozen", help="TOML file that names the frozen pictures and their hash.")],
    freeze: Annotated[Path | None, typer.Option(metavar="DATASET", help="Write that file first, for this set as it is now.")] = None,
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
    pieces: PiecesOption = False,
    recipe: RecipeOption = None,
    record: Annotated[Path, typer.Option("--record", metavar="DIR", help="Folder for the records.")] = Path("runs/promotions"),
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="SET:METRIC", help="Accept this loss, if it is not proven; say why with --because."),
    ] = None,
    because: Annotated[str, typer.Option("--because", metavar="TEXT", help="Why the loss is accepted; it goes into the record.")] = "",
    compare_only: Annotated[bool, typer.Option("--compare-only", help="Write the record, leave the champion's file as it is.")] = False,
) -> None:
    """Put a model on the line if it is better than the one there. They are compared on frozen pictures, and a record says why.

    --split and the options after it say how --freeze is read.
    """
    from skelp_training.data.frozen import Frozen
    from skelp_training.data.frozen import freeze as freeze_set
    from skelp_training.evaluation.detector import Detector
    from skelp_training.release.promote import Accepted, promote

    if bool(accept) != bool(because.strip()):
        raise SkelpError("--accept and --because go together: name the loss that is accepted, and say why")
    if freeze:
        data = named_set(freeze, data_format, group_pattern, images, classes, Stated(bits, float_range, exif, absent, val_share=val_share))
        freeze_set(frozen, data, split, Detector(challenger).class_ids, pieces=pieces)
    file = promote(
        challenger,
        champion,
        Frozen.load(frozen),
        record,
        load_recipe(recipe),
        install=not compare_only,
        accepted=Accepted(frozenset(accept or ()), because.strip()),
    )
    written = json.loads(file.read_text(encoding="utf-8"))
    for line in ["promoted" if written["installed"] else "better; not installed", *written["reasons"], f"record: {file}"]:
        print_line(line)
