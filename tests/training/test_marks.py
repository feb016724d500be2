"""Marks that are no defects in training: boxes over a set's own masks, painted chalk, and the keys of the config."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from skelp.cli import main
from skelp.domain.errors import SkelpError
from skelp_training.config import DataSet, load_config
from skelp_training.data.leaks import check_leaks
from skelp_training.data.paint import paint
from skelp_training.data.pictures import UNSURE
from skelp_training.data.pools import labels_of
from tests.training.conftest import config_file
from tests.training.labelled import loaded

IDS = {"pit": 1, "marking": 2}
SIDE = 120


@pytest.fixture
def chalked(tmp_path: Path) -> DataSet:
    """A picture with a pit and chalk, of which only the pit has a mask."""
    steel = np.random.default_rng(1).integers(95, 105, (SIDE, SIDE), dtype=np.uint8)
    mask = np.zeros_like(steel)
    steel[20:30, 20:30], mask[18:32, 18:32] = 40, 1
    steel[70:80, 20:100] = 230
    for name, picture in (("images", steel), ("masks", mask)):
        (tmp_path / name).mkdir()
        Image.fromarray(picture).save(tmp_path / name / "a.png")
    (tmp_path / "classes.json").write_text(json.dumps({"0": "background", "1": "pit"}))
    (tmp_path / "marks.csv").write_text("name,what,x,y,width,height\na,marking,10,10,100,80\n")
    return DataSet(name="s", format="masks", path=tmp_path, marks=tmp_path / "marks.csv")


def test_boxes_add_marks_where_the_sets_own_masks_say_sound(chalked: DataSet) -> None:
    labels = labels_of(chalked, IDS)
    mask = loaded(labels)["a"]
    assert labels.declared == {1, 2}
    assert (mask[18:32, 18:32] == 1).all()  # the box lies over the pit, and the set's own mask is right
    assert (mask[71:79, 21:99] == 2).all()
    assert set(np.unique(mask[60:90, 10:110])) == {0, 2, UNSURE}
    assert not mask[95:].any()


def test_the_command_line_takes_boxes_too(chalked: DataSet, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "check", str(chalked.path), "--format", "masks", "--marks", str(chalked.marks), "--no-leaks", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["classes"]["marking"]["objects"] == 1


def test_a_box_on_no_picture_or_of_no_class_is_refused(chalked: DataSet) -> None:
    assert chalked.marks is not None
    for row, message in (
        ("b,marking,1,1,9,9", "line 2 names b"),
        ("a,chalk,1,1,9,9", "class 'chalk'"),
        ("a,marking,1,1,0,9", "a box of 0"),
    ):
        chalked.marks.write_text(f"name,what,x,y,width,height\n{row}\n")
        with pytest.raises(SkelpError, match=message):
            labels_of(chalked, IDS)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_paint_is_labelled_and_lies_on_sound_steel_alone(seed: int) -> None:
    rng = np.random.default_rng(seed)
    image = rng.integers(60, 140, (96, 96), dtype=np.uint8)
    mask = np.zeros_like(image)
    image[:, :20], mask[40:60, 40:60], mask[70:, 70:] = 3, 1, UNSURE
    painted, labels = paint((image, mask), 2, np.random.default_rng(seed))
    again = paint((image, mask), 2, np.random.default_rng(seed))
    assert all(np.array_equal(a, b) for a, b in zip((painted, labels), again, strict=True))
    changed = painted.astype(int) - image
    assert not changed[mask != 0].any()
    assert not changed[:, :12].any()
    assert (labels[mask != 0] == mask[mask != 0]).all()
    assert set(np.unique(labels)) <= {0, 1, 2, UNSURE}
    assert (changed[labels == 2] > 0).all()
    assert (labels[changed > 18] != 0).all()


def test_paint_is_drawn_often() -> None:
    steel = np.full((96, 96), 100, np.uint8)
    drawn = [paint((steel, np.zeros_like(steel)), 2, np.random.default_rng(n))[1] for n in range(40)]
    assert sum(bool((m == 2).any()) for m in drawn) > 25


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"paint_share": 0.1}, "paint_class is ''"),
        ({"paint_share": 0.1, "paint_class": "spots"}, "paint_class is 'spots'.*did you mean spot"),
    ],
)
def test_paint_needs_a_class_of_the_card(keys: dict[str, Any], message: str, spots: Path) -> None:
    file = config_file(spots, steps=1)
    lines = "".join(f"{k} = {json.dumps(v)}\n" for k, v in keys.items())
    file.write_text(file.read_text().replace("[train]\n", f"[train]\n{lines}"))
    with pytest.raises(SkelpError, match=message):
        load_config(file)


def test_a_set_whose_groups_are_apart_is_not_compared_and_its_checkpoints_are_its_own(spots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = config_file(spots, steps=1)
    before = load_config(file).fingerprint
    file.write_text(file.read_text().replace('leaks = "skip"', 'leaks = "check"') + "groups_apart = true\n")
    config = load_config(file)
    assert config.fingerprint != before

    def compared(items: list[object]) -> list[object]:
        raise AssertionError(f"{len(items)} pictures were compared")

    monkeypatch.setattr("skelp_training.data.leaks.find_leaks", compared)
    assert check_leaks(config) == frozenset()
