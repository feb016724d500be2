"""The blocks' context is large enough for the recipe's `bridge_mm` at every scale and stride, or the recipe is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from skelp.cli import main
from skelp.config import ModelChoice
from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
from skelp.domain.strip import CameraView, CoilEnd, OnCoil, Scale
from skelp.inference.card import STEP
from skelp.inference.model_file import ModelFile
from skelp.model import make_segmenter
from skelp.pipeline.assembly import Limits, assemble
from skelp.pipeline.blocks import CONTEXT_LINES, Blocker
from skelp.pipeline.inspector import Inspector, Segmented
from skelp.pipeline.measure import context_lines, reach_cells
from skelp.pipeline.regions import bridge
from tests.fakes import STEEL_DN, ListSink, MapIsPicture, ScriptedSource, coil, frame
from tests.models import bright_spots


@settings(deadline=None)
@given(st.floats(0, 30), st.sampled_from([0.05, 0.1, 0.25, 0.3, 1.0]), st.sampled_from([1, 2, 4, 8]))
def test_pieces_within_bridge_mm_touch_and_the_context_is_large_enough(bridge_mm: float, mm_per_line: float, stride: int) -> None:
    view = CameraView("cam", 32, Scale(1.0, mm_per_line))
    within = int(bridge_mm / (mm_per_line * stride) + 1e-9)
    reach = reach_cells(bridge_mm, view, stride)
    for gap, joined in ((within, True), (within + 3, False)):
        classes = np.zeros((gap + 2, 1), np.uint8)
        classes[0] = classes[-1] = 1
        assert bool(bridge(classes, reach).all()) is joined
    context = context_lines(bridge_mm, [view], stride)
    assert reach * stride <= context
    assert context % CONTEXT_LINES == 0
    assert context % stride == 0
    Blocker("cam", 32, block_lines=STEP, context=context, step=STEP)  # raises SkelpError unless blocks are multiples of the network's step


@pytest.mark.parametrize(("apart", "defects"), [(80, 1), (81, 2)])
@pytest.mark.parametrize("first", [3, 50, 60, 120])
def test_a_line_joins_pieces_8_mm_apart_at_0_1_mm_per_line(first: int, apart: int, defects: int) -> None:
    pixels = np.full((400, 48), STEEL_DN, np.uint8)
    pixels[first : first + 5, 20:24] = STEEL_DN + 3
    pixels[first + 5 + apart : first + 10 + apart, 20:24] = STEEL_DN + 3
    view, network, sink = CameraView("cam", 48, Scale(0.1, 0.1)), MapIsPicture(), ListSink()
    source = ScriptedSource([frame("cam", n, pixels[n : n + 37]) for n in range(0, 400, 37)], view)
    assemble([source], network, Recipe(edge_margin_mm=0), coil, lambda _: sink, Limits(block_lines=64)).run()
    assert len(sink.defects) == defects
    assert sum(d.area_mm2 for d in sink.defects) == pytest.approx(2 * 5 * 4 * 0.01)


@pytest.mark.parametrize(("apart", "defects"), [(8.0, 1), (9.6, 2)])
@pytest.mark.parametrize("lines", [200, 1400])
def test_inspect_joins_pieces_8_mm_apart_in_short_and_long_pictures(
    apart: float, defects: int, lines: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pixels = np.full((lines, 128), 100, np.uint8)
    start = 40 if lines < 512 else 480  # a block ends within the gap
    for line in (start, start + 20 + round(apart / 0.1)):
        pixels[line : line + 20, 40:80] = 250
    Image.fromarray(pixels).save(tmp_path / "strip.png")
    model = bright_spots(tmp_path / "m.onnx")
    options = ["--model", str(model), "--provider", "cpu", "--mm-per-px", "0.1", "--json"]
    assert main(["inspect", str(tmp_path / "strip.png"), "--out", str(tmp_path / "out"), *options]) == 0
    assert json.loads(capsys.readouterr().out)["defects"] == defects


def test_a_bridge_that_needs_more_context_than_a_block_has_lines_is_refused(tmp_path: Path) -> None:
    model = ModelFile.open(bright_spots(tmp_path / "m.onnx"))
    view, choice = CameraView("cam", 128, Scale(0.02, 0.02)), ModelChoice(provider="cpu")
    message = "bridge_mm 8 at 0.02 mm a line needs 208 lines .* of 128; give a bridge_mm of at most 5.12, or block_lines of at least 224"
    with pytest.raises(SkelpError, match=message):
        make_segmenter(model, choice, [view], Recipe(), 128)
    engine = make_segmenter(model, choice, [view], Recipe(bridge_mm=5.12), 128)
    engine.run(np.zeros((1, 1, 128 + 2 * 128, 128), np.uint8))
    make_segmenter(model, choice, [view], Recipe(), 224)


def test_an_inspector_refuses_blocks_with_less_context_than_its_bridge_needs() -> None:
    view, network = CameraView("cam", 48, Scale(0.1, 0.1)), MapIsPicture()
    blocker = Blocker("cam", 48, block_lines=64)
    assert list(blocker.push(OnCoil("C1", frame("cam", 0, np.full((64, 48), STEEL_DN, np.uint8))))) == []
    block, _ = blocker.push(CoilEnd("C1", "cam"))
    maps = next(network.run(block.pixels[None, None]).each())  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="16 lines of context reached a rule that needs 40"):
        Inspector([view], lambda _: network.classes, Recipe(), 1).push(Segmented(block, maps))  # type: ignore[arg-type]


def test_nothing_is_found_on_the_padding_behind_the_last_line() -> None:
    """The last lines show the strip's left edge again, after a band in which it was dark.

    Padding mirrors the lines before the end. A mark that was beside the strip there is on it in the mirror, and would bridge two defects.
    """
    pixels = np.full((70, 60), STEEL_DN, np.uint8)
    pixels[:58, :20] = 3
    pixels[60, 5:9] = STEEL_DN + 1
    pixels[66, 3:5] = pixels[66, 9:11] = STEEL_DN + 1
    view, sink = CameraView("cam", 60, Scale(1, 1)), ListSink()
    source = ScriptedSource([frame("cam", 0, pixels)], view)
    assemble([source], MapIsPicture(), Recipe(edge_margin_mm=0, bridge_mm=40), coil, lambda _: sink, Limits(block_lines=128)).run()
    assert [(d.line, d.column, d.columns) for d in sink.defects] == [(66, 3, 2), (66, 9, 2)]


@pytest.mark.parametrize("bridge_mm", [0, 40])
def test_contrast_is_that_of_the_defects_own_cells_however_far_bridges_reach(bridge_mm: float) -> None:
    steel = np.full((128, 64), STEEL_DN, np.uint8)
    steel[60:62, 20:24] = STEEL_DN + 3
    view, sink = CameraView("cam", 64, Scale(1.0, 1.0)), ListSink()
    recipe = Recipe(edge_margin_mm=0, bridge_mm=bridge_mm)
    assemble([ScriptedSource([frame("cam", 0, steel)], view)], MapIsPicture(), recipe, coil, lambda _: sink, Limits(block_lines=128)).run()
    (found,) = sink.defects
    assert found.area_mm2 == 8
    assert found.contrast == pytest.approx(0.03)
