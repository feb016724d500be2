"""The outlines of COCO annotations: polygons and run lengths. They are checked before any C code sees them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from skelp.domain.errors import SkelpError
from skelp_training.data.formats.text import finite

_LEAST_NUMBERS = 6
"""A polygon has at least three points."""
LEAST_INSIDE = 0.25
"""A smaller share of an outline or box is not cut at the border of its picture, but refused."""
MOSTLY_OUTSIDE = "it was probably drawn on a picture of another size: correct it"


class Shape(Protocol):
    """An outline of a class."""

    @property
    def class_id(self) -> int: ...

    def inside(self, lines: int, width: int) -> NDArray[np.bool_]:
        """Where its pixels are, bool [lines, width]. Raises SkelpError if there are none, or too many of them beside the picture."""


@dataclass(frozen=True)
class Polygons:
    """Polygons of x, y, x, y, ... in px. What lies beyond the picture is cut at its border."""

    class_id: int
    polygons: tuple[tuple[float, ...], ...]
    where: str

    def inside(self, lines: int, width: int) -> NDArray[np.bool_]:
        xs = [x for p in self.polygons for x in p[0::2]]
        ys = [y for p in self.polygons for y in p[1::2]]
        # pycocotools reads negative coordinates as huge ones, so the canvas is larger than the picture by what lies outside
        left, top = (max(0, math.ceil(-min(v))) for v in (xs, ys))
        right, bottom = (max(0, math.ceil(max(v) - size)) for v, size in ((xs, width), (ys, lines)))
        moved = [[v + (top if n % 2 else left) for n, v in enumerate(p)] for p in self.polygons]
        run = coco_mask.merge(coco_mask.frPyObjects(moved, lines + top + bottom, width + left + right))
        whole = coco_mask.decode(run) > 0
        inside = whole[top : top + lines, left : left + width]
        if not inside.any():
            raise SkelpError(f"{self.where}: its outline has no pixel inside the picture; draw it again or remove it")
        if LEAST_INSIDE * whole.sum() > inside.sum():
            raise SkelpError(f"{self.where}: most of its outline is outside the picture of {width} x {lines} px; {MOSTLY_OUTSIDE}")
        return np.asarray(inside, np.bool_)


@dataclass(frozen=True)
class Runs:
    """Run lengths down the columns: pixels outside, inside, outside, ..."""

    class_id: int
    counts: tuple[int, ...]
    where: str

    def inside(self, lines: int, width: int) -> NDArray[np.bool_]:
        inside = np.repeat(np.arange(len(self.counts)) % 2 == 1, self.counts).reshape(width, lines).T
        if not inside.any():
            raise SkelpError(f"{self.where}: its run lengths have no pixel inside; draw it again or remove it")
        return inside


def shape_of(annotation: dict[str, Any], class_id: int, size: tuple[int, int], where: str) -> Shape:
    """The outline of an annotation of a picture of `size` (lines, width). Raises SkelpError if it cannot be one."""
    segmentation = annotation.get("segmentation")
    if isinstance(segmentation, dict):
        return Runs(class_id, _counts(segmentation, size, where), where)
    if not segmentation:
        only = "a box" if annotation.get("bbox") else "no outline"
        what = "keypoints" if annotation.get("keypoints") else only
        raise SkelpError(f"{where}: it has {what}, but no segmentation; draw the outline or remove it (boxes are read by --format marks)")
    if not isinstance(segmentation, list) or not all(isinstance(p, list) for p in segmentation):
        raise SkelpError(f"{where}: segmentation must be a list of polygons, each a list [x, y, x, y, ...], or run lengths; correct it")
    return Polygons(class_id, tuple(_polygon(p, size, where) for p in segmentation), where)


def _polygon(numbers: Sequence[Any], size: tuple[int, int], where: str) -> tuple[float, ...]:
    if len(numbers) < _LEAST_NUMBERS or len(numbers) % 2:
        raise SkelpError(f"{where}: a polygon of {len(numbers)} numbers; it needs at least 3 points of x and y")
    for n, value in enumerate(numbers):
        extent = size[1 - n % 2]
        axis = "xy"[n % 2]
        if not finite(value):
            raise SkelpError(f"{where}: {axis} = {value!r:.40} is no number of pixels; correct it")
        if not -extent <= value <= 2 * extent:
            raise SkelpError(f"{where}: {axis} = {value!r:.40} lies far outside the picture of {size[1]} x {size[0]} px; correct it")
    return tuple(float(v) for v in numbers)


def _counts(rle: dict[str, Any], size: tuple[int, int], where: str) -> tuple[int, ...]:
    if rle.get("size") != list(size):
        raise SkelpError(
            f"{where}: its run lengths are for {rle.get('size')!r:.40} (lines, width), the picture has {list(size)}; export it again"
        )
    counts = rle.get("counts")
    counts = _uncompressed(counts, where) if isinstance(counts, str) else counts
    if not isinstance(counts, list) or not all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= 2**31 for n in counts):
        raise SkelpError(f"{where}: counts must be a list of numbers of pixels, or a text of compressed ones; export it again")
    if sum(counts) != size[0] * size[1]:
        raise SkelpError(f"{where}: its run lengths add up to {sum(counts)} px, the picture has {size[0] * size[1]}; export it again")
    return tuple(counts)


def _uncompressed(text: str, where: str) -> list[int]:
    """COCO's compressed run lengths: groups of 5 bits, the lowest first, each as a character; from the fourth on, differences."""
    counts: list[int] = []
    value = shift = 0
    for character in text:
        bits = ord(character) - 48
        if not 0 <= bits < 64 or shift > 40:
            raise SkelpError(f"{where}: {character!r} is no character of compressed run lengths; export it again")
        value |= (bits & 0x1F) << shift
        shift += 5
        if bits & 0x20:
            continue
        if bits & 0x10:
            value |= -1 << shift
        counts.append(value + (counts[-2] if len(counts) > 2 else 0))
        value = shift = 0
    if shift:
        raise SkelpError(f"{where}: its compressed run lengths are cut off; export it again")
    return counts
