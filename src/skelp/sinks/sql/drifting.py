"""Reads the newest coils of a product, to see whether what the model finds has drifted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from statistics import fmean

import sqlalchemy as sa

from skelp.domain.coilmap import Coil, Status
from skelp.domain.defect import MARK
from skelp.domain.drift_figures import DriftFigures, figures
from skelp.domain.drifting import BEFORE, NOW, CoilSeen, Learned, drifted
from skelp.domain.reasons import Reason
from skelp.domain.review import Result, Review, standing_review
from skelp.sinks.sql import recipes, rows
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import DEFECT_OF_REVIEW, coils, defects, origins, reviews

_PRODUCTS_OF = 500
"""The newest coils whose products can be asked for."""
_RECENT = 10 * (NOW + BEFORE)
"""So many coils of a product are looked at for the recipes that it has."""


def mean_scores(session: Session, coil_id: str) -> dict[str, float]:
    """The mean of the mean scores of a coil's defects, by class."""
    query = session.select(defects, defects.c.class_name, sa.func.avg(defects.c.mean_score).label("mean"))
    of_coil = query.where(defects.c.coil_id == coil_id, defects.c.severity > MARK).group_by(defects.c.class_name)
    return {row["class_name"]: round(float(row["mean"]), 4) for row in session.rows(of_coil.order_by(defects.c.class_name))}


def check(session: Session, coil: Coil) -> list[Reason]:
    """What has drifted with this final coil, among the coils of its product that its model inspected by the same limits. Coils that were
    cut are left out.
    """
    return drifted(_newest(session, coil), _learned(session, coil))


def drift(session: Session, product: str | None) -> DriftFigures:
    """What the model of a product's newest coil finds on that product. `product` None: that of the newest coil of all.

    Raises LookupError if no coil of the product was inspected to its end.
    """
    newest = session.select(coils).where(_final(), ~_cut()).order_by(coils.c.number.desc())
    found = session.rows((newest if product is None else newest.where(coils.c.product == product)).limit(1))
    if not found:
        raise LookupError("no coil is final yet" if product is None else f"no coil of product {product!r} is final")
    coil = rows.coil(found[0])
    recent = newest.with_only_columns(coils.c.product).limit(_PRODUCTS_OF)
    products = dict.fromkeys(row["product"] for row in session.rows(recent))
    return figures(coil, _newest(session, coil), _learned(session, coil), list(products))


def _newest(session: Session, coil: Coil) -> list[CoilSeen]:
    """The newest coils of a coil's product that its model inspected by the same limits, the newest first: another threshold finds more or
    less without any drift. Coils that were cut are left out.
    """
    alike = (coils.c.product == coil.product) & (coils.c.model_sha256 == coil.model_sha256) & _final() & ~_cut()
    recent = session.select(coils, coils.c.recipe_sha256).where(alike).order_by(coils.c.number.desc()).limit(_RECENT).subquery()
    by = _counting_alike(session, coil, {row["recipe_sha256"] for row in session.rows(sa.select(recent).distinct())})
    columns = (coils.c.coil_id, coils.c.counted, coils.c.mm_per_line)
    newest = session.select(coils, *columns).where(alike, coils.c.recipe_sha256.in_(by)).order_by(coils.c.number.desc()).limit(NOW + BEFORE)
    found = session.rows(newest)
    rejected = _rejected(session, [row["coil_id"] for row in found])
    return [seen for row in found if (seen := _seen(row, rejected.get(row["coil_id"], {}))) is not None]


def _final() -> sa.ColumnElement[bool]:
    return coils.c.status == Status.FINAL.value


def _cut() -> sa.ColumnElement[bool]:
    """That the coil was cut or welded out of others: no camera saw it pass."""
    return sa.exists().where((origins.c.station == coils.c.station) & (origins.c.piece_id == coils.c.coil_id))


def _learned(session: Session, coil: Coil) -> Learned:
    """What the card of a coil's model says of each class, without those for which the coil's recipe has a threshold of its own."""
    recipe = recipes.stored(session, coil.recipe_sha256)
    own = {name for name, rule in recipe.classes.items() if rule.threshold is not None} if recipe else set()
    return {name: found for name, found in recipes.learned_by(session, coil.model_sha256).items() if name not in own}


def _counting_alike(session: Session, coil: Coil, hashes: Collection[str]) -> list[str]:
    """The hashes of recipes that count defects of a class as the coil's own does, whatever they say of severities and decisions."""
    own = recipes.stored(session, coil.recipe_sha256)
    others = ((sha256, recipes.stored(session, sha256)) for sha256 in hashes)
    alike = (sha256 for sha256, other in others if own and other and set(own.inspects_otherwise(other)) <= {"severity"})
    return sorted({coil.recipe_sha256, *alike})


def _rejected(session: Session, coil_ids: Sequence[str]) -> dict[str, dict[str, float]]:
    """The share of the reviewed defects of each class that operators call none, by coil id. What is disputed is left out."""
    query = session.select(reviews, *reviews.c, defects.c.coil_id, defects.c.class_name.label("called")).join(defects, DEFECT_OF_REVIEW)
    given: dict[tuple[str, str, str], list[Review]] = {}
    for row in session.rows(query.where(defects.c.coil_id.in_(coil_ids), defects.c.severity > MARK).order_by(reviews.c.review_id)):
        given.setdefault((row["coil_id"], row["called"], row["defect_id"]), []).append(rows.review(row))
    verdicts: dict[str, dict[str, list[bool]]] = {}
    for (coil_id, called, defect_id), of_defect in given.items():
        result = standing_review(defect_id, called, of_defect).result
        if result not in (Result.OPEN, Result.DISPUTED):
            verdicts.setdefault(coil_id, {}).setdefault(called, []).append(result is Result.REJECTED)
    return {coil_id: {called: fmean(said) for called, said in by_class.items()} for coil_id, by_class in verdicts.items()}


def _seen(row: sa.RowMapping, rejected: Mapping[str, float]) -> CoilSeen | None:
    """What was found on a coil; None if no line was seen, or if an older version did not count it.

    An older version stored the mean of the highest scores, which is no mean score.
    """
    counted = rows.counted(row)
    if counted is None:
        return None
    totals, tally = counted
    metres = (totals.inspected + totals.degraded) * row["mm_per_line"] / 1000
    return CoilSeen(metres, tally.by_class, row["counted"].get("mean_scores", {}), rejected) if metres > 0 else None
