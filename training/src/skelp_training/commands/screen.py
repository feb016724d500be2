"""`skelp screen`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skelp.terminal import print_line
from skelp_training.commands.options import ConfigArgument, OutOption


def screen(
    config: ConfigArgument,
    out: OutOption,
    model: Annotated[Path | None, typer.Option(help="The model file, if it is not the one that the config writes.")] = None,
    steps: Annotated[int, typer.Option(min=1, help="Training steps.")] = 8000,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the model's screen and choose its limit again, for thresholds that have changed.")
    ] = False,
    version: Annotated[str, typer.Option(help="The version in the card. Default: that of the model.")] = "",
) -> None:
    """Add a screen to a model file. This small network looks at everything, so that the whole one looks at suspicious places only."""
    from skelp_training.config import load_config
    from skelp_training.release.screen import make_screen

    run = load_config(config)
    found = make_screen(run, model or run.out, out, steps, version, keep=keep)
    limit = found.pop("limit")
    for name, figures in found.items():
        print_line(f"{name}: {figures['kept']} of {figures['found']} defects kept, {figures['tiles_passed_on']:.1%} of the tiles passed on")
    print_line(f"model file: {out}; limit {limit} of 255")
