"""`skelp flatfield`: takes the dark or white reference of each camera, and names its file in the camera file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np

from skelp.calibration import edit, grab
from skelp.camera_config import GenicamCamera
from skelp.cameras import make_genicam
from skelp.capture.flat_field import FlatField, References
from skelp.capture.genicam.settings import load_camera_file
from skelp.config import StationConfig
from skelp.domain.errors import SkelpError

ReferenceKind = Literal["dark", "white"]
_MAX_DARK_DN = 40.0
_MIN_WHITE_DN, _MAX_WHITE_DN = 40.0, 250.0


def take_reference(config: StationConfig, kind: ReferenceKind, lines: int, report: Callable[[str], None]) -> None:
    """Takes one reference of each camera, the mean of `lines` lines. `report` takes one line of text for each camera.

    Raises SkelpError if an image is too bright or too dark for a reference. No reference is written then.
    """
    cameras = [c for c in config.cameras if isinstance(c, GenicamCamera)]
    if not cameras:
        raise SkelpError("this station has no camera with a camera file; simulated cameras and files need no flat field")
    taken = {}
    for camera in cameras:
        settings = load_camera_file(camera.file)
        image = grab([make_genicam(camera, settings.model_copy(update={"flat_field": None}))], lines)[camera.name]
        mean = image.mean(axis=0, dtype=np.float32)
        _check_brightness(camera.name, kind, float(np.percentile(mean, 90)))
        file = Path(settings.flat_field) if settings.flat_field else camera.file.with_suffix(".flat.npz").resolve()
        before = References.load(file) if file.is_file() else References()
        after = replace(before, dark=mean) if kind == "dark" else replace(before, white=mean)
        flat = FlatField(after, settings.width) if after.white is not None else None
        taken[camera] = (file, after, flat, settings.flat_field is None)
    for camera, (file, after, flat, is_new) in taken.items():
        after.save(file)
        if flat is None:
            report(f"camera {camera.name}: dark reference written to {file}; take the white reference next")
            continue
        if is_new:
            edit(camera.file, {"flat_field": file.name})
        report(f"camera {camera.name}: {kind} reference written to {file}; {flat.summary()}")


def _check_brightness(name: str, kind: ReferenceKind, bright_dn: float) -> None:
    if kind == "dark" and bright_dn > _MAX_DARK_DN:
        raise SkelpError(
            f"camera {name}: the dark reference is {bright_dn:.0f} of 255 bright, expected at most {_MAX_DARK_DN:.0f}; put the lens cap on "
            "and take it again"
        )
    if kind == "white" and not _MIN_WHITE_DN <= bright_dn <= _MAX_WHITE_DN:
        raise SkelpError(
            f"camera {name}: the white reference is {bright_dn:.0f} of 255 bright, expected {_MIN_WHITE_DN:.0f} to {_MAX_WHITE_DN:.0f}; "
            "change exposure or light and take it again"
        )
