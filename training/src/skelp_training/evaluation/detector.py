"""Runs a model file on pictures and finds defects in its class maps by the line's own rule (ADR 7)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from skelp.domain.defect import DefectClass, Region
from skelp.domain.maps import Maps
from skelp.domain.recipe import ClassRule, Recipe
from skelp.domain.strip import CameraView, Scale, round_up
from skelp.inference.card import STEP
from skelp.inference.model_file import ModelFile
from skelp.pipeline.blocks import BLOCK_LINES
from skelp.pipeline.edges import BAND_LINES, Edges, find_edges
from skelp.pipeline.familiar import judge
from skelp.pipeline.regions import Place, find_regions
from skelp.pipeline.rule import DefectRule
from skelp_training.data.pictures import U8
from skelp_training.data.seen import Seen

_CAMERA = "picture"


@dataclass(frozen=True)
class ClassMaps:
    """The network's answer for a picture of `shape` px: class ids and scores, uint8 [h/stride, w/stride].

    `edges` are the strip's edges in the picture, one entry for every BLOCK_LINES lines, as the line finds them; those of the picture
    itself if it is a piece (see Sample). `judged` bool [h]: the lines whose steel the model knows; on the others there is no class. A
    piece is too small to say, so it is judged.
    """

    class_id: U8
    score: U8
    shape: tuple[int, int]
    stride: int
    edges: tuple[Edges, ...]
    judged: NDArray[np.bool_]

    @staticmethod
    def of(image: U8, maps: Maps, stride: int, *, piece: bool = False) -> ClassMaps:
        """The answer `maps` for the picture `image`, uint8 [h, w]."""
        blocks = [image[n : n + BLOCK_LINES] for n in range(0, image.shape[0], BLOCK_LINES)]
        edges = tuple(_no_edges(b) if piece else find_edges(b) for b in blocks)
        known = maps._replace(distance=None) if piece else maps
        class_id, judged = maps.class_id, []
        for n, (block, found) in enumerate(zip(blocks, edges, strict=True)):
            class_id, unfamiliar = judge(known._replace(class_id=class_id), n * BLOCK_LINES, len(block), found, stride)
            judged.append(~np.repeat(unfamiliar, BAND_LINES)[: len(block)])
        return ClassMaps(class_id, maps.score, (image.shape[0], image.shape[1]), stride, edges, np.concatenate(judged))

    def enlarged(self, cells: NDArray[np.generic]) -> NDArray[np.generic]:
        """A map of cells at the picture's resolution, by repetition."""
        return cells.repeat(self.stride, 0).repeat(self.stride, 1)[: self.shape[0], : self.shape[1]]


@dataclass(frozen=True)
class Detections:
    """Defects of a picture: labels int32 [h, w] (0 sound, else 1 + index into `regions`) and class ids uint8 [h, w]."""

    labels: NDArray[np.int32]
    classes: U8
    regions: tuple[Region, ...]

    def of(self, class_ids: Collection[int]) -> Detections:
        """Only those of some classes."""
        kept = [r.class_id in class_ids for r in self.regions]
        number = np.zeros(len(kept) + 1, np.int32)
        number[1:][kept] = np.arange(1, sum(kept) + 1)
        regions = tuple(r for r, k in zip(self.regions, kept, strict=True) if k)
        return Detections(number[self.labels], np.where(np.isin(self.classes, list(class_ids)), self.classes, 0).astype(np.uint8), regions)


class Detector:
    """`run` runs the network; `detect` applies the rule to its answer, so that many thresholds can be tried after one run.

    `recipe` is that of the line; None: the default one. `scale` is the pictures' mm per pixel and line; None: what the model was
    trained at. If the card does not say that either, a pixel counts as 1 mm for least areas, nothing is bridged, and edges have no margin.
    """

    def __init__(self, file: Path, recipe: Recipe | None = None, scale: Scale | None = None) -> None:
        recipe = recipe or Recipe()
        model = ModelFile.open(file)
        self.sha256, self.card = model.sha256, model.card
        self._model, self._session = model, model.session()
        self.classes = model.card.domain_classes
        if scale is None and self.card.mm_per_px is None:
            recipe = replace(recipe, bridge_mm=0.0, edge_margin_mm=0.0)
        mm = self.card.mm_per_px or 1.0
        self.recipe, self.scale = recipe, scale or Scale(mm, mm)
        limits = recipe.applied_to(self.classes)  # refuses a recipe for another model
        self.defect_ids = frozenset(c.id for c in limits if not c.pseudo)
        """Ids of the classes that are defects by this recipe."""

    @property
    def measures_distance(self) -> bool:
        """Whether the model says which steel it does not know."""
        return self._model.measures_distance

    @property
    def seen(self) -> Seen:
        """The pictures that taught the model, and those that chose something of it."""
        return Seen.of_file(self._session.get_modelmeta().custom_metadata_map, self.card.chosen_on)

    @property
    def class_ids(self) -> dict[str, int]:
        """Ids of the model's classes by name."""
        return {c.name: c.id for c in self.classes}

    def fixed_by_recipe(self, class_name: str) -> bool:
        """Whether the recipe sets the class's threshold or ignores it, so that the card's threshold has no effect."""
        rule = self.recipe.classes.get(class_name, ClassRule())
        return rule.ignore or rule.threshold is not None

    def rule(self, view: CameraView, classes: Sequence[DefectClass] | None = None) -> DefectRule:
        """The line's rule for a camera. `classes` replaces the limits of the model's card; the recipe's limits go before both."""
        limits = self.recipe.applied_to(tuple(classes or self.classes))
        return DefectRule(view, limits, self.recipe, self.card.stride)

    def run(self, image: U8, *, piece: bool = False) -> ClassMaps:
        """Class maps of uint8 [h, w]. The picture is padded to a multiple of the model's step by reflection. `piece` as in Sample."""
        maps = self.infer(padded(image))
        (h, w), s = image.shape, self.card.stride
        cells = np.s_[: -(-h // s), : -(-w // s)]
        return ClassMaps.of(image, maps._replace(class_id=maps.class_id[cells], score=maps.score[cells]), s, piece=piece)

    def infer(self, pixels: U8) -> Maps:
        """The answer for one picture uint8 [h, w] with sides that are multiples of the model's step, without the first axis."""
        return next(self._model.run(self._session, pixels[None, None]).each())

    def infer_all(self, pictures: U8) -> Maps:
        """The answer for pictures uint8 [n, h, w] of one size, with sides that are multiples of the model's step."""
        return self._model.run(self._session, pictures[:, None])

    def detect(self, maps: ClassMaps, classes: Sequence[DefectClass] | None = None) -> Detections:
        """The defects that the line reports for a picture with these maps. `classes` as in `rule`."""
        rule = self.rule(CameraView(_CAMERA, maps.shape[1], self.scale), classes)
        cells = []
        for n, edges in enumerate(maps.edges):
            first, lines = n * BLOCK_LINES // maps.stride, min(BLOCK_LINES, maps.shape[0] - n * BLOCK_LINES)
            cells.append(rule.cells(maps.class_id, maps.score, first, -(-lines // maps.stride), edges))
        own = np.concatenate([c.classes for c in cells])
        place = Place(0, 0, maps.stride, 0, maps.shape[0], _CAMERA)
        tile = find_regions(np.concatenate([c.bridged for c in cells]), own, maps.score, place)
        good = [rule.is_defect(r) for r in tile.regions]
        number = np.zeros(len(good) + 1, np.int32)
        number[1:][good] = np.arange(1, sum(good) + 1)
        labels = np.where(own > 0, number[tile.labels], 0)
        found = np.where(labels > 0, own, 0).astype(np.uint8)
        regions = tuple(r for r, g in zip(tile.regions, good, strict=True) if g)
        return Detections(maps.enlarged(labels).astype(np.int32), maps.enlarged(found).astype(np.uint8), regions)


def padded(image: U8) -> U8:
    """The picture with sides that are multiples of the model's step, by reflection."""
    h, w = image.shape
    high, wide = max(2 * STEP, round_up(h, STEP)), max(2 * STEP, round_up(w, STEP))
    return np.pad(image, ((0, high - h), (0, wide - w)), mode="symmetric")


def _no_edges(block: U8) -> Edges:
    """Edges of a picture that is steel over its whole width."""
    bands = -(-block.shape[0] // BAND_LINES)
    left, right = np.zeros(bands, np.float32), np.full(bands, block.shape[1], np.float32)
    return Edges(left, right, strip_seen=np.ones(bands, np.bool_), dark=np.zeros(bands, np.float32))
