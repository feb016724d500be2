"""A model is adapted to a line's own steel: by thresholds, or by fine-tuning where thresholds are not enough."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from skelp.domain.errors import SkelpError
from skelp.domain.maps import Maps
from skelp.inference.model_file import ModelFile
from skelp_training.config import DataSet, load_config
from skelp_training.data.pictures import U8
from skelp_training.evaluation.detector import Detector
from skelp_training.release.adapt import check_result
from skelp_training.release.kept import kept_knowledge
from tests.models import CARD, bright_spots, with_distance
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


def _grey_is_score(_: Detector, pixels: U8) -> Maps:
    """A network whose score is the grey of the steel."""
    grey = pixels[::4, ::4]
    return Maps((grey > 105).astype(np.uint8), grey)


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


@pytest.mark.slow
def test_fine_tuning_reaches_a_rate_that_thresholds_cannot(spots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = config_file(spots, steps=150)
    skelp("train", config)
    line = _strip(spots / "line", 48, [220], mark=(120, 10))  # chalk
    common = [str(spots / "out" / "model.onnx"), str(line), "--clean-by", "operator", "--mm-per-line", "1000", "--false-per-100m", "0.2"]
    with pytest.raises(SkelpError, match="--fine-tune"):
        skelp("adapt", *common, "--out", spots / "f.onnx")
    capsys.readouterr()
    labelled = ["--labelled", str(spots / "set"), "--rejected", str(line)]
    skelp("adapt", *common, "--fine-tune", config, "--steps", 300, "--keep", 0.1, "--out", spots / "f.onnx", *labelled, "--json")
    record = json.loads(capsys.readouterr().out)
    assert record["before"]["per_100m"] > 0.7
    assert record["after"]["per_100m"] <= 0.2
    assert record["after"]["false"] < record["before"]["false"] / 2
    assert record["recall"]["after"]["object_recall"] == 1.0
    assert record["fine_tuned"]["from"] == ModelFile.open(spots / "out" / "model.onnx").sha256


def _holes(folder: Path, count: int) -> Path:
    """A set of pictures with dark squares, a defect that the set of the fixture `spots` does not have. Every fourth picture is held out."""
    for sub in ("images", "masks"):
        (folder / sub).mkdir(parents=True)
    rng, rows = np.random.default_rng(8), []
    for n in range(count):
        image, mask = rng.normal(90, 4, (96, 96)), np.zeros((96, 96), np.uint8)
        y, x = rng.integers(8, 64, 2)
        mask[y : y + 24, x : x + 24] = 1
        image[mask > 0] = 20
        Image.fromarray(np.clip(image, 0, 255).astype(np.uint8)).save(folder / "images" / f"r{n}.png")
        Image.fromarray(mask).save(folder / "masks" / f"r{n}.png")
        rows.append(f"r{n},hole,{n},{'train' if n % 4 else 'val'},0.06")
    (folder / "classes.json").write_text(json.dumps({"0": "background", "1": "hole"}))
    (folder / "index.csv").write_text("\n".join(["name,class,group,split,defect_fraction", *rows]) + "\n")
    return folder


def test_a_class_is_added_from_a_few_labelled_pictures_and_the_others_are_kept(spots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    skelp("train", config_file(spots, steps=150))
    classes = '[{ id = 1, name = "spot", threshold = 0.5 }, { id = 2, name = "hole", threshold = 0.5 }]'
    more = config_file(spots, steps=150, name="more.toml", classes=classes, lr="2e-2")
    model, line, holes = spots / "out" / "model.onnx", _strip(spots / "line", 80, [0]), _holes(spots / "holes", 24)
    common = [model, line, "--clean-by", "operator", "--mm-per-line", 1000, "--false-per-100m", 0.2, "--out", spots / "f.onnx", "--json"]
    capsys.readouterr()
    skelp("adapt", *common, "--fine-tune", more, "--labelled", holes, "--teach", 12, "--steps", 500, "--groups-apart")
    record = json.loads(capsys.readouterr().out)
    assert record["fine_tuned"]["pictures"] == 12
    recall = record["recall"]
    assert recall["before"]["objects"] == recall["after"]["objects"] == 0, "the old model's classes are on none of these pictures"
    assert recall["after_with_new_classes"]["objects"] == 6
    assert recall["after_with_new_classes"]["object_recall"] == 1.0
    knew = record["fine_tuned"]["knew"]
    assert knew["pictures"] == 4
    assert knew["miou_fg_after"] > 0.85
    card = ModelFile.open(spots / "f.onnx").card
    assert [c.name for c in card.classes] == ["spot", "hole"]
    assert {d.name: d.samples for d in card.trained_on}["taught"] == 12  # type: ignore[attr-defined]


def test_a_model_that_forgot_is_named(tmp_path: Path) -> None:
    knew = {"sets": ["strip"], "pictures": 9, "miou_fg_before": 0.70, "miou_fg_after": 0.68, "gain_interval": [-0.03, -0.01]}
    record = {"out": "f.onnx", "fine_tuned": {"knew": knew}, "after": {"interval_per_100m": [0, 1]}, "asked_false_per_100m": 5}
    with pytest.raises(SkelpError, match=r"forgot: the mean IoU on strip was 0.700 and is 0.680"):
        check_result(record)
    for change in ({"miou_fg_after": 0.695}, {"gain_interval": [-0.05, 0.01]}):
        check_result({**record, "fine_tuned": {"knew": {**knew, **change}}})


@pytest.mark.slow
def test_more_pictures_than_there_are_is_recorded_as_what_was_learned_from(spots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = config_file(spots, steps=60)
    skelp("train", config)
    line = _strip(spots / "line", 80, [0])
    common = [spots / "out" / "model.onnx", line, "--clean-by", "operator", "--mm-per-line", 1000, "--false-per-100m", 1e5]
    capsys.readouterr()
    more = ["--fine-tune", config, "--labelled", spots / "set", "--teach", 200, "--steps", 1, "--json", "--out", spots / "f.onnx"]
    skelp("adapt", *common, *more)
    told = capsys.readouterr()
    assert json.loads(told.out)["fine_tuned"]["pictures"] == 20
    assert "nothing is known" not in told.err
    unseen = spots / "unseen.toml"
    unseen.write_text(re.sub("validate_on = .*", "validate_on = []", config.read_text()))
    skelp("adapt", *common, *["--fine-tune", unseen, *more[2:-1], spots / "g.onnx"])
    told = capsys.readouterr()
    assert json.loads(told.out)["fine_tuned"]["knew"] is None
    assert "nothing is known of what the model forgot: " in told.err


def test_recall_comes_from_no_picture_that_shows_taught_steel(spots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = config_file(spots, steps=4)
    skelp("train", config)
    images, masks = spots / "set" / "images", spots / "set" / "masks"
    rng = np.random.default_rng(4)
    for n in (1, 2, 3, 9):  # steel that is its own; s1 to s3 are held out
        texture = np.kron(rng.integers(20, 230, (24, 24)), np.ones((4, 4)))
        Image.fromarray(texture.astype(np.uint8)).save(images / f"s{n}.png")
    for folder in (images, masks):
        ImageOps.mirror(Image.open(folder / "s9.png")).save(folder / "s1.png")
    line = _strip(spots / "line", 80, [0])
    common = [spots / "out" / "model.onnx", line, "--clean-by", "operator", "--mm-per-line", 1000, "--false-per-100m", 1e5]
    more = ["--fine-tune", config, "--labelled", spots / "set", "--teach", 20, "--steps", 1, "--json", "--out", spots / "f.onnx"]
    capsys.readouterr()
    skelp("adapt", *common, *more)
    assert json.loads(capsys.readouterr().out)["recall"]["after"]["objects"] == 2, "s0 has none, s1 is left out"
    skelp("adapt", *common, *more[:-1], spots / "g.onnx", "--groups-apart")
    assert json.loads(capsys.readouterr().out)["recall"]["after"]["objects"] == 3, "so the user said"


def test_a_set_whose_pictures_all_show_the_same_steel_is_refused_before_training(spots: Path) -> None:
    config = config_file(spots, steps=4)
    skelp("train", config)
    line, alike = _strip(spots / "line", 80, [0]), spots / "set" / "images"
    for file in alike.iterdir():
        file.write_bytes((alike / "s9.png").read_bytes())
    common = [spots / "out" / "model.onnx", line, "--clean-by", "operator", "--mm-per-line", 1000, "--false-per-100m", 1e5]
    with pytest.raises(SkelpError, match=r"every held-out picture of .* shows steel of its training pictures"):
        skelp("adapt", *common, "--fine-tune", config, "--labelled", spots / "set", "--teach", 20, "--out", spots / "f.onnx")
    assert not (spots / "f.trained-run").exists()


def test_a_config_whose_validation_pictures_show_no_defect_is_no_bug(spots: Path) -> None:
    config = load_config(config_file(spots, steps=4))
    skelp("train", spots / "config.toml")
    model = spots / "out" / "model.onnx"
    nothing = config.model_copy(update={"validate_on": ()})
    assert kept_knowledge(nothing, model, model) is None
    simulated = DataSet(name="sim", format="simulated", strips=1, crops=1)
    assert kept_knowledge(nothing.model_copy(update={"data": (simulated,), "validate_on": ("sim",)}), model, model) is None
    assert kept_knowledge(config, model, model) is not None


def test_teaching_needs_pictures_to_learn_from_and_others_to_measure_on(spots: Path) -> None:
    line = _strip(spots / "line", 8, [0])
    common = [spots / "m.onnx", line, "--clean-by", "operator", "--false-per-100m", 5, "--out", spots / "f.onnx", "--teach", 5]
    for more in (
        [],
        ["--labelled", spots / "set"],
        ["--fine-tune", config_file(spots, steps=1), "--labelled", spots / "set", "--split", "train"],
    ):
        with pytest.raises(SkelpError, match="--teach needs"):
            skelp("adapt", *common, *more)


def test_thresholds_cannot_adapt_a_model_to_steel_that_it_does_not_know(tmp_path: Path) -> None:
    card = {**CARD, "classes": CLASSES}
    line = _strip(tmp_path / "line", 80, [150, 0])
    common = ["--clean-by", "operator", "--mm-per-line", 1000, "--false-per-100m", 0.2, "--out", tmp_path / "f.onnx"]
    with pytest.raises(SkelpError, match=r"does not know 100% of this steel.*--fine-tune"):
        skelp("adapt", with_distance(tmp_path / "m.onnx", grey=50, card=card), line, *common)
    assert not (tmp_path / "f.onnx").exists()
    skelp("adapt", with_distance(tmp_path / "m.onnx", grey=250, card=card), line, *common)
    assert len(ModelFile.open(tmp_path / "f.onnx").card.chosen_on) == 60, "three quarters of the steel chose"


def test_fine_tuning_keeps_what_the_model_says_of_its_steel(spots: Path) -> None:
    model = with_distance(spots / "m.onnx", grey=250, card={**CARD, "classes": CLASSES})
    line = _strip(spots / "line", 80, [0])
    common = ["--clean-by", "operator", "--mm-per-line", 1000, "--false-per-100m", 0.2, "--out", spots / "f.onnx"]
    with pytest.raises(SkelpError, match=r"has no table \[known_steel\]; add it"):
        skelp("adapt", model, line, *common, "--fine-tune", config_file(spots, steps=1))


def test_adapt_reports_the_defects_that_inspect_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Pieces within the recipe's bridge, marks across two files, marks beside the strip's edge, small ones: counted alike."""
    rng = np.random.default_rng(5)
    strip = rng.normal(100, 2, (40 * 64, 160))
    for row in range(20, 40 * 64 - 60, 60):
        column = int(rng.integers(20, 130))
        strip[row : row + 12, column : column + 8] = 250
        if row % 120 == 20:  # a second piece 3 to 8 mm further on
            gap = int(rng.integers(12, 32))
            strip[row + 12 + gap : row + 20 + gap, column : column + 8] = 250
    strip[:, :16], strip[500:520, 18:22], strip[900:904, 60:64] = 3, 250, 250
    (tmp_path / "line").mkdir()
    for n in range(40):
        Image.fromarray(np.clip(strip[64 * n : 64 * n + 64], 0, 255).astype(np.uint8)).save(tmp_path / "line" / f"l{n:02}.png")
    for n in range(30, 40):
        (tmp_path / "checked").mkdir(exist_ok=True)
        (tmp_path / "checked" / f"l{n}.png").write_bytes((tmp_path / "line" / f"l{n}.png").read_bytes())
    model = bright_spots(tmp_path / "m.onnx", {**CARD, "classes": [{"id": 1, "name": "spot", "threshold": 0.4, "min_area_mm2": 2.0}]})
    counts: dict[str, int] = {}
    for name, text in (("default", ""), ("short", 'name = "short"\nbridge_mm = 4.0\nedge_margin_mm = 0.0'), ("none", "bridge_mm = 0.0")):
        recipe = tmp_path / f"{name}.toml"
        recipe.write_text(text)
        as_asked = ["--model", model, "--provider", "cpu", "--recipe", recipe, "--json"]
        skelp("inspect", tmp_path / "checked", *as_asked, "--out", tmp_path / name)
        inspected = counts[name] = json.loads(capsys.readouterr().out)["defects"]
        common = ["--clean-by", "nobody", "--false-per-100m", 1e5, "--recipe", recipe, "--out", tmp_path / "a.onnx"]
        skelp("adapt", model, tmp_path / "line", *common, "--json")
        record = json.loads(capsys.readouterr().out)
        assert record["before"]["false"] == record["after"]["false"] == inspected > 5
        assert record["recipe"]["name"] == ("short" if name == "short" else "default")
    assert counts["default"] < counts["short"] < counts["none"]


def test_a_class_whose_threshold_the_recipe_sets_keeps_the_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Detector, "infer", _grey_is_score)
    model = bright_spots(tmp_path / "m.onnx", {**CARD, "classes": CLASSES})
    line = _strip(tmp_path / "line", 80, [150, 0])
    recipe = tmp_path / "recipe.toml"
    common = [model, line, "--clean-by", "nobody", "--mm-per-line", 1000, "--false-per-100m", 0.2, "--recipe", recipe]
    recipe.write_text("[classes.spot]\nthreshold = 0.9\n")
    skelp("adapt", *common, "--out", tmp_path / "f.onnx")
    assert ModelFile.open(tmp_path / "f.onnx").card.classes[0].threshold == 0.4
    recipe.write_text("[classes.spot]\nthreshold = 0.5\n")
    with pytest.raises(SkelpError, match="Remove the threshold from the recipe"):
        skelp("adapt", *common, "--out", tmp_path / "g.onnx")


def test_steel_that_cannot_be_read_has_no_rate(tmp_path: Path) -> None:
    model = bright_spots(tmp_path / "m.onnx")
    line = _strip(tmp_path / "line", 8, [0])
    (line / "l003.png").write_bytes((line / "l003.png").read_bytes()[:200])
    with pytest.raises(SkelpError, match="128 lines of the strip cannot be read; remove the file or mend it"):
        skelp("adapt", model, line, "--clean-by", "nobody", "--mm-per-line", 1000, "--false-per-100m", 50, "--out", tmp_path / "f.onnx")
