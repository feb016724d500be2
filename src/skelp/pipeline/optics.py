"""Measures light and sharpness on every 64th line of a coil. It stores two histograms, so memory does not grow with the coil."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.optics import BANDS, Optics
from skelp.domain.strip import Pixels

_EVERY_LINES = 64
_NEAR_PX, _FAR_PX = 2, 8
_QUANTILE = 0.999
"""Sharpness compares this quantile of the grey changes. They come from edges of scale, scratches and marks, far above a sensor's noise."""
_MIN_PIXELS = 100_000
"""Least pixels of steel for a reading."""


class OpticsMeter:
    """Collects the light and sharpness of one camera on one coil."""

    def __init__(self, camera: str) -> None:
        self._camera = camera
        self._light, self._pixels = np.zeros(BANDS), np.zeros(BANDS)
        self._near, self._far = np.zeros(256, np.int64), np.zeros(256, np.int64)

    def add(self, pixels: Pixels, left_px: float, right_px: float) -> None:
        """Add lines, uint8 [lines, width], whose steel lies between columns `left_px` and `right_px`."""
        steel = np.ascontiguousarray(pixels[::_EVERY_LINES, int(np.ceil(left_px)) : int(right_px)])
        if steel.shape[1] < 2 * _FAR_PX * BANDS:
            return
        columns = np.asarray(cv2.reduce(steel, 0, cv2.REDUCE_SUM, dtype=cv2.CV_64F))[0]
        for n, band in enumerate(np.array_split(columns, BANDS)):
            self._light[n] += band.sum()
            self._pixels[n] += band.size * steel.shape[0]
        self._near += _changes(steel, _NEAR_PX)
        self._far += _changes(steel, _FAR_PX)

    def reading(self) -> Optics | None:
        """The reading of the coil; None if fewer than 100,000 pixels of steel were added.

        Sharpness is the 0.999 quantile of grey changes over 2 px, divided by that over 8 px.
        """
        if self._pixels.sum() < _MIN_PIXELS:
            return None
        light = tuple(float(v) for v in self._light / self._pixels)
        return Optics(self._camera, light, _quantile(self._near) / max(1.0, _quantile(self._far)))


def _changes(steel: Pixels, distance: int) -> NDArray[np.int64]:
    """Histogram, int64 [256], of absolute grey changes over `distance` px across the strip."""
    change = cv2.absdiff(steel[:, distance:], steel[:, :-distance])
    return np.asarray(cv2.calcHist([change], [0], None, [256], [0, 256]), np.int64).ravel()


def _quantile(histogram: NDArray[np.int64]) -> float:
    """The 0.999 quantile of a histogram of grey changes, interpolated between two whole greys."""
    below = np.cumsum(histogram) / histogram.sum()
    at = int(np.searchsorted(below, _QUANTILE))
    before = below[at - 1] if at else 0.0
    return float(at - 1 + (_QUANTILE - before) / max(1e-12, below[at] - before))
