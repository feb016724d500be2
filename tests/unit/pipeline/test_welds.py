"""Weld seams in pictures: found where a band crosses the strip, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip
from skelp.domain.line_state import KnownBy, LineState, Passage
from skelp.pipeline.welds import MOST_SEAMS, WeldFinder
from tests.fakes import U8

MM, WIDTH, LINES = 0.25, 1024, 8192
LEFT, RIGHT = 60.0, WIDTH - 60.0


@pytest.fixture(scope="module")
def steel() -> U8:
    strip = SyntheticStrip(SyntheticConfig(seed=4, width=WIDTH, lines=LINES, wander_px=0, margin_px=50))
    return np.asarray(strip.pixels(0, LINES), np.uint8)


def found(pixels: U8, mm_per_line: float = MM) -> list[Passage]:
    finder = WeldFinder(mm_per_line)
    kept: dict[int, Passage] = {}
    for start in range(0, len(pixels), 512):
        kept |= {p.number: p for p in finder.add(pixels[start : start + 512], start, LEFT, RIGHT)}
    return list(kept.values())


def with_band(steel: U8, first: int, lines: int, gain: float, columns: slice = slice(None)) -> U8:
    pixels = steel.copy()
    band = pixels[first : first + lines, columns]
    pixels[first : first + lines, columns] = np.clip(band * gain, 0, 255).astype(np.uint8)
    return pixels


@pytest.mark.parametrize("gain", [0.6, 0.7, 1.35])
@pytest.mark.parametrize("first", [700, 1000, 4090])
def test_a_band_across_the_strip_is_one_seam_also_at_the_border_of_two_blocks(steel: U8, gain: float, first: int) -> None:
    (seam,) = found(with_band(steel, first, 80, gain))
    assert (seam.state, seam.by, seam.number) == (LineState.WELD_SEAM, KnownBy.PICTURE, 0)
    assert abs(seam.first_line - first) <= 16
    assert abs(seam.end_line - first - 80) <= 16


@pytest.mark.parametrize("first", range(960, 1060, 4))
def test_a_seam_is_one_wherever_the_border_of_two_blocks_lies_in_it(steel: U8, first: int) -> None:
    pixels = steel.copy()
    for start, lines, gain in ((first, 28, 0.65), (first + 28, 16, 1.05), (first + 44, 28, 0.6)):
        pixels[start : start + lines] = np.clip(pixels[start : start + lines] * gain, 0, 255).astype(np.uint8)
    (seam,) = found(pixels)
    assert seam.number == 0
    assert abs(seam.first_line - first) <= 16
    assert abs(seam.end_line - first - 72) <= 16


def test_steel_with_all_its_defects_has_no_seam(steel: U8) -> None:
    assert found(steel) == []


def test_what_crosses_half_of_the_strip_or_is_long_or_is_the_end_of_the_light_is_none(steel: U8) -> None:
    assert found(with_band(steel, 1000, 80, 0.6, slice(0, WIDTH * 3 // 4))) == []
    assert found(with_band(steel, 1000, 700, 0.6)) == []
    assert found(with_band(steel, 1000, LINES, 0.6)) == []


def test_two_seams_are_two(steel: U8) -> None:
    assert [p.number for p in found(with_band(with_band(steel, 1000, 80, 0.6), 3000, 80, 1.4))] == [0, 1]


def test_lines_that_are_longer_than_a_cell_and_pictures_that_are_too_small_are_taken_as_they_are(steel: U8) -> None:
    assert len(found(with_band(steel, 1000, 20, 0.6), mm_per_line=3.0)) == 1
    finder = WeldFinder(MM)
    assert finder.add(steel[:40], 0, LEFT, RIGHT) == ()
    assert finder.add(steel[:512], 0, 500.0, 520.0) == ()


def test_steel_with_bands_all_along_does_not_flood_the_records(steel: U8) -> None:
    pixels = np.concatenate([steel] * 8)
    for first in range(300, len(pixels), 400):
        pixels[first : first + 40] = np.clip(pixels[first : first + 40] * 0.6, 0, 255).astype(np.uint8)
    assert len(range(300, len(pixels), 400)) > MOST_SEAMS
    assert [p.number for p in found(pixels)] == list(range(MOST_SEAMS))
