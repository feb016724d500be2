"""Whether what a model finds has drifted."""

from __future__ import annotations

import numpy as np
import pytest

from skelp.domain.drifting import BEFORE, LEAST_BEFORE, NOW, ClassLearned, CoilSeen, chance, drifted, sign_chance
from skelp.domain.reasons import ModelClassCardScore, ModelClassRate, ModelClassRejected, ModelClassScore


def coils(count: int, rate: float, score: float, seed: int) -> list[CoilSeen]:
    """Coils of 800 m on which scratches come in bursts: a few coils have most of them."""
    rng = np.random.default_rng(seed)
    found = rng.poisson(rng.gamma(2.0, rate / 2.0, count) * 8)
    return [CoilSeen(800.0, {"scratch": int(n)}, {"scratch": float(rng.normal(score, 0.03))} if n else {}) for n in found]


def test_steel_that_stays_as_it_is_has_not_drifted() -> None:
    for seed in range(300):
        assert drifted(coils(NOW + BEFORE, 2.0, 0.8, seed), {}) == []


@pytest.mark.parametrize("times", [5.0, 0.1])
def test_a_rate_that_rises_or_falls_for_good_is_found(times: float) -> None:
    found = [drifted([*coils(NOW, 4.0 * times, 0.8, seed), *coils(BEFORE, 4.0, 0.8, 1000 + seed)], {}) for seed in range(20)]
    named = [r for reasons in found for r in reasons if isinstance(r, ModelClassRate)]
    assert len(named) >= 18
    assert all((r.now > 2 * r.before) == (times > 1) and r.class_name == "scratch" for r in named)


def test_one_very_bad_coil_is_no_drift() -> None:
    seen = coils(NOW + BEFORE, 2.0, 0.8, 3)
    assert drifted([CoilSeen(800.0, {"scratch": 100_000}, {"scratch": 0.8}), *seen], {}) == []


def test_scores_that_fall_are_found_and_small_changes_do_not_matter() -> None:
    (reason,) = [r for r in drifted([*coils(NOW, 4.0, 0.65, 1), *coils(BEFORE, 4.0, 0.8, 2)], {}) if isinstance(r, ModelClassScore)]
    assert (round(reason.now, 2), round(reason.before, 1)) == (0.65, 0.8)
    assert drifted([*coils(NOW, 4.0, 0.77, 1), *coils(BEFORE, 4.0, 0.8, 2)], {}) == []


def test_what_operators_reject_is_compared_on_the_coils_that_they_reviewed() -> None:
    def seen(share: float | None) -> CoilSeen:
        return CoilSeen(800.0, {"scratch": 4}, {"scratch": 0.8}, {} if share is None else {"scratch": share})

    before = [seen(0.2 + 0.1 * (n % 3)) for n in range(LEAST_BEFORE)]
    (reason,) = drifted([*[seen(None)] * 15, *[seen(0.8)] * NOW, *before], {})
    assert isinstance(reason, ModelClassRejected)
    assert (reason.now, reason.before, reason.coils, reason.before_coils) == (0.8, 0.3, NOW, LEAST_BEFORE)
    assert drifted([*[seen(0.45)] * NOW, *before], {}) == []  # 0.15 more does not matter
    assert drifted([*[seen(0.8)] * NOW, *before[1:], seen(None)], {}) == []  # one coil with reviews too few


def with_score(score: float | None) -> CoilSeen:
    return CoilSeen(800.0, {"scratch": 4}, {} if score is None else {"scratch": score})


def test_scores_unlike_those_of_the_card_are_found_from_the_first_coils_on() -> None:
    """Without any coil before: a model that was never right here has no better time to be compared with."""
    learned = {"scratch": ClassLearned(90, 0.87), "patch": ClassLearned(90, 0.9)}
    seen = [with_score(0.7 + 0.001 * n) for n in range(NOW)]
    (reason,) = drifted([with_score(None), *seen], learned)
    assert isinstance(reason, ModelClassCardScore)
    assert (reason.class_name, reason.now, reason.card, reason.coils, reason.defects) == ("scratch", 0.709, 0.87, NOW, 90)
    assert drifted(seen[:16], learned) == [], "16 coils on one side are too likely by chance"
    assert len(drifted(seen[:17], learned)) == 1
    assert drifted([*seen[:-1], with_score(0.9)], learned) == [], "one on the other side, too"
    assert drifted([with_score(0.78)] * NOW, learned) == [], "0.09 is no matter"
    assert drifted(seen, {"scratch": ClassLearned(29, 0.87)}) == [], "a card that hardly saw the class says nothing"
    assert drifted(seen, {}) == []


def test_the_sign_test_is_exact() -> None:
    for n in range(1, 12):
        outcomes = [bin(k).count("1") for k in range(2**n)]
        for above in range(n + 1):
            as_far = sum(min(k, n - k) <= min(above, n - above) for k in outcomes) / 2**n
            assert sign_chance(above, n - above) == pytest.approx(as_far)


def test_too_few_coils_say_nothing() -> None:
    assert drifted([*coils(NOW, 400.0, 0.2, 1), *coils(LEAST_BEFORE - 1, 4.0, 0.8, 2)], {}) == []
    assert drifted([], {}) == []


def test_the_chance_is_that_of_the_rank_sum_test() -> None:
    """Against all orders of small samples without ties, and against equal values."""
    assert chance(np.ones(5), np.ones(9)) == 1.0
    rng = np.random.default_rng(1)
    below = np.mean([chance(rng.normal(size=12), rng.normal(size=40)) < 0.05 for _ in range(4000)])
    assert 0.04 < below < 0.06
    assert chance(np.arange(20.0), np.arange(100.0, 300.0)) < 1e-11
