"""skelp-training counts exactly the defects that the line reports: same maps, same defects, whatever the scale and the recipe."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from skelp.capture.files import FileSource
from skelp.domain.defect import Defect, DefectClass, Region
from skelp.domain.maps import TILE_PX, Maps
from skelp.domain.recipe import ClassRule, Recipe
from skelp.domain.status import EngineInfo
from skelp.domain.strip import CameraView, Scale
from skelp.inference.card import ModelCard
from skelp.pipeline.assembly import assemble
from skelp.ports import FrameSource
from skelp_training.evaluation.detector import Detector
from skelp_training.evaluation.strip import Stretch, count_defects
from tests.fakes import ListSink, ScriptedSource, coil, frame

U8 = NDArray[np.uint8]
STEEL, DARK = 100, 3


def read_off(pixels: U8, stride: int) -> tuple[U8, U8]:
    """The answer that stands in the pixels: grey 100 + 40 c + 2 q is class c with score 30 + 15 q, c up to 3 and q up to 14."""
    grey = np.maximum(pixels[..., ::stride, ::stride].astype(int) - STEEL, 0)
    return (grey // 40).astype(np.uint8), (30 + 15 * (grey % 40 // 2)).astype(np.uint8)


@dataclass
class Network:
    """The line's network, which reads its answer off the pixels."""

    stride: int
    classes: tuple[DefectClass, ...]
    info = EngineInfo("fake", "exact", 1, "test")

    def run(self, frames: U8) -> Maps:
        return Maps(*read_off(frames[:, 0], self.stride))


class PixelDetector(Detector):
    """The same network on the training side."""

    def __init__(self, network: Network, recipe: Recipe, scale: Scale) -> None:
        values = [{"id": c.id, "name": c.name} for c in network.classes]
        self.card = ModelCard.model_validate({"name": "fake", "version": "1", "stride": network.stride, "classes": values})
        self.classes, self.recipe, self.scale = network.classes, recipe, scale

    def infer(self, pixels: U8) -> Maps:
        return Maps(*read_off(pixels, self.card.stride))


@dataclass
class Case:
    """A picture of strip, and everything that the count depends on."""

    pixels: U8
    network: Network
    recipe: Recipe
    scale: Scale

    def by_the_line(self, source: FrameSource) -> list[Defect]:
        sink = ListSink()
        assemble([source], self.network, self.recipe, coil, lambda _: sink).run()
        return sink.defects

    @property
    def detector(self) -> Detector:
        return PixelDetector(self.network, self.recipe, self.scale)


SHARES = st.sampled_from([0.2, 0.4, 0.5, 0.7, 0.9])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Strip with sparse and dense marks of three classes and any score, some of them long; often with its edges in the picture."""
    stride = draw(st.sampled_from([1, 2, 4, 8]))
    lines, width = draw(st.integers(1, 1300)), draw(st.integers(60, 100))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, columns = -(-lines // stride), -(-width // stride)
    marks = rng.random((rows, columns)) < draw(st.sampled_from([0.005, 0.05, 0.3]))
    for _ in range(draw(st.integers(0, 4))):
        first = int(rng.integers(rows))
        marks[first : first + int(rng.integers(1, 300)), int(rng.integers(columns))] = rng.random() < 0.8
    grey = STEEL + np.where(marks, 40 * rng.integers(1, 4, marks.shape) + 2 * rng.integers(0, 15, marks.shape), 0)
    pixels = grey.astype(np.uint8).repeat(stride, 0).repeat(stride, 1)[:lines, :width].copy()
    for at in range(0, lines, 100):  # the strip wanders
        left, right = (draw(st.sampled_from([0, 10, 13, 20])) for _ in "lr")
        pixels[at : at + 100, :left] = pixels[at : at + 100, width - right :] = DARK
    classes = tuple(
        DefectClass(n, name, "", draw(SHARES), draw(st.sampled_from([0.0, 0.5, 4.0, 20.0])), draw(st.sampled_from([None, 0.15, 0.3, 0.5])))
        for n, name in enumerate(("inclusion", "patch", "scratch"), start=1)
    )
    changes = [None, None, None, ClassRule(threshold=0.6), ClassRule(min_area_mm2=2.0), ClassRule(ignore=True)]
    rules = {c.name: draw(st.sampled_from(changes)) for c in classes}
    recipe = Recipe(
        classes={name: rule for name, rule in rules.items() if rule},
        bridge_mm=draw(st.sampled_from([0.0, 0.3, 2.0, 8.0, 25.0])),
        edge_margin_mm=draw(st.sampled_from([0.0, 0.5, 2.0])),
    )
    scale = Scale(draw(st.sampled_from([0.25, 0.5, 1.0])), draw(st.sampled_from([0.1, 0.25, 1.0])))
    return Case(pixels, Network(stride, classes), recipe, scale)


def of_line(defects: list[Defect]) -> Counter[Any]:
    """Class, place and size of what the line reports."""
    return Counter((d.class_name, d.line, d.lines, d.column, d.columns, round(d.area_mm2, 6)) for d in defects)


def of_bench(regions: tuple[Region, ...], case: Case) -> Counter[Any]:
    names = {c.id: c.name for c in case.network.classes}
    cell = case.scale.area_mm2(case.network.stride**2)
    return Counter((names[r.class_id], r.box.line, r.box.lines, r.box.column, r.box.columns, round(r.area * cell, 6)) for r in regions)


@settings(max_examples=120, deadline=None)
@given(cases())
def test_a_picture_has_the_defects_that_the_line_reports(case: Case) -> None:
    view = CameraView("cam", case.pixels.shape[1], case.scale)
    reported = case.by_the_line(ScriptedSource([frame("cam", 0, case.pixels)], view))
    detections = case.detector.detect(case.detector.run(case.pixels))
    assert of_bench(detections.regions, case) == of_line(reported)
    assert len(np.unique(detections.labels[detections.labels > 0])) == len(reported), "each has pixels of its own"


@settings(max_examples=60, deadline=None)
@given(cases(), st.lists(st.integers(1, 1299), max_size=3))
def test_a_strip_in_several_files_has_the_count_that_the_line_reports(case: Case, cuts: list[int]) -> None:
    """As `skelp adapt` counts: the files are one strip, and every candidate's limits count as if the line ran with them."""
    lines = case.pixels.shape[0]
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for first, end in pairwise(sorted({0, lines, *(c for c in cuts if c < lines)})):
            files.append(Path(folder) / f"{first:04}.png")
            piece = case.pixels[first:end].copy()
            if piece.min() == piece.max() > DARK:
                piece[0, 0] -= 1  # a file of one grey is no picture of steel
            Image.fromarray(piece).save(files[-1])
        other = Case(case.pixels, Network(case.network.stride, tuple(reversed_limits(case.network.classes))), case.recipe, case.scale)
        candidates = [case.network.classes, other.network.classes]
        counts = count_defects(case.detector, Stretch.of(files, case.scale), candidates).defects
        for count, one in zip(counts.tolist(), (case, other), strict=True):
            reported = Counter(d.class_name for d in one.by_the_line(FileSource(files, one.scale)))
            assert count == [reported[c.name] for c in case.network.classes]


def reversed_limits(classes: tuple[DefectClass, ...]) -> list[DefectClass]:
    """The classes with each other's limits."""
    return [
        DefectClass(c.id, c.name, c.code, o.threshold, o.min_area_mm2, o.grow_threshold)
        for c, o in zip(classes, reversed(classes), strict=True)
    ]


def test_bridges_and_margins_count() -> None:
    """Two pieces 6 mm apart are one defect with the default bridge of 8 mm, two without; one at the edge is none."""
    pixels = np.full((400, 80), STEEL, np.uint8)
    pixels[:, :10] = DARK
    pixels[100:120, 40:50] = pixels[144:160, 40:50] = STEEL + 40 + 28
    pixels[300:330, 12:16] = STEEL + 40 + 28
    network = Network(2, (DefectClass(1, "inclusion", "", 0.5), DefectClass(2, "patch"), DefectClass(3, "scratch")))
    for recipe, expected in ((Recipe(), 1), (Recipe(bridge_mm=0.0), 2), (Recipe(bridge_mm=0.0, edge_margin_mm=0.0), 3)):
        detector = PixelDetector(network, recipe, Scale(0.25, 0.25))
        assert len(detector.detect(detector.run(pixels)).regions) == expected


def _with_distance(maps: Maps, pixels: U8) -> Maps:
    """Tiles that are brighter than 150 are steel that the model does not know."""
    tiles = pixels.reshape(*pixels.shape[:-2], pixels.shape[-2] // TILE_PX, TILE_PX, pixels.shape[-1] // TILE_PX, TILE_PX)
    return maps._replace(distance=np.where(tiles.mean((-3, -1)) > 150, 5, 0.2).astype(np.float32))


class KnowingNetwork(Network):
    def run(self, frames: U8) -> Maps:
        return _with_distance(super().run(frames), frames[:, 0])


class KnowingDetector(PixelDetector):
    def infer(self, pixels: U8) -> Maps:
        return _with_distance(super().infer(pixels), pixels)


@st.composite
def unfamiliar_stretches(draw: st.DrawFn) -> tuple[int, list[int]]:
    """A number of lines, and which stretches of 256 lines are unfamiliar: any, if the lines are whole stretches; else all or none.

    The tiles of a block on the line lie 16 lines off those of a picture, because of the block's context. So where a stretch ends within
    the lines, line and bench may decide differently.
    """
    if draw(st.booleans()):
        return 256 * draw(st.integers(1, 5)), draw(st.lists(st.integers(0, 4), max_size=3))
    return draw(st.integers(60, 1300)), draw(st.sampled_from([[], [0, 1, 2, 3, 4, 5]]))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 4]), unfamiliar_stretches())
def test_line_and_bench_leave_out_the_same_unfamiliar_steel(seed: int, stride: int, strip: tuple[int, list[int]]) -> None:
    lines, unfamiliar = strip
    rng = np.random.default_rng(seed)
    grey = np.full((lines, 96), STEEL, np.int64)
    for n in unfamiliar:
        grey[256 * n : 256 * (n + 1)] = STEEL + 80
    marks = rng.random((-(-lines // 8), 12)) < 0.1
    grey = np.where(marks.repeat(8, 0).repeat(8, 1)[:lines], STEEL + 40 + 28, grey)
    network = KnowingNetwork(stride, (DefectClass(1, "inclusion", "", 0.5), DefectClass(2, "patch"), DefectClass(3, "scratch")))
    case = Case(grey.astype(np.uint8), network, Recipe(bridge_mm=0), Scale(0.25, 0.25))
    reported = case.by_the_line(ScriptedSource([frame("cam", 0, case.pixels)], CameraView("cam", 96, case.scale)))
    detector = KnowingDetector(network, case.recipe, case.scale)
    maps = detector.run(case.pixels)
    assert of_bench(detector.detect(maps).regions, case) == of_line(reported)
    assert maps.judged.all() or any(256 * n < lines for n in unfamiliar)
    if lines >= 1024:
        assert [bool(maps.judged[256 * n + 128]) for n in range(4)] == [n not in unfamiliar for n in range(4)]
