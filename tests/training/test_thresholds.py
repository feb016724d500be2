"""Thresholds follow the cost of a miss and of a false alarm."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skelp.domain.errors import SkelpError
from skelp.domain.maps import Maps
from skelp.domain.recipe import Recipe
from skelp.inference.model_file import ModelFile
from skelp_training.config import DataSet
from skelp_training.data.frozen import Frozen, freeze
from skelp_training.data.pictures import U8, picture_id
from skelp_training.evaluation.detector import Detector
from skelp_training.release.promote import NotPromotedError, promote
from tests.models import CARD, bright_spots
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
        image[0, n] = 91
        if n % 2:
            mask[40:56, 40:56] = 1
        Image.fromarray(image).save(tmp_path / "images" / f"p{n}.png")
        Image.fromarray(mask).save(tmp_path / "masks" / f"p{n}.png")
        lines.append(f"p{n},g{n},val")
    (tmp_path / "index.csv").write_text("\n".join(lines))
    return tmp_path


def _grey_is_score(_: Detector, pixels: U8) -> Maps:
    """A network whose score is the grey of the steel."""
    grey = pixels[::4, ::4]
    return Maps((grey > 150).astype(np.uint8), grey)


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
        skelp("thresholds", model, faint, *costs, "--class", f"spot={name}", "--share", 1, "--out", out, "--json")
        found[miss] = json.loads(capsys.readouterr().out)
    assert (found[10]["missed"], found[10]["false"]) == (0, 3)
    assert (found[1]["missed"], found[1]["false"]) == (3, 0)
    card = ModelFile.open(tmp_path / "1.onnx").card
    assert card.classes[0].threshold > ModelFile.open(tmp_path / "10.onnx").card.classes[0].threshold
    assert card.parent == ModelFile.open(model).sha256
    points = card.quality["thresholds"]["curve"]  # type: ignore[index]
    assert points[0]["recall"] == 1.0
    assert points[0]["false_per_mpix"] > points[-1]["false_per_mpix"]


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Detector, "infer", _grey_is_score)
    return bright_spots(tmp_path / "bright.onnx")


def as_bright(model: Path) -> tuple[object, ...]:
    return "--class", f"spot={ModelFile.open(model).card.classes[0].name}"


def evaluated(model: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    skelp("evaluate", model, data, *as_bright(model), "--json")
    return dict(json.loads(capsys.readouterr().out))


def test_no_figure_comes_from_a_picture_that_chose(faint: Path, tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, every = (tmp_path / f"{n}.onnx" for n in range(3))
    costs = ["--miss", 1, "--false-alarm", 1]
    skelp("thresholds", model, faint, *costs, *as_bright(model), "--out", first)
    choosers = ModelFile.open(first).card.chosen_on
    assert 0 < len(choosers) < 6
    pictures = {picture_id(np.asarray(Image.open(f))): f for f in sorted((faint / "images").iterdir())}
    assert set(choosers) < set(pictures)
    found = evaluated(first, faint, capsys)
    assert (found["pictures"], found["left_out_because_they_chose"]) == (6 - len(choosers), len(choosers))
    assert evaluated(model, faint, capsys)["pictures"] == 6

    (faint / "renamed").mkdir()  # under another name, in another set
    for folder in ("images", "masks"):
        (faint / "renamed" / folder).mkdir()
        name = pictures[choosers[0]].name
        (faint / "renamed" / folder / "other.png").write_bytes((faint / folder / name).read_bytes())
    (faint / "renamed" / "classes.json").write_text((faint / "classes.json").read_text())
    (faint / "renamed" / "index.csv").write_text("name,group,split\nother,g,val\n")
    with pytest.raises(SkelpError, match="of 1 pictures, 1 chose its thresholds"):
        evaluated(first, faint / "renamed", capsys)

    skelp("thresholds", first, faint, *costs, *as_bright(model), "--share", 0.3, "--out", second)
    assert set(ModelFile.open(second).card.chosen_on) >= set(choosers), "who chose once has chosen"
    skelp("thresholds", model, faint, *costs, *as_bright(model), "--share", 1, "--out", every)
    with pytest.raises(SkelpError, match="of 6 pictures, 6 chose its thresholds"):
        evaluated(every, faint, capsys)
    with pytest.raises(SkelpError, match="6 groups of pictures are too few"):
        skelp("thresholds", model, faint, *costs, *as_bright(model), "--share", 0.001, "--out", every)


def test_models_are_compared_on_pictures_that_chose_neither(faint: Path, tmp_path: Path, model: Path) -> None:
    challenger = tmp_path / "challenger.onnx"
    skelp("thresholds", model, faint, "--miss", 1, "--false-alarm", 1, *as_bright(model), "--out", challenger)
    choosers = ModelFile.open(challenger).card.chosen_on
    data = DataSet(name="faint", format="own", path=faint, classes={"spot": ModelFile.open(model).card.classes[0].name})
    frozen = tmp_path / "frozen.toml"
    freeze(frozen, data, "val", Detector(model).class_ids)
    with pytest.raises(NotPromotedError):
        promote(challenger, model, Frozen.load(frozen), tmp_path / "records", Recipe())
    record = json.loads(next((tmp_path / "records").iterdir()).read_text())
    assert record["frozen"]["sets"]["faint"]["left_out_because_they_chose"] == len(choosers)
    assert {role: f["faint"]["pictures"] for role, f in record["figures"].items()} == dict.fromkeys(
        ("challenger", "champion"), 6 - len(choosers)
    )


def test_a_frozen_set_of_which_every_picture_chose_compares_nothing(faint: Path, tmp_path: Path, model: Path) -> None:
    challenger = tmp_path / "challenger.onnx"
    skelp("thresholds", model, faint, "--miss", 1, "--false-alarm", 1, *as_bright(model), "--share", 1, "--out", challenger)
    data = DataSet(name="faint", format="own", path=faint, classes={"spot": ModelFile.open(model).card.classes[0].name})
    freeze(tmp_path / "frozen.toml", data, "val", Detector(model).class_ids)
    with pytest.raises(NotPromotedError, match="allow no metric"):
        promote(challenger, model, Frozen.load(tmp_path / "frozen.toml"), tmp_path / "records", Recipe())
    record = json.loads(next((tmp_path / "records").iterdir()).read_text())
    assert record["frozen"]["sets"]["faint"]["left_out_because_they_chose"] == 6


def test_thresholds_that_serve_several_sets_are_chosen_on_all_of_them(faint: Path, tmp_path: Path, model: Path) -> None:
    data = DataSet(name="faint", format="own", path=faint, classes={"spot": ModelFile.open(model).card.classes[0].name})
    file, out = tmp_path / "sets.toml", tmp_path / "out.onnx"
    freeze(file, data, "val", Detector(model).class_ids)
    file.write_text(file.read_text() + file.read_text().replace('"faint"', '"again"'))
    skelp("thresholds", model, file, "--miss", 1, "--false-alarm", 1, "--out", out)
    card = ModelFile.open(out).card
    chosen: dict[str, object] = card.quality["thresholds"]  # type: ignore[assignment]
    assert (chosen["sets"], chosen["pictures"]) == (["faint", "again"], 2 * len(card.chosen_on))


def test_what_was_found_goes_into_the_card_by_set_and_leaves_it_with_other_thresholds(
    faint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Detector, "infer", _grey_is_score)
    model = bright_spots(tmp_path / "bright.onnx")
    name = ModelFile.open(model).card.classes[0].name
    first, second, third = (tmp_path / f"{n}.onnx" for n in (1, 2, 3))
    skelp("evaluate", model, faint, "--class", f"spot={name}", "--card", first)
    found = ModelFile.open(first).card.found
    assert list(found) == [faint.stem]
    assert (found[faint.stem].pictures, found[faint.stem].classes[name].defects) == (6, 12)
    assert 170 / 255 < found[faint.stem].classes[name].mean_score < 250 / 255
    other = tmp_path / "other-set"
    other.symlink_to(faint)
    skelp("evaluate", first, other, "--class", f"spot={name}", "--card", second)
    skelp("evaluate", second, other, "--class", f"spot={name}", "--card", second)
    assert ModelFile.open(second).card.learned[name].defects == 24, "the same set counts once"
    skelp("thresholds", second, faint, "--miss", 1, "--false-alarm", 1, "--class", f"spot={name}", "--share", 1, "--out", third)
    assert ModelFile.open(third).card.found == {}


def test_a_class_that_no_picture_shows_keeps_its_threshold_and_without_any_defect_nothing_is_chosen(
    faint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Detector, "infer", _grey_is_score)
    classes = [{"id": 1, "name": "spot", "threshold": 0.5}, {"id": 2, "name": "hole", "threshold": 0.6}]
    model, out = bright_spots(tmp_path / "two.onnx", CARD | {"classes": classes}), tmp_path / "out.onnx"
    costs = ["--miss", 1, "--false-alarm", 10, "--share", 1, "--out", out, "--json"]
    skelp("thresholds", model, faint, *costs)
    found = json.loads(capsys.readouterr().out)
    assert found["kept"] == ["hole"]
    assert found["thresholds"]["hole"] == 0.6
    assert found["thresholds"]["spot"] != 0.5
    out.unlink()
    for mask in (faint / "masks").iterdir():
        Image.fromarray(np.zeros((64, 64), np.uint8)).save(mask)
    with pytest.raises(SkelpError, match="none of the 6 pictures that choose shows a defect"):
        skelp("thresholds", model, faint, *costs)
    assert not out.exists()
