"""Draws steel that a strip model does not know: the raised patterns of floor plate, studs, gratings, over real pictures.

Kinds and sizes vary widely, because a model must learn what all patterns have in common (outlier exposure:
Hendrycks, Mazeika, Dietterich, ICLR 2019). No picture of real plate is used.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp_training.data.pictures import U8

F32 = NDArray[np.float32]
_DARK_DN = 16
"""Darker pixels are no steel."""
_SUBPIXEL = 3
"""cv2 takes coordinates in 1/2**3 px."""


def dimmed(image: U8, rng: np.random.Generator) -> U8:
    """The picture, uint8 [h, w], at another brightness: the median of its steel becomes 22 to 170."""
    steel = image[image > _DARK_DN]
    now = float(np.median(steel)) if steel.size else 100.0
    return np.asarray(np.clip(image * (_log_uniform(rng, 22, 170) / now), 0, 255), np.uint8)


def with_pattern(image: U8, rng: np.random.Generator) -> U8:
    """The picture, uint8 [h, w], with a raised pattern of random kind, size, light and contrast, more or less visible across the width."""
    (h, w), level = image.shape, max(20.0, float(np.median(image)))
    kind = (_lenses, _lenses, _lenses, _ridges, _ridges, _studs, _bars, _grating)[int(rng.integers(8))]
    height = cv2.GaussianBlur(kind(image.shape, rng), (0, 0), rng.uniform(0.8, 4))
    light = rng.uniform(0, 2 * np.pi)
    slope = cv2.Sobel(height, cv2.CV_32F, 1, 0) * np.cos(light) + cv2.Sobel(height, cv2.CV_32F, 0, 1) * np.sin(light)
    shade = slope / (np.abs(slope).max() + 1e-6) + rng.uniform(-0.6, 0.9) * height
    visible = np.interp(np.linspace(0, 5, w), np.arange(6), rng.uniform(0.25, 1, 6)) if rng.random() < 0.5 else np.ones(w)
    blotches = cv2.GaussianBlur(rng.standard_normal((max(2, h // 16), max(2, w // 16))).astype(np.float32), (0, 0), 2)
    mottled = cv2.resize(blotches, (w, h)) * rng.choice([0, 0, 0.1, 0.25])
    out = image + level * (_log_uniform(rng, 0.12, 1) * shade * visible + mottled)
    return np.asarray(np.clip(out, 0, 255), np.uint8)


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _pitch(rng: np.random.Generator) -> tuple[float, float]:
    """Distance of the pattern's elements across and along, px."""
    across = rng.uniform(45, 190)
    return across, across * rng.uniform(0.4, 1.6)


def _lenses(shape: tuple[int, ...], rng: np.random.Generator) -> F32:
    return _elements(shape, rng, flat=rng.uniform(0.15, 0.45))


def _studs(shape: tuple[int, ...], rng: np.random.Generator) -> F32:
    return _elements(shape, rng, flat=1.0)


def _bars(shape: tuple[int, ...], rng: np.random.Generator) -> F32:
    return _elements(shape, rng, flat=rng.uniform(0.15, 0.3), side_by_side=int(rng.choice([3, 5])))


def _elements(shape: tuple[int, ...], rng: np.random.Generator, *, flat: float, side_by_side: int = 1) -> F32:
    """Ellipses on a staggered grid, turned to one side in every other row and to the other side in the rows between."""
    height = np.zeros(shape, np.float32)
    across, along = _pitch(rng)
    long = rng.uniform(0.12, 0.34) * min(across, along)
    axes = np.array([long, max(2.0, flat * long)])
    turn, origin = rng.uniform(25, 65), rng.uniform(0, across, 2)
    for row, y in enumerate(np.arange(-along, shape[0] + along, along / 2)):
        angle = turn if row % 2 else -turn
        aside = axes[1] * 3 * np.array([np.sin(np.radians(angle)), np.cos(np.radians(angle))])
        for x in np.arange(-across, shape[1] + across, across) + across / 2 * (row % 2):
            for n in range(side_by_side):
                centre = np.array([x, y]) + origin + (n - (side_by_side - 1) / 2) * aside
                place, size = ((v * 2**_SUBPIXEL).astype(int).tolist() for v in (centre, axes))
                cv2.ellipse(height, place, size, angle, 0, 360, 1.0, -1, cv2.LINE_AA, _SUBPIXEL)
    return height


def _ridges(shape: tuple[int, ...], rng: np.random.Generator) -> F32:
    """Ridges that cross each other and leave diamonds between them."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    (across, along), width, origin = _pitch(rng), rng.uniform(3, 14), rng.uniform(0, 100)
    height = np.zeros(shape, np.float32)
    for side in (1, -1):
        phase = ((x + origin) / across + side * (y + origin) / along) % 1.0
        apart = np.minimum(phase, 1 - phase) * min(across, along)
        height = np.maximum(height, np.clip(1 - apart / width, 0, 1))
    return np.asarray(height, np.float32)


def _grating(shape: tuple[int, ...], rng: np.random.Generator) -> F32:
    """Waves in one direction, more or less straight."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    turn, bend = rng.uniform(0, np.pi), rng.uniform(0, 2) * np.sin(y / rng.uniform(20, 90))
    phase = (x * np.cos(turn) + y * np.sin(turn)) / rng.uniform(8, 60)
    return np.asarray(0.5 + 0.5 * np.sin(2 * np.pi * phase + bend), np.float32)
