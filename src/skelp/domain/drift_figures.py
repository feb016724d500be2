"""What a model finds on the newest coils of a product, on those before, and on the pictures of its card, side by side (ADR 32)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from skelp.domain.coilmap import Coil
from skelp.domain.drifting import BEFORE, NOW, ClassLearned, CoilSeen, Learned, drifted
from skelp.domain.reasons import Reason


@dataclass(frozen=True, slots=True)
class FoundOnCoils:
    """What was found of a class on some coils. `share`: of all defects there. None where nothing can be said.

    `mean_score`: the mean over coils of the mean of the defects' mean scores. `rejected`: the mean over reviewed coils of the share of
    their reviewed defects that operators call none.
    """

    defects: int
    per_100m: float
    share: float | None
    mean_score: float | None
    rejected: float | None


@dataclass(frozen=True, slots=True)
class ClassDrift:
    """A class on the newest coils, on those before, and on the pictures of the model's card. `share_learned`: of all defects there."""

    class_name: str
    now: FoundOnCoils
    before: FoundOnCoils | None
    learned: ClassLearned | None
    share_learned: float | None


@dataclass(frozen=True, slots=True)
class DriftFigures:
    """What a model finds on the newest coils of `product` and on those before. `reasons`: what has drifted.

    `products`: those of the newest coils, which can be asked for.
    """

    product: str
    model_name: str
    model_sha256: str
    coils: int
    before_coils: int
    metres: float
    before_metres: float
    classes: tuple[ClassDrift, ...]
    reasons: tuple[Reason, ...]
    products: tuple[str, ...] = ()


def figures(newest: Coil, coils: Sequence[CoilSeen], learned: Learned, products: Sequence[str]) -> DriftFigures:
    """The figures of coils of one product that one model inspected, the newest first. `newest`: one of them."""
    now, before = coils[:NOW], coils[NOW : NOW + BEFORE]
    names = sorted({*learned, *(name for coil in coils for name in coil.counts)})
    all_learned = sum(c.defects for c in learned.values())
    classes = [
        ClassDrift(
            name,
            _found(now, name),
            _found(before, name) if before else None,
            learned.get(name),
            learned[name].defects / all_learned if name in learned else None,
        )
        for name in names
    ]
    metres, before_metres = (round(sum(c.seen_m for c in some), 3) for some in (now, before))
    return DriftFigures(
        newest.product,
        newest.model_name,
        newest.model_sha256,
        len(now),
        len(before),
        metres,
        before_metres,
        tuple(classes),
        tuple(drifted(coils, learned)),
        tuple(products),
    )


def _found(coils: Sequence[CoilSeen], name: str) -> FoundOnCoils:
    count, metres = sum(c.counts.get(name, 0) for c in coils), sum(c.seen_m for c in coils)
    every = sum(n for c in coils for n in c.counts.values())
    scores = [c.scores[name] for c in coils if name in c.scores]
    rejected = [c.rejected[name] for c in coils if name in c.rejected]
    return FoundOnCoils(
        count,
        round(count / metres * 100, 3) if metres else 0.0,
        count / every if every else None,
        fmean(scores) if scores else None,
        fmean(rejected) if rejected else None,
    )
