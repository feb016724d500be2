"""`skelp flatfield`: take a camera's dark and white references and name them in its camera file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np

from skelp.calibration import edit, grab
from skelp.cameras import make_genicam
from skelp.capture.flat_field import FlatField, References
from skelp.capture.genicam.settings import load_camera_file
from skelp.config import GenicamCamera, StationConfig
from skelp.domain.errors import SkelpError

Kind = Literal["dark", "white"]
_TOO_DARK_DN, _TOO_BRIGHT_DN = 40.0, 250.0
_NOT_DARK_DN = 40.0


def take(config: StationConfig, kind: Kind, lines: int, say: Callable[[str], None]) -> None:
    """One reference of every camera, as the mean of `lines` lines. Raises SkelpError if a picture cannot be one; nothing is kept then."""
    cameras = [c for c in config.cameras if isinstance(c, GenicamCamera)]
    if not cameras:
        raise SkelpError("this station has no camera with a camera file; simulated cameras and files need no flat field")
    taken = {}
    for camera in cameras:
        settings = load_camera_file(camera.file)
        picture = grab([make_genicam(camera, settings.model_copy(update={"flat_field": None}))], lines)[camera.name]
        mean = picture.mean(axis=0, dtype=np.float32)
        _check(camera.name, kind, float(np.percentile(mean, 90)))
        file = Path(settings.flat_field) if settings.flat_field else camera.file.with_suffix(".flat.npz").resolve()
        before = References.load(file) if file.is_file() else References()
        after = replace(before, dark=mean) if kind == "dark" else replace(before, white=mean)
        flat = FlatField(after, settings.width) if after.white is not None else None
        taken[camera] = (file, after, flat, settings.flat_field is None)
    for camera, (file, after, flat, is_new) in taken.items():
        after.save(file)
        if flat is None:
            say(f"camera {camera.name}: dark reference kept in {file}; take the white one next")
            continue
        if is_new:
            edit(camera.file, {"flat_field": file.name})
        say(f"camera {camera.name}: {kind} reference kept in {file}, {flat.in_words()}")


def _check(name: str, kind: Kind, bright_dn: float) -> None:
    if kind == "dark" and bright_dn > _NOT_DARK_DN:
        raise SkelpError(f"camera {name} sees {bright_dn:.0f} of 255 in the dark reference: put the lens cap on, and take it again")
    if kind == "white" and not _TOO_DARK_DN <= bright_dn <= _TOO_BRIGHT_DN:
        raise SkelpError(
            f"camera {name} sees {bright_dn:.0f} of 255 in the white reference; it should lie between {_TOO_DARK_DN:.0f} and "
            f"{_TOO_BRIGHT_DN:.0f}: change exposure or light, and take it again"
        )
