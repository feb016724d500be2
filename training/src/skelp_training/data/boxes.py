"""From a box round a defect to the defect's pixels: those whose grey differs from the steel around it.

An operator draws a box in a second and an outline in a minute. Inside a box, pixels with a clear contrast to the strip's
own grey become the defect and the other pixels become UNSURE. If the box is the whole picture, because only a label of the
picture is known, pixels with a slight contrast become UNSURE and the rest stay sound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from skelp_training.data.pictures import SOUND, U8, UNSURE

_CLEAR, _SLIGHT = 4.0, 2.0
"""Contrast in robust standard deviations of the surroundings' grey."""
_LEAST_CONTRAST_DN = 6.0


@dataclass(frozen=True)
class LabelledBox:
    """A box in pixels and the class id of what is in it; SOUND and UNSURE are allowed."""

    class_id: int
    x: int
    y: int
    width: int
    height: int


def mask_from_boxes(image: U8, boxes: Sequence[LabelledBox]) -> U8:
    """Mask of uint8 [h, w]: UNSURE outside every box. Sound boxes are drawn first, then unsure ones, then defects."""
    mask = np.full(image.shape, UNSURE, np.uint8)
    order = {SOUND: 0, UNSURE: 1}
    contrast: tuple[U8, U8] | None = None
    for box in sorted(boxes, key=lambda b: order.get(b.class_id, 2)):
        inside = np.s_[box.y : box.y + box.height, box.x : box.x + box.width]
        if box.class_id in order:
            mask[inside] = box.class_id
            continue
        contrast = contrast or find_contrast(image)
        clear, slight = (c[inside] for c in contrast)
        view = mask[inside]
        drawn = view.shape != mask.shape
        view[(slight > 0) | drawn] = UNSURE
        view[(_filled(clear) if drawn else clear) > 0] = box.class_id
    return mask


def _filled(clear: U8) -> U8:
    """Fill the outline of a large defect, whose inside may be as grey as steel."""
    side = min(clear.shape) // 6
    return np.asarray(cv2.morphologyEx(clear, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)), np.uint8) if side > 5 else clear


def find_contrast(image: U8) -> tuple[U8, U8]:
    """Where a picture differs from its own smooth background clearly, and where slightly; uint8 [h, w] of 0 and 1.

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
    clear = (apart > np.maximum(_CLEAR * limit, _LEAST_CONTRAST_DN)).astype(np.uint8)
    slight = (apart > np.maximum(_SLIGHT * limit, _LEAST_CONTRAST_DN / 2)).astype(np.uint8)
    kernel = np.ones((5, 5), np.uint8)
    clear = _without_specks(np.asarray(cv2.morphologyEx(clear, cv2.MORPH_CLOSE, kernel), np.uint8))
    return clear, np.asarray(cv2.dilate(_without_specks(slight) | clear, kernel), np.uint8)


def _small(image: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> U8:
    return np.asarray(cv2.resize(np.clip(image, 0, 255).astype(np.uint8), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), np.uint8)


def _without_specks(binary: U8, least: int = 12) -> U8:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(binary, connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= least
    keep[0] = False
    return np.asarray(keep[labels], np.uint8)
