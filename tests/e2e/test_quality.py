"""The shipped model on simulated strip with known defects, through the whole line. benchmarks/quality.py prints the figures."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from benchmarks.quality import clean, long_scratch, with_defects
from skelp.capture.synthetic.surface import STEEL_PERIOD
from skelp.model import open_model

MODEL = open_model(None)
SAME_LINES = 64


@pytest.mark.parametrize(("seed", "metres", "width"), [(41, 20, 1024), pytest.param(100, 100, 2048, marks=pytest.mark.slow)])
def test_planted_defects_are_found_at_their_place(seed: int, metres: float, width: int) -> None:
    score = with_defects(MODEL, seed=seed, metres=metres, width=width)
    assert score.planted >= 20
    assert score.found / score.planted >= 0.95
    assert np.quantile(score.position_mm, 0.9) <= 2


@pytest.mark.parametrize(
    ("seed", "metres", "width"), [(42, 30, 1024), *(pytest.param(200 + n, 100, 2048, marks=pytest.mark.slow) for n in range(3))]
)
def test_steel_with_water_and_oil_has_almost_no_false_defects(seed: int, metres: float, width: int) -> None:
    """The simulated steel repeats, so the same streak that is taken for a scratch now and then is counted once."""
    found = sorted(d.line % STEEL_PERIOD for d in clean(MODEL, seed=seed, metres=metres, width=width))
    places = [line for before, line in pairwise([-STEEL_PERIOD, *found]) if line - before > SAME_LINES]
    assert len(places) <= 1


@pytest.mark.parametrize("metres", [5, pytest.param(40, marks=pytest.mark.slow)])
def test_a_long_scratch_is_one_defect(metres: float) -> None:
    (scratch,) = long_scratch(MODEL, metres=metres, width=1024)
    assert scratch.class_name == "scratch"
    assert scratch.length_mm == pytest.approx(metres * 1000, rel=0.01)
