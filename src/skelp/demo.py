"""`skelp demo`: a station on a simulated camera, whose data goes away with it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import cv2

from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip
from skelp.config import Camera, GenicamCamera, Server, StationConfig, Storage, SyntheticCamera, make_station
from skelp.domain.errors import SkelpError

LINESIM = Path(__file__).parents[2] / "tools" / "linesim"
"""The simulated GenICam camera's source; only a checkout has it."""
_LOOP_LINES = 16384
_FRAME_LINES = 512


def demo_station(folder: Path, *, camera: str, port: int, line_rate_hz: float, width: int, seed: int) -> StationConfig:
    """A station that keeps its data in `folder`. `camera`: synthetic, or linesim, which goes through harvesters as a real one would.

    Raises SkelpError for another camera, or where linesim cannot be built.
    """
    makers = {"synthetic": _synthetic, "linesim": _linesim}
    if camera not in makers:
        raise SkelpError(f"--camera {camera}: the demo has {' and '.join(makers)}")
    chosen = makers[camera](folder, line_rate_hz, width, seed)
    storage = Storage(folder=folder, disk_min_free_gb=0.2)
    return make_station("the demo", name="demo", cameras=(chosen,), storage=storage, server=Server(port=port))


def _synthetic(folder: Path, line_rate_hz: float, width: int, seed: int) -> Camera:
    del folder
    return SyntheticCamera(kind="synthetic", seed=seed, width=width, line_rate_hz=line_rate_hz)


def _linesim(folder: Path, line_rate_hz: float, width: int, seed: int) -> Camera:
    """The simulated GenICam camera plays 4 m of the simulated strip, over and over."""
    if not (LINESIM / "Makefile").is_file():
        raise SkelpError("--camera linesim needs a checkout of skelp: its source is in tools/linesim, not in the wheel")
    built = subprocess.run(["make", "-C", str(LINESIM)], capture_output=True, text=True, check=False)  # noqa: S603, S607 - fixed
    if built.returncode:
        raise SkelpError(f"linesim cannot be built (it needs make and a C compiler): {built.stderr.strip()[-300:]}")
    strip = SyntheticStrip(SyntheticConfig(seed=seed, width=width, lines=_LOOP_LINES))
    cv2.imwrite(str(folder / "strip.pgm"), strip.pixels(0, _LOOP_LINES))
    os.environ["LINESIM_STRIP"] = str(folder / "strip.pgm")
    file = folder / "camera.toml"
    file.write_text(
        f'producer = "{LINESIM / "build" / "linesim.cti"}"\nserial = "LS0000"\nwidth = {width}\nframe_lines = {_FRAME_LINES}\n'
        f'mm_per_px = 0.25\nmm_per_line = 0.25\nline_rate_hz = {line_rate_hz}\nfeatures = [["AcquisitionLineRate", {line_rate_hz}]]\n'
    )
    return GenicamCamera(kind="genicam", name="linesim", file=file)
