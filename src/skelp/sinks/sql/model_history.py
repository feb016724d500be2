"""Which models were chosen for the line, and which coils they inspected."""

from __future__ import annotations

import sqlalchemy as sa

from skelp.domain.coilmap import Coil
from skelp.domain.models import ModelHistory
from skelp.sinks.sql import rows
from skelp.sinks.sql.model_tables import models
from skelp.sinks.sql.queries import derived
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import coils


def model_history(session: Session, limit: int) -> ModelHistory:
    """The newest choices, and the coil since which the model on the line inspects."""
    found = session.rows(session.select(models).order_by(models.c.number.desc()).limit(limit))
    until: str | None = None
    choices = []
    for row in found:
        choices.append((rows.chosen_model(row), _coils(session, row["sha256"], row["at"], until)))
        until = row["at"]
    return ModelHistory(tuple(choices), _since(session))


def _coils(session: Session, sha256: str, since: str, until: str | None) -> int:
    """Coils of a model that began in a time."""
    query = session.select(coils, sa.func.count()).where(coils.c.started_at >= since, coils.c.model_sha256 == sha256, ~derived(session))
    return int(session.scalar(query if until is None else query.where(coils.c.started_at < until)) or 0)


def _since(session: Session) -> Coil | None:
    """The first of the newest coils that one model inspected."""
    newest = session.rows(session.select(coils).where(~derived(session)).order_by(coils.c.number.desc()).limit(1))
    if not newest:
        return None
    same = coils.c.model_sha256 == newest[0]["model_sha256"]
    other = session.scalar(session.select(coils, sa.func.max(coils.c.number)).where(~same, ~derived(session)))
    first = session.select(coils).where(same, ~derived(session), coils.c.number > (other or 0)).order_by(coils.c.number).limit(1)
    return rows.coil(session.rows(first)[0])
