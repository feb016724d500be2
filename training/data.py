"""Labelled crops to train on: real photographs in our format, clean steel, and synthetic strip with its truth."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.capture.synthetic import Kind, SyntheticConfig, SyntheticStrip
from skelp.capture.synthetic.planting import DEFECT_KINDS, Density
from skelp.capture.synthetic.surface import Look
from skelp.domain.errors import SkelpError

U8 = NDArray[np.uint8]


@dataclass(frozen=True)
class Sample:
    """A grey picture uint8 [h, w] and its mask of class ids, of the same shape."""

    name: str
    image: U8
    mask: U8


@dataclass(frozen=True)
class Pool:
    """Samples that are drawn alike. `transpose` where the steel has no rolling direction that matters."""

    name: str
    samples: tuple[Sample, ...]
    weight: int
    transpose: bool = False
    sha256: str = field(default="")

    @staticmethod
    def of(name: str, samples: Sequence[Sample], weight: int, *, transpose: bool = False) -> Pool:
        if not samples:
            raise SkelpError(f"data set {name} gives no sample; check its folder and split")
        digest = hashlib.sha256()
        for s in samples:
            digest.update(s.image.tobytes() + s.mask.tobytes())
        return Pool(name, tuple(samples), weight, transpose, digest.hexdigest())


def read_grey(path: Path) -> U8:
    """A picture as uint8 [h, w]. Raises SkelpError where the file is none."""
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise SkelpError(f"{path} is not an image that can be read; remove it or take it out of the set")
    return np.asarray(image, np.uint8)


def labelled(folder: Path, split: str, class_ids: dict[str, int], *, only_clean: bool = False) -> list[Sample]:
    """A set in our format. `class_ids` maps its class names to the model's ids; unnamed classes count as background.

    `only_clean` keeps the pictures on which nothing at all was marked, whatever its class.
    """
    names = {int(k): v for k, v in json.loads((folder / "classes.json").read_text()).items()}
    table = np.zeros(256, np.uint8)
    for value, name in names.items():
        table[value] = class_ids.get(name, 0)
    files = {p.stem: p for p in (folder / "images").iterdir()}
    with (folder / "index.csv").open(newline="") as f:
        rows = [r for r in csv.DictReader(f) if r["split"] == split]
    if only_clean:
        rows = [r for r in rows if float(r["defect_fraction"]) == 0]
    return [Sample(r["name"], read_grey(files[r["name"]]), table[read_grey(folder / "masks" / f"{r['name']}.png")]) for r in rows]


def clean_pictures(folder: Path, names: Sequence[str]) -> list[Sample]:
    """Pictures of steel that a person looked at and found no defect on."""
    images = [read_grey(folder / name) for name in names]
    return [Sample(n, i, np.zeros_like(i)) for n, i in zip(names, images, strict=True)]


def synthetic(seed: int, strips: int, crops: int, side: int, *, clean: bool = False) -> Iterator[Sample]:
    """Crops of simulated strips of many looks: on defects, on water and oil, on edges, on plain steel.

    `clean` strips carry no defect but water, oil and harder grinding, which is what a network takes for scratches.
    """
    rng = np.random.default_rng([seed, 11])
    dense = Density(inclusion=3, patch=3, scratch=3, water=2.5, oil=1.5, roll_mark_share=1.0)
    dense = replace(Density.clean(), water=4, oil=2) if clean else dense
    for n in range(strips):
        look = Look(
            brightness=rng.uniform(60, 170),
            grain=rng.uniform(0.3, 1.8),
            grinding=rng.uniform(0.2, 2.4 if clean else 1.8),
            mottle=rng.uniform(0.3, 2.0),
            falloff=rng.uniform(0.1, 0.6),
            noise_dn=rng.uniform(0.8, 5),
        )
        strip = SyntheticStrip(SyntheticConfig(seed=seed * 1000 + n, width=1024, margin_px=60, wander_px=30, look=look, density=dense))
        yield from _crops_of(strip, rng, crops, side)


def _crops_of(strip: SyntheticStrip, rng: np.random.Generator, count: int, side: int) -> Iterator[Sample]:
    length = 60_000
    planted = list(strip._planting.between(0, length))  # noqa: SLF001 - the bench may look behind the curtain
    kinds = {kind: [p for p in planted if p.kind is kind] for kind in Kind}
    for n in range(count):
        choice = n % 10
        if choice < 8:
            kind = (*DEFECT_KINDS, Kind.SCRATCH, Kind.PATCH, Kind.WATER, Kind.OIL)[choice]
            of_kind = kinds[kind]
            if not of_kind:
                continue
            p = of_kind[int(rng.integers(len(of_kind)))]
            line = p.line + int(rng.integers(p.lines))
            left = int(strip.surface.left_edge(np.array([line]))[0])
            column = left + p.column + p.columns // 2
        else:
            line = int(rng.integers(length))
            column = int(rng.integers(strip.config.width)) if choice == 8 else int(rng.choice([40, strip.config.width - 40]))
        line = max(0, line - int(rng.integers(20, side - 20)))
        column = int(np.clip(column - rng.integers(20, side - 20), 0, strip.config.width - side))
        image = strip.pixels(line, side)[:, column : column + side]
        mask = strip.class_map(line, side)[:, column : column + side]
        yield Sample(f"{strip.config.seed}-{line}-{column}", image.copy(), mask.copy())


def draw(pools: Sequence[Pool], rng: np.random.Generator, batch: int, crop: int) -> tuple[U8, U8]:
    """One batch: images and masks, uint8 [batch, crop, crop], each cropped, scaled and flipped at random."""
    weights = np.array([p.weight for p in pools], float)
    images, masks = np.empty((batch, crop, crop), np.uint8), np.empty((batch, crop, crop), np.uint8)
    for n in range(batch):
        pool = pools[int(rng.choice(len(pools), p=weights / weights.sum()))]
        sample = pool.samples[int(rng.integers(len(pool.samples)))]
        images[n], masks[n] = vary(sample, rng, crop, transpose=pool.transpose)
    return images, masks


def vary(sample: Sample, rng: np.random.Generator, crop: int, *, transpose: bool) -> tuple[U8, U8]:
    """A random crop at a random scale (line-rate stretch included), flipped and, where allowed, transposed."""
    sample = _at_least(sample, crop)
    height, width = sample.image.shape
    h = int(min(height, crop * rng.uniform(0.75, 1.3)))
    w = int(min(width, crop * rng.uniform(0.75, 1.3)))
    y, x = int(rng.integers(height - h + 1)), int(rng.integers(width - w + 1))
    image, mask = sample.image[y : y + h, x : x + w], sample.mask[y : y + h, x : x + w]
    shrinks = h > crop or w > crop
    image = np.asarray(cv2.resize(image, (crop, crop), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), np.uint8)
    mask = np.asarray(cv2.resize(mask, (crop, crop), interpolation=cv2.INTER_NEAREST), np.uint8)
    if transpose and rng.random() < 0.5:
        image, mask = image.T, mask.T
    for axis in (0, 1):
        if rng.random() < 0.5:
            image, mask = np.flip(image, axis), np.flip(mask, axis)
    return np.ascontiguousarray(image, np.uint8), np.ascontiguousarray(mask, np.uint8)


def _at_least(sample: Sample, side: int) -> Sample:
    h, w = sample.image.shape
    if h >= side and w >= side:
        return sample
    pad = ((0, max(0, side - h)), (0, max(0, side - w)))
    return replace(sample, image=np.pad(sample.image, pad, mode="reflect"), mask=np.pad(sample.mask, pad, mode="reflect"))
