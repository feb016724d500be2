"""Whether a model's rates left their band, beyond chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skelp.domain.band import Band, CoilRates, chance_of
from skelp.domain.reasons import ModelDefectRate, ModelDegradedShare


def coils(defects: list[int], degraded_m: float = 0.0) -> list[CoilRates]:
    return [CoilRates(n, 1000.0, degraded_m) for n in defects]


WILD = [3, 300, 12, 0, 45, 7, 80, 2, 5, 30] * 5
"""Coils as they are: far more unlike each other than a Poisson count would be."""


def test_a_model_that_reports_ten_times_as_much_is_found_after_a_few_coils() -> None:
    before = coils([20 + n % 7 for n in range(50)])
    now = coils([230, 210, 250])
    reason = Band().left_by(now, before)
    assert isinstance(reason, ModelDefectRate)
    assert (reason.coils, reason.before_coils, reason.now, reason.before) == (3, 50, 23.0, 2.294)
    assert Band().left_by(now[:2], before) is None  # two coils of 52 could be the worst two by chance


def test_a_model_that_finds_nothing_any_more_is_found_too() -> None:
    reason = Band().left_by(coils([0] * 4), coils([20 + n % 7 for n in range(50)]))
    assert isinstance(reason, ModelDefectRate)
    assert reason.now == 0


def test_steel_that_only_the_new_model_does_not_know_is_found_by_its_lines() -> None:
    reason = Band().left_by(coils([20] * 4, degraded_m=100.0), coils([20] * 50, degraded_m=1.0))
    assert isinstance(reason, ModelDegradedShare)
    assert (reason.now, reason.before) == (0.1, 0.001)


@pytest.mark.parametrize("now", [[45, 2], [300, 80, 45], [60, 61, 62, 63, 64, 65, 66, 67, 68, 69]])
def test_what_coils_do_by_themselves_does_not_count(now: list[int]) -> None:
    assert Band().left_by(coils(now), coils(WILD)) is None


def test_a_difference_beyond_chance_that_is_small_does_not_count() -> None:
    assert Band(factor=2.0).left_by(coils([39] * 10), coils([20] * 50)) is None
    assert Band(factor=1.5).left_by(coils([39] * 10), coils([20] * 50)) is not None


@pytest.mark.parametrize(("band", "before"), [(Band(coils=0), 50), (Band(at_least=20), 19)])
def test_without_history_or_with_the_watch_off_nothing_is_said(band: Band, before: int) -> None:
    assert band.left_by(coils([10_000] * 5), coils([20] * before)) is None


def test_the_chance_of_few_choices_is_exact() -> None:
    counted, seen = np.array([9.0, 1, 2, 3, 4]), np.ones(5)
    assert chance_of(counted, seen, 1, lower=False) == pytest.approx(1 / 5)
    assert chance_of(counted, seen, 2, lower=False) == pytest.approx(4 / 10)  # {9, 1} is no more than {9, 2}, {9, 3}, {9, 4}
    assert chance_of(counted, seen, 1, lower=True) == pytest.approx(1.0)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=4, max_size=12), st.integers(1, 3))
def test_the_chance_of_being_as_high_and_of_being_as_low_cover_everything(counts: list[int], first: int) -> None:
    counted, seen = np.array(counts, np.float64), np.ones(len(counts))
    chances = chance_of(counted, seen, first, lower=False), chance_of(counted, seen, first, lower=True)
    assert sum(chances) >= 1 - 1e-9
    assert min(chances) > 0


def test_the_rate_of_false_alarms_is_no_more_than_stated() -> None:
    """A model that does not differ is watched over ten coils, on coils that differ wildly. Rollbacks must be as rare as it says."""
    rng, band, alarms = np.random.default_rng(7), Band(before=30, false_alarms=0.1), 0
    for _ in range(30):
        drawn = np.rint(rng.lognormal(3, 1.5, 40)).astype(int).tolist()
        before, now = coils(drawn[:30]), coils(drawn[30:])
        alarms += any(band.left_by(now[:n], before) is not None for n in range(1, 11))
    assert alarms <= 8  # 3 are expected at most; 9 or more would have a probability below 1 in 400
