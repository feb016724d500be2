"""`skelp inspect`: inspects pictures of strip."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from skelp.commands.options import ModelOption, ProviderOption, ScreenOption, chosen, screening
from skelp.config import load_recipe, load_rolls
from skelp.domain.reasons import Reason
from skelp.offline import Job, Offline, lines_of
from skelp.pictures.depth import reading_of
from skelp.pictures.order import Order
from skelp.render.words import Language, advice
from skelp.terminal import JsonOption, err, out, print_table

_EXPLAINED = 3  # reasons of a strip that are printed


def inspect(  # noqa: PLR0913, PLR0917 - an option is a parameter
    paths: Annotated[list[Path], typer.Argument(help="Images, or folders of images. In natural order of their names they are one strip.")],
    out_dir: Annotated[Path, typer.Option("--out", help="Folder for the results.")],
    each: Annotated[bool, typer.Option("--each", help="Each image is a separate strip.")] = False,
    model: ModelOption = None,
    mm_per_px: Annotated[
        float | None, typer.Option(min=1e-4, max=1000, help="Scale across the strip. Default: that of the model's training pictures.")
    ] = None,
    mm_per_line: Annotated[float | None, typer.Option(min=1e-4, max=1000, help="Scale along. Default: as across.")] = None,
    recipe: Annotated[Path | None, typer.Option(help="Recipe file.")] = None,
    rolls: Annotated[Path | None, typer.Option(help="Roll table, to name the rolls of defects that repeat.")] = None,
    codes: Annotated[Path | None, typer.Option(help="Common codes of the defects' classes.")] = None,
    provider: ProviderOption = "auto",
    screen: ScreenOption = None,
    recursive: Annotated[bool, typer.Option("--recursive", help="Read subfolders too.")] = False,
    order: Annotated[
        Order | None,
        typer.Option(help="natural: frame_2 before frame_10. name: as text. given: as named. Default: natural, if clear."),
    ] = None,
    bits: Annotated[int | None, typer.Option(min=8, max=16, help="Depth of the values in files of more than 8 bits.")] = None,
    float_range: Annotated[
        str | None, typer.Option(metavar="BLACK,WHITE", help="Black and white in files of floating-point numbers, such as 0,1.")
    ] = None,
    exif: Annotated[Literal["turn", "ignore"], typer.Option(help="Whether pictures are turned as their EXIF says.")] = "turn",
    lang: Annotated[Language, typer.Option(help="Language of the coil map.")] = "en",
    as_json: JsonOption = False,
) -> None:
    """Inspect images of strip. Write coil.json, defects, coil map and crops."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total} lines"), TimeRemainingColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal) as progress:
        bar = progress.add_task("inspecting", total=None)
        limits = screening(load_recipe(recipe), screen)
        step = partial(progress.advance, bar)
        offline = Offline(chosen(model, provider), limits, step, load_rolls(rolls), codes)
        job = Job(tuple(paths), out_dir, each, mm_per_px, mm_per_line, lang, reading_of(bits, float_range, exif), recursive, order)
        pictures = job.listing()
        if pictures.left_out:
            err.print(f"skelp: {pictures.in_words}", markup=False, highlight=False, soft_wrap=True)
        progress.update(bar, total=lines_of(pictures, exif))
        facts = offline.run(job, pictures)
    if as_json:
        print(json.dumps(facts))
        return
    shown = {k: v for k, v in facts.items() if k not in ("strips", "left_out", "not_inspected", "screened")}
    if "reasons" in facts:
        shown["reasons"] = "; ".join(r["text"] for r in facts["reasons"])
    print_table("inspected", shown | {"pictures_left_out": pictures.pictures_left_out})
    for part in [facts, *facts.get("strips", [])]:
        _explain(part.get("not_inspected", []))
    out.print(f"results in {out_dir}")


def _explain(not_inspected: list[dict[str, Any]]) -> None:
    """Print why lines were not fully inspected, with what to do: the first reasons of each strip."""
    for found in not_inspected[:_EXPLAINED]:
        reason = Reason.coded(found["reason"]["code"], found["reason"]["args"])
        out.print(f"{found['lines']} lines: {found['reason']['text']}. {advice(reason)}", markup=False, highlight=False, soft_wrap=True)
    if len(not_inspected) > _EXPLAINED:
        out.print(f"and {len(not_inspected) - _EXPLAINED} more reasons, under coverage in coil.json")
