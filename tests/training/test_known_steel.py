"""A model that says which steel it knows: what it learns, what it exports, and what its figures make of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from skelp.domain.errors import SkelpError
from skelp.inference.model_file import ModelFile
from skelp_training.config import KnownSteelPlan, load_config
from skelp_training.data.patterns import dimmed, with_pattern
from skelp_training.data.pictures import U8
from skelp_training.data.pools import pools_of
from skelp_training.evaluation.comparison import differences
from skelp_training.evaluation.curve import recall_at_rates
from skelp_training.evaluation.detector import Detector
from skelp_training.evaluation.results import PictureResult, compare_with_mask
from skelp_training.evaluation.summary import summarise
from skelp_training.networks.make import make_network
from skelp_training.networks.stripnet import StripNet
from skelp_training.release.known_steel import _collected
from skelp_training.release.promote import decide
from tests.training.conftest import config_file, skelp

TABLE = "\n[known_steel]\nsteps = 250\n"


def steel(seed: int, grey: int = 90, lines: int = 256) -> U8:
    return np.clip(np.random.default_rng(seed).normal(grey, 4, (lines, 320)), 0, 255).astype(np.uint8)


def plate(image: U8) -> U8:
    """Lentil plate, drawn otherwise than in training: lenses of one size on a plain grid."""
    y, x = np.mgrid[: image.shape[0], : image.shape[1]]
    u, v = (x % 48) - 24, (y % 40) - 20
    lens = ((u + v) / 16) ** 2 + ((u - v) / 5) ** 2 < 1
    return np.where(lens, np.clip(image.astype(int) + 70, 0, 255), image).astype(np.uint8)


@pytest.fixture
def strips(spots: Path) -> Path:
    """The set `spots` with larger pictures, so that tiles can be averaged."""
    for file in sorted((spots / "set" / "images").iterdir()):
        n = int(file.stem.strip("abcdefghijklmnopqrstuvwxyz_") or 0)
        image, mask = steel(n), np.zeros((256, 320), np.uint8)
        if n % 4:
            image[60:90, 100:130], mask[60:90, 100:130] = 220, 7
        Image.fromarray(image).save(file)
        Image.fromarray(mask).save(spots / "set" / "masks" / file.name)
    return spots


def test_the_exported_model_knows_its_steel_and_does_not_know_plate(strips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = config_file(strips, steps=20, every=20)
    config.write_text(config.read_text() + TABLE)
    skelp("train", config)
    file = ModelFile.open(strips / "out" / "model.onnx")
    file.verify()
    assert file.measures_distance
    chosen = file.card.model_dump()["known_steel"]
    assert chosen["flagged_where_limits_were_chosen"]["known"] == 0
    detector = Detector(file.path)
    for n in range(100, 104):
        assert detector.run(steel(n)).judged.all()
        assert not detector.run(plate(steel(n))).judged.any()
        assert detector.run(plate(steel(n)), piece=True).judged.all(), "a piece is too small to say"
    mixed = np.concatenate([steel(1, lines=512), plate(steel(2, lines=512)), steel(3, lines=500)])
    assert detector.run(mixed).judged.tolist() == [True] * 512 + [False] * 512 + [True] * 500

    skelp("quantise", config, "--out", strips / "int8.onnx")
    small = Detector(strips / "int8.onnx")
    assert [small.run(p).judged.mean() for p in (steel(100), plate(steel(100)))] == [1, 0]


def test_figures_count_a_defect_on_steel_that_was_not_judged_as_missed(strips: Path) -> None:
    config = config_file(strips, steps=20, every=20)
    config.write_text(config.read_text() + TABLE)
    skelp("train", config)
    detector = Detector(strips / "out" / "model.onnx")
    image, mask = plate(steel(1)), np.zeros((256, 320), np.uint8)
    image[60:90, 100:130], mask[60:90, 100:130] = 220, 1
    maps = detector.run(image)
    picture = compare_with_mask("p", "g", maps, detector.detect(maps), mask, detector.defect_ids)
    assert (picture.objects, picture.regions) == (((1, 900, False),), ())
    assert (picture.mpix, picture.lines) == (0.0, 0)
    assert picture.unfamiliar_mpix == pytest.approx(256 * 320 / 1e6)
    figures = summarise([picture], {1: "spot"}, 1.0)
    assert (figures["unfamiliar_pictures"], figures["object_recall"]) == (1, 0)


def test_steel_that_nobody_judged_has_no_rate() -> None:
    picture = PictureResult("p", "g", np.zeros((2, 2), np.int64), (), (), sound=False, mpix=0.0, lines=0, unfamiliar_mpix=1.0)
    figures = summarise([picture], {1: "spot"}, 1.0)
    assert (figures["unfamiliar_mpix"], figures["false_per_mpix"], figures["sound_pictures"]) == (1.0, None, 0)
    assert recall_at_rates({0.5: [picture]})[0]["recall"] is None


def test_a_model_that_refuses_to_judge_is_not_the_better_one() -> None:
    def result(n: int, *, judged: bool) -> PictureResult:
        false = ((1, 0.9, False),) if judged else ()
        mpix = 1.0 if judged else 0.0
        pixels = np.zeros((2, 2), np.int64)
        return PictureResult(f"p{n}", f"g{n}", pixels, (), false, sound=judged, mpix=mpix, lines=100, unfamiliar_mpix=1 - mpix)

    champion, challenger = [result(n, judged=True) for n in range(40)], [result(n, judged=n < 10) for n in range(40)]
    promoted, reasons = decide({"set": differences(champion, challenger)})
    assert not promoted
    assert any("judged_share" in r for r in reasons)


def test_sets_with_rough_outlines_are_not_compared_by_pixels() -> None:
    pixels = np.array([[5, 0], [3, 4]], np.int64)
    one = [PictureResult(f"p{n}", f"g{n}", pixels, ((1, 9, True),), (), sound=False, mpix=1.0, lines=9) for n in range(4)]
    compared = [{d.metric for d in differences(one, one, by_pixels=by)} for by in (True, False)]
    assert compared[0] - compared[1] == {"miou_fg"}
    assert "object_recall" in compared[1]


def test_a_network_without_tiles_and_pictures_that_are_too_small_are_refused(spots: Path) -> None:
    config = config_file(spots, steps=1)
    config.write_text(config.read_text().replace('net = "xs"', 'net = "lraspp"') + TABLE)
    with pytest.raises(SkelpError, match=r"net lraspp cannot say which steel it knows; leave out \[known_steel\]"):
        skelp("train", config)
    for file in (*(spots / "set" / "images").iterdir(), *(spots / "set" / "masks").iterdir()):
        Image.open(file).crop((0, 0, 80, 80)).save(file)
    config = config_file(spots, steps=1)
    config.write_text(config.read_text().replace("run =", 'run = "other" #') + TABLE)
    with pytest.raises(SkelpError, match="pictures of at least 96 px"):
        skelp("train", config)
    assert not (spots / "other" / "last.pt").exists(), "it is said before training"


def test_the_table_does_not_change_what_the_weights_are_trained_by(spots: Path) -> None:
    config = config_file(spots, steps=1)
    plain = load_config(config).fingerprint
    config.write_text(config.read_text() + 'steel = "neither"\n' + TABLE)
    assert load_config(config).fingerprint == plain


def test_sets_teach_as_known_or_as_unknown_or_not_at_all(strips: Path) -> None:
    config = load_config(config_file(strips, steps=1))
    (pool,) = pools_of(config)
    net = make_network("xs", 2).eval()
    assert isinstance(net, StripNet)
    plan, rng = KnownSteelPlan(pictures=5), np.random.default_rng(1)
    pools = [replace(pool, steel=steel) for steel in ("neither", "known", "unknown")]
    known, unknown = _collected(net, pools, plan, rng)
    count = {steel: Counter(number for number, _ in steel_of.taught + steel_of.kept) for steel, steel_of in (("k", known), ("u", unknown))}
    assert count == {"k": {0: 10}, "u": {0: 10, 1: 5}}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([32, 77, 200]), st.sampled_from([32, 150, 200]), st.sampled_from([0, 5, 90, 255]))
def test_a_pattern_is_drawn_on_any_picture(seed: int, lines: int, width: int, grey: int) -> None:
    image = np.full((lines, width), grey, np.uint8)
    drawn = with_pattern(image, np.random.default_rng(seed))
    assert drawn.shape == image.shape
    assert drawn.dtype == np.uint8
    assert np.array_equal(drawn, with_pattern(image, np.random.default_rng(seed)))
    if grey == 90 and min(image.shape) == 200:
        assert (drawn != image).any()  # some patterns are faint: a few grey values on a few lines
    assert dimmed(image, np.random.default_rng(seed)).shape == image.shape
