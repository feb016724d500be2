"""The flat-field correction makes columns equally bright, and refuses references that it cannot use."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skelp.capture.flat_field import FlatField, References
from skelp.domain.errors import SkelpError

WIDTH = 300
RNG = np.random.default_rng(1)
DARK = RNG.uniform(0, 6, WIDTH).astype(np.float32)
SENSITIVITY = (0.6 + 0.4 * np.cos(np.linspace(-1.5, 1.5, WIDTH)) + RNG.uniform(-0.05, 0.05, WIDTH)).astype(np.float32)


def image_of(light: float, lines: int = 100) -> np.ndarray:
    return np.clip(np.round(np.broadcast_to(DARK + light * SENSITIVITY, (lines, WIDTH))), 0, 255).astype(np.uint8)


def test_an_even_surface_of_any_brightness_becomes_even() -> None:
    flat = FlatField(References(DARK, DARK + 180 * SENSITIVITY), WIDTH)
    for light in (40.0, 120.0, 200.0):
        before = image_of(light)
        after = flat.correct(before)
        assert before.astype(float).std() > 5 * after.astype(float).std()
        assert np.ptp(after.astype(int)) <= 4  # a rounded grey times a gain of up to 1.6
        assert after.astype(float).mean() == pytest.approx(light * SENSITIVITY.mean(), rel=0.05)


def test_a_pixel_at_full_scale_stays_there() -> None:
    """A dark reference, or a column brighter than the mean, would take glare below full scale, where it is not seen."""
    flat = FlatField(References(DARK, DARK + 180 * SENSITIVITY), WIDTH)
    assert flat.gain.min() < 1 < flat.gain.max()
    assert (flat.correct(np.full((40, WIDTH), 255, np.uint8)) == 255).all()
    grey = np.arange(256, dtype=np.uint8)
    for column in (0, WIDTH // 2):
        lines = flat.correct(np.repeat(grey[:, None], WIDTH, 1))[:, column].astype(int)
        assert (np.diff(lines) >= 0).all()
        true = (grey - DARK[column]) * flat.gain[column]
        assert (lines[true >= 254.5] == 255).all()
        assert (lines[(true < 240) & (grey < 255)] < 245).all(), "nothing else gets brighter"


def test_an_image_of_any_height_is_copied() -> None:
    flat = FlatField(References(DARK, DARK + 180 * SENSITIVITY), WIDTH)
    for lines in (1, 31, 32, 33, 100):
        before = image_of(100, lines)
        before.flags.writeable = False
        after = flat.correct(before)
        assert after.shape == before.shape
        assert not np.shares_memory(after, before)


def test_columns_that_do_not_see_the_surface_have_a_gain_of_1() -> None:
    white = 180 * SENSITIVITY
    white[:20] = 2
    flat = FlatField(References(None, white), WIDTH)
    assert flat.blind[:20].all()
    assert not flat.blind[20:].any()
    assert (flat.correct(np.full((4, WIDTH), 9, np.uint8))[:, :20] == 9).all()


def test_references_are_written_one_after_the_other(tmp_path: Path) -> None:
    file = tmp_path / "top.flat.npz"
    References(dark=DARK).save(file)
    with pytest.raises(SkelpError, match="no white reference"):
        FlatField(References.load(file), WIDTH)
    References(References.load(file).dark, 180 * SENSITIVITY).save(file)
    both = References.load(file)
    assert both.dark is not None
    assert both.white is not None
    np.testing.assert_array_equal(both.dark, DARK)


def test_unusable_references_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SkelpError, match="300 px wide, but the camera is 512 px wide"):
        FlatField(References(None, 180 * SENSITIVITY), 512)
    with pytest.raises(SkelpError, match="switch the lamp on, take the lens cap off"):
        FlatField(References(DARK, DARK), WIDTH)
    (tmp_path / "broken.npz").write_bytes(b"PK nothing")
    with pytest.raises(SkelpError, match="take it again with skelp flatfield"):
        References.load(tmp_path / "broken.npz")
