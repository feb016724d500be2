"""A model is adapted to a line's own steel: by thresholds, or by fine-tuning where thresholds are not enough."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skelp.domain.errors import SkelpError
from skelp.inference.segmenter import ModelFile
from skelp_training.data.pictures import U8
from skelp_training.evaluation.detector import Detector
from tests.models import CARD, bright_spots
from tests.training.conftest import config_file, skelp

CLASSES = [{"id": 1, "name": "spot", "threshold": 0.4}]


def _strip(folder: Path, pictures: int, marks_of: list[int], mark: tuple[int, int] = (24, 24)) -> Path:
    """Pictures of dark steel, `marks_of` the grey of a mark on each in turn (0: none)."""
    folder.mkdir()
    rng = np.random.default_rng(2)
    for n in range(pictures):
        image = rng.normal(90, 4, (128, 96))
        if grey := marks_of[n % len(marks_of)]:
            y, x = rng.integers(8, 64, 2)
            image[y : y + mark[0], x : x + mark[1]] = grey
        Image.fromarray(np.clip(image, 0, 255).astype(np.uint8)).save(folder / f"l{n:03}.png")
    return folder


def _grey_is_score(_: Detector, pixels: U8) -> tuple[U8, U8]:
    """A network whose score is the grey of the steel."""
    grey = pixels[::4, ::4]
    return (grey > 105).astype(np.uint8), grey


def test_thresholds_keep_the_rate_of_false_defects_and_the_record_shows_their_recall(
    tmp_path: Path, spots: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Detector, "infer", _grey_is_score)
    model = bright_spots(tmp_path / "m.onnx", {**CARD, "classes": CLASSES})
    line = _strip(tmp_path / "line", 80, [150, 0])
    common = [str(model), str(line), "--clean-by", "operator", "--mm-per-line", "1000", "--out", str(tmp_path / "fitted.onnx")]
    skelp("adapt", *common, "--false-per-100m", "0.2", "--labelled", spots / "set", "--json")
    record = json.loads(capsys.readouterr().out)
    assert record["before"]["per_100m"] == pytest.approx(10 / (20 * 128) * 100, rel=0.01)
    assert record["before"]["interval_per_100m"][0] < record["before"]["per_100m"] < record["before"]["interval_per_100m"][1]
    assert record["after"]["per_100m"] <= 0.2
    assert record["recall"]["before"]["object_recall"] == record["recall"]["after"]["object_recall"] == 1.0
    card = ModelFile.open(tmp_path / "fitted.onnx").card
    assert card.classes[0].threshold == record["thresholds"]["spot"] > 150 / 255
    assert card.parent == ModelFile.open(model).sha256
    assert card.quality["adapted"]["clean_by"] == "an operator"  # type: ignore[index]

    with pytest.raises(SkelpError, match="give 4000000 m of steel in all"):
        skelp("adapt", *common, "--false-per-100m", "0.0003")
    bright = _strip(tmp_path / "bright", 80, [255])
    with pytest.raises(SkelpError, match="or allow more"):
        skelp("adapt", model, bright, *common[2:], "--false-per-100m", "0.2")


def test_a_line_that_changes_along_its_length_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Detector, "infer", _grey_is_score)
    model = bright_spots(tmp_path / "m.onnx", {**CARD, "classes": CLASSES})
    line = _strip(tmp_path / "line", 80, [0] * 60 + [250] * 20)
    with pytest.raises(SkelpError, match="the line changes along its length"):
        skelp("adapt", model, line, "--clean-by", "nobody", "--mm-per-line", 1000, "--false-per-100m", 0.2, "--out", tmp_path / "f.onnx")
    card = ModelFile.open(tmp_path / "f.onnx").card
    assert "may be real" in card.quality["adapted"]["clean_by"]  # type: ignore[index]


def test_fine_tuning_reaches_a_rate_that_thresholds_cannot(spots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = config_file(spots, steps=150)
    skelp("train", config)
    line = _strip(spots / "line", 48, [220], mark=(120, 10))  # chalk
    common = [str(spots / "out" / "model.onnx"), str(line), "--clean-by", "operator", "--mm-per-line", "1000", "--false-per-100m", "0.2"]
    with pytest.raises(SkelpError, match="--fine-tune"):
        skelp("adapt", *common, "--out", spots / "f.onnx")
    capsys.readouterr()
    labelled = ["--labelled", str(spots / "set"), "--rejected", str(line)]
    skelp("adapt", *common, "--fine-tune", config, "--steps", 300, "--out", spots / "f.onnx", *labelled, "--json")
    record = json.loads(capsys.readouterr().out)
    assert record["before"]["per_100m"] > 0.7
    assert record["after"]["per_100m"] <= 0.2
    assert record["after"]["false"] < record["before"]["false"] / 2
    assert record["recall"]["after"]["object_recall"] == 1.0
    assert record["fine_tuned"]["from"] == ModelFile.open(spots / "out" / "model.onnx").sha256
