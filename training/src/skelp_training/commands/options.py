"""Options that several commands share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
from skelp.pictures.depth import reading_of
from skelp.validation import load, validated
from skelp_training.config import DataSet, Format

ConfigArgument = Annotated[Path, typer.Argument(metavar="CONFIG", help="Config of the training run, a TOML file.")]
ModelArgument = Annotated[Path, typer.Argument(metavar="MODEL", help="Model file (ONNX with a card).")]
DatasetArgument = Annotated[Path, typer.Argument(metavar="DATASET", help="Folder of labelled pictures, or the annotation file.")]
OutOption = Annotated[Path, typer.Option("--out", help="Model file to write.")]
RecipeOption = Annotated[Path | None, typer.Option("--recipe", help="The line's recipe: its bridges, margins and limits count.")]
PiecesOption = Annotated[bool, typer.Option("--pieces", help="Pictures were cut from within the strip: edges are not looked for.")]
SplitOption = Annotated[str, typer.Option("--split", help="Split of the set: train or val.")]
FormatOption = Annotated[Format, typer.Option("--format", help="Format of the set (docs/training.md).")]
GroupPatternOption = Annotated[str, typer.Option("--group-pattern", help="Regular expression for a picture's group, as in the config.")]
ImagesOption = Annotated[Path | None, typer.Option("--images", help="Folder of the pictures, for the format marks.")]
ClassOption = Annotated[list[str] | None, typer.Option("--class", metavar="NAME=CLASS", help="The set's class is this class of the model.")]
BitsOption = Annotated[int | None, typer.Option("--bits", min=8, max=16, help="Depth of the values in pictures of more than 8 bits.")]
FloatRangeOption = Annotated[
    str | None, typer.Option("--float-range", metavar="BLACK,WHITE", help="Black and white in pictures of floating-point numbers.")
]
ExifOption = Annotated[
    Literal["turn", "ignore"] | None, typer.Option("--exif", help="Labels fit the pictures as EXIF turns them, or as they are stored.")
]
AbsentOption = Annotated[
    list[str] | None, typer.Option("--absent", metavar="CLASS", help="The set defines this class of the model, but no picture shows it.")
]
MarksOption = Annotated[
    Path | None, typer.Option("--marks", metavar="CSV", help="Boxes laid over what the set's own labels leave sound, as in the config.")
]
ValShareOption = Annotated[
    float,
    typer.Option("--val-share", min=0, max=1, help="Share of the groups that is held out, as in the config."),
]
LeaksOption = Annotated[
    Path | None, typer.Option("--leaks", help="leaks.json of the training run: pictures that show steel it was trained on are left out.")
]


def load_recipe(file: Path | None) -> Recipe:
    """The recipe of a file; the default recipe without one. Raises SkelpError that names every faulty key."""
    return Recipe() if file is None else load(file, Recipe, "recipe file", "edge/recipes/ holds examples to copy")


@dataclass(frozen=True)
class Stated:
    """What the command line states about a set, as in DataSet. `float_range`: as text, such as 0,1."""

    bits: int | None = None
    float_range: str | None = None
    exif: Literal["turn", "ignore"] | None = None
    absent: list[str] | None = None
    marks: Path | None = None
    val_share: float = 0.2


def named_set(
    path: Path, data_format: Format, group_pattern: str, images: Path | None, classes: list[str] | None, stated: Stated
) -> DataSet:
    """A data set as the command line names it. Raises SkelpError for a --class without '=' or a pattern that is no regular expression."""
    for rename in classes or []:
        if "=" not in rename:
            raise SkelpError(f"--class {rename} is not NAME=CLASS, as in --class pitted=inclusion")
    renames = dict(rename.split("=", 1) for rename in classes or [])
    deep = reading_of(stated.bits, stated.float_range)
    keys = {"name": path.stem, "format": data_format, "path": path, "images": images, "group_pattern": group_pattern, "classes": renames}
    keys |= {"bits": deep.bits, "float_range": deep.float_range, "exif": stated.exif, "absent": stated.absent or [], "marks": stated.marks}
    keys |= {"val_share": stated.val_share}
    return validated(DataSet, keys, where=f"the set {path}")
