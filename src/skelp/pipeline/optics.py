"""Measures light and sharpness on a few lines of each block. Memory is two histograms, whatever the coil's length."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.optics import BANDS, Optics
from skelp.domain.strip import Pixels

_EVERY_LINES = 64
_NEAR_PX, _FAR_PX = 2, 8
_LARGEST = 0.999
"""Share of the changes that are smaller than those looked at: edges of scale, scratches and marks, well above a sensor's noise."""
_LEAST_PIXELS = 100_000


class OpticsMeter:
    """One camera on one coil."""

    def __init__(self, camera: str) -> None:
        self._camera = camera
        self._light, self._pixels = np.zeros(BANDS), np.zeros(BANDS)
        self._near, self._far = np.zeros(256, np.int64), np.zeros(256, np.int64)

    def see(self, pixels: Pixels, left_px: float, right_px: float) -> None:
        """Lines as they were seen, uint8 [lines, width], with steel between two columns."""
        steel = np.ascontiguousarray(pixels[::_EVERY_LINES, int(np.ceil(left_px)) : int(right_px)])
        if steel.shape[1] < 2 * _FAR_PX * BANDS:
            return
        for n, band in enumerate(np.array_split(steel, BANDS, axis=1)):
            self._light[n] += cv2.sumElems(np.ascontiguousarray(band))[0]
            self._pixels[n] += band.size
        self._near += _changes(steel, _NEAR_PX)
        self._far += _changes(steel, _FAR_PX)

    def reading(self) -> Optics | None:
        """None where too little steel was seen to say anything."""
        if self._pixels.sum() < _LEAST_PIXELS:
            return None
        light = tuple(float(v) for v in self._light / self._pixels)
        return Optics(self._camera, light, _largest(self._near) / max(1.0, _largest(self._far)))


def _changes(steel: Pixels, distance: int) -> NDArray[np.int64]:
    """Histogram of the changes of grey over so many pixels across."""
    change = cv2.absdiff(steel[:, distance:], steel[:, :-distance])
    return np.bincount(np.asarray(change, np.uint8).ravel(), minlength=256)


def _largest(histogram: NDArray[np.int64]) -> float:
    """The change that all but a thousandth are smaller than, between two whole greys."""
    below = np.cumsum(histogram) / histogram.sum()
    at = int(np.searchsorted(below, _LARGEST))
    before = below[at - 1] if at else 0.0
    return float(at - 1 + (_LARGEST - before) / max(1e-12, below[at] - before))
