"""`skelp data check`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from skelp.domain.errors import SkelpError
from skelp.terminal import JsonOption, print_line, print_rows
from skelp_training.commands.options import (
    AbsentOption,
    BitsOption,
    ClassOption,
    ExifOption,
    FloatRangeOption,
    FormatOption,
    GroupPatternOption,
    ImagesOption,
    MarksOption,
    Stated,
    ValShareOption,
    named_set,
)

data = typer.Typer(no_args_is_help=True, add_completion=False, help="Check labelled sets.")


data.callback()(lambda: None)  # with a callback, the app has subcommands, even if there is one only


@data.command("check")
def check(
    dataset: Annotated[Path, typer.Argument(metavar="SET", help="Folder of labelled pictures, annotation file, or training config.")],
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
    leaks: Annotated[bool, typer.Option("--leaks/--no-leaks", help="Look for steel that pictures of different splits share.")] = True,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write a page with the labels drawn on the pictures.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Read every picture and label of a set, count them, and say what is wrong. Exit code 1 if something has to be mended."""
    from skelp_training.config import DataSet, load_config
    from skelp_training.data.check import Checked
    from skelp_training.data.check import check as check_labels
    from skelp_training.data.page import write_page
    from skelp_training.data.pictures import EveryClass
    from skelp_training.data.pools import labels_of

    sets: list[tuple[DataSet, dict[str, int] | None]]
    if dataset.suffix == ".toml":
        config = load_config(dataset)
        sets = [(d, config.class_ids) for d in config.data if d.format != "simulated"]
        leaks = leaks and config.leaks != "skip"
    else:
        named = named_set(dataset, data_format, group_pattern, images, classes, Stated(bits, float_range, exif, absent, marks, val_share))
        sets = [(named, None)]
    results: list[Checked] = []
    for one, ids in sets:
        every = EveryClass(one.classes)
        labels = labels_of(one, ids or every)
        names = {n: name for name, n in ids.items()} if ids else every.names
        results.append(check_labels(str(one.path), labels, names, one.absent, leaks=leaks))
    pages = [write_page(out if len(sets) == 1 else out / r.contents.name.replace("/", "-"), r) for r in results] if out else []
    if as_json:
        print(json.dumps([r.record for r in results] if dataset.suffix == ".toml" else results[0].record))
    else:
        for result in results:
            print_rows(result.contents.rows(result.names), result.contents.name)
            for text in [*result.faults, *result.remarks]:
                print_line(text)
        for page in pages:
            print_line(f"page: {page}")
    if any(r.faults for r in results):
        raise SkelpError("the set has faults, named above; mend them before training")
