"""Runs a model file on pictures and finds defects in its class maps by the rule that the line uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from skelp.domain.defect import DefectClass, Region
from skelp.domain.strip import round_up
from skelp.inference.card import STEP
from skelp.inference.segmenter import ModelFile
from skelp.pipeline.regions import Place, Thresholds, find_regions
from skelp_training.data.pictures import U8


@dataclass(frozen=True)
class ClassMaps:
    """The network's answer for a picture of `shape` px: class ids and scores, uint8 [h/stride, w/stride]."""

    class_id: U8
    score: U8
    shape: tuple[int, int]
    stride: int

    def enlarged(self, cells: NDArray[np.generic]) -> NDArray[np.generic]:
        """A map of cells at the picture's resolution, by repetition."""
        return cells.repeat(self.stride, 0).repeat(self.stride, 1)[: self.shape[0], : self.shape[1]]


@dataclass(frozen=True)
class Detections:
    """Defects of a picture: labels int32 [h, w] (0 sound, else 1 + index into `regions`) and class ids uint8 [h, w]."""

    labels: NDArray[np.int32]
    classes: U8
    regions: tuple[Region, ...]


class Detector:
    """`run` runs the network; `detect` applies thresholds to its answer, so that many thresholds can be tried after one run."""

    def __init__(self, file: Path) -> None:
        model = ModelFile.open(file)
        self.sha256, self.card = model.sha256, model.card
        options = ort.SessionOptions()
        options.log_severity_level = 3
        self._session = ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self.classes = tuple(c.as_domain() for c in model.card.classes)

    @property
    def class_ids(self) -> dict[str, int]:
        """Ids of the model's classes by name."""
        return {c.name: c.id for c in self.classes}

    def run(self, image: U8) -> ClassMaps:
        """Class maps of uint8 [h, w]. The picture is padded to a multiple of the model's step by reflection."""
        h, w = image.shape
        high, wide = max(2 * STEP, round_up(h, STEP)), max(2 * STEP, round_up(w, STEP))
        frames = np.pad(image, ((0, high - h), (0, wide - w)), mode="symmetric")[None, None]
        class_id, score = self._session.run(["class_id", "score"], {"frames": frames})
        s = self.card.stride
        cells = np.s_[0, : -(-h // s), : -(-w // s)]
        return ClassMaps(np.asarray(class_id)[cells], np.asarray(score)[cells], (h, w), s)

    def detect(self, maps: ClassMaps, classes: Sequence[DefectClass] | None = None) -> Detections:
        """Regions that reach the threshold and the least area of their class. `classes` replaces the limits of the model's card."""
        classes = tuple(classes or self.classes)
        kept = Thresholds(classes).apply(maps.class_id, maps.score)
        place = Place(0, 0, maps.stride, 0, maps.shape[0])
        tile = find_regions(kept, kept, maps.score, place)
        limits, cell = {c.id: c for c in classes}, self.cell_mm2
        good = [
            r.score_peak >= limits[r.class_id].threshold * 255 and r.area * cell >= limits[r.class_id].min_area_mm2 for r in tile.regions
        ]
        number = np.zeros(len(good) + 1, np.int32)
        number[1:][good] = np.arange(1, sum(good) + 1)
        labels = number[tile.labels]
        found = np.where(labels > 0, kept, 0).astype(np.uint8)
        regions = tuple(r for r, g in zip(tile.regions, good, strict=True) if g)
        return Detections(maps.enlarged(labels).astype(np.int32), maps.enlarged(found).astype(np.uint8), regions)

    @property
    def cell_mm2(self) -> float:
        """Area of a cell on the steel; pixels where the card does not say its scale."""
        return ((self.card.mm_per_px or 1.0) * self.card.stride) ** 2
