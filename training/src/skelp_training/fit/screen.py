"""Teaches a screen where a model reports defects (ADR 23)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch documents this alias

from skelp.domain.maps import TILE_PX
from skelp.pipeline.rule import least_scores
from skelp_training.config import TrainConfig, TrainingPlan
from skelp_training.data.batches import Batches, PaintedClasses
from skelp_training.data.pictures import U8, marked
from skelp_training.data.pools import Pool
from skelp_training.evaluation.detector import ClassMaps, Detector
from skelp_training.fit.progress import progress
from skelp_training.fit.train import learning_rate_schedule
from skelp_training.networks.screen import ScreenNet

Bools = NDArray[np.bool_]

CROPS = 32
"""Crops in a step."""
_TIMES_SHOWN = 10
"""How often each crop is shown, mirrored and lighter or darker. The model's answers cost more than the screen's steps."""
_DRAWN_AT_ONCE = 16
_DEFECT_WEIGHT = 4.0
_SURE_WEIGHT = 0.5
"""Weight of each tile where the model is sure, beside that of the whole defect: the more of its tiles are suspicious, the better."""
_SHARPNESS = 2.0
_GAIN = 0.15
"""Crops are made lighter or darker by up to this share."""
_WEIGHT_DECAY = 0.01
_MOST_DEFECTS = 1000
"""More than a crop can show."""


@dataclass(frozen=True)
class Lessons:
    """Crops, and what the model says of them.

    `images` uint8 [n, side, side]. Of their tiles, [n, side/32, side/32]: `defect` int16, the number of the reported defect that covers the
    tile, 0 if there is none; `sure` bool, a cell reaches the threshold of a defect's class; `sound` bool, neither the model nor the truth
    shows anything. Tiles that are none of these teach nothing: marks, and what the model only suspects.
    """

    images: U8
    defect: NDArray[np.int16]
    sure: Bools
    sound: Bools

    def batch(self, random: np.random.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Some crops, mirrored by chance and lighter or darker: frames float [CROPS, 1, side, side], and their tiles."""
        chosen = np.sort(random.choice(len(self.images), min(CROPS, len(self.images)), replace=False))
        turn = tuple(slice(None, None, step) for step in random.choice([1, -1], 2))
        gain = random.uniform(1 - _GAIN, 1 + _GAIN, (len(chosen), 1, 1)).astype(np.float32)
        frames = np.clip(self.images[chosen][:, *turn] * gain, 0, 255)[:, None]
        defect, sure, sound = (
            torch.from_numpy(np.ascontiguousarray(tiles[chosen][:, *turn])) for tiles in (self.defect, self.sure, self.sound)
        )
        return torch.from_numpy(frames), defect, sure, sound


def taught(config: TrainConfig, detector: Detector, pools: Sequence[Pool], steps: int) -> ScreenNet:
    """A screen that learned from the model on crops of the training pictures."""
    plan = config.train
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    lessons = lessons_of(config, detector, pools, max(CROPS, steps * CROPS // _TIMES_SHOWN))
    network = ScreenNet().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), lr=plan.lr, weight_decay=_WEIGHT_DECAY)
    schedule = learning_rate_schedule(optimiser, TrainingPlan.model_validate(plan.model_dump() | {"steps": steps}))
    random = np.random.default_rng(plan.seed)
    with progress(steps) as bar:
        for _ in range(steps):
            frames, defect, sure, sound = lessons.batch(random)
            loss = loss_of(network(frames.contiguous(memory_format=torch.channels_last)), defect, sure, sound)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call] # torch does not type it
            optimiser.step()
            schedule.step()
            bar.advance(loss.item())
        bar.report(f"screen: loss {bar.mean:.4f} after {steps} steps")
    return network.eval()


def loss_of(logits: Tensor, defect: Tensor, sure: Tensor, sound: Tensor) -> Tensor:
    """How far the screen is from being suspicious of each defect somewhere, and of no sound tile. All [n, rows, columns], as in Lessons.

    A defect is looked at if one of its tiles is suspicious, so what counts is a soft maximum over them. What the screen judges well
    counts less (focal loss, Lin et al., ICCV 2017): the limit is set by the few defects that it judges worst.
    """
    on_defect = defect > 0
    own_number = defect.long() + _MOST_DEFECTS * torch.arange(len(defect))[:, None, None]  # over all crops of the batch
    _, which = torch.unique(own_number[on_defect], return_inverse=True)
    count = int(which.max()) + 1 if which.numel() else 0
    tiles = logits[on_defect]
    highest = tiles.new_full((count,), -torch.inf).scatter_reduce(0, which, tiles.detach(), "amax")
    total = tiles.new_zeros(count).scatter_add(0, which, torch.exp((tiles - highest[which]) * _SHARPNESS))
    peaks = highest + total.log() / _SHARPNESS
    missed = _DEFECT_WEIGHT * _focal(-peaks).sum()
    low_on_sure = _SURE_WEIGHT * F.softplus(-logits[sure]).sum()
    false_alarms = _focal(logits[sound]).sum()
    weights = _DEFECT_WEIGHT * count + _SURE_WEIGHT * sure.sum() + sound.sum()
    return (missed + low_on_sure + false_alarms) / weights.clamp(min=1)


def _focal(wrong: Tensor) -> Tensor:
    """Cross-entropy of logits for the wrong answer, weighted by twice their probability."""
    return F.softplus(wrong) * torch.sigmoid(wrong).detach() * 2


def lessons_of(config: TrainConfig, detector: Detector, pools: Sequence[Pool], count: int) -> Lessons:
    """So many crops of the training pictures, with the model's answers."""
    plan = config.train
    steps = -(-count // _DRAWN_AT_ONCE)
    drawing = TrainingPlan.model_validate(plan.model_dump() | {"steps": steps, "batch": _DRAWN_AT_ONCE})
    batches = Batches(pools, drawing, PaintedClasses.of(plan, config.class_ids))
    found = []
    with progress(steps) as bar:
        for _, images, masks in batches.stream(1, steps):
            found.append(answers(detector, images, masks))
            bar.advance(0.0)
        bar.report(f"screen: {steps * _DRAWN_AT_ONCE} crops drawn, and looked at by the model")
    return Lessons(*(np.concatenate(of) for of in zip(*((f.images, f.defect, f.sure, f.sound) for f in found), strict=True)))


def answers(detector: Detector, images: U8, masks: U8) -> Lessons:
    """What the model says of crops, images and masks uint8 [n, side, side]."""
    maps, s = detector.infer_all(images), detector.card.stride

    def reached(limits: Mapping[int, float]) -> Bools:
        return tiles_of((maps.score >= least_scores(limits)[maps.class_id]).repeat(s, 1).repeat(s, 2))

    defect = np.zeros((len(images), *(side // TILE_PX for side in images.shape[1:])), np.int16)
    for n, one in enumerate(maps.each()):
        reported = detector.detect(ClassMaps.of(images[n], one, s, piece=True)).of(detector.defect_ids)
        rows, columns = np.nonzero(reported.labels)
        defect[n, rows // TILE_PX, columns // TILE_PX] = reported.labels[rows, columns]
    sure = reached({c.id: c.threshold for c in detector.classes if c.id in detector.defect_ids})
    some = reached({c.id: c.growing for c in detector.classes})
    return Lessons(images, defect, sure, ~(some | sure | (defect > 0) | tiles_of(marked(masks))))


def tiles_of(pixels: Bools) -> Bools:
    """Which tiles have a pixel that is true: bool [n, h, w] to [n, h/32, w/32]."""
    n, h, w = pixels.shape
    return np.asarray(pixels.reshape(n, h // TILE_PX, TILE_PX, w // TILE_PX, TILE_PX).any(axis=(2, 4)), bool)
