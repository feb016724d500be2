"""Draws a mask over its picture."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from skelp.render.palette import colour
from skelp_training.data.pictures import SOUND, U8, UNSURE

_UNSURE_BGR = (128, 128, 128)


def overlay(image: U8, mask: U8, names: Mapping[int, str]) -> U8:
    """The picture, uint8 [h, w, 3] (blue, green, red), with each class in its colour. What is unsure is hatched in grey."""
    out = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR).astype(np.float32)
    for value in np.unique(mask).tolist():
        if value == SOUND:
            continue
        paint = _UNSURE_BGR if value == UNSURE else colour(names[value])[::-1]
        at = mask == value
        if value == UNSURE:
            at &= (np.add.outer(np.arange(mask.shape[0]), np.arange(mask.shape[1])) % 8) < 3
        out[at] = 0.5 * out[at] + 0.5 * np.array(paint, np.float32)
    return np.asarray(out, np.uint8)
