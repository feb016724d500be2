"""One state of the records, read in batches, so that memory does not grow with their number."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from skelp.domain.coilmap import Summary
from skelp.domain.moments import iso
from skelp.domain.recipe import Recipe
from skelp.sinks.sql import queries, rows
from skelp.sinks.sql.address import parse_url
from skelp.sinks.sql.engines import open_unchanged, refuse_other_tables
from skelp.sinks.sql.faults import told
from skelp.sinks.sql.line_tables import passages
from skelp.sinks.sql.model_tables import models, shadows
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.stations import feed_of, name_of, number_of
from skelp.sinks.sql.tables import PIECE, coils, counters, decisions, defects, events, intervals, origins, overrides, periodic, reviews

BATCH = 5000
"""Rows that are in memory at once."""
COILS = 100
"""Coils that are in memory at once, each with its coverage."""
Batch = list[dict[str, Any]]
"""Rows with the columns of sinks/columns.py. A time is a datetime; JSON is text."""


@dataclass(frozen=True, slots=True)
class Period:
    """A time from `begin` to before `end`, in UTC. The records hold times in a form whose order is that of time."""

    begin: datetime
    end: datetime

    def has(self, column: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        """Whether a column's time is in this period."""
        return (column >= iso(self.begin)) & (column < iso(self.end))


class Snapshot:
    """One state of a station's records.

    Coils, coverage, defects and their series belong to the period in which their coil started; the others have a time of their own.
    """

    def __init__(self, session: Session, recipe: Recipe) -> None:
        self._session, self._recipe = session, recipe
        self.station = name_of(session.connection, session.station)
        self.feed_id = feed_of(session.connection, session.station)
        self.newest_event = int(session.scalar(session.select(counters, counters.c.value).where(counters.c.name == "events")) or 0)

    def read(self, table: str, period: Period) -> Iterator[Batch]:
        """The rows of a table of sinks/columns.py."""
        read = {
            "coils": self._coils,
            "coverage": self._coverage,
            "defects": self._defects,
            "periodic": self._periodic,
            "passages": self._passages,
            "decisions": self._decisions,
            "origins": self._origins,
            "overrides": self._overrides,
            "models": self._models,
            "shadows": self._shadows,
            "reviews": self._reviews,
            "events": self._events,
        }
        return read[table](period)

    def _coils(self, period: Period) -> Iterator[Batch]:
        for found in self._batches(self._session.select(coils).where(period.has(coils.c.started_at)).order_by(coils.c.number), COILS):
            listed = queries.summaries(self._session, [rows.coil(row) for row in found], self._recipe)
            yield [_coil(row, summary) for row, summary in zip(found, listed, strict=True)]

    def _coverage(self, period: Period) -> Iterator[Batch]:
        query = self._session.select(intervals, *intervals.c, coils.c.mm_per_line).join(coils).where(period.has(coils.c.started_at))
        for found in self._batches(query.order_by(coils.c.number, intervals.c.camera, intervals.c.first_line)):
            yield [_interval(row) for row in found]

    def _defects(self, period: Period) -> Iterator[Batch]:
        query = self._session.select(defects).join(coils).where(period.has(coils.c.started_at))
        for found in self._batches(query.order_by(coils.c.number, defects.c.number)):
            yield [_with_class(row) for row in found]

    def _periodic(self, period: Period) -> Iterator[Batch]:
        query = self._session.select(periodic).join(coils).where(period.has(coils.c.started_at))
        for found in self._batches(query.order_by(coils.c.number, periodic.c.periodic_id)):
            yield [{**row, "rolls": _json(row["rolls"]), "defect_ids": _json(row["defect_ids"])} for row in found]

    def _passages(self, period: Period) -> Iterator[Batch]:
        query = self._session.select(passages, *passages.c, coils.c.mm_per_line).join(coils).where(period.has(coils.c.started_at))
        for found in self._batches(query.order_by(coils.c.number, passages.c.first_line, passages.c.known_by, passages.c.number)):
            yield [_passage(row) for row in found]

    def _decisions(self, period: Period) -> Iterator[Batch]:
        query = self._session.select(decisions).where(period.has(decisions.c.at)).order_by(decisions.c.decision_id)
        for found in self._batches(query):
            yield [{**row, "reasons": _json(row["reasons"]), "at": datetime.fromisoformat(row["at"])} for row in found]

    def _origins(self, period: Period) -> Iterator[Batch]:
        query = self._session.select(origins, *origins.c).join(coils, PIECE).where(period.has(coils.c.started_at))
        for found in self._batches(query.order_by(coils.c.number, origins.c.place)):
            yield [dict(row) for row in found]

    def _overrides(self, period: Period) -> Iterator[Batch]:
        query = self._session.select(overrides).where(period.has(overrides.c.at)).order_by(overrides.c.override_id)
        for found in self._batches(query):
            yield [{**row, "at": datetime.fromisoformat(row["at"])} for row in found]

    def _models(self, period: Period) -> Iterator[Batch]:
        query = self._session.select(models).where(period.has(models.c.at)).order_by(models.c.number)
        for found in self._batches(query):
            yield [{**row, "at": datetime.fromisoformat(row["at"])} for row in found]

    def _shadows(self, period: Period) -> Iterator[Batch]:
        query = self._session.select(shadows).where(period.has(shadows.c.at)).order_by(shadows.c.at, shadows.c.coil_id)
        for found in self._batches(query):
            yield [
                {**row, "at": datetime.fromisoformat(row["at"]), **{name: _json(row[name]) for name in ("first", "second")}}
                for row in found
            ]

    def _reviews(self, period: Period) -> Iterator[Batch]:
        query = self._session.select(reviews, *reviews.c, defects.c.coil_id).join(defects).where(period.has(reviews.c.at))
        for found in self._batches(query.order_by(reviews.c.review_id)):
            yield [_with_class(row) | {"at": datetime.fromisoformat(row["at"])} for row in found]

    def _events(self, period: Period) -> Iterator[Batch]:
        for found in self._batches(self._session.select(events).where(period.has(events.c.time)).order_by(events.c.seq)):
            yield [{**row, "time": datetime.fromisoformat(row["time"]), "data": _json(row["data"])} for row in found]

    def _batches(self, query: sa.Select[Any], size: int | None = None) -> Iterator[Sequence[sa.RowMapping]]:
        streamed = self._session.connection.execution_options(stream_results=True, yield_per=size or BATCH)
        yield from streamed.execute(query).mappings().partitions()


@contextmanager
def open_snapshot(url: str, recipe: Recipe, station: str) -> Iterator[Snapshot]:
    """One state of a station's records, which it may be writing meanwhile. `recipe` decides on coils that are not final.

    Raises SkelpError if the database cannot be read, has no such station, or its tables are of another version.
    """
    parsed = parse_url(url)
    refuse_other_tables(parsed)
    with open_unchanged(parsed) as engines, told("records cannot be read"), engines.reading.begin() as connection:
        yield Snapshot(Session(connection, number_of(connection, station)), recipe)


def _coil(row: sa.RowMapping, summary: Summary) -> dict[str, Any]:
    coil, totals, metres = summary.coil, summary.totals, summary.metres
    times = {"started_at": coil.started_at, "finished_at": coil.finished_at}
    lines = {"lines": totals.exposed, "inspected_lines": totals.inspected, "degraded_lines": totals.degraded, "lost_lines": totals.lost}
    lengths = {"length_m": totals.exposed, "inspected_m": totals.inspected, "degraded_m": totals.degraded, "lost_m": totals.lost}
    counts = {"defects": summary.tally.defects, "marks": sum(summary.tally.marks.values())}
    decided = {"decision": summary.decision.value, "reasons": _json([r.plain for r in summary.reasons])}
    return {**row, **times, **lines, **{name: metres(n) for name, n in lengths.items()}, **counts, **decided}


def _interval(row: sa.RowMapping) -> dict[str, Any]:
    first, end = row["first_line"], row["first_line"] + row["lines"]
    to_m = row["mm_per_line"] / 1000
    reason = {"code": row["code"] or None, "args": None if row["args"] is None else _json(row["args"])}
    return {**row, "from_m": first * to_m, "to_m": end * to_m, **reason}


def _passage(row: sa.RowMapping) -> dict[str, Any]:
    first, end, began = row["first_line"], row["first_line"] + row["lines"], row["started_at"]
    to_m = row["mm_per_line"] / 1000
    return {**row, "from_m": first * to_m, "to_m": end * to_m, "started_at": datetime.fromisoformat(began) if began else None}


def _with_class(row: sa.RowMapping) -> dict[str, Any]:
    return {**row, "class": row["class_name"]}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
