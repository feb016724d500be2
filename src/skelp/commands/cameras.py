"""`skelp calibrate` and `skelp flatfield`: prepare the cameras of a station."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, get_args

import typer

from skelp.calibration import Target, find_calibration, write_calibration
from skelp.config import load_station
from skelp.domain.errors import SkelpError
from skelp.flatfield import ReferenceKind, take_reference
from skelp.terminal import out, print_table


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


def _corners(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d+)x(\d+)", text)
    found = (int(match[1]), int(match[2])) if match else (0, 0)
    if min(found) < 3:
        raise SkelpError(f"--corners {text}: give the board's inner corners in both directions, at least 3 each, as in 8x6")
    return found
