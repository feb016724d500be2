"""Draws marks on the steel: defects, and also water and oil, which are not defects.

A mark has a gain and an offset for each pixel, so the grain of the steel remains visible, and a mask of its defective pixels. The drawing
functions take `shape` as (lines, columns) and return gain and offset, float32 [lines, columns], and the mask, bool [lines, columns].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Rows:
    """Some lines of a mark. `column` [lines]: where each line begins on the strip. `gain`, `offset`, `mask`: [lines, width]."""

    column: NDArray[np.int64]
    gain: F32
    offset: F32
    mask: NDArray[np.bool_]


class Mark(Protocol):
    """A mark that can be drawn line by line."""

    @property
    def lines(self) -> int: ...

    def rows(self, start: int, stop: int) -> Rows:
        """Returns lines `start ... stop` of the mark, counted from its first line."""
        ...


@dataclass(frozen=True, slots=True)
class Stamp:
    """A compact mark, stored as arrays [lines, width]."""

    column: int
    gain: F32
    offset: F32
    mask: NDArray[np.bool_]

    @property
    def lines(self) -> int:
        return int(self.gain.shape[0])

    def rows(self, start: int, stop: int) -> Rows:
        column = np.full(stop - start, self.column, np.int64)
        return Rows(column, self.gain[start:stop], self.offset[start:stop], self.mask[start:stop])


@dataclass(frozen=True, slots=True)
class Scratch:
    """A scratch along the strip, computed for the lines that are asked for, so that it can have any length."""

    column: int
    lines: int
    slope: float
    width_px: float
    depth: float
    bright: bool
    phase: float

    def rows(self, start: int, stop: int) -> Rows:
        t = np.arange(start, stop, dtype=np.float64)
        path = self.slope * t + 2.5 * np.sin(t / 900 + self.phase) + 0.8 * np.sin(t / 170 + 2 * self.phase)
        first = np.floor(path).astype(np.int64)
        reach = int(np.ceil(self.width_px)) + 4
        x = np.arange(reach)[None, :] - 2 - (path - first)[:, None]
        core = np.clip(0.5 + self.width_px / 2 - np.abs(x - self.width_px / 2), 0, 1)
        rim = np.clip(1 - np.abs(np.abs(x - self.width_px / 2) - self.width_px / 2 - 1.2), 0, 1)
        depth = self.depth * (1 + 0.25 * np.sin(t / 45 + self.phase))[:, None]
        sign = 1.0 if self.bright else -0.72
        gain = 1 + sign * depth * core - sign * 0.15 * rim
        return Rows(
            self.column + first - 2,
            gain.astype(np.float32),
            np.zeros(gain.shape, np.float32),
            core >= 0.5,
        )


def _blob(rng: np.random.Generator, shape: tuple[int, int], rough: float, detail: int) -> F32:
    """Draws a blob with a ragged border: 1 inside, 0 outside, with a border about one pixel soft."""
    y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    field = 0.72 - np.hypot(y, x)
    noise = rng.standard_normal((max(2, shape[0] // detail + 2), max(2, shape[1] // detail + 2))).astype(np.float32)
    ragged = cv2.resize(noise, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    field = field + rough * np.clip(ragged, -2, 2) * np.clip(2 * (1 - np.hypot(y, x)), 0, 1)
    field[0], field[-1], field[:, 0], field[:, -1] = -1, -1, -1, -1
    soft = np.clip(0.5 + field * min(shape) / 2.2, 0, 1).astype(np.float32)
    return _largest(soft)


def _largest(soft: F32) -> F32:
    """Removes all pieces of a blob but the largest, so that one mark is one component."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((soft >= 0.5).astype(np.uint8), connectivity=8)
    if count <= 2:
        return soft
    largest = labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    near = cv2.dilate(largest.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    return np.where(near, soft, 0).astype(np.float32)


def inclusion(rng: np.random.Generator, shape: tuple[int, int]) -> tuple[F32, F32, NDArray[np.bool_]]:
    """Draws an inclusion: slag rolled into the surface, dark, with a few bright spots."""
    soft = _blob(rng, shape, 0.22, 7)
    tone = rng.uniform(0.3, 0.55)
    texture = 1 + 0.25 * rng.standard_normal(shape).astype(np.float32)
    gain = 1 - soft * (1 - np.clip(tone * texture, 0.1, 0.8))
    return gain.astype(np.float32), np.zeros(shape, np.float32), soft >= 0.5


def patch(rng: np.random.Generator, shape: tuple[int, int]) -> tuple[F32, F32, NDArray[np.bool_]]:
    """Draws a patch: rough scale with a sharp ragged border, darker than the steel around it."""
    soft = _blob(rng, shape, 0.35, 12)
    fine = cv2.GaussianBlur(rng.standard_normal(shape).astype(np.float32), (0, 0), 1.3)
    gain = 1 - soft * rng.uniform(0.28, 0.45)
    offset = soft * fine / (fine.std() + 1e-6) * rng.uniform(8, 13)
    return gain.astype(np.float32), offset.astype(np.float32), soft >= 0.5


def roll_mark(rng: np.random.Generator, shape: tuple[int, int]) -> tuple[F32, F32, NDArray[np.bool_]]:
    """Draws the mark of a damaged roll: a dent, bright on one side and dark on the other."""
    soft = _blob(rng, shape, 0.1, 9)
    relief = cv2.GaussianBlur(soft, (0, 0), max(1.0, min(shape) / 9))
    slope = cv2.Sobel(relief, cv2.CV_32F, 0, 1, ksize=3) + 0.5 * cv2.Sobel(relief, cv2.CV_32F, 1, 0, ksize=3)
    slope = slope / (np.abs(slope).max() + 1e-6)
    gain = 1 + 0.5 * slope + 0.12 * soft
    return gain.astype(np.float32), np.zeros(shape, np.float32), soft >= 0.5


def water(rng: np.random.Generator, shape: tuple[int, int]) -> tuple[F32, F32, NDArray[np.bool_]]:
    """Draws water drops: slightly dark, with a thin bright rim and a reflection. Not a defect."""
    gain = np.ones(shape, np.float32)
    for _ in range(int(rng.integers(2, 7))):
        r = rng.uniform(4, max(5, min(shape) / 6))
        cy, cx = rng.uniform(r, shape[0] - r), rng.uniform(r, shape[1] - r)
        y, x = np.ogrid[: shape[0], : shape[1]]
        d = np.hypot(y - cy, x - cx) / r
        gain *= (1 - 0.07 * np.clip((1 - d) * 3, 0, 1)).astype(np.float32)
        gain += (0.12 * np.exp(-(((d - 1) * 5) ** 2))).astype(np.float32)
        glint = np.hypot(y - cy + r / 3, x - cx + r / 3) / r
        gain += (0.25 * np.exp(-((glint * 5) ** 2))).astype(np.float32)
    return gain, np.zeros(shape, np.float32), np.zeros(shape, bool)


def oil(rng: np.random.Generator, shape: tuple[int, int]) -> tuple[F32, F32, NDArray[np.bool_]]:
    """Draws an oil smear: a large, smooth dark area in which the grain remains visible. Not a defect."""
    field = _blob(rng, shape, 0.25, 40)
    soft = cv2.GaussianBlur(field, (0, 0), max(4.0, min(shape) / 10))
    ramp = np.sin(np.pi * np.linspace(0, 1, shape[0]))[:, None] * np.sin(np.pi * np.linspace(0, 1, shape[1]))
    gain = 1 - rng.uniform(0.08, 0.22) * soft * np.clip(2 * ramp, 0, 1)
    return gain.astype(np.float32), np.zeros(shape, np.float32), np.zeros(shape, bool)


def weld(rng: np.random.Generator, shape: tuple[int, int]) -> tuple[F32, F32, NDArray[np.bool_]]:
    """Draws a weld seam: a bright ridge between two dark zones that its heat changed, as wide as the strip. Not a defect."""
    at = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
    wave = cv2.GaussianBlur(rng.standard_normal((1, shape[1])).astype(np.float32), (0, 0), 12)
    at = at + 0.1 * wave / (np.abs(wave).max() + 1e-6)
    zone, ridge = np.clip(1.6 * (1 - np.abs(at)), 0, 1), np.clip(1 - np.abs(at) / 0.25, 0, 1)
    gain = 1 - 0.42 * zone + 0.9 * ridge
    texture = cv2.GaussianBlur(rng.standard_normal(shape).astype(np.float32), (0, 0), 1.5)
    return gain.astype(np.float32), (3 * zone * texture).astype(np.float32), np.zeros(shape, bool)
