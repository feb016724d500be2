"""Reads the newest coils of a product, to see whether what the model finds has drifted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from statistics import fmean

import sqlalchemy as sa

from skelp.domain.coilmap import Coil, Status
from skelp.domain.defect import MARK
from skelp.domain.drifting import BEFORE, NOW, CoilSeen, drifted
from skelp.domain.reasons import Reason
from skelp.domain.review import Result, Review, standing_review
from skelp.sinks.sql import recipes, rows
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import DEFECT_OF_REVIEW, coils, defects, origins, reviews

_RECENT = 10 * (NOW + BEFORE)
"""So many coils of a product are looked at for the recipes that it has."""


def mean_scores(session: Session, coil_id: str) -> dict[str, float]:
    """The mean score of a coil's defects, by class."""
    query = session.select(defects, defects.c.class_name, sa.func.avg(defects.c.score).label("mean"))
    of_coil = query.where(defects.c.coil_id == coil_id, defects.c.severity > MARK).group_by(defects.c.class_name)
    return {row["class_name"]: round(float(row["mean"]), 4) for row in session.rows(of_coil.order_by(defects.c.class_name))}


def check(session: Session, coil: Coil) -> list[Reason]:
    """What has drifted with this final coil, among the coils of its product that its model inspected by the same limits: another threshold
    finds more or less without any drift. Coils that were cut are left out.
    """
    cut = sa.exists().where((origins.c.station == coils.c.station) & (origins.c.piece_id == coils.c.coil_id))
    alike = (coils.c.product == coil.product) & (coils.c.model_sha256 == coil.model_sha256) & (coils.c.status == Status.FINAL.value)
    columns = (coils.c.coil_id, coils.c.counted, coils.c.mm_per_line)
    recent = session.select(coils, coils.c.recipe_sha256).where(alike, ~cut).order_by(coils.c.number.desc()).limit(_RECENT)
    by = _counting_alike(session, coil, {row["recipe_sha256"] for row in session.rows(recent)})
    newest = (
        session.select(coils, *columns)
        .where(alike, ~cut, coils.c.recipe_sha256.in_(by))
        .order_by(coils.c.number.desc())
        .limit(NOW + BEFORE)
    )
    found = session.rows(newest)
    rejected = _rejected(session, [row["coil_id"] for row in found])
    return drifted([seen for row in found if (seen := _seen(row, rejected.get(row["coil_id"], {}))) is not None])


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
    """What was found on a coil; None if no line was seen, or if an older version did not store scores."""
    counted = rows.counted(row)
    if counted is None or "scores" not in row["counted"]:
        return None
    totals, tally = counted
    metres = (totals.inspected + totals.degraded) * row["mm_per_line"] / 1000
    return CoilSeen(metres, tally.by_class, row["counted"]["scores"], rejected) if metres > 0 else None
