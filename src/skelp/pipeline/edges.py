"""Where the strip is in the picture. What lies beside it is not steel: neither inspected nor counted."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.strip import Pixels

BAND_LINES = 64
BACKGROUND_MAX_DN = 14.0
"""Brightest grey of what is beside the strip. Real strip was never seen below 16, its surroundings never above 10."""
_STEADY = 24
_SAMPLE = 4


@dataclass(frozen=True, slots=True)
class Edges:
    """Strip borders per band of BAND_LINES lines, float32 px [bands]: first column of steel and the column after the last.

    `left_seen`, `right_seen`: whether the border is in the picture at all; if not, it is the picture's own.
    `strip_seen` [bands]: whether there is steel; without it left equals right.
    """

    left: NDArray[np.float32]
    right: NDArray[np.float32]
    left_seen: bool
    right_seen: bool
    strip_seen: NDArray[np.bool_]

    def rows(self, cells: int, stride: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Left and right per row of a class map of `cells` rows, in px."""
        band = np.minimum(np.arange(cells) * stride // BAND_LINES, len(self.left) - 1)
        return self.left[band], self.right[band]


def find_edges(pixels: Pixels) -> Edges:
    """Edges in uint8 [lines, width]. Every fourth line is looked at; strip wanders by far less than a pixel in four."""
    bands = max(1, -(-pixels.shape[0] // BAND_LINES))
    sampled = pixels[::_SAMPLE] if pixels.shape[0] >= bands * _SAMPLE else pixels
    profile = cv2.resize(sampled, (pixels.shape[1], bands), interpolation=cv2.INTER_AREA).astype(np.float32)
    smooth = cv2.blur(profile, (9, 1)).astype(np.float32)
    left = np.zeros(bands, np.float32)
    right = np.full(bands, pixels.shape[1], np.float32)
    seen = np.ones(bands, bool)
    left_seen = right_seen = False
    for n in range(bands):
        low, high = _from_left(smooth[n], profile[n]), _from_left(smooth[n, ::-1], profile[n, ::-1])
        if low is None or high is None or low + high >= pixels.shape[1]:
            seen[n], right[n] = False, 0
            continue
        left[n], right[n] = low, pixels.shape[1] - high
        left_seen, right_seen = left_seen or low > 0, right_seen or high > 0
    return Edges(left, right, left_seen, right_seen, seen)


def _from_left(smooth: NDArray[np.float32], profile: NDArray[np.float32]) -> int | None:
    """Columns of background before the steel: 0 where steel begins at once, None where there is none."""
    if smooth[: min(8, len(smooth))].mean() > BACKGROUND_MAX_DN:
        return 0
    steel = smooth[smooth > BACKGROUND_MAX_DN]
    if not steel.size:
        return None
    # glare spills over the edge: a quarter of the steel's own brightness tells the two apart
    bright = smooth > max(BACKGROUND_MAX_DN, 0.25 * float(np.percentile(steel, 75)))
    # the first bright column that stays bright for a while: a glint beside the strip is no edge
    steady = np.convolve(bright, np.ones(_STEADY), "valid") >= 0.9 * _STEADY if len(bright) >= _STEADY else bright
    begin = int(np.argmax(steady)) if steady.any() else -1
    if begin < 0:
        return None
    begin += int(np.argmax(bright[begin:]))
    level = float(np.median(profile[begin + 8 : begin + 72])) if begin + 8 < len(profile) else float(profile[-1])
    background = float(profile[: max(1, begin - 16)].mean())
    window = profile[max(0, begin - 8) : begin + 24]
    half = window > background + 0.4 * (level - background)
    return max(0, begin - 8) + int(np.argmax(half)) if half.any() else begin
