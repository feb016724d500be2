"""Tries thresholds on pictures that the network ran on once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skelp.domain.defect import DefectClass
from skelp.domain.errors import SkelpError
from skelp_training.data.pictures import U8, Item, Sample
from skelp_training.evaluation.detector import ClassMaps, Detector
from skelp_training.evaluation.results import PictureResult, compare_with_mask

CANDIDATES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.96, 0.98)
"""Thresholds that are tried."""


def measure(
    detector: Detector, sample: Sample, maps: ClassMaps, *, group: str, classes: Sequence[DefectClass] | None = None
) -> PictureResult:
    """Compare a picture with its mask. `classes` replaces the limits of the model's card."""
    found = detector.detect(maps, classes)
    return compare_with_mask(sample.name, group, maps, found, sample.mask, detector.defect_ids)


def measure_items(detector: Detector, items: Sequence[Item], classes: Sequence[DefectClass] | None = None) -> list[PictureResult]:
    """Run the network on every item and compare with its mask."""
    return measure_at(detector, items, [classes])[0]


def measure_at(detector: Detector, items: Sequence[Item], limits: Sequence[Sequence[DefectClass] | None]) -> list[list[PictureResult]]:
    """Run the network once on every item and measure it with each of `limits`, as in `measure`. Memory does not grow with the pictures."""
    results: list[list[PictureResult]] = [[] for _ in limits]
    for item in items:
        sample = item.load()
        maps = detector.run(sample.image, piece=sample.piece)
        for found, classes in zip(results, limits, strict=True):
            found.append(measure(detector, sample, maps, group=item.group, classes=classes))
    return results


def count_errors(pictures: Sequence[PictureResult]) -> tuple[int, int]:
    """Missed objects (no region touches them) and false alarms (regions on sound steel)."""
    missed = sum(not o[2] for p in pictures for o in p.objects)
    return missed, sum(r[2] is False for p in pictures for r in p.regions)


class Trials:
    """The network's answers on a set, kept in memory: trying other thresholds needs no inference."""

    def __init__(self, detector: Detector, items: Sequence[Item]) -> None:
        self._detector = detector
        self._answers: list[tuple[Item, Sample, ClassMaps]] = [
            (i, s, detector.run(s.image, piece=s.piece)) for i in items for s in [i.load()]
        ]

    @property
    def pictures(self) -> list[U8]:
        """The pictures of the set, in its order."""
        return [sample.image for _, sample, _ in self._answers]

    def __call__(self, classes: Sequence[DefectClass]) -> list[PictureResult]:
        """Each picture's result with these classes' thresholds."""
        return [measure(self._detector, sample, maps, group=item.group, classes=classes) for item, sample, maps in self._answers]


def threshold_curve(trials: Trials, classes: Sequence[DefectClass]) -> list[dict[str, float]]:
    """Recall of objects against false regions per megapixel, with one threshold for all classes."""
    points = []
    for t in CANDIDATES:
        pictures = trials([replace(c, threshold=t) for c in classes])
        missed, false = count_errors(pictures)
        objects, mpix = sum(len(p.objects) for p in pictures), sum(p.mpix for p in pictures)
        if not mpix:
            raise SkelpError("the model does not know the steel of any of these pictures, so nothing can be chosen or drawn by them")
        points.append({"threshold": t, "recall": round(1 - missed / max(objects, 1), 4), "false_per_mpix": round(false / mpix, 3)})
    return points
