"""Crops depend on seed, step and number alone; pasted defects land on sound steel; steel of one split does not show in another."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from skelp.domain.errors import SkelpError
from skelp_training.config import DataSet, TrainingPlan, load_config
from skelp_training.data import leaks
from skelp_training.data.augment import paste
from skelp_training.data.batches import Batches
from skelp_training.data.pictures import U8, UNSURE, Item, Sample
from skelp_training.data.pools import Pool, pools_of
from tests.training.conftest import config_file


def test_a_batch_is_the_same_whoever_makes_it(spots: Path) -> None:
    config = load_config(config_file(spots, steps=1))
    batches = Batches(pools_of(config), config.train)
    images, masks = batches.batch(5)
    assert images.shape == masks.shape == (8, 64, 64)
    again = Batches(pools_of(config), config.train).batch(5)
    assert np.array_equal(images, again[0])
    for rank in (0, 1):
        part = batches.batch(5, rank, 2)
        assert np.array_equal(part[0], images[rank::2])
        assert np.array_equal(part[1], masks[rank::2])
    assert not np.array_equal(images, batches.batch(6)[0])
    drawn_by_processes = Batches(pools_of(config), config.train.model_copy(update={"loaders": 2}))
    for source in (batches, drawn_by_processes):
        steps = [(step, a, m) for step, a, m in source.stream(5, 9)]
        assert [s for s, _, _ in steps] == [5, 6, 7, 8, 9]
        assert np.array_equal(steps[0][1], images)
        assert np.array_equal(steps[0][2], masks)


def test_defect_share_draws_crops_at_defects() -> None:
    """One of fifty pictures has a defect of 3 x 3 px: drawn evenly it is on few crops, with defect_share on that share of them."""
    image, sound, marked = np.full((300, 260), 90, np.uint8), np.zeros((300, 260), np.uint8), np.zeros((300, 260), np.uint8)
    marked[2:5, 250:253] = 1
    samples = [Sample("one", image, marked), *(Sample(f"s{n}", image, sound) for n in range(49))]
    plan = TrainingPlan(steps=1, batch=64, crop=64)

    def seen(share: float | None) -> float:
        data = DataSet(name="set", format="own", path=Path(), defect_share=share)
        _, masks = Batches([Pool.of(data, samples)], plan).batch(1)
        return float(np.mean([(m == 1).any() for m in masks]))

    assert seen(None) < 0.1
    assert seen(1.0) == 1.0
    assert 0.3 < seen(0.5) < 0.7


def test_a_set_can_give_some_of_its_pictures(spots: Path) -> None:
    config = load_config(config_file(spots, steps=1))
    few = config.model_copy(update={"data": (config.data[0].model_copy(update={"pictures": 5}),)})
    every, five, again = (pools_of(c)[0].samples for c in (config, few, few))
    assert len(every) == 20
    assert [s.name for s in five] == [s.name for s in again]
    assert len(five) == 5
    assert {s.name for s in five} < {s.name for s in every}
    assert [s.name for s in pools_of(few, "val")[0].samples] == [s.name for s in pools_of(config, "val")[0].samples]
    assert few.fingerprint != config.fingerprint


def test_defects_are_pasted_on_sound_steel_in_its_own_light() -> None:
    rng = np.random.default_rng(3)
    theirs = rng.normal(60, 2, (96, 96)).clip(0, 255)
    marked = np.zeros((96, 96), np.uint8)
    marked[30:60, 40:56] = 2
    theirs[marked > 0] = 120
    onto, mask = rng.normal(120, 2, (96, 96)).astype(np.uint8), np.zeros((96, 96), np.uint8)
    mask[:, 48:] = UNSURE
    image, found = paste((onto, mask), (theirs.astype(np.uint8), marked), rng)
    assert (found[30:60, 40:48] == 2).all()
    assert (found[:, 48:] == UNSURE).all()
    assert image[35:55, 42:46].mean() > 170  # twice as bright as its own steel, so twice as bright as this one
    assert np.array_equal(image[:20], onto[:20])
    dark = np.full((96, 96), 4, np.uint8)
    assert paste((dark, np.zeros_like(dark)), (theirs.astype(np.uint8), marked), rng)[0] is dark


@pytest.fixture
def plate(tmp_path: Path) -> U8:
    rng = np.random.default_rng(4)
    noise = cv2.GaussianBlur(rng.normal(0, 1, (400, 400)).astype(np.float32), (0, 0), 2)
    return np.asarray(np.clip(110 + 120 * noise, 0, 255), np.uint8)


def items_of(folder: Path, pictures: dict[str, tuple[str, U8]]) -> list[Item]:
    items = []
    for name, (split, picture) in pictures.items():
        cv2.imwrite(str(folder / f"{name}.png"), picture)
        items.append(Item(name, name, split, folder / f"{name}.png", lambda image: image))
    return items


@pytest.mark.parametrize(
    ("copy", "leaks_expected"),
    [
        (lambda p: p[:200, :200], 1),
        (lambda p: p[60:260, 40:240], 1),
        (lambda p: np.rot90(p[30:230, :200]), 1),
        (lambda p: p[:200, :200].T, 1),
        (lambda p: np.clip(p[20:220, :200] * 0.8 + 12, 0, 255).astype(np.uint8), 1),
        (lambda p: p[:200, 200:], 0),
    ],
    ids=["identical", "shifted", "turned", "mirrored", "darker", "another piece"],
)
def test_steel_that_is_in_two_splits_is_found(plate: U8, tmp_path: Path, copy: object, leaks_expected: int) -> None:
    other = np.ascontiguousarray(copy(plate), np.uint8)  # type: ignore[operator]
    items = items_of(tmp_path, {"a": ("train", plate[:200, :200]), "b": ("val", other), "c": ("train", plate[240:, 240:])})
    found = leaks.find_leaks(items)
    assert [(f.train, f.held_out) for f in found] == [("a", "b")] * leaks_expected


@pytest.mark.parametrize("training", ["crop", "whole"])
def test_a_small_crop_of_a_large_picture_is_found_whichever_is_trained_on(plate: U8, tmp_path: Path, training: str) -> None:
    splits = {name: "train" if name == training else "val" for name in ("crop", "whole")}
    pictures = {"crop": plate[40:160, 60:180], "whole": plate}
    assert pictures["crop"].size < 0.12 * plate.size
    found = leaks.find_leaks(items_of(tmp_path, {name: (splits[name], np.ascontiguousarray(p)) for name, p in pictures.items()}))
    assert [f.train for f in found] == [training]


def test_the_far_end_of_a_long_picture_is_found_turned(plate: U8, tmp_path: Path) -> None:
    """A line-scan piece is long: a shift near its far end is further than half of the two pictures together."""
    items = items_of(tmp_path, {"a": ("train", plate[:80]), "b": ("val", np.ascontiguousarray(np.rot90(plate[:80, 310:])))})
    assert [(f.train, f.held_out) for f in leaks.find_leaks(items)] == [("a", "b")]


def test_training_is_refused_where_splits_share_steel(spots: Path) -> None:
    (spots / "set" / "images" / "s0.png").write_bytes((spots / "set" / "images" / "s9.png").read_bytes())
    config = load_config(config_file(spots, steps=1, leaks='"check"'))
    with pytest.raises(SkelpError, match="s9 and s0 share 100% of their steel"):
        leaks.check_leaks(config)
    for side, expected in (("drop-train", ("train", "s9")), ("drop-held-out", ("val", "s0"))):
        assert expected in leaks.check_leaks(load_config(config_file(spots, steps=1, leaks=f'"{side}"')))


def test_a_picture_that_another_set_holds_out_is_a_leak(spots: Path) -> None:
    shutil.copytree(spots / "set", spots / "again")
    rows = (spots / "again" / "index.csv").read_text()
    (spots / "again" / "index.csv").write_text(rows.replace(",train,", ",x,").replace(",val,", ",train,").replace(",x,", ",val,"))
    file = config_file(spots, steps=1, leaks='"check"')
    file.write_text(f"{file.read_text()}groups_apart = true\n")
    assert not leaks.check_leaks(load_config(file))
    file.write_text(f'{file.read_text()}[[data]]\nname = "again"\nformat = "own"\npath = "{spots}/again"\ngroups_apart = true\n')
    with pytest.raises(SkelpError, match="s4 and s4 share 100% of their steel"):
        leaks.check_leaks(load_config(file))
