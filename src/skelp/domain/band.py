"""Whether a new model's rates left the band of the model before it, beyond chance (ADR 30).

Coils differ far more than a Poisson count would: one has 3 defects, the next 300. So the test does not assume a distribution. It asks how
often a random choice among all coils of both models would differ as much (a permutation test, Fisher 1935). Its false-alarm rate holds if
the coils could have come in any order, so a change of the product that comes with the model is taken for the model's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from skelp.domain.reasons import ModelDefectRate, ModelDegradedShare, Reason

_MEASURES = 3
"""More defects, fewer defects, more degraded lines: what is tested after each coil."""
_EXACT = 60_000
"""Up to so many choices are all tried; of more, so many at random."""


@dataclass(frozen=True, slots=True)
class CoilRates:
    """What is compared of a coil: its defects, and its lines as lengths in m. `seen_m`: inspected and degraded."""

    defects: int
    seen_m: float
    degraded_m: float


@dataclass(frozen=True, slots=True)
class Band:
    """The first `coils` coils of a new model are watched against the last `before` coils of the model before it.

    A rate leaves its band if it is more than `factor` times as high or as low, and if that has a lower chance than `false_alarms` allows.
    `false_alarms`: the probability that a model which does not differ is rolled back, over all watched coils and all measures. The watch
    is off with `coils` 0, and while the model before has fewer than `at_least` coils.
    """

    coils: int = 10
    before: int = 50
    at_least: int = 20
    factor: float = 2.0
    false_alarms: float = 0.01

    def left_by(self, now: Sequence[CoilRates], before: Sequence[CoilRates]) -> Reason | None:
        """Why the band was left, after the coils `now` of the new model; None if it was not, or if it cannot be known."""
        if not 0 < len(now) <= self.coils or len(before) < self.at_least:
            return None
        allowed = self.false_alarms / (_MEASURES * self.coils)
        return next(self._faults(now, before, allowed), None)

    def _faults(self, now: Sequence[CoilRates], before: Sequence[CoilRates], allowed: float) -> Iterator[Reason]:
        coils, both = (len(now), len(before)), [*now, *before]
        seen = np.array([c.seen_m for c in both])
        for counted, per, kind in (
            (np.array([float(c.defects) for c in both]), 100.0, ModelDefectRate),
            (np.array([c.degraded_m for c in both]), 1.0, ModelDegradedShare),
        ):
            new, old = (_rate(counted[part], seen[part]) for part in (np.s_[: len(now)], np.s_[len(now) :]))
            fell = kind is ModelDefectRate and new * self.factor < old
            if not fell and new <= old * self.factor:
                continue
            chance = chance_of(counted, seen, len(now), lower=fell)
            if chance <= allowed:
                yield kind(*coils, float(f"{chance:.2g}"), round(new * per, 4), round(old * per, 4))


def chance_of(counted: NDArray[np.float64], seen: NDArray[np.float64], first: int, *, lower: bool) -> float:
    """The probability that `first` coils, chosen at random among all, have a rate at least as high (or low) as the first ones have.

    `counted` and `seen` float64 [coils]. If there are too many choices to try all, it is estimated from a random sample of them. The
    coils themselves count as one (Phipson and Smyth 2010), so it is never too small.
    """
    sign, total = (-1.0 if lower else 1.0), len(counted)
    reached = sign * _rate(counted[:first], seen[:first]) - 1e-12
    if comb(total, first) <= _EXACT:
        choices = np.array(list(combinations(range(total), first)))
        return float((sign * _rates(counted, seen, choices) >= reached).mean())
    choices = np.random.default_rng(1).random((_EXACT, total)).argpartition(first - 1, axis=1)[:, :first]
    return float(((sign * _rates(counted, seen, choices) >= reached).sum() + 1) / (_EXACT + 1))


def _rate(counted: NDArray[np.float64], seen: NDArray[np.float64]) -> float:
    return float(counted.sum() / max(float(seen.sum()), 1e-9))


def _rates(counted: NDArray[np.float64], seen: NDArray[np.float64], choices: NDArray[np.int64]) -> NDArray[np.float64]:
    rates: NDArray[np.float64] = counted[choices].sum(axis=1) / np.maximum(seen[choices].sum(axis=1), 1e-9)
    return rates
