"""A screen is written with the figures of pictures that chose nothing, or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
from skelp.inference.engine import Engine
from skelp.inference.model_file import ModelFile
from skelp.inference.screened import ScreenedSegmenter
from skelp_training.data.seen import Seen
from skelp_training.evaluation import screened
from skelp_training.evaluation.detector import Detector
from skelp_training.fit import screen as fit
from skelp_training.networks.screen import ScreenNet
from skelp_training.release import screen
from skelp_training.release.model_file import write_card
from tests.training.conftest import config_file, skelp


@pytest.fixture
def halved(spots: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The set of squares with half of its pictures held out, and limits that suit so few."""
    index = spots / "set" / "index.csv"
    head, *rows = index.read_text().splitlines()
    index.write_text("\n".join([head, *(row.replace(",train,", ",val,") if n % 2 else row for n, row in enumerate(rows))]) + "\n")
    monkeypatch.setattr(screened, "LEAST_DEFECTS", 2)
    monkeypatch.setattr(fit, "CROPS", 4)
    return spots


def test_a_screen_that_keeps_what_the_model_finds_is_written_with_its_figures(halved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = config_file(halved, steps=120)
    skelp("train", config)
    whole, out = halved / "out" / "model.onnx", halved / "screened.onnx"
    skelp("screen", config, "--steps", 150, "--out", out)
    model = ModelFile.open(out)
    model.verify()
    assert Detector(out).seen == Detector(whole).seen != Seen()
    assert model.card.why_no_screen(Recipe()) is None
    assert model.card.screen is not None
    figures = model.card.screen.quality["spots"]
    assert isinstance(figures, dict)
    assert figures["found"] == figures["kept"] > 2
    assert 0 < figures["tiles_passed_on"] < 0.7
    ScreenedSegmenter(model, Engine("cpu", "auto", 1, halved), batch=1, height=256, width=256)

    card = model.card.model_dump(mode="json")
    write_card(out, card | {"version": "2"}, halved / "again.onnx")
    again = ModelFile.open(halved / "again.onnx")
    assert (again.card.version, again.screen) == ("2", model.screen)
    write_card(out, card | {"screen": None}, halved / "dropped.onnx")
    assert ModelFile.open(halved / "dropped.onnx").screen is None
    skelp("quantise", config, "--model", out, "--out", halved / "int8.onnx")
    assert ModelFile.open(halved / "int8.onnx").screen is None
    write_card(whole, card, halved / "without.onnx")
    assert ModelFile.open(halved / "without.onnx").card.screen is None

    lower = card | {"classes": [{**c, "threshold": 0.45} for c in card["classes"]]}
    write_card(out, lower, halved / "lower.onnx")
    assert "higher thresholds" in str(ModelFile.open(halved / "lower.onnx").card.why_no_screen(Recipe()))
    skelp("screen", config, "--model", halved / "lower.onnx", "--keep", "--out", halved / "kept.onnx")
    kept = ModelFile.open(halved / "kept.onnx")
    assert (kept.screen, kept.card.why_no_screen(Recipe())) == (model.screen, None)
    with pytest.raises(SkelpError, match="no screen to keep"):
        skelp("screen", config, "--model", whole, "--keep", "--out", halved / "none.onnx")

    monkeypatch.setattr(screened, "limit_of", lambda _: 256)
    with pytest.raises(SkelpError, match=r"the screen keeps 0 of \d+ defects on pictures that chose nothing, less than 99.5%"):
        skelp("screen", config, "--steps", 1, "--out", halved / "none.onnx")
    assert not (halved / "none.onnx").exists()


def test_a_screen_that_onnx_runtime_runs_otherwise_is_refused() -> None:
    class Other:
        def run(self, *_: object) -> list[np.ndarray]:
            return [np.full((1, 2, 3), 250, np.uint8)]

    with pytest.raises(SkelpError, match=r"differ by up to \d+ of 255, 1 is allowed"):
        screen.check_agreement(ScreenNet(), Other(), [np.full((50, 90), 90, np.uint8)])


def test_too_few_held_out_defects_choose_no_limit(spots: Path) -> None:
    config = config_file(spots, steps=2)
    skelp("train", config)
    with pytest.raises(SkelpError, match=r"half of the held-out pictures show \d+ defects, but a limit needs 200"):
        skelp("screen", config, "--steps", 1, "--out", spots / "none.onnx")


def test_the_limit_loses_one_defect_in_a_thousand_and_is_never_above_a_half() -> None:
    peaks = list(range(50, 250)) * 5
    assert screened.limit_of(peaks) == 50
    assert screened.limit_of([1, 2, *[90] * 998]) == 2
    assert screened.limit_of([1, 2, *[90] * 323]) == 1
    assert screened.limit_of([200] * 300) == 127
    assert screened.limit_of([0] * 300) == 1


def test_no_picture_is_measured_with_the_limit_that_it_chose() -> None:
    figures = screened.Figures()
    tiles = np.zeros(256, np.int64)
    tiles[[3, 90, 200]] = 5, 3, 2
    figures.add(screened.Tally([20, 80], ["pit", "pit"], [7], tiles), 50)
    figures.add(screened.Tally([20], ["scratch"], [], tiles), 10)
    assert figures.record == {
        "found": 3,
        "kept": 2,
        "kept_share": screened.share(2, 3),
        "by_kind": {"pit": "1 of 2", "scratch": "1 of 1"},
        "marks_kept": "0 of 1",
        "tiles": 20,
        "tiles_passed_on": 0.5,
    }


def test_one_suspicious_tile_of_a_defect_is_enough_and_one_of_sound_steel_is_not() -> None:
    """Two crops of 2 x 3 tiles; the defects of different crops have the same number and are different defects."""
    defect = torch.tensor([[[1, 1, 0], [0, 0, 0]], [[1, 0, 0], [0, 0, 2]]], dtype=torch.int16)
    sound = defect == 0
    sure = torch.zeros_like(sound)
    low, high = -6.0, 6.0
    right = torch.where(defect > 0, high, low)

    def loss(*changed: tuple[int, int, int]) -> float:
        logits = right.clone()
        for at in changed:
            logits[at] = -logits[at]
        return float(fit.loss_of(logits, defect, sure, sound))

    assert loss((0, 0, 1)) == pytest.approx(loss(), abs=0.01)
    assert loss((1, 0, 0)) > loss() + 1
    assert loss((1, 1, 2)) == pytest.approx(loss((1, 0, 0)), abs=0.01)
    assert loss((0, 1, 1)) > loss() + 0.3
    none = torch.zeros_like(defect)
    assert float(fit.loss_of(right, none, sure, sure)) == 0


def test_a_tile_is_marked_by_any_of_its_pixels() -> None:
    pixels = np.zeros((1, 64, 96), bool)
    pixels[0, 31, 32] = pixels[0, 63, 95] = True
    assert fit.tiles_of(pixels)[0].tolist() == [[False, True, False], [False, False, True]]


def test_a_share_has_its_interval() -> None:
    assert screened.share(0, 0) is None
    assert screened.share(5, 10) == [0.5, 0.2366, 0.7634]
    assert screened.share(10, 10) == [1.0, 0.7225, 1.0]
