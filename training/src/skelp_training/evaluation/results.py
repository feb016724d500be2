"""Compares what was detected on one picture with its mask: by pixels, by marked objects, by detected regions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp_training.data.pictures import SOUND, U8, UNSURE, marked
from skelp_training.evaluation.detector import ClassMaps, Detections

BINS = 10
"""Bins of the score for calibration."""
NEAR_PX = 9
"""Marked pixels that a square of this side joins belong to one object."""


@dataclass(frozen=True)
class PictureResult:
    """The comparison of one picture with its mask. Marks that are no defects count as sound steel here, marked or detected.

    `pixels` int64 [classes, classes] is the confusion matrix. `objects` are the marked ones: (class, area px, whether a detected
    region touches it). `regions` are the detected ones: (class, mean score, whether it touches a marked object; None if it lies on
    UNSURE pixels). `sound`: no defect is marked and more than half of the pixels are known. `mpix` counts known pixels and `lines` the
    lines that the model judged, `unsure_mpix` the pixels that are not known; the steel that it did not judge is in `unfamiliar_mpix` alone.
    `marks` are the marks that are no defects: (class, whether it was detected as a mark, whether it was reported as a defect).
    `reliability` float64 [BINS, 3]: of the pixels predicted as a defect, by score, the count, the sum of scores and how many are right.
    """

    name: str
    group: str
    pixels: NDArray[np.int64]
    objects: tuple[tuple[int, int, bool], ...]
    regions: tuple[tuple[int, float, bool | None], ...]
    sound: bool
    mpix: float
    lines: int
    unsure_mpix: float = 0.0
    unfamiliar_mpix: float = 0.0
    marks: tuple[tuple[int, bool, bool], ...] = ()
    reliability: NDArray[np.float64] = field(default_factory=lambda: np.zeros((BINS, 3)))


def compare_with_mask(name: str, group: str, maps: ClassMaps, found: Detections, mask: U8, defects: Collection[int]) -> PictureResult:
    """Compare detections with the mask uint8 [h, w]. UNSURE pixels are left out. `defects`: ids of the classes that are defects."""
    sure, mark = mask != UNSURE, marked(mask) & ~np.isin(mask, list(defects))
    truth = np.where(mark, SOUND, mask).astype(np.uint8)
    reports = found.of(defects)
    known = sure & maps.judged[:, None]
    classes = 1 + max(defects)
    pixels = np.bincount(truth[sure].astype(np.int64) * classes + reports.classes[sure], minlength=classes * classes)
    defect = marked(truth)
    unsure = ~sure & maps.judged[:, None]
    seen = (found.labels > 0) & (reports.labels == 0)
    reported = reports.labels > 0
    return PictureResult(
        name,
        group,
        pixels.reshape(classes, classes),
        tuple((class_id, area, hit) for class_id, area, (hit,) in _objects(truth, defect, reported)),
        tuple(_regions(reports, defect, sure)),
        sound=bool(known.any() and not defect.any() and sure.mean() > 0.5),
        mpix=float(known.sum() / 1e6),
        lines=int(maps.judged.sum()),
        unsure_mpix=float(unsure.sum() / 1e6),
        unfamiliar_mpix=float((~maps.judged).sum() * truth.shape[1] / 1e6),
        marks=tuple((class_id, as_mark, as_defect) for class_id, _, (as_mark, as_defect) in _objects(mask, mark, seen, reported)),
        reliability=_reliability(maps, truth, known, defects),
    )


def _objects(truth: U8, defect: NDArray[np.bool_], *detected: NDArray[np.bool_]) -> Iterable[tuple[int, int, list[bool]]]:
    """Marked objects: pixels of `defect` within NEAR_PX of each other, whatever their class. Class, area, and which `detected` hit it."""
    count, near = cv2.connectedComponents(cv2.dilate(defect.astype(np.uint8), np.ones((NEAR_PX, NEAR_PX), np.uint8)), connectivity=8)
    labels = np.where(defect, near, 0)
    areas = np.bincount(labels.ravel(), minlength=count)
    hits = [np.bincount(labels[d], minlength=count) > 0 for d in detected]
    first = np.zeros(count, np.int64)
    first[labels.ravel()] = truth.ravel()
    return [(int(first[n]), int(areas[n]), [bool(hit[n]) for hit in hits]) for n in range(1, count)]


def _regions(found: Detections, defect: NDArray[np.bool_], sure: NDArray[np.bool_]) -> Iterable[tuple[int, float, bool | None]]:
    count = len(found.regions) + 1
    hit = np.bincount(found.labels[defect], minlength=count) > 0
    known = np.bincount(found.labels[sure], minlength=count) / np.maximum(np.bincount(found.labels.ravel(), minlength=count), 1)
    for n, r in enumerate(found.regions, start=1):
        yield r.class_id, r.score_sum / r.area / 255, True if hit[n] else False if known[n] > 0.5 else None


def _reliability(maps: ClassMaps, truth: U8, sure: NDArray[np.bool_], defects: Collection[int]) -> NDArray[np.float64]:
    """Pixels predicted as a defect, by score: count, sum of scores, how many are of that class."""
    class_id, score = (np.asarray(maps.enlarged(m), np.uint8) for m in (maps.class_id, maps.score))
    predicted = sure & np.isin(class_id, list(defects))
    p = score[predicted].astype(np.float64) / 255
    right = (class_id[predicted] == truth[predicted]).astype(float)
    at = np.minimum((p * BINS).astype(int), BINS - 1)
    return np.stack([np.bincount(at, w, minlength=BINS) for w in (np.ones_like(p), p, right)], axis=1)
