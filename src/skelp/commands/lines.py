"""`skelp run` and `skelp demo`: run a station. `skelp serve`: show all stations of a plant."""

from __future__ import annotations

import os
import signal
import tempfile
import webbrowser
from pathlib import Path
from typing import Annotated, Protocol

import typer

from skelp import __version__
from skelp.config import StationConfig, load_station
from skelp.demo import demo_station
from skelp.garbage import leave_what_started
from skelp.plant_file import load_plant
from skelp.terminal import log_to_stderr, out


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


def run(station: Annotated[Path, typer.Argument(help="Station file; examples are in edge/.")]) -> None:
    """Run a station until Ctrl-C or SIGTERM."""
    _run(load_station(station), None, browse=False)


def serve(plant: Annotated[Path, typer.Argument(help="Plant file; edge/plant.toml is an example.")]) -> None:
    """Show all stations of a plant that share one PostgreSQL database: coils, events and records, without cameras."""
    from skelp.plant import Plant  # noqa: PLC0415 - only a server needs the web server

    config = load_plant(plant)
    log_to_stderr()
    with Plant(config) as server:
        _run_until_signal(server, f"plant '{config.name}'", "/api/v1/plant", None, browse=False)


def _run(config: StationConfig, seconds: float | None, *, browse: bool) -> None:
    from skelp.app import Station  # noqa: PLC0415 - only a station needs the web server

    log_to_stderr()
    with Station(config) as station:
        _run_until_signal(station, f"station '{config.name}'", "/api/v1/station", seconds, browse=browse)


class _Served(Protocol):
    """What runs until it is stopped."""

    @property
    def address(self) -> str: ...
    def run(self, seconds: float | None) -> None: ...
    def stop(self) -> None: ...


def _run_until_signal(served: _Served, what: str, rest: str, seconds: float | None, *, browse: bool) -> None:
    """Run until Ctrl-C or SIGTERM, or for `seconds`."""
    signals: list[int] = []

    def stop(number: int, _frame: object) -> None:
        signals.append(number)
        served.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    out.print(f"skelp {__version__}: {what}", highlight=False)
    out.print(f"console      {served.address}/", highlight=False, soft_wrap=True)
    out.print(f"REST         {served.address}{rest}", highlight=False, soft_wrap=True)
    # without a screen, Python would start a text browser in this terminal, and the station would wait for it
    if browse and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        webbrowser.open(f"{served.address}/")
    leave_what_started()
    served.run(seconds)
    if signal.SIGINT in signals:
        raise KeyboardInterrupt
