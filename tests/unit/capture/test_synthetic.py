from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skelp.capture.synthetic import MarkKind, Planted, SyntheticConfig, SyntheticSource, SyntheticStrip
from skelp.capture.synthetic.planting import Density
from skelp.domain.strip import CameraFrame, LostLines

SMALL = SyntheticConfig(seed=5, width=512, density=Density(inclusion=2, patch=2, scratch=2, water=2, oil=1, roll_mark_share=1))
STRIP = SyntheticStrip(SMALL)
WHOLE = STRIP.pixels(0, 6000)
TRUTH = STRIP.class_map(0, 6000)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 5900), st.integers(1, 700))
def test_a_line_looks_the_same_whichever_lines_are_drawn_with_it(first: int, lines: int) -> None:
    stop = min(6000, first + lines)
    assert np.array_equal(STRIP.pixels(first, stop - first), WHOLE[first:stop])
    assert np.array_equal(STRIP.class_map(first, stop - first), TRUTH[first:stop])


def test_another_seed_gives_another_strip() -> None:
    assert not np.array_equal(SyntheticStrip(replace(SMALL, seed=6)).pixels(0, 100), WHOLE[:100])


def test_the_truth_gives_every_defect_and_its_position() -> None:
    truths = STRIP.truths(0, 6000)
    assert {t.kind for t in truths} == {MarkKind.INCLUSION, MarkKind.PATCH, MarkKind.SCRATCH, MarkKind.ROLL_MARK}
    left = int(STRIP.surface.left_edge(np.array([0]))[0])
    for t in truths:
        column = left + round(t.across_mm / 0.25)
        box = TRUTH[t.line : t.line + t.lines, max(0, column - 60) : column + round(t.width_mm / 0.25) + 60]
        assert (box > 0).any()


def test_every_mark_is_visible_and_water_and_oil_are_no_defects() -> None:
    def with_mark(kind: MarkKind) -> tuple[float, int]:
        planted = Planted(kind, 200, 200, 60, 60, seed=1)
        config = replace(SMALL, density=replace(Density.clean(), water=0, oil=0), extra=(planted,))
        with_it, without = SyntheticStrip(config), SyntheticStrip(replace(config, extra=()))
        difference = np.abs(with_it.pixels(0, 400).astype(int) - without.pixels(0, 400).astype(int))
        return float(difference.max()), int((with_it.class_map(0, 400) > 0).sum())

    for kind in MarkKind:
        change, defective = with_mark(kind)
        assert change > 8
        assert (defective > 0) is (kind not in (MarkKind.WATER, MarkKind.OIL, MarkKind.WELD))


def test_the_background_is_dark_and_the_edges_move() -> None:
    left = STRIP.surface.left_edge(np.arange(0, 60_000, 8))
    assert left.max() - left.min() > 10
    assert WHOLE[:, 0].mean() < 14
    assert WHOLE[:, 256].mean() > 40


def test_drop_rate_and_bit_error_rate_have_their_effect() -> None:
    with SyntheticSource(replace(SMALL, lines=20_000, frame_lines=100, drop_rate=0.2)) as source:
        captures = list(source.captures())
    lost = [c for c in captures if isinstance(c, LostLines)]
    assert 20 < len(lost) < 60
    assert [c.first_line for c in captures] == list(range(0, 20_000, 100))
    noisy = SyntheticStrip(replace(SMALL, bit_error_rate=0.01)).pixels(0, 64)
    flipped = np.unpackbits(noisy ^ WHOLE[:64]).mean()
    assert flipped == pytest.approx(0.01, rel=0.2)


def test_a_window_is_a_part_of_the_strip() -> None:
    with SyntheticSource(replace(SMALL, lines=300, frame_lines=300, first_column=128, window_px=256)) as source:
        (only,) = source.captures()
    assert isinstance(only, CameraFrame)
    assert np.array_equal(only.pixels, WHOLE[:300, 128:384])
    assert source.view.first_column == 128
