"""Thresholds follow the cost of a miss and of a false alarm."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skelp.inference.model_file import ModelFile
from skelp_training.data.pictures import U8
from skelp_training.evaluation.detector import Detector
from tests.models import bright_spots
from tests.training.conftest import skelp


@pytest.fixture
def faint(tmp_path: Path) -> Path:
    """A bright square that is a defect, and fainter ones: on half the pictures a defect, on the others an alarm for nothing."""
    (tmp_path / "images").mkdir()
    (tmp_path / "masks").mkdir()
    (tmp_path / "classes.json").write_text(json.dumps({"0": "background", "1": "spot"}))
    lines = ["name,group,split"]
    for n in range(6):
        image, mask = np.full((64, 64), 90, np.uint8), np.zeros((64, 64), np.uint8)
        image[8:24, 8:24], mask[8:24, 8:24] = 250, 1
        image[40:56, 40:56] = 170
        if n % 2:
            mask[40:56, 40:56] = 1
        Image.fromarray(image).save(tmp_path / "images" / f"p{n}.png")
        Image.fromarray(mask).save(tmp_path / "masks" / f"p{n}.png")
        lines.append(f"p{n},g{n},val")
    (tmp_path / "index.csv").write_text("\n".join(lines))
    return tmp_path


def _grey_is_score(_: Detector, pixels: U8) -> tuple[U8, U8]:
    """A network whose score is the grey of the steel."""
    grey = pixels[::4, ::4]
    return (grey > 150).astype(np.uint8), grey


def test_the_more_expensive_error_becomes_less_frequent(
    faint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Detector, "infer", _grey_is_score)
    model = bright_spots(tmp_path / "bright.onnx")
    name = ModelFile.open(model).card.classes[0].name
    found = {}
    for miss, false in ((10, 1), (1, 10)):
        out = tmp_path / f"{miss}.onnx"
        costs = ["--miss", miss, "--false-alarm", false]
        skelp("thresholds", model, faint, *costs, "--class", f"spot={name}", "--out", out, "--json")
        found[miss] = json.loads(capsys.readouterr().out)
    assert (found[10]["missed"], found[10]["false"]) == (0, 3)
    assert (found[1]["missed"], found[1]["false"]) == (3, 0)
    card = ModelFile.open(tmp_path / "1.onnx").card
    assert card.classes[0].threshold > ModelFile.open(tmp_path / "10.onnx").card.classes[0].threshold
    assert card.parent == ModelFile.open(model).sha256
    points = card.quality["thresholds"]["curve"]  # type: ignore[index]
    assert points[0]["recall"] == 1.0
    assert points[0]["false_per_mpix"] > points[-1]["false_per_mpix"]
