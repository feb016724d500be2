"""Light and sharpness, measured on the blocks of a coil."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip
from skelp.domain.optics import BANDS, Optics
from skelp.pipeline.optics import OpticsMeter
from tests.fakes import U8

LINES, WIDTH = 8192, 1024
RNG = np.random.default_rng(1)


@pytest.fixture(scope="module")
def steel() -> U8:
    return np.asarray(SyntheticStrip(SyntheticConfig(seed=4, width=WIDTH, lines=LINES)).pixels(0, LINES), np.uint8)


def measured(pixels: U8, left: float = 60, right: float = WIDTH - 60) -> Optics:
    meter = OpticsMeter("cam")
    for start in range(0, len(pixels), 512):
        meter.add(pixels[start : start + 512], left, right)
    reading = meter.reading()
    assert reading is not None
    return reading


def with_noise(grey: np.ndarray) -> U8:
    return np.asarray(np.clip(grey + RNG.normal(0, 2, grey.shape), 0, 255), np.uint8)


def test_light_is_measured_in_each_band(steel: U8) -> None:
    lamp = np.ones(WIDTH)
    lamp[-WIDTH // 3 :] = 0.5
    before, after = measured(steel), measured((steel * lamp).astype(np.uint8))
    shares = np.array(after.light_dn) / np.array(before.light_dn)
    assert shares.shape == (BANDS,)
    assert shares[:5] == pytest.approx(1.0)
    assert shares[-2:] == pytest.approx(0.5, abs=0.02)


def test_sharpness_depends_on_focus_and_not_on_light(steel: U8) -> None:
    sharp = measured(with_noise(steel.astype(float))).sharpness
    assert measured(with_noise(steel * 0.6)).sharpness == pytest.approx(sharp, rel=0.05)
    blurred = [measured(with_noise(cv2.GaussianBlur(steel, (0, 0), sigma))).sharpness / sharp for sigma in (0.7, 1.0, 1.6, 2.5)]
    assert blurred == sorted(blurred, reverse=True)
    assert blurred[1] < 0.85
    assert blurred[3] < 0.6


def test_too_little_steel_gives_no_reading(steel: U8) -> None:
    meter = OpticsMeter("cam")
    meter.add(steel[:512], 100, 150)
    meter.add(steel[:128], 60, WIDTH)
    assert meter.reading() is None
