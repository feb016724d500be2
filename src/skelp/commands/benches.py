"""`skelp bench`: measures this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from skelp.commands.options import ModelOption, PrecisionOption, ProviderOption, ScreenOption, chosen, screening
from skelp.domain.recipe import Recipe
from skelp.terminal import JsonOption, print_table


def bench(  # noqa: PLR0913, PLR0917 - an option is a parameter
    model: ModelOption = None,
    provider: ProviderOption = "auto",
    precision: PrecisionOption = "auto",
    engine: Annotated[Path | None, typer.Option(help="Engine file that skelp model compile wrote.")] = None,
    screen: ScreenOption = None,
    cameras: Annotated[int, typer.Option(min=1, max=16, help="Cameras side by side over one strip.")] = 1,
    width: Annotated[int, typer.Option(min=128, max=32768, help="Pixels of each camera.")] = 4096,
    lines: Annotated[int, typer.Option(min=32, max=8192)] = 512,
    seconds: Annotated[float, typer.Option(min=1)] = 10.0,
    as_json: JsonOption = False,
) -> None:
    """Measure throughput and latency at full load, from camera frame to stored result."""
    from skelp.bench import bench as run_bench  # noqa: PLC0415 - only a station and bench need the database

    recipe = screening(Recipe(), screen)
    choice = chosen(model, provider, precision, engine)
    facts = run_bench(choice, recipe, width=width, lines=lines, seconds=seconds, cameras=cameras)
    if as_json:
        print(json.dumps(facts))
        return
    print_table("bench", facts)
