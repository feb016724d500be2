"""`skelp model`: shows, verifies and compiles model files; puts back an earlier one."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from skelp.commands.options import PrecisionOption, ProviderOption, chosen
from skelp.domain.strip import round_up
from skelp.inference.card import STEP
from skelp.installation import Line
from skelp.model import compile_model, open_model
from skelp.terminal import err, out, print_rows

model_cli = typer.Typer(no_args_is_help=True, help="Show, verify and compile model files.")


@model_cli.command()
def show(file: Path) -> None:
    """Print a model's card."""
    print(json.dumps(open_model(file).described, indent=2))


@model_cli.command()
def verify(file: Path) -> None:
    """Check that a model has a card and that its output fits the card."""
    model = open_model(file)
    out.print(f"{file}: {model.card.name} {model.card.version} fits its card")


@model_cli.command(name="compile")
def compile_ahead(
    file: Annotated[Path, typer.Argument(help="The model file.")],
    out_file: Annotated[Path, typer.Option("--out", help="The engine file to write.")],
    provider: ProviderOption = "auto",
    precision: PrecisionOption = "auto",
    width: Annotated[int, typer.Option(min=STEP, max=32768, help="Columns of a camera's frame; rounded up to a multiple of 32.")] = 4096,
    height: Annotated[int, typer.Option(min=STEP, max=65536, help="Lines of a block with its context, a multiple of 32.")] = 544,
    batch: Annotated[int, typer.Option(min=1, max=64, help="Cameras of the station.")] = 1,
) -> None:
    """Compile a model ahead for this machine. A station whose file names the engine file starts with it, or refuses it."""
    model, choice = open_model(file), chosen(file, provider, precision)
    report = partial(err.print, markup=False, highlight=False, soft_wrap=True)
    record, different = compile_model(model, choice, out_file, batch=batch, height=height, width=round_up(width, STEP), report=report)
    networks = ", ".join(e.file.removesuffix(".onnx") for e in record.networks)
    out.print(f"{out_file}: {record.name}, {record.provider}, {record.precision}: {networks}", highlight=False, soft_wrap=True)
    out.print(f"compared with the model on simulated strip: {different:.2%} of the cells of defects differ", highlight=False)


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
