"""The command line. Exit codes: 0 done, 1 known error, 3 bug, 130 interrupted."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import sys
import tempfile
import webbrowser
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import structlog
import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from skelp import __version__
from skelp.calibration import Target, find_calibration, write_calibration
from skelp.config import ModelChoice, StationConfig, load_recipe, load_station
from skelp.demo import demo_station
from skelp.doctor import examine
from skelp.domain.disk import DiskFault, failed, fault_of
from skelp.domain.errors import SkelpError
from skelp.domain.reasons import Reason
from skelp.flatfield import ReferenceKind, take_reference
from skelp.installation import Line
from skelp.model import open_model
from skelp.offline import Job, Offline, lines_of
from skelp.people import user_cli
from skelp.pictures.depth import reading_of
from skelp.pictures.order import Order
from skelp.plugins import Commands
from skelp.render.words import Language, advice, in_words
from skelp.terminal import JsonOption, err, out, print_rows, print_table
from skelp.tokens import token_cli
from skelp.validation import validated

cli = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Surface inspection of steel strip."
)
model_cli = typer.Typer(no_args_is_help=True, help="Show and verify model files.")
for name, group in (("model", model_cli), ("token", token_cli), ("user", user_cli)):
    cli.add_typer(group, name=name)

ModelOption = Annotated[Path | None, typer.Option("--model", help="ONNX file with a card. Default: the shipped model.")]
ProviderOption = Annotated[str, typer.Option("--provider", help="auto, tensorrt, cuda, openvino or cpu.")]
PrecisionOption = Annotated[str, typer.Option("--precision", help="auto, fp32, fp16, bf16 or int8.")]
_EXPLAINED = 3  # reasons of a strip that are printed


@cli.command()
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
    provider: ProviderOption = "auto",
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
        offline = Offline(_choice(model, provider), load_recipe(recipe), lambda lines: progress.advance(bar, lines))
        job = Job(tuple(paths), out_dir, each, mm_per_px, mm_per_line, lang, reading_of(bits, float_range, exif), recursive, order)
        pictures = job.listing()
        if pictures.left_out:
            err.print(f"skelp: {pictures.in_words}", markup=False, highlight=False, soft_wrap=True)
        progress.update(bar, total=lines_of(pictures, exif))
        facts = offline.run(job, pictures)
    if as_json:
        print(json.dumps(facts))
        return
    shown = {k: v for k, v in facts.items() if k not in ("strips", "left_out", "not_inspected")}
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


@cli.command()
def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the server; 0: any free port.")] = 8000,
    seconds: Annotated[float | None, typer.Option(min=1, help="Stop after this time.")] = None,
    line_rate: Annotated[float, typer.Option(min=1, help="Lines per second of the simulated camera.")] = 4000.0,
    width: Annotated[int, typer.Option(min=128, help="Pixels across.")] = 2048,
    seed: Annotated[int, typer.Option(help="Seed of the simulated strip.")] = 1,
    camera: Annotated[str, typer.Option(help="synthetic, or linesim: a simulated GenICam camera through harvesters.")] = "synthetic",
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
) -> None:
    """Run a station on a simulated camera. Its data is in a temporary folder, which is deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="skelp-demo-") as folder:
        config = demo_station(Path(folder), camera=camera, port=port, line_rate_hz=line_rate, width=width, seed=seed)
        _run(config, seconds, browse=not no_browser)


@cli.command()
def run(station: Annotated[Path, typer.Argument(help="Station file; examples are in edge/.")]) -> None:
    """Run a station until Ctrl-C or SIGTERM."""
    _run(load_station(station), None, browse=False)


@cli.command()
def calibrate(
    station: Annotated[Path, typer.Argument(help="Station file; its line must not be running.")],
    square_mm: Annotated[float | None, typer.Option(min=0.1, help="Side of a square, in mm: measure the scale on a checkerboard.")] = None,
    corners: Annotated[str, typer.Option(help="Inner corners of the checkerboard in both directions.")] = "8x6",
    lines: Annotated[int, typer.Option(min=512, max=65536, help="Lines to capture.")] = 4096,
    write: Annotated[bool, typer.Option("--write", help="Write the results to the camera files.")] = False,
) -> None:
    """Measure mm per pixel on a checkerboard. Without one, find how cameras overlap, from the steel that they see."""
    config = load_station(station)
    found = find_calibration(config, lines=lines, target=None if square_mm is None else Target(square_mm, _corners(corners)))
    print_table("calibrated", {c.camera: f"{', '.join(f'{k} = {v}' for k, v in c.values.items())}  {c.note}" for c in found})
    if write:
        write_calibration(config, found, lambda text: out.print(text, highlight=False, soft_wrap=True))
    else:
        out.print("nothing was written; --write writes the results to the camera files")


@cli.command()
def flatfield(
    station: Annotated[Path, typer.Argument(help="Station file; its line must not be running.")],
    kind: Annotated[str, typer.Argument(help="dark: with the lens cap on. white: an even surface, or running steel without defects.")],
    lines: Annotated[int, typer.Option(min=64, max=65536, help="Lines to average.")] = 4096,
) -> None:
    """Take the dark and white references that correct the brightness of each column."""
    if kind not in get_args(ReferenceKind):
        raise SkelpError(f"there is no reference {kind}; give {' or '.join(get_args(ReferenceKind))}")
    chosen: ReferenceKind = "dark" if kind == "dark" else "white"
    take_reference(load_station(station), chosen, lines, lambda text: out.print(text, highlight=False, soft_wrap=True))


@cli.command()
def bench(
    model: ModelOption = None,
    provider: ProviderOption = "auto",
    precision: PrecisionOption = "auto",
    width: Annotated[int, typer.Option(min=128, max=32768)] = 4096,
    lines: Annotated[int, typer.Option(min=32, max=8192)] = 512,
    seconds: Annotated[float, typer.Option(min=1)] = 10.0,
    as_json: JsonOption = False,
) -> None:
    """Measure throughput and latency at full load, from camera frame to stored result."""
    from skelp.bench import bench as run_bench  # noqa: PLC0415 - only a station and bench need the database

    facts = run_bench(_choice(model, provider, precision), width=width, lines=lines, seconds=seconds)
    if as_json:
        print(json.dumps(facts))
        return
    print_table("bench", facts)


@cli.command()
def doctor(folder: Annotated[Path, typer.Option(help="Folder for the results of a station.")] = Path("skelp-data")) -> None:
    """Check whether this machine can run a station."""
    findings = examine(folder)
    marks = {True: "ok", False: "NOT FIT", None: ""}
    print_rows((marks[f.fit], f.subject, f.text) for f in findings)
    if any(f.fit is False for f in findings):
        raise SkelpError("this machine cannot run a station; the lines marked NOT FIT say what to do")


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


def _corners(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d+)x(\d+)", text)
    found = (int(match[1]), int(match[2])) if match else (0, 0)
    if min(found) < 3:
        raise SkelpError(f"--corners {text}: give the board's inner corners in both directions, at least 3 each, as in 8x6")
    return found


def _choice(model: Path | None, provider: str, precision: str = "auto") -> ModelChoice:
    values = {"path": model, "provider": provider, "precision": precision}
    return validated(ModelChoice, values, where=f"--provider {provider} --precision {precision}")


def _run(config: StationConfig, seconds: float | None, *, browse: bool) -> None:
    from skelp.app import Station  # noqa: PLC0415 - only a station needs the web server

    _log_to_stderr()
    with Station(config) as station:
        signals: list[int] = []

        def stop(number: int, _frame: object) -> None:
            signals.append(number)
            station.stop()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        out.print(f"skelp {__version__}: station '{config.name}'", highlight=False)
        out.print(f"console      {station.address}/", highlight=False, soft_wrap=True)
        out.print(f"REST         {station.address}/api/v1/station", highlight=False, soft_wrap=True)
        # without a screen, Python would start a text browser in this terminal, and the station would wait for it
        if browse and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            webbrowser.open(f"{station.address}/")
        station.run(seconds)
    if signal.SIGINT in signals:
        raise KeyboardInterrupt


def _log_to_stderr() -> None:
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), renderer],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the command line. Returns the exit code."""
    try:
        code = cli(arguments, standalone_mode=False)
        return code if isinstance(code, int) else 0
    except (KeyboardInterrupt, typer.Abort):
        err.print("skelp: interrupted", markup=False)
        return 130
    except Exception as error:  # noqa: BLE001 - the command line's boundary: an error that is not known is a bug
        if message := _known(error):
            err.print(f"skelp: {message}", markup=False, highlight=False, soft_wrap=True)
            return 1
        err.print_exception()
        err.print("skelp: this is a bug; please report it with the lines above", markup=False)
        return 3


def _known(error: Exception) -> str | None:
    """The message of a known error; None for a bug. A disk that is full, read-only or forbidden is known wherever it stops a command."""
    if isinstance(error, SkelpError):
        return in_words(error)
    if isinstance(error, typer.TyperException):
        return error.format_message() if hasattr(error, "format_message") else str(error)  # names the option, if there is one
    if isinstance(error, OSError) and fault_of(error) is not DiskFault.OTHER:
        return str(failed(f"cannot use {error.filename or 'a file'}", error))
    return None


def entry() -> None:
    """Entry point of the console script `skelp`."""
    sys.exit(main())
