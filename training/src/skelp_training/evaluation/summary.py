"""The figures of a set of pictures, with 95% intervals by bootstrap over groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from skelp_training.evaluation.metrics import bootstrap, dices, ious, mean_dice, mean_iou, recalls
from skelp_training.evaluation.results import PictureResult

SIZES_PX = (("small", 0, 100), ("medium", 100, 1000), ("large", 1000, 1 << 40))
"""Sizes of marked objects, px."""


def summarise(pictures: Sequence[PictureResult], names: dict[int, str], mm_per_px: float | None) -> dict[str, Any]:
    """All figures of a set of pictures, ready for JSON; None where the pictures do not allow a figure. `names` by class id."""
    pixels = np.sum([p.pixels for p in pictures], axis=0)
    groups = _by_group(pictures)
    flat = [np.sum([p.pixels for p in g], axis=0).ravel().astype(float) for g in groups]
    n = len(pixels)
    objects, recall = [o for p in pictures for o in p.objects], share_found(pictures)
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
        "object_recall": recall["recall"],
        "object_recall_interval": recall["interval"],
        "object_recall_by_size": recall["by_size"],
        "objects": len(objects),
        "region_precision": _number(_share(bool(r[2]) for r in found)),
        "region_precision_interval": _interval(groups, _hits),
        "regions": len(found),
        "false_per_mpix": _number(ratio(sum(not r[2] for r in found), sum(p.mpix for p in pictures))),
        "false_per_mpix_interval": _interval(groups, lambda p: (sum(r[2] is False for r in p.regions), p.mpix)),
        "regions_on_unsure": sum(r[2] is None for p in pictures for r in p.regions),
        "unsure_mpix": round(sum(p.unsure_mpix for p in pictures), 3),
        "unfamiliar_pictures": sum(p.unfamiliar_mpix > 0 for p in pictures),
        "unfamiliar_mpix": round(sum(p.unfamiliar_mpix for p in pictures), 3),
    }
    return result | _false_alarms(pictures, mm_per_px) | _marks(pictures) | _calibration(pictures)


def share_found(pictures: Sequence[PictureResult]) -> dict[str, Any]:
    """Share of the marked objects that a region touches: `recall`, its `interval`, and `by_size`."""
    objects = [o for p in pictures for o in p.objects]
    return {
        "recall": _number(_share(o[2] for o in objects)),
        "interval": _interval(_by_group(pictures), lambda p: (sum(o[2] for o in p.objects), len(p.objects))),
        "by_size": {k: _number(_share(o[2] for o in objects if low <= o[1] < high)) for k, low, high in SIZES_PX},
    }


def ratio(part: float, whole: float) -> float:
    """NaN for a ratio to nothing: where nothing was judged, no rate is known."""
    return part / whole if whole else float("nan")


def _false_alarms(pictures: Sequence[PictureResult], mm_per_px: float | None) -> dict[str, Any]:
    """Regions on pictures without a marked defect."""
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
        "regions_per_mpix": _number(ratio(false, mpix)),
        "regions_per_mpix_interval": _interval(_by_group(sound), lambda p: (sum(r[2] is False for r in p.regions), p.mpix)),
        "regions_per_100m": _number(ratio(false, sum(p.lines for p in sound)) / mm_per_px * 1e5) if mm_per_px else None,
    }


def _marks(pictures: Sequence[PictureResult]) -> dict[str, Any]:
    """Marks that are no defects: which share was detected as a mark, and which was reported as a defect."""
    marks = [m for p in pictures for m in p.marks]
    return {
        "marks": len(marks),
        "marks_detected": _number(_share(m[1] for m in marks)),
        "marks_reported_as_defects": _number(_share(m[2] for m in marks)),
    }


def _calibration(pictures: Sequence[PictureResult]) -> dict[str, Any]:
    """Expected calibration error of the score where a defect is predicted (Guo et al., ICML 2017), and its bins."""
    count, score, right = np.sum([p.reliability for p in pictures], axis=0).T
    there = count > 0
    error = float(np.abs(score[there] - right[there]).sum() / max(count.sum(), 1))
    bins = [
        {"score": round(s / c, 3), "right": round(r / c, 3), "pixels": int(c)} for c, s, r in zip(count, score, right, strict=True) if c
    ]
    return {"calibration_error": _number(error), "calibration": bins}


def _hits(p: PictureResult) -> tuple[float, float]:
    known = [r for r in p.regions if r[2] is not None]
    return sum(bool(r[2]) for r in known), len(known)


def _interval(groups: Sequence[Sequence[PictureResult]], of: Callable[[PictureResult], tuple[float, float]]) -> list[float] | None:
    """Interval of a ratio of sums; `of` gives numerator and denominator of a picture."""
    sums = [np.sum([of(p) for p in g], axis=0) for g in groups]
    return _pair(bootstrap(sums, lambda s: s[0] / s[1] if s[1] else float("nan")))


def _by_group(pictures: Sequence[PictureResult]) -> list[list[PictureResult]]:
    of: dict[str, list[PictureResult]] = {}
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
