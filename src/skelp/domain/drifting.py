"""Whether what a model finds has drifted: more or fewer defects of a class than on earlier coils, found with other scores than there or
than on the pictures of its card, or rejected more often by operators (ADR 32).

Coils differ far more than chance alone would have it, and a few are very bad. So the newest coils and those before are compared by their
ranks (Wilcoxon 1945, Mann and Whitney 1947), which assumes no distribution, and a difference must also be large enough to matter.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from skelp.domain.found import Numbers
from skelp.domain.reasons import ModelClassCardScore, ModelClassRate, ModelClassRejected, ModelClassScore, Reason

NOW, BEFORE, LEAST_BEFORE = 20, 200, 60
"""Coils that are compared: the newest ones, those before them, and how many of the latter there must be."""
CHANCE = 3e-5
"""A difference that coils which do not differ show more often than this, in one comparison, is no drift."""
TIMES, POINTS, SHARE = 2.0, 0.05, 0.2
"""What matters: a rate that is so many times as high or as low, a mean score and a share of rejected defects that differ by so much."""
POINTS_OF_CARD = 0.1
"""By how much a mean score must differ from that of the card: other steel differs by half of that without a fault (ADR 32)."""
_LEAST_WITH_SCORE = 10
LEAST_LEARNED = 30
"""Defects of a class that the card's pictures must have shown, to say anything about its score."""


@dataclass(frozen=True, slots=True)
class CoilSeen:
    """What a model found on a coil: the metres that were seen, and the number and the score of the defects of each class.

    A score is the mean of the defects' mean scores. (Nearly every defect's highest score is close to 1, and says nothing.) `rejected`: the
    share of the reviewed defects of each class that operators call none; classes without a review are left out.
    """

    seen_m: float
    counts: Mapping[str, int]
    scores: Mapping[str, float]
    rejected: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClassLearned:
    """What a model found of a class on the held-out pictures of its card: so many defects, with this mean of their mean scores."""

    defects: int
    mean_score: float


Learned = Mapping[str, ClassLearned]
"""By class; empty for a model whose card does not say."""


def drifted(coils: Sequence[CoilSeen], learned: Learned) -> list[Reason]:
    """What has drifted. `coils`: those of one product that one model inspected, the newest first; too few of them have not drifted."""
    now, before = coils[:NOW], coils[NOW : NOW + BEFORE]
    off_card = list(_off_card(coils, learned))
    return off_card if len(before) < LEAST_BEFORE else [*_rates(now, before), *_scores(now, before), *off_card, *_rejections(coils)]


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


def _off_card(coils: Sequence[CoilSeen], learned: Learned) -> Iterator[Reason]:
    """Classes whose newest coils have other scores than the card's pictures. Coils without a defect of the class say nothing of it.

    By the sign test: as many coils would lie above the card's mean as below. Of 20 coils all must lie on one side.
    """
    for name, card in sorted(learned.items()):
        scores = np.array([c.scores[name] for c in coils if name in c.scores][:NOW])
        if len(scores) == 0 or card.defects < LEAST_LEARNED or abs(float(scores.mean()) - card.mean_score) < POINTS_OF_CARD:
            continue
        if sign_chance(int((scores > card.mean_score).sum()), int((scores < card.mean_score).sum())) < CHANCE:
            mean = round(float(scores.mean()), 3)
            yield ModelClassCardScore(name, mean, round(card.mean_score, 3), len(scores), card.defects)


def sign_chance(above: int, below: int) -> float:
    """The two-sided probability that so many of `above + below` values, or fewer, lie on the rarer side of a median."""
    n, rarer = above + below, min(above, below)
    return min(1.0, float(sum(math.comb(n, k) for k in range(rarer + 1))) / 2.0 ** (n - 1))


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
