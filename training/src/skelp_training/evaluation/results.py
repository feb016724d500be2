"""From judged pictures to figures: by pixels, by defects as objects, by false alarms on sound steel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from skelp_training.data.pictures import U8, UNSURE, marked
from skelp_training.evaluation.detector import Maps, Seen
from skelp_training.evaluation.metrics import bootstrap, dices, ious, mean_dice, mean_iou, recalls

SIZES_PX = (("small", 0, 100), ("medium", 100, 1000), ("large", 1000, 1 << 40))
"""Sizes of marked objects, px."""
BINS = 10
NEAR_PX = 9


@dataclass(frozen=True)
class Picture:
    """One picture's figures. `objects` are the marked ones: (class, area px, whether a found region touches it); `regions` the
    found ones: (class, peak score, whether it touches a marked object; None where nobody is sure). `truth` is kept for the report.
    """

    name: str
    group: str
    pixels: NDArray[np.int64]
    objects: tuple[tuple[int, int, bool], ...]
    regions: tuple[tuple[int, float, bool | None], ...]
    sound: bool
    mpix: float
    lines: int
    reliability: NDArray[np.float64] = field(default_factory=lambda: np.zeros((BINS, 3)))


def judged(name: str, group: str, maps: Maps, seen: Seen, truth: U8, classes: int) -> Picture:
    """Compare what was found on a picture with its mask uint8 [h, w]. Only pixels that somebody is sure of count."""
    sure = truth != UNSURE
    pixels = np.bincount(truth[sure].astype(np.int64) * classes + seen.classes[sure], minlength=classes * classes)
    defect = marked(truth)
    return Picture(
        name,
        group,
        pixels.reshape(classes, classes),
        tuple(_objects(truth, defect, seen)),
        tuple(_regions(seen, defect, sure)),
        sound=bool(sure.any() and not defect.any() and sure.mean() > 0.5),
        mpix=float(sure.sum() / 1e6),
        lines=truth.shape[0],
        reliability=_reliability(maps, truth, sure),
    )


def _objects(truth: U8, defect: NDArray[np.bool_], seen: Seen) -> Iterable[tuple[int, int, bool]]:
    """Marked objects: pieces that lie within NEAR_PX of each other, whatever their class."""
    count, near = cv2.connectedComponents(cv2.dilate(defect.astype(np.uint8), np.ones((NEAR_PX, NEAR_PX), np.uint8)), connectivity=8)
    labels = np.where(defect, near, 0)
    areas = np.bincount(labels.ravel(), minlength=count)
    hit = np.bincount(labels[seen.labels > 0], minlength=count) > 0
    first = np.zeros(count, np.int64)
    first[labels.ravel()] = truth.ravel()
    return [(int(first[n]), int(areas[n]), bool(hit[n])) for n in range(1, count)]


def _regions(seen: Seen, defect: NDArray[np.bool_], sure: NDArray[np.bool_]) -> Iterable[tuple[int, float, bool | None]]:
    count = len(seen.regions) + 1
    hit = np.bincount(seen.labels[defect], minlength=count) > 0
    known = np.bincount(seen.labels[sure], minlength=count) / np.maximum(np.bincount(seen.labels.ravel(), minlength=count), 1)
    for n, r in enumerate(seen.regions, start=1):
        yield r.class_id, r.score_peak / 255, True if hit[n] else False if known[n] > 0.5 else None


def _reliability(maps: Maps, truth: U8, sure: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Pixels called a defect, by score: count, sum of scores, how many are of that class."""
    class_id, score = (np.asarray(maps.enlarged(m), np.uint8) for m in (maps.class_id, maps.score))
    called = sure & (class_id > 0)
    p = score[called].astype(np.float64) / 255
    right = (class_id[called] == truth[called]).astype(float)
    at = np.minimum((p * BINS).astype(int), BINS - 1)
    return np.stack([np.bincount(at, w, minlength=BINS) for w in (np.ones_like(p), p, right)], axis=1)


def figures(pictures: Sequence[Picture], names: dict[int, str], mm_per_px: float | None) -> dict[str, Any]:
    """All figures of a set of pictures, with 95% intervals by bootstrap over groups. JSON-ready; None for what cannot be said."""
    pixels = np.sum([p.pixels for p in pictures], axis=0)
    groups = _by_group(pictures)
    flat = [np.sum([p.pixels for p in g], axis=0).ravel().astype(float) for g in groups]
    n = len(pixels)
    objects = [o for p in pictures for o in p.objects]
    found = [r for p in pictures for r in p.regions if r[2] is not None]
    result: dict[str, Any] = {
        "pictures": len(pictures),
        "groups": len(groups),
        "miou_fg": _number(mean_iou(pixels)),
        "miou_fg_interval": _pair(bootstrap(flat, lambda s: mean_iou(s.reshape(n, n)))),
        "iou": {names[c]: _number(v) for c, v in enumerate(ious(pixels)) if c and pixels[c].sum()},
        "dice_fg": _number(mean_dice(pixels)),
        "dice": {names[c]: _number(v) for c, v in enumerate(dices(pixels)) if c and pixels[c].sum()},
        "pixel_recall": {names[c]: _number(v) for c, v in enumerate(recalls(pixels)) if c and pixels[c].sum()},
        "object_recall": _number(_share(o[2] for o in objects)),
        "object_recall_interval": _interval(groups, lambda p: (sum(o[2] for o in p.objects), len(p.objects))),
        "object_recall_by_size": {k: _number(_share(o[2] for o in objects if low <= o[1] < high)) for k, low, high in SIZES_PX},
        "objects": len(objects),
        "region_precision": _number(_share(bool(r[2]) for r in found)),
        "region_precision_interval": _interval(groups, _hits),
        "regions": len(found),
    }
    return result | _false_alarms(pictures, mm_per_px) | _calibration(pictures)


def _false_alarms(pictures: Sequence[Picture], mm_per_px: float | None) -> dict[str, Any]:
    """On pictures without any defect."""
    sound = [p for p in pictures if p.sound]
    if not sound:
        return {
            "sound_pictures": 0,
            "sound_mpix": 0.0,
            "regions_per_mpix": None,
            "regions_per_mpix_interval": None,
            "regions_per_100m": None,
        }
    mpix = sum(p.mpix for p in sound)
    false = sum(r[2] is False for p in sound for r in p.regions)
    return {
        "sound_pictures": len(sound),
        "sound_mpix": round(mpix, 3),
        "regions_per_mpix": _number(false / mpix),
        "regions_per_mpix_interval": _interval(_by_group(sound), lambda p: (sum(r[2] is False for r in p.regions), p.mpix)),
        "regions_per_100m": _number(false / sum(p.lines for p in sound) / mm_per_px * 1e5) if mm_per_px else None,
    }


def _calibration(pictures: Sequence[Picture]) -> dict[str, Any]:
    """Expected calibration error of the score where a defect is called (Guo et al., ICML 2017), and the bins behind it."""
    count, score, right = np.sum([p.reliability for p in pictures], axis=0).T
    there = count > 0
    error = float(np.abs(score[there] - right[there]).sum() / max(count.sum(), 1))
    bins = [
        {"score": round(s / c, 3), "right": round(r / c, 3), "pixels": int(c)} for c, s, r in zip(count, score, right, strict=True) if c
    ]
    return {"calibration_error": _number(error), "calibration": bins}


def _hits(p: Picture) -> tuple[float, float]:
    known = [r for r in p.regions if r[2] is not None]
    return sum(bool(r[2]) for r in known), len(known)


def _interval(groups: Sequence[Sequence[Picture]], of: Any) -> list[float] | None:
    """Interval of a ratio of sums."""
    sums = [np.sum([of(p) for p in g], axis=0) for g in groups]
    return _pair(bootstrap(sums, lambda s: s[0] / s[1] if s[1] else float("nan")))


def _by_group(pictures: Sequence[Picture]) -> list[list[Picture]]:
    of: dict[str, list[Picture]] = {}
    for p in pictures:
        of.setdefault(p.group, []).append(p)
    return list(of.values())


def _share(hits: Iterable[bool]) -> float:
    values = list(hits)
    return float(np.mean(values)) if values else float("nan")


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


def _pair(pair: tuple[float, float]) -> list[float] | None:
    return None if any(np.isnan(pair)) else [round(v, 4) for v in pair]
