"""Opens transactions that change the records."""

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
        """Open a transaction. All its changes are stored, or none.

        Raises SkelpError if the database refuses, for example because of a full disk, or if this station has lost its claim on it.
        """
        try:
            with self._engine.begin() as connection:
                self._claim.check(connection)
                yield Changes(connection, self._recipe)
        except sa.exc.OperationalError as error:
            raise SkelpError(
                f"results cannot be stored: {error.orig}; free disk space or restore the connection to the database, then start again"
            ) from error
