"""Two providers are compared by what the line makes of their answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skelp.inference.engine import Engine
from skelp.inference.model_file import ModelFile
from skelp.inference.parity import Parity, compare, mpix_per_s, other
from skelp.inference.segmenter import OnnxSegmenter
from tests.models import with_distance


def segmenter(file: Path, limit: int, grey: int) -> OnnxSegmenter:
    model = ModelFile.open(with_distance(file, grey=grey, limit=limit))
    return OnnxSegmenter(model, Engine("cpu", "auto", 1, file.parent), batch=1, height=64, width=96)


def test_only_what_the_line_makes_of_an_answer_counts_as_different() -> None:
    a, b = np.array([0, 100, 200], np.uint8), np.array([12, 113, 200], np.uint8)
    assert other("score", a, b, 0).tolist() == [False, True, False]
    assert other("class_id", a, b, 0).tolist() == [True, True, False]
    assert other("suspicion", a, b, 110).tolist() == [False, True, False]
    near = np.array([0.9, 0.99, 1.2], np.float32)
    assert other("distance", near, near + np.float32(0.05), 0).tolist() == [False, True, False]


def test_cells_scores_and_tiles_that_differ_are_counted(tmp_path: Path) -> None:
    first, second = segmenter(tmp_path / "a.onnx", 200, 100), segmenter(tmp_path / "b.onnx", 240, 80)
    frames = np.full((1, 1, 64, 96), 90, np.uint8)
    frames[..., :8, :32] = 220  # 2 x 8 cells that the first one alone calls bright
    assert compare(first, first, [frames, frames]) == Parity(768, 32, 0, 0, 0, 0)
    found = compare(first, second, [frames])
    assert found == Parity(384, 16, 16, 16, 255, 5), "the brightest tile is unfamiliar to both"
    assert found.share == 16 / 384


def test_speed_is_that_of_the_median_run(tmp_path: Path) -> None:
    clock = iter([0.0, 0.0, 0.1, 0.1, 0.3, 0.3, 0.4, 0.4])
    frames = np.zeros((1, 1, 64, 96), np.uint8)
    speed = mpix_per_s(segmenter(tmp_path / "a.onnx", 200, 100), frames, 0.4, lambda: next(clock))
    assert speed == pytest.approx(frames.size / 1e6 / 0.1)
