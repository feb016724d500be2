"""Metrics from confusion matrices: IoU, Dice, recall; and bootstrap intervals of any metric."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from skelp_training.data.pictures import U8, UNSURE

F64 = NDArray[np.float64]


class Confusion:
    """Counts pixels by true class (rows) and predicted class (columns) over many pictures. UNSURE pixels are left out."""

    def __init__(self, classes: int) -> None:
        self.pixels = np.zeros((classes, classes), np.int64)

    def add(self, found: U8, truth: U8) -> None:
        """Both uint8 of one shape."""
        n = len(self.pixels)
        sure = truth != UNSURE
        self.pixels += np.bincount(truth[sure].astype(np.int64) * n + found[sure], minlength=n * n).reshape(n, n)

    @property
    def iou(self) -> F64:
        """Intersection over union of each class; NaN for a class that is on no mask and was never predicted."""
        return ious(self.pixels)

    @property
    def miou(self) -> float:
        """Mean IoU over the defect classes that occur."""
        return mean_iou(self.pixels)


def ious(pixels: NDArray[np.int64] | F64) -> F64:
    """IoU of each class from a confusion matrix."""
    hit = np.diagonal(pixels).astype(float)
    union = pixels.sum(0) + pixels.sum(1) - hit
    return np.asarray(np.divide(hit, union, out=np.full(len(hit), np.nan), where=union > 0), np.float64)


def dices(pixels: NDArray[np.int64] | F64) -> F64:
    """Dice coefficient of each class from a confusion matrix."""
    hit = np.diagonal(pixels).astype(float)
    total = pixels.sum(0) + pixels.sum(1)
    return np.asarray(np.divide(2 * hit, total, out=np.full(len(hit), np.nan), where=total > 0), np.float64)


def recalls(pixels: NDArray[np.int64] | F64) -> F64:
    """Share of each class's true pixels that were predicted as that class; NaN for a class that is on no mask."""
    hit, there = np.diagonal(pixels).astype(float), pixels.sum(1)
    return np.asarray(np.divide(hit, there, out=np.full(len(hit), np.nan), where=there > 0), np.float64)


def mean_iou(pixels: NDArray[np.int64] | F64) -> float:
    """Mean IoU over the defect classes that are on some mask. Pixels of a class that is on no mask lower the IoU of the true class."""
    return _over_defects(ious(pixels), pixels)


def mean_dice(pixels: NDArray[np.int64] | F64) -> float:
    """Mean Dice coefficient over the defect classes that are on some mask."""
    return _over_defects(dices(pixels), pixels)


def _over_defects(values: F64, pixels: NDArray[np.int64] | F64) -> float:
    there = pixels.sum(1)[1:] > 0
    return float(values[1:][there].mean()) if there.any() else float("nan")


def bootstrap(groups: Sequence[F64], of: Callable[[F64], float], *, draws: int = 1000, seed: int = 1) -> tuple[float, float]:
    """95% interval of a statistic by bootstrap over groups (Efron, 1979): pictures of one plate are not independent, plates are.

    `groups` holds the sums of each group; `of` computes the statistic from their total.
    """
    stacked = np.stack([np.asarray(g, float) for g in groups])
    rng = np.random.default_rng(seed)
    values = [of(stacked[rng.integers(len(stacked), size=len(stacked))].sum(0)) for _ in range(draws)]
    known = [v for v in values if not np.isnan(v)]
    if not known:
        return float("nan"), float("nan")
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)
