"""Reads what is recorded of models: which were chosen, what a second one would have said, and what they find. `Reader` has the rest."""

from __future__ import annotations

from skelp.domain.coilmap import Coil
from skelp.domain.drift_figures import DriftFigures
from skelp.domain.models import ChosenModel, ModelHistory
from skelp.domain.shadow import ShadowResult
from skelp.sinks.sql import drifting, rows
from skelp.sinks.sql.model_history import model_history
from skelp.sinks.sql.model_tables import models, shadows
from skelp.sinks.sql.reading import StationReader
from skelp.sinks.sql.tables import coils


class ModelReader(StationReader):
    """The base of Reader."""

    def chosen_models(self, *, limit: int) -> list[ChosenModel]:
        """The models that were chosen for the line, newest first."""
        with self._snapshot() as session:
            query = session.select(models).order_by(models.c.number.desc()).limit(limit)
            return [rows.chosen_model(row) for row in session.rows(query)]

    def model_history(self, *, limit: int) -> ModelHistory:
        """The models that were chosen for the line, and since which coil the one on it inspects."""
        with self._snapshot() as session:
            return model_history(session, limit)

    def shadow(self, coil_id: str) -> ShadowResult:
        """What a second model would have said about a coil. Raises LookupError if none saw it."""
        with self._snapshot() as session:
            found = session.rows(session.select(shadows).where(shadows.c.coil_id == coil_id))
            if not found:
                raise LookupError(f"no second model saw coil {coil_id}, or the coil has not ended")
            return rows.shadow(found[0])

    def shadows(self, *, limit: int) -> list[tuple[Coil, ShadowResult]]:
        """What a second model would have said about the newest coils that it saw, newest first."""
        with self._snapshot() as session:
            seen = session.select(shadows).where(shadows.c.coil_id == coils.c.coil_id).exists()
            found = session.rows(session.select(coils).where(seen).order_by(coils.c.number.desc()).limit(limit))
            ids = [row["coil_id"] for row in found]
            said = {row["coil_id"]: row for row in session.rows(session.select(shadows).where(shadows.c.coil_id.in_(ids)))}
            return [(rows.coil(row), rows.shadow(said[row["coil_id"]])) for row in found]

    def drift(self, product: str | None) -> DriftFigures:
        """What the model finds on the newest coils of a product, and found before. None: the product of the newest coil.

        Raises LookupError if no coil of it is final.
        """
        with self._snapshot() as session:
            return drifting.drift(session, product)
