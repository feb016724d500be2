"""Stores random samples of steel without defects. They train the next model, and people check them for missed defects."""

from __future__ import annotations

import json
import random
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from skelp.domain.outcome import Picture
from skelp.ports import CleanSample
from skelp.render.pictures import grey_png
from skelp.sinks.names import is_safe, make_folder, safe_name

SIDE_PX = 512
"""Height and width of a sample, or less if the picture is smaller."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """On average one sample in `every_lines` lines of a camera. At most `keep` samples are stored; the oldest are deleted."""

    every_lines: int = 400_000
    keep: int = 2000


class CleanSamples:
    """Takes samples at random places (a Poisson process along the strip), so that they represent the steel that runs.

    Satisfies ports.SampleFiles.
    """

    def __init__(self, folder: Path, sampling: Sampling, seed: int | None = None) -> None:
        self._folder, self._sampling = folder, sampling
        self._random = random.Random(seed)  # noqa: S311 - no secret
        self._wait: dict[str, float] = {}
        self._lock = threading.Lock()
        make_folder(folder)

    def consider(self, picture: Picture, model_sha256: str) -> None:
        """Take a sample of the picture if one is due and a random piece of it is clean. A full disk loses the sample only.

        `model_sha256`: the model that inspected it.
        """
        camera = picture.camera
        wait = self._wait.setdefault(camera, self._next()) - picture.pixels.shape[0]
        if wait < 0:
            taken = self._take(picture, model_sha256)
            wait = self._next() if taken else 0.0  # not clean: try the next picture
        self._wait[camera] = wait

    def samples(self) -> list[CleanSample]:
        """The stored samples, oldest first."""
        with self._lock:
            return [sample for f in self._files() if (sample := _read(f))]

    def sample_png(self, sample_id: str) -> bytes | None:
        file = self._folder / f"{sample_id}.png"  # a sample's id is a safe name already
        return file.read_bytes() if is_safe(sample_id) and file.is_file() else None

    def _next(self) -> float:
        """Lines until the next sample."""
        return self._random.expovariate(1 / self._sampling.every_lines)

    def _take(self, picture: Picture, model_sha256: str) -> bool:
        h, w = picture.pixels.shape
        side_h, side_w = min(SIDE_PX, h), min(SIDE_PX, w)
        left, right = max(0, int(picture.left_px)), min(w, int(picture.right_px))
        if right - left < side_w:
            return False
        top, column = self._random.randint(0, h - side_h), self._random.randint(left, right - side_w)
        s = picture.stride
        if np.any(picture.classes[top // s : -(-(top + side_h) // s), column // s : -(-(column + side_w) // s)]):
            return False
        line = picture.first_line + top
        sample_id = safe_name(f"{picture.coil_id}-{picture.camera}-{line:09d}-{column:05d}")
        sample = CleanSample(sample_id, picture.coil_id, picture.camera, line, column, model_sha256)
        try:
            self._write(sample, grey_png(picture.pixels[top : top + side_h, column : column + side_w]))
        except OSError:
            return False
        return True

    def _write(self, sample: CleanSample, png: bytes) -> None:
        file = self._folder / f"{sample.sample_id}.png"
        with self._lock:
            draft = file.with_suffix(".part")
            draft.write_bytes(png)
            draft.replace(file)
            draft.write_text(json.dumps(asdict(sample)))
            draft.replace(file.with_suffix(".json"))
            for old in self._files()[: -self._sampling.keep]:
                old.unlink()
                old.with_suffix(".png").unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.json"), key=lambda f: f.stat().st_mtime_ns)


def _read(file: Path) -> CleanSample | None:
    """A stored sample; None if a power failure cut its record off, for then the sample was never complete."""
    try:
        return CleanSample(**json.loads(file.read_text()))
    except (ValueError, TypeError):
        return None
