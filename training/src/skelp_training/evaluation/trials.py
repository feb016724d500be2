"""Thresholds tried on pictures that the network saw once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skelp.domain.defect import DefectClass
from skelp_training.data.pictures import Item, Sample
from skelp_training.evaluation.detector import Judge, Maps
from skelp_training.evaluation.results import Picture, judged

CANDIDATES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.96, 0.98)


def judge_item(judge: Judge, item: Item, sample: Sample, maps: Maps, classes: Sequence[DefectClass] | None = None) -> Picture:
    """One picture's figures, with the card's limits or with others."""
    return judged(item.name, item.group, maps, judge.defects(maps, classes), sample.mask, 1 + judge.card.highest_id)


def errors(pictures: Sequence[Picture]) -> tuple[int, int]:
    """Marked objects that no region touches, and regions on sound steel."""
    missed = sum(not o[2] for p in pictures for o in p.objects)
    return missed, sum(r[2] is False for p in pictures for r in p.regions)


class Trials:
    """The network's answers on a set, kept, so that each choice of thresholds costs no inference."""

    def __init__(self, judge: Judge, items: Sequence[Item]) -> None:
        self._judge = judge
        self._seen: list[tuple[Item, Sample, Maps]] = [(i, s, judge.maps(s.image)) for i in items for s in [i.load()]]

    def __call__(self, classes: Sequence[DefectClass]) -> list[Picture]:
        return [judge_item(self._judge, item, sample, maps, classes) for item, sample, maps in self._seen]


def curve(trials: Trials, classes: Sequence[DefectClass]) -> list[dict[str, float]]:
    """Recall of objects against false regions per megapixel, one threshold for all classes."""
    points = []
    for t in CANDIDATES:
        pictures = trials([replace(c, threshold=t) for c in classes])
        missed, false = errors(pictures)
        objects, mpix = sum(len(p.objects) for p in pictures), sum(p.mpix for p in pictures)
        points.append({"threshold": t, "recall": round(1 - missed / max(objects, 1), 4), "false_per_mpix": round(false / mpix, 3)})
    return points
