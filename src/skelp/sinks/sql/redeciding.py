"""Decides on many coils again, while their station runs or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from skelp.domain.coilmap import Coil
from skelp.domain.decision import Decision
from skelp.domain.queries import CoilQuery
from skelp.domain.recipe import Recipe
from skelp.domain.ruling import Ruling
from skelp.sinks.sql import deciding, queries, rows
from skelp.sinks.sql.address import parse_url
from skelp.sinks.sql.changes import Changes
from skelp.sinks.sql.engines import Engines, open_unchanged, refuse_other_tables
from skelp.sinks.sql.faults import told
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.stations import number_of
from skelp.sinks.sql.tables import coils

_WRITTEN = 25
"""Coils that are written in one transaction: a station that writes waits for it, and must not lose lines meanwhile."""


@dataclass(frozen=True, slots=True)
class Redecided:
    """A coil, what was decided last, and what follows from the recipe; None where its defects were deleted."""

    coil: Coil
    was: Decision
    ruling: Ruling | None


class Redeciding:
    """The final coils of a station, to be decided again by one recipe."""

    def __init__(self, engines: Engines, station: int, asked: Recipe) -> None:
        self._engines, self._station, self._asked = engines, station, asked

    def decided(self, query: CoilQuery, coil_ids: Sequence[str]) -> Iterator[list[Redecided]]:
        """The coils that match the query, the oldest first, a batch at a time. `coil_ids`: only these; none given: all."""
        with told("records cannot be read"), self._engines.reading.begin() as connection:
            session = Session(connection, self._station)
            filters = [*queries.coil_filters(session, query), *([coils.c.coil_id.in_(coil_ids)] if coil_ids else [])]
            for batch in deciding.in_batches(session, filters, deciding.BATCH):
                before, first = deciding.newest_of(session, batch), deciding.reasons_of(batch)
                found = deciding.rulings(session, [rows.coil(row) for row in batch], self._asked, first)
                yield [Redecided(coil, before[coil.coil_id].decision, ruling) for coil, ruling in found]

    def final(self, coil_ids: Sequence[str]) -> set[str]:
        """Those of the coils that are recorded and final."""
        with told("records cannot be read"), self._engines.reading.begin() as connection:
            session = Session(connection, self._station)
            filters = [coils.c.coil_id.in_(coil_ids)]
            return {row["coil_id"] for batch in deciding.in_batches(session, filters, deciding.BATCH) for row in batch}

    def record(self, found: Sequence[Redecided], operator: str, note: str) -> int:
        """Add what was decided as new revisions. Returns the number of those that say something new."""
        added = 0
        known = [(r.coil.coil_id, r.ruling) for r in found if r.ruling is not None]
        for start in range(0, len(known), _WRITTEN):
            with told("results cannot be stored"), self._engines.writing.begin() as connection:
                changes = Changes(Session(connection, self._station), self._asked)
                added += len(changes.add_rulings(dict(known[start : start + _WRITTEN]), self._asked, operator, note))
        return added


@contextmanager
def open_redeciding(url: str, station: str, asked: Recipe) -> Iterator[Redeciding]:
    """A station's final coils. The station may be running: a recorded decision of a final coil is added, and nothing else changes.

    Raises SkelpError if the database cannot be opened, has no such station, or its tables are of another version.
    """
    parsed = parse_url(url)
    refuse_other_tables(parsed)
    with open_unchanged(parsed) as engines, told("records cannot be read"):
        with engines.reading.begin() as connection:
            number = number_of(connection, station)
        yield Redeciding(engines, number, asked)
