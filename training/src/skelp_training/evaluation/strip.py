"""Counts the defects that the line reports on a stretch of strip, and the interval of their rate."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from skelp.capture.files import FileSource
from skelp.domain.defect import DefectClass
from skelp.domain.errors import SkelpError
from skelp.domain.strip import Block, CoilEnd, CoilLine, LostLines, OnCoil, Scale
from skelp.pictures.depth import PLAIN, Reading
from skelp.pictures.reader import read_grey
from skelp.pipeline.blocks import Blocker
from skelp.pipeline.edges import BAND_LINES, find_edges
from skelp.pipeline.finder import DefectFinder
from skelp.pipeline.measure import context_lines
from skelp_training.data.pictures import picture_id
from skelp_training.evaluation.detector import Detector

LEAST_JUDGED = 0.9
"""Share of a stretch that the model must know for a rate to be its rate."""


@dataclass(frozen=True)
class Stretch:
    """Pictures of a stretch of strip in the order it ran, as `skelp inspect` reads a folder: one strip."""

    files: tuple[Path, ...]
    metres: float
    reading: Reading = PLAIN

    @staticmethod
    def of(files: Sequence[Path], scale: Scale, reading: Reading = PLAIN) -> Stretch:
        """Raises SkelpError if no file can be read."""
        return Stretch(tuple(files), FileSource(files, scale, reading=reading).lines * scale.mm_per_line / 1000, reading)


def check_unseen(stretch: Stretch, seen: Collection[str]) -> None:
    """Raise SkelpError if the model has seen pictures of the stretch (`picture_id`): what it finds there says nothing."""
    known = sum(picture_id(read_grey(file, stretch.reading)) in seen for file in stretch.files) if seen else 0
    if known:
        raise SkelpError(
            f"{known} of the {len(stretch.files)} pictures that check the result taught the model, or chose its thresholds; put them "
            "first in the order of the strip, or give others"
        )


def poisson_interval(count: int, metres: float) -> tuple[float, float]:
    """95% interval of a rate per 100 m from a count over a length (Garwood, 1936)."""
    low = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    return float(low) / metres * 100, float(chi2.ppf(0.975, 2 * count + 2)) / 2 / metres * 100


@dataclass(frozen=True)
class Counted:
    """Defects that the line reports with each candidate's limits, int64 [candidates, classes] in the order of the card's classes.

    `metres`: the length of the steel that the model judged. It reports nothing from steel that it does not know.
    """

    defects: NDArray[np.int64]
    metres: float


def count_defects(detector: Detector, stretch: Stretch, candidates: Sequence[Sequence[DefectClass]]) -> Counted:
    """Count the defects of a stretch for several limits.

    The strip is read once; memory does not grow with its length. Raises SkelpError if a file cannot be read: steel that nobody saw has
    no rate of defects.
    """
    source = FileSource(stretch.files, detector.scale, reading=stretch.reading)
    finders = [DefectFinder([detector.rule(source.view, classes)]) for classes in candidates]
    counts = np.zeros((len(candidates), len(detector.classes)), np.int64)
    column = {c.id: n for n, c in enumerate(detector.classes)}
    lines = unfamiliar = 0
    for block in _blocks(source, context_lines(detector.recipe.bridge_mm, [source.view], detector.card.stride)):
        maps = detector.infer(block.pixels)
        edges = find_edges(block.own)
        for finder, count in zip(finders, counts, strict=True):
            found = finder.find(block, maps, edges, edges.left)
            for region in finder.add(block, found):
                count[column[region.class_id]] += 1
        lines += block.lines
        unfamiliar += int(np.repeat(found.unfamiliar, BAND_LINES)[: block.lines].sum())
    for finder, count in zip(finders, counts, strict=True):
        for region in finder.flush():
            count[column[region.class_id]] += 1
    return Counted(counts, stretch.metres * (lines - unfamiliar) / max(lines, 1))


def _blocks(source: FileSource, context: int) -> Iterator[Block]:
    """The strip in blocks, as the line cuts it."""
    blocker = Blocker(source.view.camera, source.view.width, context=context)
    with source:
        for capture in source.captures():
            if isinstance(capture, LostLines):
                raise SkelpError(f"{capture.lines} lines of the strip cannot be read; remove the file or mend it", capture.reason)
            for item in blocker.push(OnCoil("strip", capture.at(CoilLine(capture.first_line)))):
                if isinstance(item, Block):
                    yield item
        for item in blocker.push(CoilEnd("strip", source.view.camera)):
            if isinstance(item, Block):
                yield item


def check_judged(judged_m: float, stretch: Stretch) -> None:
    """Raise SkelpError if the model judged too little of the stretch: the rate would be that of other steel."""
    if judged_m < LEAST_JUDGED * stretch.metres:
        raise SkelpError(
            f"the model does not know {100 * (1 - judged_m / stretch.metres):.0f}% of this steel. The line degrades it at any threshold; "
            "train on with it: --fine-tune CONFIG.toml"
        )


def defect_rate(detector: Detector, classes: Sequence[DefectClass], stretch: Stretch) -> dict[str, Any]:
    """Defects that the line reports with the limits of `classes`: count, rate per 100 m with its 95% interval, by class."""
    counted = count_defects(detector, stretch, [classes])
    (by_class,) = counted.defects
    count, metres = int(by_class.sum()), counted.metres
    low, high = poisson_interval(count, metres) if metres else (0.0, math.inf)
    return {
        "checked_on_m": round(metres, 2),
        "unfamiliar_m": round(stretch.metres - metres, 2),
        "false": count,
        "per_100m": round(count / metres * 100, 2) if metres else None,
        "interval_per_100m": [round(low, 2), round(high, 2)] if metres else None,
        "by_class": {c.name: int(n) for c, n in zip(classes, by_class, strict=True)},
        "thresholds": {c.name: c.threshold for c in classes},
    }
