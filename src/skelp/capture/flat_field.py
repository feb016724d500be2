"""Corrects the brightness of each column. Lens, lamp and sensor make some columns darker than others.

Two references are taken once. The dark reference is taken with the lens cap on. The white reference is taken of an even surface, or of a
few thousand lines of good steel, whose texture averages out. The corrected grey value is (grey - dark) x gain. Each column has its own
gain, so that the white reference becomes even.
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
MAX_GAIN = 4.0
MIN_LIGHT = 0.1
"""A column with less than this share of the bright columns' light does not see the surface. Its gain is 1."""
_STEP_LINES = 32
"""Lines corrected in one step. They are few enough for the cache, so the operations cost one pass over memory."""


@dataclass(frozen=True, slots=True)
class References:
    """The mean grey value of each column, float32 [width]: `dark` with the lens cap on, `white` of an even surface. None: not taken yet."""

    dark: F32 | None = None
    white: F32 | None = None

    @staticmethod
    def load(file: Path) -> References:
        """Reads references from a file. Raises SkelpError if the file cannot be read."""
        try:
            with np.load(file, allow_pickle=False) as arrays:
                return References(*(np.asarray(arrays[k], np.float32) if k in arrays else None for k in ("dark", "white")))
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise SkelpError(f"flat field {file} cannot be read: {error}; take it again with skelp flatfield") from error

    def save(self, file: Path) -> None:
        """Writes the references that were taken. The old file stays whole until the new one is complete."""
        arrays = {k: v for k, v in (("dark", self.dark), ("white", self.white)) if v is not None}
        new = file.with_name(file.name + ".new")
        with new.open("wb") as out:
            np.savez(out, **arrays)  # type: ignore[arg-type] # its stub takes the first array for `allow_pickle`
        new.replace(file)


class FlatField:
    """Corrects the brightness of each column.

    `gain`: float32 [width], the factor of each column. `blind`: bool [width], columns that do not see the surface; their gain is 1.
    """

    def __init__(self, references: References, width: int) -> None:
        """Computes the gains. Raises SkelpError if the white reference is missing or dark, or if a reference is not `width` px wide."""
        if references.white is None:
            raise SkelpError("the flat field has no white reference; take one with skelp flatfield STATION white")
        dark = np.zeros(width, np.float32) if references.dark is None else references.dark
        if dark.shape != (width,) or references.white.shape != (width,):
            raise SkelpError(
                f"the flat field is {len(references.white)} px wide, but the camera is {width} px wide; take it again with skelp flatfield"
            )
        light = np.maximum(references.white - dark, 0)
        bright = float(np.percentile(light, 90))
        if bright < 1:
            raise SkelpError(
                "the white reference is as dark as the dark reference; switch the lamp on, take the lens cap off, and take it again"
            )
        self.blind = light < MIN_LIGHT * bright
        mean = float(light[~self.blind].mean())
        gain = np.where(self.blind, 1, np.clip(mean / np.maximum(light, 1e-3), 1 / MAX_GAIN, MAX_GAIN)).astype(np.float32)
        self.gain: F32 = gain
        self._gain_lines = np.ascontiguousarray(np.broadcast_to(gain, (_STEP_LINES, width)))
        offset = np.round(dark * gain).clip(0, 255).astype(np.uint8)
        self._offset_lines = np.ascontiguousarray(np.broadcast_to(offset, (_STEP_LINES, width)))
        full = np.ceil(dark + 254.5 / gain).clip(0, 255).astype(np.uint8)
        self._full_lines = np.ascontiguousarray(np.broadcast_to(full, (_STEP_LINES, width)))

    def summary(self) -> str:
        """Describes the gains in one line, for the operator who took the references."""
        gain, blind = self.gain[~self.blind], int(self.blind.sum())
        text = f"gain {gain.min():.2f} to {gain.max():.2f}"
        return f"{text}, {blind} columns do not see the surface and have a gain of 1" if blind else text

    def correct(self, grey: Pixels) -> Pixels:
        """Returns the corrected copy of uint8 [lines, width]. A pixel at full scale stays there, so that glare is seen in it.

        It is used instead of a plain copy out of the camera's buffer. benchmarks.flat_field measures the difference.
        """
        out = np.empty_like(grey, order="C")
        for start in range(0, len(grey), _STEP_LINES):
            lines = grey[start : start + _STEP_LINES]
            corrected = out[start : start + _STEP_LINES]
            cv2.multiply(lines, self._gain_lines[: len(lines)], dst=corrected, dtype=cv2.CV_8U)
            cv2.subtract(corrected, self._offset_lines[: len(lines)], dst=corrected)
            at_full_scale = cv2.compare(lines, self._full_lines[: len(lines)], cv2.CMP_GE)
            cv2.max(corrected, at_full_scale, dst=corrected)
        return out
