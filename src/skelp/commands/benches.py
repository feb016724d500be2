"""`skelp bench`: measures this machine."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from skelp.commands.options import ModelOption, PrecisionOption, ProviderOption, ScreenOption, chosen, screening
from skelp.domain.recipe import Recipe
from skelp.terminal import JsonOption, print_table


def bench(
    model: ModelOption = None,
    provider: ProviderOption = "auto",
    precision: PrecisionOption = "auto",
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
    facts = run_bench(chosen(model, provider, precision), recipe, width=width, lines=lines, seconds=seconds, cameras=cameras)
    if as_json:
        print(json.dumps(facts))
        return
    print_table("bench", facts)
