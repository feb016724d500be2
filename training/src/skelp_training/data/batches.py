"""Batches of crops. A crop depends on the seed, the step and its number in the batch alone, not on who draws it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset

from skelp_training.config import TrainingPlan
from skelp_training.data.augment import Augment, paste
from skelp_training.data.paint import paint
from skelp_training.data.pictures import DARK_DN, U8, UNSURE, Sample, marked
from skelp_training.data.pools import Pool
from skelp_training.data.scratches import scratch

Pixel = tuple[int, int]
"""Row and column in a picture."""
Step = tuple[int, U8, U8]
"""Number of a training step, images and masks uint8 [n, crop, crop]."""
_AHEAD = 4
"""Batches that each drawing process has ready."""


@dataclass(frozen=True)
class PaintedClasses:
    """Classes of what is painted on background crops (data/paint.py, data/scratches.py). None: it is not painted."""

    paint: int | None = None
    scratch: int | None = None

    @staticmethod
    def of(plan: TrainingPlan, class_ids: Mapping[str, int]) -> PaintedClasses:
        return PaintedClasses(
            class_ids[plan.paint_class] if plan.paint_share else None,
            class_ids[plan.scratch_class] if plan.scratch_share else None,
        )


class Batches:
    """Draws crops from pools by their weights.

    `batch(step, rank, world)` gives the share of one process: images and masks uint8 [n, crop, crop].
    """

    def __init__(self, pools: Sequence[Pool], plan: TrainingPlan, painted: PaintedClasses = PaintedClasses()) -> None:
        weights = np.array([p.weight for p in pools], float)
        self._pools, self._plan, self._augment = pools, plan, Augment()
        self._painted = painted
        self._chances = weights / weights.sum()
        self._sources = [p for p in pools if p.with_defects]

    def batch(self, step: int, rank: int = 0, world: int = 1) -> tuple[U8, U8]:
        plan = self._plan
        crops = [self._crop(np.random.default_rng([plan.seed, step, n])) for n in range(rank, plan.batch, world)]
        return np.stack([c[0] for c in crops]), np.stack([c[1] for c in crops])

    def stream(self, first: int, last: int, rank: int = 0, world: int = 1) -> Iterator[Step]:
        """The steps `first ... last`. Meanwhile a thread draws the next one, or `plan.loaders` processes the next few."""
        if self._plan.loaders:
            steps = _Steps(self, first, last, rank, world)
            yield from DataLoader(
                steps,
                batch_size=None,
                num_workers=self._plan.loaders,
                prefetch_factor=_AHEAD,
                collate_fn=as_it_is,
                worker_init_fn=one_thread,
                multiprocessing_context="fork",  # the pools are large: processes share them
            )
            return
        with ThreadPoolExecutor(1) as worker:
            ahead = worker.submit(self.batch, first, rank, world)
            for step in range(first, last + 1):
                images, masks = ahead.result()
                ahead = worker.submit(self.batch, step + 1, rank, world)
                yield step, images, masks

    def _crop(self, rng: np.random.Generator) -> tuple[U8, U8]:
        pool = self._pools[int(rng.choice(len(self._pools), p=self._chances))]
        sample, focus = _picked(pool, rng, self._plan.crop)
        crop = self._augment(sample, rng, self._plan.crop, pool.variation, focus)
        if pool.background and self._sources and rng.random() < self._plan.paste_share:
            other = self._sources[int(rng.integers(len(self._sources)))]
            defective = other.samples[other.with_defects[int(rng.integers(len(other.with_defects)))]]
            crop = paste(crop, self._augment(defective, rng, self._plan.crop, other.variation), rng)
        if pool.background and self._painted.scratch is not None and rng.random() < self._plan.scratch_share:
            crop = scratch(crop, self._painted.scratch, rng)
        if pool.background and self._painted.paint is not None and rng.random() < self._plan.paint_share:
            crop = paint(crop, self._painted.paint, rng)
        return crop


class _Steps(Dataset[Step]):
    """The steps `first ... last` of one process, for torch's DataLoader."""

    def __init__(self, batches: Batches, first: int, last: int, rank: int, world: int) -> None:
        self._batches, self._first, self._last, self._rank, self._world = batches, first, last, rank, world

    def __len__(self) -> int:
        return self._last - self._first + 1

    def __getitem__(self, index: int) -> Step:
        step = self._first + index
        return step, *self._batches.batch(step, self._rank, self._world)


def as_it_is(step: Any) -> Any:
    """Keeps DataLoader from collating what is a batch already."""
    return step


def one_thread(_: int) -> None:
    """OpenCV's threads do not survive a fork, and each process has a core to itself."""
    cv2.setNumThreads(0)


def _picked(pool: Pool, rng: np.random.Generator, crop: int) -> tuple[Sample, Pixel | None]:
    """A picture of the pool and the pixel that its crop must contain, if any."""
    if pool.defect_share is not None and pool.with_defects and rng.random() < pool.defect_share:
        sample = pool.samples[pool.with_defects[int(rng.integers(len(pool.with_defects)))]]
        return sample, _one_of(marked(sample.mask), rng)
    sample = pool.samples[int(rng.integers(len(pool.samples)))]
    return sample, _focus(sample, rng, crop)


def _focus(sample: Sample, rng: np.random.Generator, crop: int) -> Pixel | None:
    """The pixel to crop at in a picture much larger than a crop: half the time at a defect, if it has one, else on steel."""
    if sample.image.size < 4 * crop * crop:
        return None
    at_defect = _one_of(marked(sample.mask), rng) if rng.random() < 0.5 else None
    return at_defect or _one_of((sample.image > DARK_DN) & (sample.mask != UNSURE), rng)


def _one_of(pixels: NDArray[np.bool_], rng: np.random.Generator) -> Pixel | None:
    """A random pixel of those that are true. Only every fourth row and column is searched if that finds any."""
    step = 4 if pixels[::4, ::4].any() else 1
    places = np.flatnonzero(pixels[::step, ::step])
    if not places.size:
        return None
    row, column = divmod(int(places[rng.integers(places.size)]), -(-pixels.shape[1] // step))
    return row * step, column * step
