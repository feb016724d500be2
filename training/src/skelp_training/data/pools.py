"""The data sets of a config as pools to draw batches from. Every crop depends on (seed, step, number) alone."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp.domain.errors import SkelpError
from skelp_training.config import DataSet, Plan, TrainConfig
from skelp_training.data.augment import Augment, How, paste
from skelp_training.data.pictures import U8, UNSURE, ClassMap, Item, Sample, in_split, marked
from skelp_training.data.readers import READERS, Grouping
from skelp_training.data.simulated import simulated

Place = tuple[int, int] | None
"""A pixel (row, column) of a picture."""


@dataclass(frozen=True)
class Pool:
    """Samples of one data set. `with_defects` are the indices of those on which a defect is marked."""

    name: str
    samples: tuple[Sample, ...]
    weight: float
    how: How
    background: bool
    defect_share: float | None
    with_defects: tuple[int, ...]
    sha256: str

    @staticmethod
    def of(data: DataSet, samples: Sequence[Sample]) -> Pool:
        """Raises SkelpError if nothing is in it."""
        if not samples:
            raise SkelpError(f"data set {data.name} gives no sample; check its path, split and only_clean")
        digest = hashlib.sha256()
        for s in samples:
            digest.update(s.image.tobytes() + s.mask.tobytes())
        with_defects = tuple(n for n, s in enumerate(samples) if marked(s.mask).any())
        return Pool(
            data.name,
            tuple(samples),
            data.weight,
            How(data.transpose, data.stretch, data.wild),
            data.background,
            data.defect_share,
            with_defects,
            digest.hexdigest(),
        )


def items_of(data: DataSet, class_ids: dict[str, int]) -> list[Item]:
    """Every picture of a set, of all splits. Empty for simulated strip, which has no pictures on disk."""
    if data.path is None:
        return []
    items = READERS[data.format](data.path, ClassMap(class_ids, data.classes), Grouping(data.group_pattern, data.val_share))
    return [replace(i, file=data.images / i.file.name) for i in items] if data.images else items


def pools_of(
    config: TrainConfig, split: str = "train", names: Sequence[str] | None = None, without: Collection[tuple[str, str]] = ()
) -> list[Pool]:
    """Pools of one split, of the sets named or of all, every picture read but the (split, name) in `without`.

    Simulated strip is in `train` only: it is made from seeds.
    """
    pools = []
    for data in config.data:
        if names is not None and data.name not in names:
            continue
        if data.format == "simulated":
            if split == "train":
                side = config.train.crop * 5 // 4
                pools.append(Pool.of(data, list(simulated(data.seed, data.strips, data.crops, side, clean=data.clean))))
            continue
        items = in_split(items_of(data, config.class_ids), split, data.path or config.out)
        samples = [_scaled(i.load(), data.scale) for i in items if (i.split, i.name) not in without]
        pools.append(Pool.of(data, [s for s in samples if _has_sound(s.mask) and not (data.only_clean and marked(s.mask).any())]))
    return pools


class Batches:
    """`batch(step, rank, world)` is that rank's share of the step's crops: images and masks uint8 [n, crop, crop]."""

    def __init__(self, pools: Sequence[Pool], plan: Plan) -> None:
        weights = np.array([p.weight for p in pools], float)
        self._pools, self._plan, self._augment = pools, plan, Augment()
        self._chances = weights / weights.sum()
        self._sources = [p for p in pools if p.with_defects]

    def batch(self, step: int, rank: int = 0, world: int = 1) -> tuple[U8, U8]:
        plan = self._plan
        crops = [self._crop(np.random.default_rng([plan.seed, step, n])) for n in range(rank, plan.batch, world)]
        return np.stack([c[0] for c in crops]), np.stack([c[1] for c in crops])

    def stream(self, first: int, last: int, rank: int = 0, world: int = 1) -> Iterator[tuple[int, U8, U8]]:
        """Step and batch for the steps `first ... last`, the next one made while this one is trained on."""
        with ThreadPoolExecutor(1) as worker:
            ahead = worker.submit(self.batch, first, rank, world)
            for step in range(first, last + 1):
                images, masks = ahead.result()
                ahead = worker.submit(self.batch, step + 1, rank, world)
                yield step, images, masks

    def _crop(self, rng: np.random.Generator) -> tuple[U8, U8]:
        pool = self._pools[int(rng.choice(len(self._pools), p=self._chances))]
        sample, focus = _draw(pool, rng, self._plan.crop)
        drawn = self._augment(sample, rng, self._plan.crop, pool.how, focus)
        if pool.background and self._sources and rng.random() < self._plan.paste_share:
            other = self._sources[int(rng.integers(len(self._sources)))]
            defective = other.samples[other.with_defects[int(rng.integers(len(other.with_defects)))]]
            drawn = paste(drawn, self._augment(defective, rng, self._plan.crop, other.how), rng)
        return drawn


def _draw(pool: Pool, rng: np.random.Generator, crop: int) -> tuple[Sample, Place]:
    """A picture of the pool and the pixel that its crop must hold, if any."""
    if pool.defect_share is not None and pool.with_defects and rng.random() < pool.defect_share:
        sample = pool.samples[pool.with_defects[int(rng.integers(len(pool.with_defects)))]]
        return sample, _one_of(marked(sample.mask), rng)
    sample = pool.samples[int(rng.integers(len(pool.samples)))]
    return sample, _focus(sample, rng, crop)


def _focus(sample: Sample, rng: np.random.Generator, crop: int) -> Place:
    """Where to look on a picture much larger than a crop: half the time at a defect, if it has any, else where there is steel."""
    if sample.image.size < 4 * crop * crop:
        return None
    at_defect = _one_of(marked(sample.mask), rng) if rng.random() < 0.5 else None
    return at_defect or _one_of((sample.image > 20) & (sample.mask != UNSURE), rng)


def _one_of(pixels: NDArray[np.bool_], rng: np.random.Generator) -> Place:
    """(row, column) of one of the pixels that are true, of every fourth in either direction where that leaves any."""
    step = 4 if pixels[::4, ::4].any() else 1
    places = np.flatnonzero(pixels[::step, ::step])
    if not places.size:
        return None
    row, column = divmod(int(places[rng.integers(places.size)]), -(-pixels.shape[1] // step))
    return row * step, column * step


def _scaled(sample: Sample, scale: float) -> Sample:
    if scale == 1:
        return sample
    size = [round(s * scale) for s in sample.image.shape[::-1]]
    image = np.asarray(cv2.resize(sample.image, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    return replace(sample, image=image, mask=np.asarray(cv2.resize(sample.mask, size, interpolation=cv2.INTER_NEAREST), np.uint8))


def _has_sound(mask: U8) -> bool:
    return bool((mask != UNSURE).any())
