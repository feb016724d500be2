"""`skelp demo`: configures a station on a simulated camera. Its data is removed at the end."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import cv2

from skelp.camera_config import Camera, GenicamCamera, SyntheticCamera
from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip
from skelp.config import StationConfig, Storage, make_station
from skelp.domain.errors import SkelpError
from skelp.settings import Server

LINESIM = Path(__file__).parents[2] / "tools" / "linesim"
"""Source of the simulated GenICam camera. It is not in the wheel."""
_LOOP_LINES = 16384
_FRAME_LINES = 512


def demo_station(folder: Path, *, camera: str, port: int, line_rate_hz: float, width: int, seed: int) -> StationConfig:
    """Configures a station that writes its data into `folder`.

    `camera`: "synthetic", or "linesim", a simulated GenICam camera that is read through harvesters like a real one. Raises SkelpError for
    another camera, or if linesim cannot be built.
    """
    makers = {"synthetic": _synthetic, "linesim": _linesim}
    if camera not in makers:
        raise SkelpError(f"--camera {camera} is not known; use {' or '.join(makers)}")
    chosen = makers[camera](folder, line_rate_hz, width, seed)
    storage = Storage(folder=folder, disk_min_free_gb=0.2)
    return make_station("the demo", name="demo", cameras=(chosen,), storage=storage, server=Server(port=port))


def _synthetic(folder: Path, line_rate_hz: float, width: int, seed: int) -> Camera:
    del folder
    return SyntheticCamera(kind="synthetic", seed=seed, width=width, line_rate_hz=line_rate_hz)


def _linesim(folder: Path, line_rate_hz: float, width: int, seed: int) -> Camera:
    """Builds linesim and lets it play 4 m of the simulated strip again and again."""
    if not (LINESIM / "Makefile").is_file():
        raise SkelpError("--camera linesim needs a checkout of skelp, because its source (tools/linesim) is not in the wheel")
    built = subprocess.run(["make", "-C", str(LINESIM)], capture_output=True, text=True, check=False)  # noqa: S603, S607 - fixed
    if built.returncode:
        raise SkelpError(f"linesim cannot be built; install make and a C compiler: {built.stderr.strip()[-300:]}")
    strip = SyntheticStrip(SyntheticConfig(seed=seed, width=width, lines=_LOOP_LINES))
    cv2.imwrite(str(folder / "strip.pgm"), strip.pixels(0, _LOOP_LINES))
    os.environ["LINESIM_STRIP"] = str(folder / "strip.pgm")
    file = folder / "camera.toml"
    file.write_text(
        f'producer = "{LINESIM / "build" / "linesim.cti"}"\nserial = "LS0000"\nwidth = {width}\nframe_lines = {_FRAME_LINES}\n'
        f'mm_per_px = 0.25\nmm_per_line = 0.25\nline_rate_hz = {line_rate_hz}\nfeatures = [["AcquisitionLineRate", {line_rate_hz}]]\n'
    )
    return GenicamCamera(kind="genicam", name="linesim", file=file)
