"""Run-length CSV files as in the Severstal contest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from skelp.domain.errors import SkelpError
from skelp_training.data.formats.text import Row, rows_of
from skelp_training.data.labels import Asked, Labels, Pictures, defects
from skelp_training.data.pictures import U8, layered


@dataclass(frozen=True)
class _Runs:
    """First pixels, from 0, and lengths of the runs of one row, int64 each."""

    class_id: int
    first: NDArray[np.int64]
    lengths: NDArray[np.int64]
    where: str


def severstal(file: Path, asked: Asked) -> Labels:
    """ImageId, ClassId, EncodedPixels; pictures in the folder `images` or `train_images`.

    Runs count down the columns from 1. Every picture of the folder without a row is free of defects.
    """
    usual = next((f for f in (file.parent / "images", file.parent / "train_images") if f.is_dir()), file.parent / "images")
    pictures = Pictures.of(asked.images or usual)
    runs: dict[str, list[_Runs]] = defaultdict(list)
    declared = set()
    for row in rows_of(file, ("ImageId", "ClassId", "EncodedPixels")):
        name = pictures.find(row.text("ImageId"), row.where)
        if row.cells["EncodedPixels"].strip():
            runs[name].append(_parsed(row, asked.classes(row.text("ClassId"), file)))
            declared.add(runs[name][-1].class_id)
    if not declared:
        raise SkelpError(f"{file} has no run, so every picture would be sound; if that is so, read the pictures with --format clean")
    items = tuple(asked.item(n, f, partial(_drawn, runs[n])) for n, f in pictures.files.items())
    return Labels(items, defects(declared), pictures.left_out)


def _parsed(row: Row, class_id: int) -> _Runs:
    words = row.cells["EncodedPixels"].split()
    wrong = next((w for w in words if not (w.isascii() and w.isdigit() and len(w) <= 9)), None)
    if wrong is not None:
        raise SkelpError(f"{row.where}: EncodedPixels has '{wrong[:40]}', which is no whole number; correct it")
    if len(words) % 2:
        raise SkelpError(f"{row.where}: EncodedPixels has {len(words)} numbers; it needs pairs of a first pixel and a length")
    first, lengths = np.array(words, np.int64).reshape(-1, 2).T
    if (first < 1).any():
        raise SkelpError(f"{row.where}: a run begins at pixel {first.min()}, but pixels count from 1; add 1 to every first pixel")
    if (lengths < 1).any():
        raise SkelpError(f"{row.where}: a run has a length of 0; remove it")
    order = np.argsort(first)
    if (first[order][:-1] + lengths[order][:-1] > first[order][1:]).any():
        raise SkelpError(f"{row.where}: runs overlap, so their numbers are not pairs of a first pixel and a length; export them again")
    return _Runs(class_id, first - 1, lengths, row.where)


def _drawn(runs: Sequence[_Runs], image: U8) -> U8:
    shape = image.shape[::-1]  # runs go down the columns
    return np.ascontiguousarray(layered(shape, ((r.class_id, _inside(r, shape).reshape(shape)) for r in runs)).T)


def _inside(run: _Runs, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where the pixels of a row are, flat. `shape`: width and lines."""
    inside = np.zeros(shape[0] * shape[1], np.bool_)
    end = int((run.first + run.lengths).max())
    if end > inside.size:
        raise SkelpError(f"{run.where}: runs that do not fit a picture of {shape[0]} x {shape[1]} px: one ends at pixel {end}")
    for first, length in zip(run.first.tolist(), run.lengths.tolist(), strict=True):
        inside[first : first + length] = True
    return inside
