"""Finds the strip's edges in a picture. Pixels beside the strip are neither inspected nor counted."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.greys import BACKGROUND_MAX_DN
from skelp.domain.strip import Pixels

BAND_LINES = 64
_STEADY_PX = 24
_EVERY_LINES = 8
_EVERY_PX = 16


@dataclass(frozen=True, slots=True)
class Edges:
    """The strip's edges in each band of BAND_LINES lines, float32 px [bands]: its first column and the column after its last.

    If an edge lies outside the picture, the border of the picture is given. `strip_seen` bool [bands]: whether the band shows steel.
    Without steel, left equals right. `dark` float32 [bands]: the share of the strip's columns or lines, whichever is larger, that are as
    dark as what lies beside a strip.
    """

    left: NDArray[np.float32]
    right: NDArray[np.float32]
    strip_seen: NDArray[np.bool_]
    dark: NDArray[np.float32]

    def rows(self, cells: int, stride: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Left and right edge at each row of a class map of `cells` rows, float32 px [cells] each."""
        band = np.minimum(np.arange(cells) * stride // BAND_LINES, len(self.left) - 1)
        return self.left[band], self.right[band]


def find_edges(pixels: Pixels, gain: NDArray[np.float32] | None = None) -> Edges:
    """Find the strip's edges in `pixels`, uint8 [lines, width].

    Only every eighth line is used for them, because the strip moves sideways by far less than a pixel in eight lines. `gain` float32
    [width] is the factor of each column's flat-field correction. It raises the limit for background, so that bright background is not
    taken for steel.
    """
    width = pixels.shape[1]
    profile = _profiles(pixels)
    smooth = np.asarray(cv2.blur(profile, (9, 1)), np.float32).reshape(profile.shape)
    dark = np.full(width, BACKGROUND_MAX_DN, np.float32)
    if gain is not None:
        dark *= np.maximum(gain, 1)
    bright = smooth > _brightness_limit(smooth, dark)
    above = np.asarray(smooth - dark, np.float32)
    both = [
        np.concatenate([of, of[:, ::-1]]) for of in (bright, above, profile)
    ]  # the right edge is found as the left one of a mirrored strip
    low, high = np.split(_from_left(*both), 2)
    seen = (low >= 0) & (high >= 0) & (low + high < width)
    left = np.where(seen, low, 0).astype(np.float32)
    right = np.where(seen, width - high, 0).astype(np.float32)
    darkness = [_darkness(pixels[n * BAND_LINES :][:BAND_LINES], smooth[n], dark, int(left[n]), int(right[n])) for n in range(len(left))]
    return Edges(left, right, seen, np.array(darkness, np.float32))


def _darkness(band: Pixels, columns: NDArray[np.float32], dark: NDArray[np.float32], left: int, right: int) -> float:
    """The share of the columns from `left` to `right`, or of the lines, that are dark, whichever is larger; 0 without steel.

    `band` uint8 [lines, width]; `columns` float32 [width], its mean grey in each column; `dark` float32 [width], the grey of background.
    """
    if right <= left:
        return 0.0
    limit = dark[left:right]
    lines = cv2.reduce(np.ascontiguousarray(band[:, left:right:_EVERY_PX]), 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    return max(float((columns[left:right] <= limit).mean()), float((lines <= limit.mean()).mean()))


def _profiles(pixels: Pixels) -> NDArray[np.float32]:
    """The mean grey of each column in each band, float32 [bands, width], from every eighth line; from every line of a shorter band."""
    bands = [pixels[start : start + BAND_LINES] for start in range(0, max(1, len(pixels)), BAND_LINES)]
    bands = [band[:: _EVERY_LINES if len(band) == BAND_LINES else 1] for band in bands]
    return np.concatenate([np.asarray(cv2.reduce(band, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F), np.float32) for band in bands])


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
    return _refined(begin, profile)


def _refined(begin: NDArray[np.int64], profile: NDArray[np.float32]) -> NDArray[np.int64]:
    """The columns near `begin`, int64 [bands], where `profile`, float32 [bands, width] without smoothing, changes to steel.

    What is not above 0 in `begin` stays.
    """
    bands = np.flatnonzero(begin > 0)
    if not bands.size:
        return begin
    at, rows, each = begin[bands, None], profile[bands], np.arange(len(bands))[:, None]

    def beside(first: NDArray[np.int64], count: int) -> NDArray[np.int64]:
        return np.asarray(np.minimum(first + np.arange(count), profile.shape[1] - 1), np.int64)

    level = np.median(rows[each, beside(at + 8, 64)], axis=1)[:, None]
    dark = np.maximum(1, at - 16)
    background = np.cumsum(rows[:, : dark.max()], axis=1, dtype=np.float64)[each, dark - 1] / dark
    columns = beside(np.maximum(0, at - 8), 32)
    half = (rows[each, columns] > background + 0.4 * (level - background)) & (columns < at + 24)
    refined: NDArray[np.int64] = begin.copy()
    refined[bands] = np.where(half.any(axis=1), columns[each[:, 0], half.argmax(axis=1)], begin[bands])
    return refined
