"""Draws straight scratches along the strip, longer than a crop: a guide or a stuck roll makes them, and few labelled sets have them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp_training.data.pictures import U8, UNSURE, free_steel

F32 = NDArray[np.float32]
_CLEAR = 1.5
"""How far a scratch must differ from its steel, in standard deviations of that steel after a blur of 3 px."""
_WHOLE_SHARE = 0.75
"""Share of the scratches that run through the whole crop; the others end in it."""


def scratch(crop: tuple[U8, U8], class_id: int, rng: np.random.Generator) -> tuple[U8, U8]:
    """Draw a scratch on the sound steel of a crop, (image, mask) uint8 [crop, crop]. Its rim is UNSURE.

    It is dark or bright, one to six pixels wide, nearly straight, and its depth varies slowly along it. A scratch that would not stand out
    from its steel is not drawn.
    """
    image, mask = crop
    height, width = image.shape
    lines = np.arange(height, dtype=np.float32)
    path = rng.uniform(0.1, 0.9) * width + rng.normal(0, 0.03) * (lines - height / 2)
    path = path + rng.uniform(0, 2) * np.sin(lines / rng.uniform(60, 400) + rng.uniform(0, 6))
    across = np.abs(np.arange(width, dtype=np.float32)[None, :] - path[:, None])
    half = rng.uniform(0.5, 3.0)
    extent = _extent(lines, rng)[:, None]
    core = np.clip(0.5 + half - across, 0, 1) * extent
    rim = np.clip(1 - np.abs(across - half - 1.2), 0, 1) * extent
    depth = rng.uniform(0.2, 0.75) * (1 + rng.uniform(0, 0.4) * np.sin(lines / rng.uniform(15, 120) + rng.uniform(0, 6)))
    sign = 1.0 if rng.random() < 0.4 else -0.8
    steel = cv2.blur(image, (3, 3))
    room = free_steel(image, mask)
    here = core >= 0.5
    if (here & room).sum() < height / 4:
        return crop
    contrast = float(np.median(depth)) * abs(sign) * float(steel[here & room].mean())
    if contrast < _CLEAR * float(steel[room].std()):
        return crop
    gain = 1 + (sign * depth[:, None] * core - sign * 0.15 * rim) * room
    out = np.clip(image * gain, 0, 255).astype(np.uint8)
    near = cv2.dilate(here.astype(np.uint8), np.ones((1, 3), np.uint8)) > 0
    drawn = np.where(here & room, class_id, np.where(near & room, UNSURE, mask))
    return out, np.asarray(drawn, np.uint8)


def _extent(lines: F32, rng: np.random.Generator) -> F32:
    """1 where there is a scratch along the crop."""
    if rng.random() < _WHOLE_SHARE:
        return np.ones(lines.size, np.float32)
    ends = np.sort(rng.uniform(-0.3, 1.3, 2)) * lines.size
    return np.asarray((lines >= ends[0]) & (lines <= ends[1]), np.float32)
