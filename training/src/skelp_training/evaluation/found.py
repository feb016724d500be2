"""What a model found on held-out pictures, by class: what its card says of it, with which a line's coils are compared (ADR 32)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from skelp_training.evaluation.results import PictureResult


def found_on(pictures: Sequence[PictureResult], names: Mapping[int, str]) -> dict[str, Any]:
    """The entry of a card. Every report counts, true, false or on unsure steel, as every report of a line does. `names` by class id."""
    scores: dict[int, list[float]] = {}
    for class_id, mean_score, _ in (region for p in pictures for region in p.regions):
        scores.setdefault(class_id, []).append(mean_score)
    classes = {names[c]: {"defects": len(s), "mean_score": round(fmean(s), 4)} for c, s in sorted(scores.items())}
    return {"pictures": len(pictures), "classes": classes}
