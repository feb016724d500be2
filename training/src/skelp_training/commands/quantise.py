"""`skelp quantise`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skelp.terminal import print_line
from skelp_training.commands.options import ConfigArgument


def quantise(
    config: ConfigArgument,
    model: Annotated[Path | None, typer.Option(help="The model file, if it is not the one that the config writes.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Model file to write; by default NAME.int8.onnx beside the original.")] = None,
) -> None:
    """Write an int8 model file. It is refused if it is worse than the original on the config's validation sets."""
    from skelp_training.config import load_config
    from skelp_training.release.quantise import quantise

    run = load_config(config)
    source = model or run.out
    target = out or source.with_suffix(".int8.onnx")
    for name, evidence in quantise(run, source, target).items():
        print_line(f"{name}: " + ", ".join(f"{k} {v['whole']} -> {v['int8']}" for k, v in evidence.items()))
    print_line(f"model file: {target}")
