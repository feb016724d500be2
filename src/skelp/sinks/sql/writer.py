"""Opens transactions that change the records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from skelp.domain.recipe import Recipe
from skelp.sinks.sql.changes import Changes
from skelp.sinks.sql.claim import Claim
from skelp.sinks.sql.faults import is_fault, refused


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
        except sa.exc.SQLAlchemyError as error:
            if not is_fault(error):
                raise
            raise refused("the database stores nothing", error) from error
