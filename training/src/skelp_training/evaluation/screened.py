"""What a screen keeps of what a model reports, and how much steel it passes on to it (ADR 23)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

import numpy as np

from skelp.domain.errors import SkelpError
from skelp.domain.maps import TILE_PX
from skelp.inference.second_look import OWN, places
from skelp_training.data.pictures import U8, Sample, split_of
from skelp_training.data.pools import Pool
from skelp_training.evaluation.detector import Detector

KEPT = 0.995
"""Share of the defects that the model reports that the screen must keep."""
_CHOSEN = 0.999
"""The same among the defects that choose the limit: more, because the hardest of others may be harder."""
_MOST_LIMIT = 127
_SMALL_MM2 = 10.0
LEAST_DEFECTS = 200
"""Defects that a limit is chosen by, at least."""

Suspect = Callable[[U8], U8]
"""Gives the suspicion of each tile of a picture: uint8 [h, w] to uint8 [h/32, w/32], rounded up."""


@dataclass
class Tally:
    """The suspicion of each defect that the model reports in some pictures, and of all tiles: `tiles` int [256], how many have which."""

    peaks: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    tiles: np.ndarray[Any, np.dtype[np.int64]] = field(default_factory=lambda: np.zeros(256, np.int64))


@dataclass
class Figures:
    """What a screen does in one data set. It adds up over halves that were judged with different limits."""

    found: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    marks: int = 0
    marks_kept: int = 0
    tiles: int = 0
    passed_on: int = 0

    def add(self, tally: Tally, limit: int) -> None:
        self.found.update(tally.kinds)
        self.kept.update(kind for peak, kind in zip(tally.peaks, tally.kinds, strict=True) if peak >= limit)
        self.marks += len(tally.marks)
        self.marks_kept += sum(peak >= limit for peak in tally.marks)
        self.tiles += int(tally.tiles.sum())
        self.passed_on += int(tally.tiles[limit:].sum())

    @property
    def record(self) -> dict[str, Any]:
        """For the card."""
        found, kept = self.found.total(), self.kept.total()
        return {
            "found": found,
            "kept": kept,
            "kept_share": share(kept, found),
            "by_kind": {kind: f"{self.kept[kind]} of {self.found[kind]}" for kind in sorted(self.found)},
            "marks_kept": f"{self.marks_kept} of {self.marks}",
            "tiles": self.tiles,
            "tiles_passed_on": round(self.passed_on / max(1, self.tiles), 4),
        }


def judged(pools: Sequence[Pool], detector: Detector, suspect: Suspect) -> tuple[int, dict[str, Figures]]:
    """The limit of a screen, and its figures by data set, on held-out pictures.

    Each half of the groups chooses a limit that the other half is measured with, so no picture is measured with a limit that it chose.
    The model gets the lower one. Raises SkelpError if a half has too few defects to choose by.
    """
    halves = [tallies(pools, detector, suspect, half) for half in (True, False)]
    limits = [limit_of([peak for tally in half.values() for peak in tally.peaks]) for half in halves]
    figures = {pool.name: Figures() for pool in pools}
    for half, limit in zip(halves, reversed(limits), strict=True):
        for name, tally in half.items():
            figures[name].add(tally, limit)
    return min(limits), figures


def tallies(pools: Sequence[Pool], detector: Detector, suspect: Suspect, half: bool) -> dict[str, Tally]:
    """Of one half of the groups, by data set."""
    return {
        pool.name: tally((s for s in pool.samples if (split_of(f"screen {s.group or s.name}", 0.5) == "val") is half), detector, suspect)
        for pool in pools
    }


def tally(samples: Iterator[Sample], detector: Detector, suspect: Suspect) -> Tally:
    """The highest suspicion in the places where each reported defect or mark lies, and of each defect its kind: class and size.

    Where a place is suspicious anywhere, the whole network looks at all of it.
    """
    result = Tally()
    names = {c.id: c.name for c in detector.classes}
    cell_mm2 = detector.scale.area_mm2(detector.card.stride**2)
    for sample in samples:
        suspicion = suspect(sample.image)
        result.tiles += np.bincount(suspicion.ravel(), minlength=256)
        found = detector.detect(detector.run(sample.image, piece=sample.piece))
        rows, columns = np.nonzero(found.labels)
        peaks = np.zeros(len(found.regions) + 1, np.int64)
        np.maximum.at(peaks, found.labels[rows, columns], places(suspicion)[columns // (OWN * TILE_PX)])
        for peak, region in zip(peaks[1:].tolist(), found.regions, strict=True):
            if region.class_id not in detector.defect_ids:
                result.marks.append(peak)
                continue
            size = "below" if region.area * cell_mm2 < _SMALL_MM2 else "from"
            result.peaks.append(peak)
            result.kinds.append(f"{names[region.class_id]} {size} {_SMALL_MM2:g} mm2")
    return result


def limit_of(peaks: Sequence[int]) -> int:
    """The highest limit that keeps almost every defect. Raises SkelpError if there are too few to choose by."""
    if len(peaks) < LEAST_DEFECTS:
        raise SkelpError(
            f"half of the held-out pictures show {len(peaks)} defects, but a limit needs {LEAST_DEFECTS}: add held-out pictures"
        )
    may_be_lost = round((1 - _CHOSEN) * len(peaks))
    return min(max(1, sorted(peaks)[may_be_lost]), _MOST_LIMIT)


def share(count: int, of: int) -> list[float] | None:
    """A share with its 95% interval (Wilson, 1927): the share, its low and its high end. None of nothing."""
    if not of:
        return None
    z2, p = 1.96**2, count / of
    middle, half = (p + z2 / (2 * of)) / (1 + z2 / of), 1.96 * sqrt(p * (1 - p) / of + z2 / (4 * of**2)) / (1 + z2 / of)
    return [round(v, 4) for v in (p, max(0.0, middle - half), min(1.0, middle + half))]
