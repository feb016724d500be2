"""Paints what people and machines write on steel: chalk strokes, letters, dot-matrix characters, splashes."""

from __future__ import annotations

import string

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp_training.data.pictures import SOUND, U8, UNSURE, free_steel

_CHARACTERS = string.ascii_uppercase + string.digits
_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX, cv2.FONT_HERSHEY_DUPLEX)
_CLEAR_DN = 18
"""Paint that is less bright against the steel is unsure."""


def paint(crop: tuple[U8, U8], class_id: int, rng: np.random.Generator) -> tuple[U8, U8]:
    """Paint on the sound steel of a crop, (image, mask) uint8 [crop, crop]. The rim of the paint is UNSURE."""
    image, mask = crop
    side = min(image.shape)
    kind = (_letters, _strokes, _dots)[int(rng.integers(3))]
    cover = cv2.GaussianBlur(kind(image.shape, side, rng).astype(np.float32), (0, 0), rng.uniform(0.6, 2.0))
    if rng.random() < 0.6:  # chalk skips over rough steel
        grain = cv2.GaussianBlur(rng.standard_normal(image.shape).astype(np.float32), (0, 0), rng.uniform(0.7, 2.5))
        cover = cover * (grain / grain.std() > rng.uniform(-2.5, -0.3))
    cover = cover * free_steel(image, mask)
    white = rng.uniform(1.5, 6) * max(float(image.mean()), 20.0)
    alpha = np.clip(cover * rng.uniform(0.7, 1.3), 0, 1)
    out = np.clip(image * (1 - alpha) + min(white, 255.0) * alpha, 0, 255).astype(np.uint8)
    brighter = out.astype(np.int16) - image
    inside, rim = brighter > _CLEAR_DN, cv2.dilate((brighter > _CLEAR_DN / 3).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    painted = np.where(rim & (mask == SOUND), UNSURE, mask)
    return out, np.asarray(np.where(inside & (mask == SOUND), class_id, painted), np.uint8)


def _letters(shape: tuple[int, ...], side: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    cover = np.zeros(shape, np.uint8)
    text = "".join(rng.choice(list(_CHARACTERS), int(rng.integers(1, 6))))
    place = (int(rng.integers(-side // 8, side // 2)), int(rng.integers(side // 4, side)))
    cv2.putText(cover, text, place, _FONTS[int(rng.integers(len(_FONTS)))], rng.uniform(1, 5), 1, int(rng.integers(2, 12)))
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), rng.uniform(0, 360), 1.0)
    return np.asarray(cv2.warpAffine(cover, turn, (shape[1], shape[0])), np.uint8)


def _strokes(shape: tuple[int, ...], side: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    cover = np.zeros(shape, np.uint8)
    for _ in range(int(rng.integers(1, 5))):
        start, step = rng.uniform(0, side, 2), rng.normal(0, side / 6, 2)
        points = [start]
        for _ in range(int(rng.integers(2, 7))):
            step = step + rng.normal(0, side / 14, 2)
            points.append(points[-1] + step)
        cv2.polylines(cover, [np.array(points, np.int32)], False, 1, int(rng.integers(2, 14)))
    return cover


def _dots(shape: tuple[int, ...], side: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Characters of a spray head: dots of paint on a grid, some with a hole, drops between them."""
    cover = np.zeros(shape, np.uint8)
    pitch, radius = rng.uniform(14, 40), rng.uniform(3, 11)
    origin = rng.uniform(0, side / 2, 2)
    for row, column in np.argwhere(rng.random((5, 4)) < rng.uniform(0.3, 0.8)):
        centre = origin + pitch * np.array([column, row]) + rng.normal(0, pitch / 10, 2)
        size = np.maximum(1, radius * rng.uniform(0.6, 1.4, 2)).astype(int)
        cv2.ellipse(cover, centre.astype(int).tolist(), size.tolist(), rng.uniform(0, 180), 0, 360, 1, -1)
        if rng.random() < 0.2:
            cv2.circle(cover, centre.astype(int).tolist(), max(1, int(size.min() / 2)), 0, -1)
    for _ in range(int(rng.integers(0, 40))):
        drop = origin + rng.normal(pitch, 2.5 * pitch, 2)
        cv2.circle(cover, drop.astype(int).tolist(), int(rng.integers(1, 4)), 1, -1)
    return cover
