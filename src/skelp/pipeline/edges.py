"""Finds the strip's edges in a picture. Pixels beside the strip are neither inspected nor counted."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.strip import Pixels

BAND_LINES = 64
BACKGROUND_MAX_DN = 14.0
"""Largest grey beside the strip, before flat-field correction. In real pictures: strip at least 16, background at most 10."""
_STEADY_PX = 24
_EVERY_LINES = 8
_EVERY_PX = 16


@dataclass(frozen=True, slots=True)
class Edges:
    """The strip's edges in each band of BAND_LINES lines, float32 px [bands]: its first column and the column after its last.

    If an edge lies outside the picture, the border of the picture is given. `strip_seen` bool [bands]: whether the band shows steel.
    Without steel, left equals right.
    """

    left: NDArray[np.float32]
    right: NDArray[np.float32]
    strip_seen: NDArray[np.bool_]

    def rows(self, cells: int, stride: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Left and right edge at each row of a class map of `cells` rows, float32 px [cells] each."""
        band = np.minimum(np.arange(cells) * stride // BAND_LINES, len(self.left) - 1)
        return self.left[band], self.right[band]


def find_edges(pixels: Pixels, gain: NDArray[np.float32] | None = None) -> Edges:
    """Find the strip's edges in `pixels`, uint8 [lines, width].

    Only every eighth line is used, because the strip moves sideways by far less than a pixel in eight lines. `gain` float32 [width] is
    the factor of each column's flat-field correction. It raises the limit for background, so that bright background is not taken for
    steel.
    """
    width = pixels.shape[1]
    bands = max(1, -(-pixels.shape[0] // BAND_LINES))
    sampled = pixels[::_EVERY_LINES] if pixels.shape[0] >= bands * _EVERY_LINES else pixels
    profile = cv2.resize(sampled, (width, bands), interpolation=cv2.INTER_AREA).astype(np.float32)
    smooth = np.asarray(cv2.blur(profile, (9, 1)), np.float32).reshape(bands, width)
    dark = np.full(width, BACKGROUND_MAX_DN, np.float32)
    if gain is not None:
        dark *= np.maximum(gain, 1)
    bright = smooth > _brightness_limit(smooth, dark)
    above = np.asarray(smooth - dark, np.float32)
    low = _from_left(bright, above, profile)
    high = _from_left(bright[:, ::-1], above[:, ::-1], profile[:, ::-1])
    seen = (low >= 0) & (high >= 0) & (low + high < width)
    left = np.where(seen, low, 0).astype(np.float32)
    right = np.where(seen, width - high, 0).astype(np.float32)
    return Edges(left, right, seen)


def _brightness_limit(smooth: NDArray[np.float32], dark: NDArray[np.float32]) -> NDArray[np.float32]:
    """The grey that steel exceeds, float32 [bands, width]: at least a quarter of the steel's own, because glare spills over the edge."""
    sampled = smooth[:, ::_EVERY_PX]
    steel = (sampled > dark[::_EVERY_PX]).sum(axis=1)
    ordered = np.sort(sampled, axis=1)
    typical = ordered[np.arange(len(ordered)), ordered.shape[1] - 1 - steel // 4]
    return np.asarray(np.maximum(dark, 0.25 * typical[:, None]), np.float32)


def _from_left(seen: NDArray[np.bool_], above: NDArray[np.float32], profile: NDArray[np.float32]) -> NDArray[np.int64]:
    """Columns of background before the steel, int64 [bands]: 0 if steel begins at the border, -1 if there is no steel."""
    bright = seen.astype(np.uint8)
    # several bright columns in a row: a glint beside the strip is no edge
    run = min(_STEADY_PX, bright.shape[1])
    count = cv2.boxFilter(bright, -1, (run, 1), anchor=(0, 0), normalize=False, borderType=cv2.BORDER_CONSTANT)
    steady = (count.reshape(bright.shape) >= 0.9 * run) & (bright > 0)
    begin = steady.argmax(axis=1)
    begin[~steady.any(axis=1)] = -1
    begin[above[:, :8].mean(axis=1) > 0] = 0
    return np.array([_refined(int(b), row) if b > 0 else b for b, row in zip(begin, profile, strict=True)], np.int64)


def _refined(begin: int, profile: NDArray[np.float32]) -> int:
    """The column near `begin` where `profile`, float32 [width] without smoothing, changes from background to steel."""
    level = float(np.median(profile[begin + 8 : begin + 72])) if begin + 8 < len(profile) else float(profile[-1])
    background = float(profile[: max(1, begin - 16)].mean())
    start = max(0, begin - 8)
    half = profile[start : begin + 24] > background + 0.4 * (level - background)
    return start + int(np.argmax(half)) if half.any() else begin
