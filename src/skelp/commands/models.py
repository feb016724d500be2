"""`skelp model`: shows and verifies model files; puts back an earlier one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from skelp.installation import Line
from skelp.model import open_model
from skelp.terminal import out, print_rows

model_cli = typer.Typer(no_args_is_help=True, help="Show and verify model files.")


@model_cli.command()
def show(file: Path) -> None:
    """Print a model's card."""
    print(json.dumps(open_model(file).described, indent=2))


@model_cli.command()
def verify(file: Path) -> None:
    """Check that a model has a card and that its output fits the card."""
    model = open_model(file)
    out.print(f"{file}: {model.card.name} {model.card.version} fits its card")


@model_cli.command()
def rollback(
    file: Annotated[Path, typer.Argument(help="The model file on the line.")],
    to: Annotated[str | None, typer.Option("--to", metavar="HASH", help="The model to put back, by the start of its hash.")] = None,
) -> None:
    """Put back the model that the present one replaced. It is verified first. Start the station again to use it."""
    model = Line(file).roll_back(to)
    out.print(f"{file}: {model.card.name} {model.card.version}, sha256 {model.sha256}", highlight=False, soft_wrap=True)


@model_cli.command()
def history(file: Annotated[Path, typer.Argument(help="The model file on the line.")]) -> None:
    """List the models that were installed, oldest first."""
    line = Line(file)
    print_rows([e.when, e.action, e.name, e.installed[:16], "now" if e.installed == line.current else "", e.why] for e in line.history)
