"""int8 that is as good is written with its evidence; int8 that is not is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from skelp.domain.errors import SkelpError
from skelp.domain.maps import Maps
from skelp.inference.model_file import ModelFile
from skelp_training.data.pictures import U8
from skelp_training.evaluation.detector import Detector
from skelp_training.release.quantise import DICE_MAY_FALL
from tests.training.conftest import config_file, skelp


def test_int8_is_kept_if_it_is_as_good(spots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = config_file(spots, steps=120)
    skelp("train", config)
    whole, out = spots / "out" / "model.onnx", spots / "out" / "model.int8.onnx"
    skelp("quantise", config)
    card = ModelFile.open(out).card
    ModelFile.open(out).verify()
    assert card.parent == ModelFile.open(whole).sha256
    assert len(Detector(out).seen.taught) == 20
    evidence = card.quality["int8"]["spots"]  # type: ignore[index]
    assert evidence["dice_fg"]["int8"] > evidence["dice_fg"]["whole"] - DICE_MAY_FALL
    ops = [n.op_type for n in onnx.load(out).graph.node]
    assert ops.count("QuantizeLinear") > 10
    assert "DequantizeLinear" not in ops[-8:], "classes and scores are not rounded"
    weights = [np.asarray(onnx.numpy_helper.to_array(t)) for t in onnx.load(out).graph.initializer if len(t.dims) == 4]
    in_float = sorted(w.shape for w in weights if w.dtype != np.int8)
    assert in_float == [(2, 16, 1, 1), (8, 2, 3, 3)], "the head and its interpolation alone: thresholds are set on its scores"
    assert len(weights) > 10

    real = Detector.infer

    def rounded_away(detector: Detector, pixels: U8) -> Maps:
        """An int8 model that lost a class's scores."""
        maps = real(detector, pixels)
        return maps._replace(score=maps.score // 4) if detector.sha256 != ModelFile.open(whole).sha256 else maps

    monkeypatch.setattr(Detector, "infer", rounded_away)
    other = spots / "other.onnx"
    with pytest.raises(SkelpError, match="int8 costs too much on spots"):
        skelp("quantise", config, "--out", other)
    assert not other.exists()


def test_int8_that_was_compared_on_no_defect_is_refused(spots: Path) -> None:
    skelp("train", config_file(spots, steps=2))
    nothing = config_file(spots, steps=2, name="nothing.toml", validate_on="[]")
    with pytest.raises(SkelpError, match="no held-out picture of validate_on shows a defect"):
        skelp("quantise", nothing)
    other = config_file(spots, steps=2, name="other.toml", classes='[{ id = 2, name = "spot", threshold = 0.5 }]')
    with pytest.raises(SkelpError, match="take the config that it was trained with"):
        skelp("quantise", other)
    assert not (spots / "out" / "model.int8.onnx").exists()
