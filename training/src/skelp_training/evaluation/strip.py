"""Counts the defects that a model reports on a stretch of strip, and the interval of their rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from skelp.domain.defect import DefectClass
from skelp_training.data.pictures import read_grey
from skelp_training.evaluation.detector import Detector


@dataclass(frozen=True)
class Stretch:
    """Pictures of a stretch of strip and its length."""

    files: tuple[Path, ...]
    metres: float

    @staticmethod
    def of(files: Sequence[Path], mm_per_line: float) -> Stretch:
        """Raises SkelpError if a file is not a picture."""
        return Stretch(tuple(files), sum(read_grey(f).shape[0] for f in files) * mm_per_line / 1000)


def poisson_interval(count: int, metres: float) -> tuple[float, float]:
    """95% interval of a rate per 100 m from a count over a length (Garwood, 1936)."""
    low = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    return float(low) / metres * 100, float(chi2.ppf(0.975, 2 * count + 2)) / 2 / metres * 100


def count_by_threshold(detector: Detector, stretch: Stretch, thresholds: Sequence[float]) -> NDArray[np.int64]:
    """Defects reported at each threshold, int64 [thresholds, classes], in the order of the card's classes."""
    found = np.zeros((len(thresholds), len(detector.classes)), np.int64)
    for file in stretch.files:
        maps = detector.run(read_grey(file))
        if not maps.class_id.any():
            continue
        for n, t in enumerate(thresholds):
            ids = [r.class_id for r in detector.detect(maps, [replace(c, threshold=t) for c in detector.classes]).regions]
            found[n] += [ids.count(c.id) for c in detector.classes]
    return found


def defect_rate(detector: Detector, classes: Sequence[DefectClass], stretch: Stretch) -> dict[str, Any]:
    """Defects reported with the thresholds of `classes`: count, rate per 100 m with its 95% interval, by class."""
    ids = [r.class_id for f in stretch.files for r in detector.detect(detector.run(read_grey(f)), classes).regions]
    low, high = poisson_interval(len(ids), stretch.metres)
    return {
        "checked_on_m": round(stretch.metres, 2),
        "false": len(ids),
        "per_100m": round(len(ids) / stretch.metres * 100, 2),
        "interval_per_100m": [round(low, 2), round(high, 2)],
        "by_class": {c.name: ids.count(c.id) for c in classes},
        "thresholds": {c.name: c.threshold for c in classes},
    }
