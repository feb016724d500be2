"""From a box round a defect to its pixels: what stands out from the steel around it.

A box costs an operator a second, an outline a minute. Inside a box, pixels that differ clearly from the strip's own grey
are the defect; the rest of a box that a person drew is nobody's, and neither teaches nor counts. Where the box is the whole
picture (all that is known is the picture's label), only what differs a little is nobody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from skelp_training.data.pictures import SOUND, U8, UNSURE

_SURE, _DOUBTFUL = 4.0, 2.0
"""Contrast in robust standard deviations of the surroundings' grey."""
_LEAST_DN = 6.0


@dataclass(frozen=True)
class Mark:
    """A box in pixels and what is in it: a class id, SOUND or UNSURE."""

    what: int
    x: int
    y: int
    width: int
    height: int


def mask_of_marks(image: U8, marks: Sequence[Mark]) -> U8:
    """Mask of uint8 [h, w]: unsure where no mark says anything; sound boxes first, then unsure ones, then defects."""
    mask = np.full(image.shape, UNSURE, np.uint8)
    order = {SOUND: 0, UNSURE: 1}
    contrast: tuple[U8, U8] | None = None
    for m in sorted(marks, key=lambda m: order.get(m.what, 2)):
        box = np.s_[m.y : m.y + m.height, m.x : m.x + m.width]
        if m.what in order:
            mask[box] = m.what
            continue
        contrast = contrast or stands_out(image)
        sure, doubtful = (c[box] for c in contrast)
        view = mask[box]
        drawn = view.shape != mask.shape
        view[(doubtful > 0) | drawn] = UNSURE
        view[(_filled(sure) if drawn else sure) > 0] = m.what
    return mask


def _filled(sure: U8) -> U8:
    """A large defect has an inside as grey as steel: what its outline encloses belongs to it."""
    side = min(sure.shape) // 6
    return np.asarray(cv2.morphologyEx(sure, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)), np.uint8) if side > 5 else sure


def stands_out(image: U8) -> tuple[U8, U8]:
    """Where a picture differs from its own smooth background clearly, and where perhaps; uint8 [h, w] of 0 and 1.

    The background is the median of each column's and row's neighbourhood, the measure of noise the median deviation.
    """
    grey = image.astype(np.float32)
    small = cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    side = min(41, (min(small.shape) // 2) * 2 - 1)
    background = cv2.medianBlur(small, side) if side >= 3 else small
    smooth = cv2.resize(background, image.shape[::-1], interpolation=cv2.INTER_LINEAR).astype(np.float32)
    apart = np.abs(cv2.blur(grey, (3, 3)) - smooth)
    noise = 1.48 * cv2.resize(cv2.medianBlur(_small(apart), side) if side >= 3 else _small(apart), image.shape[::-1]).astype(np.float32)
    limit = np.maximum(noise, 1.5)
    sure = (apart > np.maximum(_SURE * limit, _LEAST_DN)).astype(np.uint8)
    doubtful = (apart > np.maximum(_DOUBTFUL * limit, _LEAST_DN / 2)).astype(np.uint8)
    close = np.ones((5, 5), np.uint8)
    sure = _without_specks(np.asarray(cv2.morphologyEx(sure, cv2.MORPH_CLOSE, close), np.uint8))
    return sure, np.asarray(cv2.dilate(_without_specks(doubtful) | sure, close), np.uint8)


def _small(image: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> U8:
    return np.asarray(cv2.resize(np.clip(image, 0, 255).astype(np.uint8), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), np.uint8)


def _without_specks(binary: U8, least: int = 12) -> U8:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(binary, connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= least
    keep[0] = False
    return np.asarray(keep[labels], np.uint8)
