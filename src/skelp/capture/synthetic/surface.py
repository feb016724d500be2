"""Draws sound steel as a line-scan camera sees it: rolling grain, grinding lines, lamps, sensor noise.

Steel and noise are drawn once, as two canvases of different length, and repeated. Each group of lines adds a part of both in one pass. The
sum repeats only after 510,000 lines.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.strip import Pixels

GROUP = 8
"""Lines that are drawn in one step. They share one lamp brightness and one position of the strip's edge."""
STEEL_PERIOD = 256 * GROUP
NOISE_PERIOD = 249 * GROUP
BACKGROUND_DN = 9


@dataclass(frozen=True, slots=True)
class Look:
    """How the steel looks. `brightness` and `noise_dn` are grey values (0 to 255); the others are relative strengths."""

    brightness: float = 120.0
    grain: float = 1.0
    grinding: float = 1.0
    mottle: float = 1.0
    falloff: float = 0.35
    flicker: float = 0.03
    noise_dn: float = 2.5


def _smooth(noise: NDArray[np.float32], along: float, across: float) -> NDArray[np.float32]:
    """Blurs noise, wrapping around along the strip, and scales it back to a standard deviation of 1."""
    pad = int(4 * along) + 1
    wrapped = np.concatenate([noise[-pad:], noise, noise[:pad]]) if pad < len(noise) else np.tile(noise, (3, 1))
    pad = pad if pad < len(noise) else len(noise)
    blurred = cv2.GaussianBlur(wrapped, (0, 0), sigmaX=max(across, 0.1), sigmaY=max(along, 0.1))[pad:-pad]
    return np.asarray(blurred / (blurred.std() + 1e-6), np.float32)


def _coarse(rng: np.random.Generator, shape: tuple[int, int], along: int, across: int) -> NDArray[np.float32]:
    """Draws smooth noise with features of about `along` x `across` px and a standard deviation of about 1, wrapping around along the strip.

    It enlarges a small image, so the cost does not depend on the size of the features.
    """
    rows, cols = max(3, shape[0] // along), max(3, shape[1] // across + 2)
    small = rng.standard_normal((rows, cols), np.float32)
    wrapped = np.concatenate([small[-1:], small, small[:1]])
    big = cv2.resize(wrapped, (shape[1], shape[0] * (rows + 2) // rows), interpolation=cv2.INTER_CUBIC)
    top = shape[0] // rows
    return np.asarray(big[top : top + shape[0]], np.float32)


def steel_canvas(rng: np.random.Generator, width: int, look: Look) -> Pixels:
    """Draws steel, uint8 [STEEL_PERIOD, width]: grain in the rolling direction, grinding lines, mottle, lamps darker at the sides."""
    shape = (STEEL_PERIOD, width)
    fine = _smooth(rng.standard_normal(shape, np.float32), 9.0, 0.8)
    coarse = _smooth(rng.standard_normal(shape, np.float32), 30.0, 2.5)
    lines = _smooth(rng.standard_normal((1, width), np.float32).repeat(3, axis=0), 0.1, 0.7)[:1]
    lines = np.clip(lines, -2, 2)  # a deeper line would look like a scratch
    strength = 0.5 + 0.5 * np.tanh(_coarse(rng, shape, 700, 60))
    mottle = _coarse(rng, shape, 500, 160)
    steel = 1 + look.grain * (0.035 * fine + 0.025 * coarse) + look.grinding * 0.045 * lines * strength
    steel += look.mottle * 0.03 * mottle
    across = np.linspace(-1, 1, width, dtype=np.float32)
    lamps = 1 - look.falloff * across**2 + 0.04 * np.sin(across * 9 + 1)
    canvas = look.brightness * steel * lamps
    return np.asarray(np.clip(canvas, 0, 255), np.uint8)


def noise_canvas(rng: np.random.Generator, width: int, look: Look) -> Pixels:
    """Draws sensor noise around 128, uint8 [NOISE_PERIOD, width]."""
    noise = rng.standard_normal((NOISE_PERIOD, width), np.float32) * look.noise_dn
    return np.asarray(np.clip(np.rint(noise + 128), 0, 255), np.uint8)


class Surface:
    """The sound steel of one seed. `paint` draws any lines of it."""

    def __init__(self, seed: int, width: int, margin_px: int, wander_px: int, look: Look) -> None:
        rng = np.random.default_rng([seed, 1])
        self.width = width
        self._margin = margin_px
        self._wander = min(wander_px, max(0, margin_px - 1))
        self._flicker = look.flicker
        self._steel = steel_canvas(rng, width + 2 * self._wander, look)
        self._noise = noise_canvas(rng, width, look)
        dark = BACKGROUND_DN + (self._noise.astype(np.int16) - 128) * 0.4
        self._dark = np.clip(dark, 0, 255).astype(np.uint8)
        self._phase = rng.uniform(0, 2 * np.pi, 6)

    @property
    def strip_width_px(self) -> int:
        return self.width - 2 * self._margin

    def left_edge(self, lines: NDArray[np.int64]) -> NDArray[np.int64]:
        """Returns the first column of steel for each line. The strip moves smoothly to its sides, from group to group of lines."""
        t = (lines // GROUP * GROUP).astype(np.float64)
        p = self._phase
        sway = 0.6 * np.sin(t / 9000 + p[0]) + 0.3 * np.sin(t / 2300 + p[1]) + 0.1 * np.sin(t / 700 + p[2])
        return np.asarray(np.rint(self._margin + self._wander * sway), np.int64)

    def gain(self, lines: NDArray[np.int64]) -> NDArray[np.float64]:
        """Returns the brightness of the lamps for each line, 1 on average: mains ripple and slow drift."""
        t = (lines // GROUP).astype(np.float64)
        p = self._phase
        ripple = 0.5 * np.sin(t * 0.31 + p[3]) + 0.3 * np.sin(t / 160 + p[4]) + 0.2 * np.sin(t / 37 + p[5])
        return np.asarray(1 + self._flicker * ripple)

    def paint(self, first_line: int, out: Pixels) -> None:
        """Draws the lines from `first_line` on into `out`, uint8 [lines, width]."""
        lines = out.shape[0]
        starts = np.arange(first_line // GROUP * GROUP, first_line + lines, GROUP)
        lefts, gains = self.left_edge(starts), self.gain(starts)
        for start, left, gain in zip(starts.tolist(), lefts.tolist(), gains.tolist(), strict=True):
            a, b = max(start, first_line), min(start + GROUP, first_line + lines)
            band = out[a - first_line : b - first_line]
            s, n = a % STEEL_PERIOD, a % NOISE_PERIOD
            slide = self._wander - (left - self._margin)
            steel = self._steel[s : s + b - a, slide : slide + self.width]
            cv2.addWeighted(steel, gain, self._noise[n : n + b - a], 1.0, -128.0, dst=band)
            if self._margin:
                right = left + self.strip_width_px
                dark = self._dark[n : n + b - a]
                band[:, :left] = dark[:, :left]
                band[:, right:] = dark[:, right:]
