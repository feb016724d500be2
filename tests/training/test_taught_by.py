"""A model file names the pictures that taught it. No figure comes from them, by whatever splits, name or model in between."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from PIL import Image

from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
from skelp_training.config import DataSet, load_config
from skelp_training.data.frozen import Frozen, freeze
from skelp_training.data.pictures import picture_id
from skelp_training.data.pools import held_out_that_taught
from skelp_training.data.seen import TAUGHT_KEY, Seen
from skelp_training.evaluation.detector import Detector
from skelp_training.release.model_file import write_card
from skelp_training.release.promote import NotPromotedError, promote
from tests.training.conftest import config_file, skelp
from tools.mean_weights import mean_weights


def _ids(folder: Path, names: set[str]) -> frozenset[str]:
    return frozenset(picture_id(np.asarray(Image.open(folder / "images" / f"{n}.png"))) for n in names)


def _split_again(folder: Path, held_out: set[str]) -> None:
    """Other splits of the same set, as a forgotten --val-share or --group-pattern makes them."""
    with (folder / "index.csv").open() as f:
        rows = list(csv.DictReader(f))
    with (folder / "index.csv").open("w", newline="") as f:
        writer = csv.DictWriter(f, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | {"split": "val" if row["name"] in held_out else "train"} for row in rows)


def _evaluated(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    capsys.readouterr()
    skelp("evaluate", *arguments, "--json")
    return dict(json.loads(capsys.readouterr().out))


TRAINED = {f"s{n}" for n in range(4, 24)}


@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_held_out_pictures_that_taught_the_model_are_left_out(spots: Path, capsys: pytest.CaptureFixture[str], scale: float) -> None:
    config = config_file(spots, steps=1, path=f'"{spots}/set"\nscale = {scale}')
    skelp("train", config)
    model, data = spots / "out" / "model.onnx", spots / "set"
    assert Detector(model).seen.taught == _ids(data, TRAINED)
    found = _evaluated(capsys, model, data)
    assert (found["pictures"], found["taught_the_model"], found["left_out_because_they_taught"]) == (4, 0, 0)
    skelp("export", config)
    assert Detector(model).seen.taught == _ids(data, TRAINED)

    _split_again(data, {"s0", "s1", "s4", "s5", "s6"})
    skelp("evaluate", model, data)
    assert "3 of the 5 pictures taught the model" in " ".join(capsys.readouterr().err.split())
    found = _evaluated(capsys, model, data)
    assert (found["pictures"], found["left_out_because_they_taught"], found["left_out_because_they_chose"]) == (2, 3, 0)

    _split_again(data, {"s7", "s8"})
    with pytest.raises(SkelpError, match="of 2 pictures, 2 taught the model, so they say nothing of it"):
        _evaluated(capsys, model, data)
    with pytest.raises(SkelpError, match="2 taught the model"):
        skelp("thresholds", model, data, "--miss", 1, "--false-alarm", 1, "--share", 1, "--out", spots / "chosen.onnx")


def test_pictures_that_taught_are_measured_where_they_are_asked_for_and_never_in_the_card(
    spots: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    skelp("train", config_file(spots, steps=1))
    model, data = spots / "out" / "model.onnx", spots / "set"
    found = _evaluated(capsys, model, data, "--split", "train")
    assert (found["pictures"], found["taught_the_model"]) == (20, 20)
    with pytest.raises(SkelpError, match="the pictures of split train taught the model"):
        skelp("evaluate", model, data, "--split", "train", "--card", spots / "card.onnx")
    assert not (spots / "card.onnx").exists()
    skelp("thresholds", model, data, "--miss", 1, "--false-alarm", 1, "--share", 1, "--split", "train", "--out", spots / "chosen.onnx")


def test_what_taught_a_model_is_known_of_all_that_come_from_it(spots: Path) -> None:
    """Of another card, of training on from its file and from its checkpoint, and of the mean of two runs."""
    skelp("train", config_file(spots, steps=1))
    first = spots / "first.onnx"
    (spots / "out" / "model.onnx").rename(first)
    write_card(first, Detector(first).card.model_dump(mode="json") | {"version": "2"}, spots / "second.onnx")
    assert Detector(spots / "second.onnx").seen.taught == _ids(spots / "set", TRAINED)

    other = spots / "other"
    shutil.copytree(spots / "set", other)
    for n, file in enumerate(sorted((other / "images").iterdir())):
        image = np.asarray(Image.open(file)).copy()
        image[0, 0] = n
        Image.fromarray(image).save(file)
    every = _ids(spots / "set", TRAINED) | _ids(other, TRAINED)
    assert len(every) == 40
    for name, before in (("from-file", first), ("from-run", spots / "run" / "last.pt")):
        config = config_file(spots, steps=1, name=f"{name}.toml", path=f'"{other}"', run=f'"{spots}/{name}"')
        config.write_text(config.read_text().replace('net = "xs"', f'net = "xs"\nstart_from = "{before}"'))
        skelp("train", config)
        assert Detector(spots / "out" / "model.onnx").seen.taught == every, name

    alone = config_file(spots, steps=1, name="alone.toml", path=f'"{other}"', run=f'"{spots}/alone"')
    skelp("train", alone)
    mean_weights(spots / "run" / "last.pt", spots / "alone" / "last.pt", spots / "mean" / "last.pt")
    skelp("export", config_file(spots, steps=1, name="mean.toml", path=f'"{other}"', run=f'"{spots}/mean"'))
    assert Detector(spots / "out" / "model.onnx").seen.taught == every


def test_models_are_not_compared_on_pictures_that_taught_either(spots: Path) -> None:
    skelp("train", config_file(spots, steps=1))
    challenger, champion = spots / "out" / "model.onnx", spots / "champion.onnx"
    write_card(challenger, Detector(challenger).card.model_dump(mode="json") | {"version": "0"}, champion, taught_by="")
    assert Detector(champion).seen == Seen()
    _split_again(spots / "set", {"s0", "s1", "s4", "s5", "s6"})
    freeze(spots / "frozen.toml", DataSet(name="spots", format="own", path=spots / "set"), "val", {"spot": 1})
    with pytest.raises(NotPromotedError):
        promote(challenger, champion, Frozen.load(spots / "frozen.toml"), spots / "records", Recipe())
    record = json.loads(next((spots / "records").iterdir()).read_text())
    assert record["frozen"]["sets"]["spots"]["left_out_because_they_taught"] == 3
    assert {role: f["spots"]["pictures"] for role, f in record["figures"].items()} == {"challenger": 2, "champion": 2}


def test_a_model_that_does_not_name_what_taught_it_is_not_known_to_be_measured_on_other_pictures(
    spots: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file from before models named them, and what is trained on from it."""
    skelp("train", config_file(spots, steps=1))
    old = spots / "old.onnx"
    model = onnx.load(spots / "out" / "model.onnx")
    onnx.helper.set_model_props(model, {p.key: p.value for p in model.metadata_props if p.key != TAUGHT_KEY})
    onnx.save(model, old)
    assert Detector(old).seen == Seen(all_named=False)
    more = config_file(spots, steps=1, name="more.toml", run=f'"{spots}/more"')
    more.write_text(more.read_text().replace('net = "xs"', f'net = "xs"\nstart_from = "{old}"'))
    skelp("train", more)
    assert Detector(spots / "out" / "model.onnx").seen == Seen(_ids(spots / "set", TRAINED), all_named=False)
    for file in (old, spots / "out" / "model.onnx"):
        capsys.readouterr()
        skelp("evaluate", file, spots / "set", "--json")
        told = capsys.readouterr()
        assert json.loads(told.out)["taught_the_model"] is None
        assert "does not name all pictures that taught it" in " ".join(told.err.split())
        with pytest.raises(SkelpError, match="the pictures of split train taught the model"):
            skelp("evaluate", file, spots / "set", "--split", "train", "--card", spots / "card.onnx")


def test_what_chose_the_first_weights_is_known_of_what_is_trained_on_from_them(spots: Path) -> None:
    """Of a model file, and of the best checkpoint of a run."""
    skelp("train", config_file(spots, steps=2, every=1, batch="8\npatience = 9"))
    first = spots / "first.onnx"
    (spots / "out" / "model.onnx").rename(first)
    chosen = _ids(spots / "set", {"s0", "s1", "s2", "s3"})
    assert Detector(first).seen == Seen(_ids(spots / "set", TRAINED), chosen)
    for name, before in (("from-file", first), ("from-run", spots / "run" / "best.pt")):
        config = config_file(spots, steps=1, name=f"{name}.toml", run=f'"{spots}/{name}"')
        config.write_text(config.read_text().replace('net = "xs"', f'net = "xs"\nstart_from = "{before}"'))
        skelp("train", config)
        assert Detector(spots / "out" / "model.onnx").seen == Seen(_ids(spots / "set", TRAINED), chosen), name


def test_a_challenger_without_a_champion_needs_pictures_that_it_has_not_seen(spots: Path) -> None:
    skelp("train", config_file(spots, steps=1))
    _split_again(spots / "set", {"s4", "s5", "s6"})
    freeze(spots / "frozen.toml", DataSet(name="spots", format="own", path=spots / "set"), "val", {"spot": 1})
    with pytest.raises(NotPromotedError, match="all frozen pictures taught a model"):
        promote(spots / "out" / "model.onnx", spots / "line.onnx", Frozen.load(spots / "frozen.toml"), spots / "records", Recipe())
    assert not (spots / "line.onnx").exists()


def test_a_held_out_picture_that_taught_neither_compares_int8_nor_chooses_a_screens_limit(spots: Path) -> None:
    skelp("train", config_file(spots, steps=1))
    _split_again(spots / "set", {"s0", "s5", "s6"})
    config = load_config(config_file(spots, steps=1))
    assert held_out_that_taught(config, Detector(spots / "out" / "model.onnx").seen.taught) == {("val", "s5"), ("val", "s6")}
    assert not held_out_that_taught(config, ())
    (spots / "set" / "index.csv").write_text(
        (spots / "set" / "index.csv").read_text().replace("val", "train").replace("s5,spot,5,train", "s5,spot,5,val")
    )
    with pytest.raises(SkelpError, match="gives no sample"):
        skelp("quantise", config_file(spots, steps=1))


def test_adapt_checks_no_rate_on_steel_that_the_model_has_seen(spots: Path, tmp_path: Path) -> None:
    line = spots / "set" / "images"
    skelp("train", config_file(spots, steps=1))
    asked = ["--clean-by", "operator", "--mm-per-line", 1000, "--false-per-100m", 1e5, "--out", tmp_path / "fitted.onnx"]
    with pytest.raises(SkelpError, match=r"6 of the 6 pictures that check the result taught the model, or chose its thresholds"):
        skelp("adapt", spots / "out" / "model.onnx", line, *asked)
