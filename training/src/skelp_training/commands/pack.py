"""`skelp pack`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skelp.terminal import print_line
from skelp_training.commands.options import ModelArgument


def pack(model: ModelArgument, out: Annotated[Path, typer.Argument(metavar="OUT", help="Model file to write.")]) -> None:
    """Write a model and its weights, which lie in another file, as one file."""
    from skelp_training.release.pack import pack

    packed = pack(model, out)
    print_line(f"model file: {out}, sha256 {packed.sha256}")
