"""Encodes pictures: the live picture, crops, masks and samples."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import Patch
from skelp.domain.errors import SkelpError
from skelp.domain.outcome import Picture
from skelp.render.palette import colour

U8 = NDArray[np.uint8]


def live_jpeg(picture: Picture, *, width: int = 1280, quality: int = 80) -> bytes:
    """Encode a picture as JPEG, at most `width` px wide, with the strip's edges and the outlines of defects in colour."""
    factor = min(1.0, width / picture.pixels.shape[1])
    size = (round(picture.pixels.shape[1] * factor), max(1, round(picture.pixels.shape[0] * factor)))
    canvas = cv2.cvtColor(cv2.resize(picture.pixels, size, interpolation=cv2.INTER_AREA), cv2.COLOR_GRAY2BGR)
    for name, mask in _masks(picture, size, picture.marks):
        outlines, _ = cv2.findContours(cv2.dilate(mask, np.ones((5, 5), np.uint8)), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        cv2.drawContours(canvas, outlines, -1, colour(name)[::-1], 2)
    for x in (picture.left_px, picture.right_px):
        if 0 < x < picture.pixels.shape[1]:
            at = round(x * factor)
            cv2.line(canvas, (at, 0), (at, size[1]), (160, 160, 160), 1)
    return _encoded(".jpg", canvas.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])


@dataclass(frozen=True, slots=True)
class Outline:
    """The border of a region, in px of the reduced picture."""

    class_name: str
    points: list[tuple[int, int]]


def reduced(picture: Picture, scale: float, *, quality: int = 75) -> tuple[bytes, list[Outline]]:
    """Encode a picture as grey JPEG, `scale` times as large. Returns it with the outlines of its regions, which the viewer draws."""
    height, width = picture.pixels.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # for a preview the mean of 2 x 2 px is good enough; at an eighth of the size this is four times faster
    skip = max(1, int(0.5 / scale))
    small = np.asarray(cv2.resize(picture.pixels[::skip, ::skip], size, interpolation=cv2.INTER_AREA), np.uint8)
    outlines = []
    for name, mask in _masks(picture, size):
        found, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        outlines += [Outline(name, [(int(x), int(y)) for x, y in c[:, 0]]) for c in found]
    return _encoded(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality]), outlines


def _masks(picture: Picture, size: tuple[int, int], without: Collection[int] = ()) -> Iterator[tuple[str, U8]]:
    """The name of each class in the picture, and its mask of 0 and 1 with `size` (width, height). Thin marks remain visible."""
    if not cv2.countNonZero(picture.shown):
        return
    counts = np.bincount(picture.shown.ravel())
    for class_id in (np.flatnonzero(counts[1:]) + 1).tolist():
        if class_id in without:
            continue
        cells = (picture.shown == class_id).astype(np.uint8)
        near, mean = (cv2.resize(cells, size, interpolation=how) for how in (cv2.INTER_NEAREST, cv2.INTER_AREA))
        yield picture.names[class_id], np.asarray(np.maximum(near, mean), np.uint8)


def crop_jpeg(patch: Patch) -> bytes:
    """Encode a crop as JPEG, without overlay."""
    return _encoded(".jpg", patch.pixels, [cv2.IMWRITE_JPEG_QUALITY, 92])


def mask_png(patch: Patch) -> bytes:
    """Encode the mask of a crop as PNG, 0 and 255."""
    return _encoded(".png", patch.mask, [])


def grey_png(pixels: U8) -> bytes:
    """Encode grey pixels uint8 [h, w] as PNG, without loss."""
    return _encoded(".png", pixels, [])


def _encoded(suffix: str, image: U8, options: list[int]) -> bytes:
    done, data = cv2.imencode(suffix, image, options)
    if not done:
        raise SkelpError(f"OpenCV could not encode a picture of {image.shape} as {suffix}")
    return data.tobytes()
