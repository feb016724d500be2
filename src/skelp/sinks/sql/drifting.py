"""Reads the newest coils of a product, to see whether what the model finds has drifted."""

from __future__ import annotations

import sqlalchemy as sa

from skelp.domain.coilmap import Coil, Status
from skelp.domain.defect import MARK
from skelp.domain.drifting import BEFORE, NOW, CoilSeen, drifted
from skelp.domain.reasons import Reason
from skelp.sinks.sql import rows
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import coils, defects, origins


def mean_scores(session: Session, coil_id: str) -> dict[str, float]:
    """The mean score of a coil's defects, by class."""
    query = session.select(defects, defects.c.class_name, sa.func.avg(defects.c.score).label("mean"))
    of_coil = query.where(defects.c.coil_id == coil_id, defects.c.severity > MARK).group_by(defects.c.class_name)
    return {row["class_name"]: round(float(row["mean"]), 4) for row in session.rows(of_coil.order_by(defects.c.class_name))}


def check(session: Session, coil: Coil) -> list[Reason]:
    """What has drifted with this final coil, among the coils of its product that its model inspected. Coils that were cut are left out."""
    cut = sa.exists().where((origins.c.station == coils.c.station) & (origins.c.piece_id == coils.c.coil_id))
    alike = (coils.c.product == coil.product) & (coils.c.model_sha256 == coil.model_sha256) & (coils.c.status == Status.FINAL.value)
    query = (
        session.select(coils, coils.c.counted, coils.c.mm_per_line).where(alike, ~cut).order_by(coils.c.number.desc()).limit(NOW + BEFORE)
    )
    seen = [found for row in session.rows(query) if (found := _seen(row)) is not None]
    return drifted(seen)


def _seen(row: sa.RowMapping) -> CoilSeen | None:
    """What was found on a coil; None if no line was seen, or if an older version did not store scores."""
    counted = rows.counted(row)
    if counted is None or "scores" not in row["counted"]:
        return None
    totals, tally = counted
    metres = (totals.inspected + totals.degraded) * row["mm_per_line"] / 1000
    return CoilSeen(metres, tally.by_class, row["counted"]["scores"]) if metres > 0 else None
