"""Two providers are compared by what the line makes of their answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skelp.domain.maps import Maps
from skelp.inference.engine import Engine
from skelp.inference.model_file import ModelFile
from skelp.inference.parity import Parity, compare, mpix_per_s
from skelp.inference.segmenter import OnnxSegmenter
from tests.models import bright_spots


def segmenter(file: Path) -> OnnxSegmenter:
    model = ModelFile.open(bright_spots(file))
    return OnnxSegmenter(model, Engine("cpu", "auto", 1, file.parent), batch=1, height=64, width=96)


def maps(classes: list[int], scores: list[int], distance: list[float] | None = None) -> Maps:
    return Maps(np.array(classes, np.uint8), np.array(scores, np.uint8), None if distance is None else np.array(distance, np.float32))


def test_cells_that_both_call_sound_are_not_compared() -> None:
    a, b = maps([0, 0, 1, 2, 1], [255, 100, 200, 200, 90]), maps([0, 1, 1, 2, 2], [10, 100, 212, 213, 90])
    found = compare(a, b)
    assert found == Parity(cells=4, class_differs=2, score_differs=1, score_differs_at_most=13)
    assert found.share == 0.75
    assert compare(a, a).share == 0
    assert compare(maps([0], [9]), maps([0], [200])) == Parity(), "plain steel"


def test_tiles_count_where_one_of_both_does_not_know_the_steel() -> None:
    a, b = maps([0], [0], [0.9, 0.99, 1.2, float("nan")]), maps([0], [0], [0.95, 1.04, 1.5, 0.5])
    assert compare(a, b) == Parity(tiles=4, tiles_differ=2)
    assert (compare(a, b) + compare(a, a)).share == 0.25


def test_answers_add_up() -> None:
    assert Parity(4, 2, 1, 13, 4, 2) + Parity(6, 1, 0, 9) == Parity(10, 3, 1, 13, 4, 2)


def test_speed_is_that_of_the_median_run(tmp_path: Path) -> None:
    clock = iter([0.0, 0.0, 0.1, 0.1, 0.3, 0.3, 0.4, 0.4])
    frames = np.zeros((1, 1, 64, 96), np.uint8)
    speed = mpix_per_s(segmenter(tmp_path / "a.onnx"), frames, 0.4, lambda: next(clock))
    assert speed == pytest.approx(frames.size / 1e6 / 0.1)
