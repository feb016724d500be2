"""Each column's own brightness taken out: lens, lamp and sensor make some columns darker than others.

Two references are taken once: dark, with the lens cap on, and white, of an even surface (or of a few thousand lines of good
steel, which even out). Corrected grey is (grey - dark) x gain, with a gain per column that makes the white reference even.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.errors import SkelpError
from skelp.domain.strip import Pixels

F32 = NDArray[np.float32]
MOST_GAIN = 4.0
LEAST_SEEN = 0.1
"""A column that sees less than this share of what the bright ones see does not see the surface: its gain stays 1."""
_ROWS = 32
"""Lines that are corrected at once, few enough to stay in the cache: the two steps are one pass over memory."""


@dataclass(frozen=True, slots=True)
class References:
    """Mean grey of each column, float32 [width], of the lens cap and of an even surface; None where not taken yet."""

    dark: F32 | None = None
    white: F32 | None = None

    @staticmethod
    def load(file: Path) -> References:
        """Raises SkelpError if the file cannot be read."""
        try:
            with np.load(file, allow_pickle=False) as body:
                return References(*(np.asarray(body[k], np.float32) if k in body else None for k in ("dark", "white")))
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise SkelpError(f"flat field {file} cannot be read: {error}; take it again with skelp flatfield") from error

    def save(self, file: Path) -> None:
        there = {k: v for k, v in (("dark", self.dark), ("white", self.white)) if v is not None}
        part = file.with_name(file.name + ".new")
        with part.open("wb") as out:
            np.savez(out, **there)  # type: ignore[arg-type] # its stub takes the first array for `allow_pickle`
        part.replace(file)


class FlatField:
    """`correct` takes uint8 [lines, width] and gives the same of its own memory, without each column's own brightness.

    `gain` float32 [width] is what it multiplies by; `blind` bool [width], which columns see no surface and keep a gain of 1.
    """

    def __init__(self, references: References, width: int) -> None:
        """Raises SkelpError if the references are not of this width or no white one is there."""
        if references.white is None:
            raise SkelpError("the flat field has no white reference; take one with skelp flatfield STATION white")
        dark = np.zeros(width, np.float32) if references.dark is None else references.dark
        if dark.shape != (width,) or references.white.shape != (width,):
            raise SkelpError(f"the flat field is {len(references.white)} px wide, the camera {width}: take it again with skelp flatfield")
        seen = np.maximum(references.white - dark, 0)
        bright = float(np.percentile(seen, 90))
        if bright < 1:
            raise SkelpError("the white reference is as dark as the dark one: was the lamp on and the cap off? Take it again")
        self.blind = seen < LEAST_SEEN * bright
        even = float(seen[~self.blind].mean())
        gain = np.where(self.blind, 1, np.clip(even / np.maximum(seen, 1e-3), 1 / MOST_GAIN, MOST_GAIN)).astype(np.float32)
        self.gain: F32 = gain
        self._gains = np.ascontiguousarray(np.broadcast_to(gain, (_ROWS, width)))
        self._dark = np.ascontiguousarray(np.broadcast_to(np.round(dark * gain).clip(0, 255).astype(np.uint8), (_ROWS, width)))

    def in_words(self) -> str:
        """What it does, for whoever took it."""
        gain, blind = self.gain[~self.blind], int(self.blind.sum())
        return f"gain {gain.min():.2f} to {gain.max():.2f}" + (
            f", {blind} columns see no surface and are left as they are" if blind else ""
        )

    def correct(self, grey: Pixels) -> Pixels:
        """Takes the place of the copy out of the camera's buffer; benchmarks.flat_field says what it costs."""
        out = np.empty_like(grey, order="C")
        for start in range(0, len(grey), _ROWS):
            rows = grey[start : start + _ROWS]
            even = out[start : start + _ROWS]
            cv2.multiply(rows, self._gains[: len(rows)], dst=even, dtype=cv2.CV_8U)
            cv2.subtract(even, self._dark[: len(rows)], dst=even)
        return out
