"""Compares two models on the same pictures: what differs, and how certain that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from skelp_training.evaluation.metrics import F64, bootstrap, mean_iou
from skelp_training.evaluation.results import PictureResult


@dataclass(frozen=True)
class Metric:
    """A metric to compare models by: `sums` of a picture, and `of`, the metric of their total.

    `margin` is the loss up to which a model that is not significantly worse does not count as worse.
    """

    name: str
    sums: Callable[[PictureResult], F64]
    of: Callable[[F64], float]
    higher_is_better: bool
    margin: float


def _share(sums: F64) -> float:
    return float(sums[0] / sums[1]) if sums[1] else float("nan")


def _iou(sums: F64) -> float:
    n = round(len(sums) ** 0.5)
    return mean_iou(sums.reshape(n, n))


def _found(p: PictureResult) -> F64:
    return np.array([sum(o[2] for o in p.objects), len(p.objects)], float)


def _real(p: PictureResult) -> F64:
    known = [r for r in p.regions if r[2] is not None]
    return np.array([sum(bool(r[2]) for r in known), len(known)], float)


def _false(p: PictureResult) -> F64:
    return np.array([sum(r[2] is False for r in p.regions), p.mpix], float) if p.sound else np.zeros(2)


def _all_false(p: PictureResult) -> F64:
    return np.array([sum(r[2] is False for r in p.regions), p.mpix], float)


def _judged(p: PictureResult) -> F64:
    judged = p.mpix + p.unsure_mpix
    return np.array([judged, judged + p.unfamiliar_mpix])


RECALL = "object_recall"
"""The metric without which nothing says that a model finds anything."""
METRICS = (
    Metric("judged_share", _judged, _share, True, 0.005),
    Metric("miou_fg", lambda p: p.pixels.ravel().astype(float), _iou, True, 0.01),
    Metric(RECALL, _found, _share, True, 0.01),
    Metric("region_precision", _real, _share, True, 0.02),
    Metric("false_per_mpix", _all_false, _share, False, 0.5),
    Metric("regions_per_mpix", _false, _share, False, 0.2),
)
LEAST_GROUPS = 5
"""Differences on fewer groups prove nothing: a bootstrap over one group has an interval of no width."""


@dataclass(frozen=True)
class Difference:
    """A metric of champion and challenger, and the 95% interval of the challenger's gain. A positive gain is an improvement.

    `groups`: how many groups of pictures the metric comes from.
    """

    metric: str
    champion: float
    challenger: float
    gain: float
    low: float
    high: float
    margin: float
    groups: int

    @property
    def better(self) -> bool:
        """Whether the whole interval is above zero, and enough groups show it."""
        return self.low > 0 and self.groups >= LEAST_GROUPS

    @property
    def proven_worse(self) -> bool:
        """Whether the whole interval is below zero, and enough groups show it."""
        return self.high < 0 and self.groups >= LEAST_GROUPS

    @property
    def worse(self) -> bool:
        """Whether the loss is proven, or larger than the margin."""
        return self.proven_worse or self.gain < -self.margin

    def __str__(self) -> str:
        interval = f"95% {self.low:+.4g} to {self.high:+.4g}, groups {self.groups}"
        return f"{self.metric} {self.champion:.4g} -> {self.challenger:.4g} (gain {self.gain:+.4g}, {interval})"


def differences(champion: Sequence[PictureResult], challenger: Sequence[PictureResult], *, by_pixels: bool = True) -> list[Difference]:
    """Each metric that the pictures allow, by paired bootstrap over groups: both models are measured on the same draw of groups.

    `by_pixels`: the masks' outlines are good enough to compare pixels.
    """
    groups: dict[str, list[tuple[PictureResult, PictureResult]]] = {}
    for a, b in zip(champion, challenger, strict=True):
        groups.setdefault(a.group, []).append((a, b))
    found = []
    for m in METRICS:
        if m.of is _iou and not by_pixels:
            continue
        sign = 1 if m.higher_is_better else -1
        sums = [np.stack([np.sum([m.sums(p) for p in side], axis=0) for side in zip(*pairs, strict=True)]) for pairs in groups.values()]
        whole = np.sum(sums, axis=0)
        before, after = m.of(whole[0]), m.of(whole[1])
        if np.isnan(before) or np.isnan(after):
            continue
        low, high = bootstrap(sums, lambda s, m=m, sign=sign: sign * (m.of(s[1]) - m.of(s[0])))  # type: ignore[misc]
        found.append(Difference(m.name, before, after, sign * (after - before), low, high, m.margin, sum(bool(s.any()) for s in sums)))
    return found
