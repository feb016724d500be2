"""`skelp data check`, and what train and evaluate say of a set before they use it."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from skelp.domain.errors import SkelpError
from skelp_training.config import load_config
from skelp_training.data.pools import pools_of
from skelp_training.data.summary import summarise_pools
from tests.training.conftest import config_file, skelp


def checked(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    """What the command prints. It raises SkelpError after printing if there is a fault."""
    with suppress(SkelpError):
        skelp("data", "check", *arguments, "--json")
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_sound_set_is_counted(spots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (spots / "set" / "images" / "notes.txt").write_text("a note")
    found = checked(capsys, spots / "set", "--no-leaks")
    assert found["faults"] == []
    assert (found["given"], found["used"], found["splits"]) == (24, 24, {"train": 20, "val": 4})
    assert found["classes"] == {"spot": {"objects": 18, "pixels": 18 * 24 * 24}}
    assert found["sound_px"] == 24 * 96 * 96 - 18 * 24 * 24
    assert found["left_out"] == [{"file": "notes.txt", "why": "other", "pictures": 0}]
    assert found["sizes"] == [{"width": 96, "lines": 96, "pictures": 24}]


def test_every_fault_is_named_and_the_check_goes_on(spots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    images, masks = spots / "set" / "images", spots / "set" / "masks"
    (images / "s1.png").write_text("broken")
    (masks / "s2.png").unlink()
    Image.fromarray(np.full((96, 96), 9, np.uint8)).save(masks / "s3.png")
    Image.fromarray(np.full((50, 60), 90, np.uint8)).save(images / "s5.png")
    shutil.copy(images / "s6.png", images / "s7.png")
    shutil.copy(images / "s0.png", images / "s9.png")
    shutil.copy(images / "s6.png", images / "unlabelled.png")
    found = checked(capsys, spots / "set")
    assert [any(name in text for text in found["refused"]) for name in ("s1.png", "s2.png", "s3.png", "s5.png")] == [True] * 4
    assert found["given"] == 25 == found["used"] + len(found["refused"]) + sum(x["pictures"] for x in found["left_out"])
    assert any("s0 and s9" in text or "s9 and s0" in text for text in found["faults"])
    assert any("s6 and s7" in text for text in found["remarks"])


def test_a_class_that_no_picture_shows_is_a_fault_unless_that_is_said(spots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (spots / "set" / "classes.json").write_text(json.dumps({"0": "background", "7": "spot", "8": "hole"}))
    assert any("hole" in text for text in checked(capsys, spots / "set")["faults"])
    assert checked(capsys, spots / "set", "--no-leaks", "--absent", "hole")["faults"] == []


def test_nearly_equal_pictures_are_found(spots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    images = spots / "set" / "images"
    near = np.asarray(Image.open(images / "s6.png")).astype(int) + np.random.default_rng(1).integers(-1, 2, (96, 96))
    Image.fromarray(near.clip(0, 255).astype(np.uint8)).save(images / "s7.png")
    assert any("nearly" in text and "s6 and s7" in text for text in checked(capsys, spots / "set", "--no-leaks")["remarks"])


def test_the_page_shows_pictures_with_their_labels(spots: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    skelp("data", "check", spots / "set", "--no-leaks", "--out", tmp_path / "page")
    page = (tmp_path / "page" / "index.html").read_text()
    drawn = np.asarray(Image.open(tmp_path / "page" / "picture-1.png"))
    assert page.count("<figure>") == len(list((tmp_path / "page").glob("*.png"))) == 24
    assert drawn.shape == (96, 192, 3)
    assert not (drawn[:, :96].std(axis=2) > 0).any(), "the picture itself is grey"
    assert (drawn[:, 96:].std(axis=2) > 0).sum() == 24 * 24, "its label is in colour"
    capsys.readouterr()
    skelp("data", "check", spots / "set", "--no-leaks", "--out", tmp_path / "page")
    with pytest.raises(SkelpError, match="not empty"):
        skelp("data", "check", spots / "set", "--out", spots / "set")


def test_a_config_checks_each_of_its_sets(spots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    skelp("data", "check", config_file(spots, steps=1), "--json")
    (found,) = json.loads(capsys.readouterr().out)
    assert found["used"] == 24


def test_training_says_what_it_learns_from_and_stops_on_a_class_without_a_pixel(spots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = load_config(config_file(spots, steps=1))
    (contents,) = summarise_pools(config, pools_of(config), pools_of(config, "val", ["spots"]))
    assert dict(contents.pictures) == {"train": 20, "val": 4}
    assert ("spot", "18 objects, 10368 px (4.6875%)") in contents.rows({1: "spot"})
    two = '[{ id = 1, name = "spot", threshold = 0.5 }, { id = 2, name = "hole", threshold = 0.5 }]'
    with pytest.raises(SkelpError, match="marked as hole, so the model cannot learn it"):
        skelp("train", config_file(spots, steps=1, classes=two))
    (spots / "set" / "classes.json").write_text(json.dumps({"0": "background", "7": "spot", "8": "hole"}))
    with pytest.raises(SkelpError, match="marked as hole, although the labels define it"):
        skelp("train", config_file(spots, steps=1, classes=two))


def test_masks_of_0_and_255_do_not_teach_defects_as_sound_steel(spots: Path) -> None:
    for file in (spots / "set" / "masks").glob("*.png"):
        Image.fromarray((np.asarray(Image.open(file)) > 0).astype(np.uint8) * 255).save(file)
    with pytest.raises(SkelpError, match="mask of 0 and 255"):
        skelp("train", config_file(spots, steps=1))
    assert not (spots / "out" / "model.onnx").exists()
