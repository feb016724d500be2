"""One station's view of a transaction. Every statement on the records is made here, so that none reaches another station's rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Session:
    """`station`: the number of the station in the table of stations."""

    connection: sa.Connection
    station: int

    def select(self, table: sa.Table, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
        """Selects from this station's rows of a table: the columns, or all of them."""
        return sa.select(*(columns or (table,))).where(table.c.station == self.station)

    def update(self, table: sa.Table) -> sa.Update:
        """Updates this station's rows of a table."""
        return table.update().where(table.c.station == self.station)

    def delete(self, table: sa.Table) -> sa.Delete:
        """Deletes this station's rows of a table."""
        return table.delete().where(table.c.station == self.station)

    def insert(self, table: sa.Table) -> sa.Insert:
        """Inserts rows of this station into a table."""
        return table.insert().values(station=self.station)

    def execute(self, statement: sa.Executable, values: Sequence[Mapping[str, Any]] | None = None) -> sa.CursorResult[Any]:
        """Execute a statement, once for each of `values`, if they are given."""
        return self.connection.execute(statement, values)

    def rows(self, query: sa.Select[Any]) -> Sequence[sa.RowMapping]:
        """The rows that a query finds."""
        return self.connection.execute(query).mappings().all()

    def scalar(self, query: sa.Select[Any]) -> Any:
        """The first column of the first row; None if there is none."""
        return self.connection.scalar(query)
