"""The headline of a model: the share of defects that it touches at a stated rate of false reports. No threshold has to be chosen for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from skelp_training.evaluation.results import PictureResult
from skelp_training.evaluation.summary import ratio, share_found

RATES = (0.5, 1.0, 2.0, 5.0)
"""False reports per megapixel."""
THRESHOLDS = (0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.97, 0.98, 0.99, 0.995)
"""One threshold for all classes. The curve has steps between them, which lie on the safe side."""


def recall_at_rates(measured: Mapping[float, Sequence[PictureResult]]) -> list[dict[str, Any]]:
    """For each rate the highest recall of objects among the thresholds with at most so many false reports per megapixel.

    `measured`: each picture's result, by threshold. A rate that no threshold keeps has the recall None. All known pixels count, those of
    pictures with defects too; reports on unsure areas are left out.
    """
    points = []
    for threshold, pictures in measured.items():
        false = sum(r[2] is False for p in pictures for r in p.regions)
        points.append({"threshold": threshold, "false": ratio(false, sum(p.mpix for p in pictures))} | share_found(pictures))
    found = []
    for rate in RATES:
        within = [p for p in points if p["false"] <= rate and p["recall"] is not None]
        best = max(within, key=lambda p: (p["recall"], p["threshold"]), default=None)
        nothing = {"threshold": None, "recall": None, "interval": None, "by_size": None}
        kept = {k: best[k] for k in nothing} if best else nothing
        found.append({"false_per_mpix": rate, **kept})
    return found
