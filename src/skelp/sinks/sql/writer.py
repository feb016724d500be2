"""Changes to the records, grouped in transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
from skelp.sinks.sql.changes import Changes
from skelp.sinks.sql.claim import Claim


class Writer:
    """Satisfies ports.RecordWriter."""

    def __init__(self, engine: sa.Engine, recipe: Recipe, claim: Claim) -> None:
        self._engine, self._recipe, self._claim = engine, recipe, claim

    @contextmanager
    def transaction(self) -> Iterator[Changes]:
        """Everything that is changed inside is kept together, or nothing of it.

        Raises SkelpError if the database refuses (a full disk, a lost server), or if this station's claim on it was lost.
        """
        try:
            with self._engine.begin() as connection:
                self._claim.check(connection)
                yield Changes(connection, self._recipe)
        except sa.exc.OperationalError as error:
            raise SkelpError(
                f"results cannot be kept: {error.orig}; free disk space or bring the database back, then start again"
            ) from error
