"""Whether what a model finds has drifted: more or fewer defects of a class than on earlier coils, found with other scores, or
rejected more often by operators (ADR 32).

Coils differ far more than chance alone would have it, and a few are very bad. So the newest coils and those before are compared by their
ranks (Wilcoxon 1945, Mann and Whitney 1947), which assumes no distribution, and a difference must also be large enough to matter.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from skelp.domain.found import Numbers
from skelp.domain.reasons import ModelClassRate, ModelClassRejected, ModelClassScore, Reason

NOW, BEFORE, LEAST_BEFORE = 20, 200, 60
"""Coils that are compared: the newest ones, those before them, and how many of the latter there must be."""
CHANCE = 3e-5
"""A difference that coils which do not differ show more often than this, in one comparison, is no drift."""
TIMES, POINTS, SHARE = 2.0, 0.05, 0.2
"""What matters: a rate that is so many times as high or as low, a mean score and a share of rejected defects that differ by so much."""
_LEAST_WITH_SCORE = 10


@dataclass(frozen=True, slots=True)
class CoilSeen:
    """What a model found on a coil: the metres that were seen, and the number and the mean score of the defects of each class.

    `rejected`: the share of the reviewed defects of each class that operators call none; classes without a review are left out.
    """

    seen_m: float
    counts: Mapping[str, int]
    scores: Mapping[str, float]
    rejected: Mapping[str, float] = field(default_factory=dict)


def drifted(coils: Sequence[CoilSeen]) -> list[Reason]:
    """What has drifted. `coils`: those of one product that one model inspected, the newest first; too few of them have not drifted."""
    now, before = coils[:NOW], coils[NOW : NOW + BEFORE]
    if len(before) < LEAST_BEFORE:
        return []
    return [*_rates(now, before), *_scores(now, before), *_rejections(coils)]


def _rates(now: Sequence[CoilSeen], before: Sequence[CoilSeen]) -> Iterator[Reason]:
    for name in sorted({name for coil in (*now, *before) for name in coil.counts}):
        new, old = (np.array([c.counts.get(name, 0) / c.seen_m for c in coils], float) for coils in (now, before))
        mean_new, mean_old = _mean_rate(now, name), _mean_rate(before, name)
        matters = mean_new >= TIMES * mean_old or mean_old >= TIMES * mean_new
        if matters and chance(new, old) < CHANCE:
            yield ModelClassRate(name, round(mean_new * 100, 3), round(mean_old * 100, 3), len(now), len(before))


def _scores(now: Sequence[CoilSeen], before: Sequence[CoilSeen]) -> Iterator[Reason]:
    for name in sorted({name for coil in now for name in coil.scores}):
        new, old = (np.array([c.scores[name] for c in coils if name in c.scores]) for coils in (now, before))
        if len(new) < _LEAST_WITH_SCORE or len(old) < LEAST_BEFORE:
            continue
        if abs(new.mean() - old.mean()) >= POINTS and chance(new, old) < CHANCE:
            yield ModelClassScore(name, round(float(new.mean()), 3), round(float(old.mean()), 3), len(new), len(old))


def _rejections(coils: Sequence[CoilSeen]) -> Iterator[Reason]:
    """Classes of which operators reject another share. Coils of which nothing was reviewed say nothing, so the newest others count."""
    for name in sorted({name for coil in coils for name in coil.rejected}):
        shares = np.array([c.rejected[name] for c in coils if name in c.rejected][: NOW + BEFORE])
        new, old = shares[:NOW], shares[NOW:]
        if len(old) >= LEAST_BEFORE and abs(new.mean() - old.mean()) >= SHARE and chance(new, old) < CHANCE:
            yield ModelClassRejected(name, round(float(new.mean()), 3), round(float(old.mean()), 3), len(new), len(old))


def chance(new: Numbers, old: Numbers) -> float:
    """The two-sided probability of ranks that differ so much if `new` and `old` are alike: float64 [n], [m].

    The normal approximation of the rank-sum test with its correction for ties; 1 if all values are equal.
    """
    n, m = len(new), len(old)
    values = np.concatenate([new, old])
    _, place, tied = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(tied) - (tied - 1) / 2)[place]
    ties = float((tied.astype(float) ** 3 - tied).sum()) / ((n + m) * (n + m - 1))
    variance = n * m / 12 * (n + m + 1 - ties)
    if variance <= 0:
        return 1.0
    away = abs(float(ranks[:n].sum()) - n * (n + m + 1) / 2)
    return math.erfc(max(0.0, away - 0.5) / math.sqrt(2 * variance))


def _mean_rate(coils: Sequence[CoilSeen], name: str) -> float:
    """Defects of a class per metre of all these coils."""
    return sum(c.counts.get(name, 0) for c in coils) / sum(c.seen_m for c in coils)
