"""Augmentation of crops as a line-scan camera varies: stretch along the strip, light, focus, stuck columns, flicker, noise."""

from __future__ import annotations

import os
from dataclasses import dataclass

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # without it, importing albumentations asks PyPI for its newest version

import albumentations as A  # noqa: N812 - albumentations documents this alias
import cv2
import numpy as np

from skelp_training.data.pictures import U8, Sample, free_steel, marked


@dataclass(frozen=True)
class Variation:
    """How a set's crops may vary: whether they are transposed, how far they are stretched (0 to 1), which share (`wild`) gets other
    light, focus and noise."""

    transpose: bool = False
    stretch: float = 1.0
    wild: float = 0.75


class Augment:
    """`augment(sample, rng, 192, variation)` gives image and mask uint8 [192, 192]. The same state of `rng` gives the same crop.

    `focus` (row, column) is a pixel of the sample that the crop must contain.
    """

    def __init__(self) -> None:
        self._optics = A.Compose(
            [
                A.RandomGamma((60, 165), p=0.5),
                A.OneOf([A.GaussianBlur((3, 5), p=1), A.MotionBlur((3, 5), p=1), A.Sharpen((0.1, 0.4), p=1)], p=0.3),
                A.Downscale(scale_range=(0.5, 0.9), p=0.1),
                A.ImageCompression(quality_range=(40, 95), p=0.2),
            ]
        )

    def __call__(
        self, sample: Sample, rng: np.random.Generator, crop: int, variation: Variation, focus: tuple[int, int] | None = None
    ) -> tuple[U8, U8]:
        image, mask = _cut(sample, rng, crop, variation.stretch, focus)
        if variation.transpose and rng.random() < 0.5:
            image, mask = image.T, mask.T
        for axis in (0, 1):
            if rng.random() < 0.5:
                image, mask = np.flip(image, axis), np.flip(mask, axis)
        image = np.ascontiguousarray(image, np.uint8)
        if rng.random() < variation.wild:
            self._optics.set_random_seed(int(rng.integers(2**31)))
            image = np.asarray(self._optics(image=image)["image"], np.uint8)
            image = line_scan(image, rng)
        return image, np.ascontiguousarray(mask, np.uint8)


def line_scan(image: U8, rng: np.random.Generator) -> U8:
    """Uneven light over the width, a lamp that flickers from line to line, columns that drift or stick, sensor noise."""
    h, w = image.shape
    across = np.linspace(-1, 1, w, dtype=np.float32)
    light = min(rng.uniform(0.45, 1.6), 180 / max(float(image.mean()), 1.0))
    gain = light * (1 + rng.uniform(-0.35, 0.35) * across + rng.uniform(-0.25, 0.25) * across**2)[None, :]
    if rng.random() < 0.3:
        gain = gain * (1 + rng.uniform(0, 0.06) * rng.standard_normal((h, 1), np.float32))
    if rng.random() < 0.2:
        columns = np.ones((1, w), np.float32)
        columns[0, rng.integers(w, size=int(rng.integers(1, 6)))] = rng.uniform(0.6, 1.4)
        gain = gain * columns
    out = image.astype(np.float32) * gain + rng.uniform(0, 6) * rng.standard_normal((h, w), np.float32)
    return np.asarray(np.clip(out, 0, 255), np.uint8)


def _cut(sample: Sample, rng: np.random.Generator, crop: int, stretch: float, focus: tuple[int, int] | None) -> tuple[U8, U8]:
    """A random piece, stretched along and across by different factors, as line rate and camera distance do."""
    both = rng.uniform(0.75, 1.35) ** stretch
    tall, wide = (round(crop * both * rng.uniform(0.85, 1.2) ** stretch) for _ in "hw")
    image, mask = _at_least(sample.image, tall, wide, cv2.BORDER_REFLECT_101), sample.mask
    mask = _at_least(mask, tall, wide, cv2.BORDER_REFLECT_101)
    near = focus or (None, None)
    y, x = (_start(whole, part, at, rng) for whole, part, at in zip(image.shape, (tall, wide), near, strict=True))
    piece = np.s_[y : y + tall, x : x + wide]
    shrinks = tall > crop or wide > crop
    resized = cv2.resize(image[piece], (crop, crop), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.asarray(resized, np.uint8), np.asarray(cv2.resize(mask[piece], (crop, crop), interpolation=cv2.INTER_NEAREST), np.uint8)


def _start(whole: int, part: int, at: int | None, rng: np.random.Generator) -> int:
    low, high = (0, whole - part) if at is None else (max(0, at - part + 1), min(at, whole - part))
    return int(rng.integers(low, high + 1))


def _at_least(image: U8, tall: int, wide: int, border: int) -> U8:
    more = max(0, tall - image.shape[0]), max(0, wide - image.shape[1])
    return np.asarray(cv2.copyMakeBorder(image, 0, more[0], 0, more[1], border), np.uint8) if any(more) else image


def paste(onto: tuple[U8, U8], source: tuple[U8, U8], rng: np.random.Generator) -> tuple[U8, U8]:
    """Paste the defects of one crop onto the sound steel of another, as ratios of grey, so that they take on its light.

    Both are (image, mask) uint8 [crop, crop]. Nothing is pasted where the target is not sound or too dark to be steel.
    """
    image, mask = onto
    source_image, source_mask = source
    defect = marked(source_mask).astype(np.uint8)
    room = free_steel(image, mask)
    if not defect.any() or room.mean() < 0.5:
        return onto
    sound = np.where(defect == 0, source_image, 0).astype(np.float32)
    weight = cv2.blur((defect == 0).astype(np.float32), (61, 61))
    source_steel = cv2.blur(sound, (61, 61)) / np.maximum(weight, 1e-3)
    ratio = np.clip(source_image / np.maximum(source_steel, 8), 0.1, 6)
    strength = rng.uniform(0.7, 1.3)
    alpha = cv2.GaussianBlur(cv2.dilate(defect, np.ones((5, 5), np.uint8)).astype(np.float32), (7, 7), 0) * room
    steel = cv2.blur(image, (15, 15)).astype(np.float32)
    pasted = np.clip(steel * (1 + strength * (ratio - 1)) + (image - steel) * 0.5, 0, 255)
    out = image * (1 - alpha) + pasted * alpha
    return np.asarray(out, np.uint8), np.where((defect > 0) & room, source_mask, mask).astype(np.uint8)
