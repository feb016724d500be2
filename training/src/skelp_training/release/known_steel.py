"""Teaches an exported model to say that it does not know a steel (networks/known_steel.py; ADR 17).

It learns from the training pictures and from the features that the network has, which stay as they are. What it must flag is drawn
(data/patterns.py), or comes from sets of unknown steel. A fifth of the pictures set the limits and teach nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch documents this alias

from skelp.domain.errors import SkelpError
from skelp.domain.maps import TILE_PX
from skelp.pipeline.edges import find_edges
from skelp.pipeline.familiar import is_beyond
from skelp_training.config import KnownSteelPlan
from skelp_training.data.patterns import dimmed, with_pattern
from skelp_training.data.pictures import U8, Sample, split_of
from skelp_training.data.pools import Pool
from skelp_training.networks.known_steel import KnownSteel, tile_features
from skelp_training.networks.stripnet import StripNet

F32 = NDArray[np.float32]
_LEAST_TILES = 3
"""Smaller pictures, in tiles of either side, teach nothing."""
_LIMIT_SHARE = 0.2
_LARGE_GROUP = 0.1
"""A group with a larger share of its set's pictures always teaches: without it, a part of what is known would be missing."""
_QUIET_SHARE = 0.999
"""Share of the known stretches that must lie below the limits."""
_TOWARDS_PATTERNS = 0.15
"""How far the limit of the head lies from the known steel's highest stretches towards the median of the drawn patterns."""
_BEYOND_KNOWN = 1.25
"""The limit of the Mahalanobis distance, in units of the known steel's highest stretches."""
_SHRINK = 0.05
"""Added to the variance of every feature, so that a feature that never varied does not decide."""
_WINDOWS = 8
"""Known and unknown windows of a step, each."""
_LEAST_WIDE, _MOST_WIDE = 8, 26
_LR = 1e-3
_TILE_WEIGHT = 0.3
"""Weight of the single tiles in the loss, beside the mean of the window that the line judges."""


@dataclass
class _Steel:
    """Features of pictures, float16 [channels, rows, columns] each, by the index of their set."""

    taught: list[tuple[int, Tensor]] = field(default_factory=list)
    kept: list[tuple[int, Tensor]] = field(default_factory=list)
    """For the limits."""

    def add(self, number: int, features: Tensor | None, *, teaches: bool) -> None:
        if features is not None:
            (self.taught if teaches else self.kept).append((number, features))


def learn_known_steel(network: StripNet, pools: Sequence[Pool], plan: KnownSteelPlan, seed: int) -> tuple[KnownSteel, dict[str, Any]]:
    """The third output for a trained network in eval mode, and what the card says about it.

    Raises SkelpError if the pictures are too few or too small.
    """
    rng = np.random.default_rng([seed, 17])
    torch.manual_seed(seed)
    known, unknown = _collected(network, pools, plan, rng)
    channels = unknown.taught[0][1].shape[0]
    layer = KnownSteel(channels).eval()
    tiles = np.concatenate([f.float().reshape(channels, -1).T.numpy() for f in _evenly(known.taught, rng)])
    _fit_distance(layer, tiles)
    _fit_head(layer, known, unknown, plan.steps, rng)
    return layer, _set_limits(layer, known, unknown)


def _collected(network: StripNet, pools: Sequence[Pool], plan: KnownSteelPlan, rng: np.random.Generator) -> tuple[_Steel, _Steel]:
    known, unknown = _Steel(), _Steel()
    for number, pool in enumerate(p for p in pools if p.steel != "neither"):
        pictures = Counter(_group(s) for s in pool.samples)
        for sample in _spread(pool.samples, plan.pictures):
            teaches = _teaches(sample, pictures)
            if pool.steel == "unknown":
                unknown.add(number, _features(network, sample, sample.image), teaches=teaches)
                continue
            for image in (sample.image, dimmed(sample.image, rng)):
                known.add(number, _features(network, sample, image), teaches=teaches)
                unknown.add(number, _features(network, sample, with_pattern(image, rng)), teaches=teaches)
    if not all((known.taught, known.kept, unknown.taught, unknown.kept)):
        raise _too_few()
    return known, unknown


def check_pictures(pools: Sequence[Pool], plan: KnownSteelPlan) -> None:
    """Raise SkelpError if no picture of known steel is large enough to teach, or none to set the limits."""
    roles = set()
    for pool in (p for p in pools if p.steel == "known"):
        pictures = Counter(_group(s) for s in pool.samples)
        roles |= {_teaches(s, pictures) for s in _spread(pool.samples, plan.pictures) if min(s.image.shape) >= _LEAST_TILES * TILE_PX}
    if roles != {True, False}:
        raise _too_few()


def _too_few() -> SkelpError:
    return SkelpError(
        f"[known_steel] needs pictures of at least {_LEAST_TILES * TILE_PX} px of steel on either side, of more than a few plates: "
        "some teach, others set the limits. Add pictures, name smaller groups, or leave the table out"
    )


def _teaches(sample: Sample, pictures: Counter[str]) -> bool:
    """Whether a picture teaches; otherwise it sets the limits. `pictures`: how many each group of its set has."""
    large = max(_LARGE_GROUP * pictures.total(), 1)
    return pictures[_group(sample)] > large or split_of(_group(sample), _LIMIT_SHARE) == "train"


def _group(sample: Sample) -> str:
    return sample.group or sample.name


def _spread(samples: Sequence[Sample], most: int) -> Iterator[Sample]:
    """At most so many of the samples, spread over all."""
    count = min(most, len(samples))
    return (samples[n * len(samples) // count] for n in range(count))


def _features(network: StripNet, sample: Sample, image: U8) -> Tensor | None:
    """Features of the picture's steel, float16 [channels, rows, columns] by tiles. None if it shows too little steel."""
    rows, columns = (side // TILE_PX for side in image.shape)
    image = image[: rows * TILE_PX, : columns * TILE_PX]
    if min(rows, columns) < _LEAST_TILES:
        return None
    left, right = 0, columns
    if not sample.piece:
        edges = find_edges(image)
        left, right = -(-int(edges.left.max()) // TILE_PX), int(edges.right.min()) // TILE_PX
    if right - left < _LEAST_TILES:
        return None
    with torch.no_grad():
        scales = network.scales(torch.from_numpy(image)[None, None].float())
        return tile_features(scales)[0, :, :, left:right].half()


def _evenly(steel: list[tuple[int, Tensor]], rng: np.random.Generator) -> list[Tensor]:
    """Pictures drawn so that every set has the same share."""
    order = rng.choice(len(steel), len(steel), p=_shares(steel))
    return [steel[n][1] for n in order]


def _shares(steel: list[tuple[int, Tensor]]) -> NDArray[np.float64]:
    numbers = np.array([number for number, _ in steel])
    each = 1 / np.bincount(numbers)[numbers]
    return np.asarray(each / each.sum(), np.float64)


def _fit_distance(layer: KnownSteel, tiles: F32) -> None:
    """Set the Mahalanobis distance, and the scale of the head's inputs, by tiles of known steel, float32 [n, channels]."""
    mean, spread = tiles.mean(0), tiles.std(0)
    whiten = np.linalg.inv(np.linalg.cholesky(np.cov(tiles.T) + _SHRINK * np.eye(len(mean))))
    layer.centre.copy_(torch.from_numpy(mean)[:, None, None])
    layer.spread.copy_(torch.from_numpy(spread + _SHRINK)[:, None, None])
    with torch.no_grad():
        layer.whitened.weight.copy_(torch.from_numpy(whiten)[:, :, None, None])
        bias = layer.whitened.bias
        assert bias is not None
        bias.copy_(torch.from_numpy(-whiten @ mean))


def _fit_head(layer: KnownSteel, known: _Steel, unknown: _Steel, steps: int, rng: np.random.Generator) -> None:
    optimiser = torch.optim.AdamW(layer.head.parameters(), _LR, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 1e-3, steps)
    drawn = [(s.taught, _shares(s.taught), label) for s, label in ((known, 0.0), (unknown, 1.0))]
    for _ in range(steps):
        optimiser.zero_grad()
        for steel, share, label in drawn:
            for n in rng.choice(len(steel), _WINDOWS, p=share):
                logit = layer.pattern(_window(steel[n][1], rng)[None])
                target = torch.full_like(logit, label)
                single = F.binary_cross_entropy_with_logits(logit, target)
                whole = F.binary_cross_entropy_with_logits(logit.mean(), target[0, 0, 0])
                loss = (whole + _TILE_WEIGHT * single) / (2 * _WINDOWS)
                loss.backward()  # type: ignore[no-untyped-call] # torch does not type it
        optimiser.step()
        schedule.step()


def _window(features: Tensor, rng: np.random.Generator) -> Tensor:
    """A window over the whole height, float32, mirrored at random."""
    wide = int(rng.integers(_LEAST_WIDE, _MOST_WIDE))
    start = int(rng.integers(0, max(1, features.shape[2] - wide + 1)))
    mirrored = [axis for axis in (1, 2) if rng.random() < 0.5]
    return features[:, :, start : start + wide].float().flip(mirrored)


def _set_limits(layer: KnownSteel, known: _Steel, unknown: _Steel) -> dict[str, Any]:
    def medians(steel: _Steel) -> tuple[F32, F32]:
        with torch.no_grad():
            both = [[np.median(part(f.float()[None]).numpy()) for part in (layer.pattern, layer.far)] for _, f in steel.kept]
        pattern, far = np.array(both, np.float32).T
        return pattern, far

    def flagged(steel: _Steel) -> float:
        """Share of the pictures that the line would flag, each as one stretch."""
        with torch.no_grad():
            return round(float(np.mean([is_beyond(layer(f.float()[None]).numpy()) for _, f in steel.kept])), 4)

    pattern, far = medians(known)
    drawn = medians(unknown)
    highest, typical = float(np.quantile(pattern, _QUIET_SHARE)), float(np.median(drawn[0]))
    if typical <= highest:
        raise SkelpError(
            "[known_steel] learned nothing: pictures with a pattern drawn on them look like known steel to it. Train the network for "
            "longer, give more pictures or steps, or leave the table out"
        )
    layer.limits[0] = max(highest, 0.0) + _TOWARDS_PATTERNS * max(1.0, typical - highest)
    layer.limits[1] = _BEYOND_KNOWN * float(np.quantile(far, _QUIET_SHARE))
    limits = layer.limits.numpy()
    return {
        "limits": {"pattern": round(float(limits[0]), 3), "far": round(float(limits[1]), 3)},
        "limits_from": {"known": len(pattern), "unknown": len(drawn[0])},
        "flagged_where_limits_were_chosen": {"known": flagged(known), "unknown": flagged(unknown)},
    }
