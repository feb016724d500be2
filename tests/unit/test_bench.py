"""`skelp bench` with several cameras: they run in step over one strip, and one that fails holds up no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from skelp.bench import bench, strip_of
from skelp.capture.synthetic.planting import Density
from skelp.config import ModelChoice
from skelp.domain.recipe import Recipe
from skelp.domain.strip import Pixels
from skelp.inference.segmenter import OnnxSegmenter
from tests.models import bright_spots


def test_the_rate_is_of_all_cameras_and_the_lines_are_of_each(tmp_path: Path) -> None:
    model = ModelChoice(path=bright_spots(tmp_path / "m.onnx"), provider="cpu")
    facts = bench(model, Recipe(), width=256, lines=64, seconds=1, cameras=3)
    assert (facts["cameras"], facts["width"]) == (3, 256)
    assert facts["mpix_per_s"] == pytest.approx(3 * 256 * facts["line_rate_hz"] / 1e6, abs=0.1)


def test_cameras_share_one_strip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    widths = []

    def drawn(width: int, lines: int, density: Density) -> Iterator[Pixels]:
        widths.append(width)
        return strip_of(width, lines, density)

    monkeypatch.setattr("skelp.bench.strip_of", drawn)
    bench(ModelChoice(path=bright_spots(tmp_path / "m.onnx"), provider="cpu"), Recipe(), width=256, lines=64, seconds=1, cameras=2)
    assert widths == [512]


def test_a_fault_ends_all_cameras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = ModelChoice(path=bright_spots(tmp_path / "m.onnx"), provider="cpu")
    warm_up, calls = OnnxSegmenter.run, []

    def run(segmenter: OnnxSegmenter, frames: Any) -> Any:
        calls.append(1)
        if len(calls) > 4:  # twice to warm up
            raise OSError("the network is gone")
        return warm_up(segmenter, frames)

    monkeypatch.setattr(OnnxSegmenter, "run", run)
    with pytest.raises(OSError, match="the network is gone"):
        bench(model, Recipe(), width=256, lines=64, seconds=60, cameras=3)
