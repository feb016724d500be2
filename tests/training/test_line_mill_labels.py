"""Labels of the line-scan mill: what is known by boxes, notes and two teams' masks becomes one mask, and doubt stays doubt."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from skelp_training.config import DataSet
from skelp_training.data.boxes import LabelledBox
from skelp_training.data.pictures import UNSURE, Item
from skelp_training.data.pools import labels_of
from tools.line_mill_labels import CLASSES, agreed, marked_in_boxes, write

SCRATCH, STAIN = CLASSES["scratch"], CLASSES["stain"]


def test_contrast_inside_a_box_becomes_the_defect_and_nothing_outside_does() -> None:
    image = np.random.default_rng(1).normal(120, 3, (128, 256)).astype(np.uint8)
    image[:, 100:104] = 60  # a streak in a box
    image[:, 200:204] = 60  # the same outside of it
    mask = np.zeros(image.shape, np.uint8)
    mask[20:108, 90:114] = UNSURE
    found = marked_in_boxes(image, mask, [LabelledBox(SCRATCH, 90, 20, 24, 88)])
    assert (found[30:98, 101:103] == SCRATCH).all()
    assert (found[30:98, 92:95] == UNSURE).all(), "the box's steel beside the streak is not known to be sound"
    assert (found[:20] == 0).all()
    assert (found[:, 114:] == 0).all()


def test_a_faint_streak_counts_in_a_narrow_box() -> None:
    image = np.random.default_rng(1).normal(120, 3, (128, 256)).astype(np.uint8)
    image[:, 100:104] -= 5
    mask = np.full(image.shape, UNSURE, np.uint8)
    assert (marked_in_boxes(image, mask, [LabelledBox(SCRATCH, 90, 0, 24, 128)])[:, 101:103] == SCRATCH).mean() > 0.9
    assert not (marked_in_boxes(image, mask, [LabelledBox(SCRATCH, 0, 0, 256, 128)]) == SCRATCH).any(), "a wide box says less"


def test_only_what_both_teams_mark_is_a_defect() -> None:
    notes, first, second = (np.zeros((40, 60), np.uint8) for _ in range(3))
    first[:, 0:10], second[:, 5:20] = SCRATCH, 2
    notes[:, 30:35], notes[:, 40:45], notes[:, 50:60] = SCRATCH, STAIN, UNSURE
    mask = agreed(notes, first, second, marks=[STAIN])
    assert (mask[:, 5:10] == SCRATCH).all()
    assert (mask[:, 0:5] == UNSURE).all()
    assert (mask[:, 10:20] == UNSURE).all()
    assert (mask[:, 30:35] == UNSURE).all(), "only the notes mark it"
    assert (mask[:, 40:45] == STAIN).all()
    assert (mask[:, 50:] == 0).all(), "neither team marks what the notes leave open"
    assert (mask[:, 22:30] == 0).all()


def test_what_is_written_is_read_as_a_set(tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    cv2.imwrite(str(picture), np.full((40, 60), 90, np.uint8))
    mask = np.zeros((40, 60), np.uint8)
    mask[:, :10], mask[:, 10:20] = STAIN, UNSURE
    write(tmp_path / "set", [(Item("a", "g", "train", picture, np.zeros_like), mask)])
    write(tmp_path / "set", [(Item("a", "g", "val", picture, np.zeros_like), mask)])
    (item,) = labels_of(DataSet(name="s", format="own", path=tmp_path / "set"), CLASSES).items
    assert (item.split, item.group) == ("val", "g")
    assert np.array_equal(item.load().mask, mask)
