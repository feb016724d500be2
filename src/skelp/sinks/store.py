"""The station's records in a database. Everything that belongs together is one transaction."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from skelp.domain.coilmap import Coil, Status, Summary, Tally, strip_account, summarise
from skelp.domain.coverage import Interval, State
from skelp.domain.defect import Defect
from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Decision, Recipe
from skelp.domain.review import Review, Verdict
from skelp.ports import DefectQuery, Event, OpticsPoint
from skelp.sinks import optics, rows
from skelp.sinks.database import open_engines
from skelp.sinks.rows import now
from skelp.sinks.tables import coils, counters, defects, events, intervals, recipes, reviews

MOST_GAP_S = 600.0
"""An interruption longer than this is taken to have outlasted the coil."""


class Store:
    """Satisfies ports.Records; sinks.record writes through it."""

    def __init__(self, url: str, recipe: Recipe) -> None:
        self._write_engine, self._read_engine = open_engines(url)
        self._recipe = recipe
        with self.writing() as connection:
            known = connection.scalar(sa.select(recipes.c.sha256).where(recipes.c.sha256 == recipe.sha256))
            if known is None:
                connection.execute(recipes.insert().values(sha256=recipe.sha256, body=asdict(recipe)))

    def close(self) -> None:
        self._write_engine.dispose()
        self._read_engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction. Raises SkelpError if the database refuses (a full disk, a lost server): nothing of it is kept then."""
        try:
            with self._write_engine.begin() as connection:
                yield connection
        except sa.exc.OperationalError as error:
            raise SkelpError(
                f"results cannot be kept: {error.orig}; free disk space or bring the database back, then start again"
            ) from error

    # --- what is asked

    def coils(self, *, before: str | None, limit: int) -> list[Coil]:
        """Newest first; `before` is the id of the last coil of the page before."""
        query = sa.select(coils).order_by(coils.c.number.desc()).limit(limit)
        if before is not None:
            number = sa.select(coils.c.number).where(coils.c.coil_id == before).scalar_subquery()
            query = query.where(coils.c.number < number)
        with self._read_engine.begin() as connection:
            return [rows.coil(r) for r in connection.execute(query).mappings()]

    def coil(self, coil_id: str) -> Coil:
        with self._read_engine.begin() as connection:
            return rows.coil(self._coil_row(connection, coil_id))

    def width_mm(self, coil_id: str) -> float:
        """Widest steel seen on the coil."""
        with self._read_engine.begin() as connection:
            return float(self._coil_row(connection, coil_id)["width_mm"])

    def revision(self, coil_id: str) -> int:
        with self._read_engine.begin() as connection:
            return int(self._coil_row(connection, coil_id)["revision"])

    def summary(self, coil: Coil) -> Summary:
        """Totals and counts. A final coil's decision is the one that was made then, whatever the recipe says today."""
        with self._read_engine.begin() as connection:
            return self._summary(connection, coil)

    def account(self, coil: Coil) -> list[Interval]:
        with self._read_engine.begin() as connection:
            return strip_account(coil, list(self._accounts(connection, coil.coil_id).values()))

    def camera_accounts(self, coil_id: str) -> dict[str, list[Interval]]:
        with self._read_engine.begin() as connection:
            return self._accounts(connection, coil_id)

    def defects(self, coil_id: str, query: DefectQuery) -> list[tuple[int, Defect]]:
        """Defects in the order they were finished, each with its cursor."""
        statement = sa.select(defects).where(defects.c.coil_id == coil_id, defects.c.number > query.after)
        if query.class_name is not None:
            statement = statement.where(defects.c.class_name == query.class_name)
        if query.severity_min is not None:
            statement = statement.where(defects.c.severity >= query.severity_min)
        if query.side is not None:
            statement = statement.where(defects.c.side == query.side)
        if query.from_m is not None:
            statement = statement.where(defects.c.along_mm + defects.c.length_mm >= query.from_m * 1000)
        if query.to_m is not None:
            statement = statement.where(defects.c.along_mm <= query.to_m * 1000)
        with self._read_engine.begin() as connection:
            found = connection.execute(statement.order_by(defects.c.number).limit(query.limit)).mappings()
            return [(int(r["number"]), rows.defect(r)) for r in found]

    def defect(self, defect_id: str) -> Defect:
        with self._read_engine.begin() as connection:
            row = connection.execute(sa.select(defects).where(defects.c.defect_id == defect_id)).mappings().first()
        if row is None:
            raise LookupError(f"there is no defect {defect_id}")
        return rows.defect(row)

    def reviews(self, *, defect_id: str | None = None, coil_id: str | None = None, after: int = 0, limit: int = 1000) -> list[Review]:
        """Reviews in the order they were given, of one defect, one coil or all; `after` is the last review_id of the page before."""
        query = sa.select(reviews).where(reviews.c.review_id > after).order_by(reviews.c.review_id).limit(limit)
        if defect_id is not None:
            query = query.where(reviews.c.defect_id == defect_id)
        if coil_id is not None:
            query = query.join(defects, defects.c.defect_id == reviews.c.defect_id).where(defects.c.coil_id == coil_id)
        with self._read_engine.begin() as connection:
            return [rows.review(r) for r in connection.execute(query).mappings()]

    def events(self, *, after: int, limit: int) -> list[Event]:
        query = sa.select(events).where(events.c.seq > after).order_by(events.c.seq).limit(limit)
        with self._read_engine.begin() as connection:
            return [Event(int(r.seq), r.time, r.kind, r.coil_id, r.data) for r in connection.execute(query)]

    def optics(self, *, limit: int) -> list[OpticsPoint]:
        with self._read_engine.begin() as connection:
            return optics.trend(connection, limit)

    def newest_event(self) -> int:
        """Number of the newest event; 0 before the first."""
        with self._read_engine.begin() as connection:
            return int(connection.scalar(sa.select(sa.func.max(events.c.seq))) or 0)

    # --- what is changed

    def begin_optics_reference(self) -> None:
        """Lamp and lens were set up anew."""
        with self.writing() as connection:
            optics.begin_reference(connection)
            self.tell(connection, "optics.reference", "", {"reason": "the next coils are what later ones are compared with"})

    def add_coil(self, coil: Coil) -> bool:
        """Keep a new coil; False if it is there already."""
        with self.writing() as connection:
            return self.insert_coil(connection, coil)

    def insert_coil(self, connection: sa.Connection, coil: Coil) -> bool:
        if connection.scalar(sa.select(coils.c.number).where(coils.c.coil_id == coil.coil_id)) is not None:
            return False
        connection.execute(coils.insert().values(**rows.of_coil(coil), updated_at=now(), width_mm=0.0, line_rate_hz=0.0))
        self.tell(connection, "coil.started", coil.coil_id, {"name": coil.name, "automatic": coil.automatic})
        return True

    def change_coil(self, coil_id: str, **changes: Any) -> Coil:
        """Rename or correct a coil, or set its status. LookupError if it is not there."""
        with self.writing() as connection:
            row = self._coil_row(connection, coil_id)
            key = row["coil_id"]
            values = {k: (v.value if isinstance(v, Status) else rows.iso(v) if isinstance(v, datetime) else v) for k, v in changes.items()}
            connection.execute(coils.update().where(coils.c.coil_id == key).values(**values, revision=coils.c.revision + 1))
            self.tell(connection, "coil.changed", key, {k: v for k, v in values.items() if v != row[k]})
            return rows.coil(self._coil_row(connection, key))

    def add_review(self, defect_id: str, verdict: Verdict, operator: str, class_name: str | None, note: str) -> Review:
        """Append an operator's word and tell it in the feed. LookupError if there is no such defect."""
        found = self.defect(defect_id)
        values = {"defect_id": defect_id, "verdict": verdict.value, "class_name": class_name, "operator": operator, "note": note}
        with self.writing() as connection:
            row = connection.execute(reviews.insert().values(**values, at=now()).returning(reviews)).mappings().one()
            told = {"defect_id": defect_id, "verdict": verdict.value, "class": class_name or found.class_name, "operator": operator}
            self.tell(connection, "defect.reviewed", found.coil_id, told)
            return rows.review(row)

    def tell(self, connection: sa.Connection, kind: str, coil_id: str, data: dict[str, Any]) -> None:
        """Append an event in the caller's transaction.

        The number comes from a counter row, which the update locks until commit: numbers are without holes and become
        visible in order, on PostgreSQL as well, where a sequence gives neither.
        """
        bump = counters.update().where(counters.c.name == "events").values(value=counters.c.value + 1).returning(counters.c.value)
        seq = connection.execute(bump).scalar_one()
        connection.execute(events.insert().values(seq=seq, time=now(), kind=kind, coil_id=coil_id, data=data))

    def say(self, kind: str, data: dict[str, Any], coil_id: str = "") -> None:
        """An event by itself."""
        with self.writing() as connection:
            self.tell(connection, kind, coil_id, data)

    def complete(self, connection: sa.Connection, coil_id: str, *, interrupted: bool = False) -> None:
        """Make a coil final and keep the decision with its reasons."""
        row = self._coil_row(connection, coil_id)
        finished = row["finished_at"] or now()
        coil = replace(rows.coil({**row, "finished_at": finished}), status=Status.FINAL, interrupted=interrupted)
        account = strip_account(coil, list(self._accounts(connection, coil_id).values()))
        summary = summarise(coil, account, self._tally(connection, coil_id), self._recipe)
        decision, reasons = summary.decision, summary.reasons
        if interrupted:
            decision, reasons = Decision.HOLD, ["the station was stopped or interrupted while this coil ran", *reasons]
        connection.execute(
            coils.update()
            .where(coils.c.coil_id == coil_id)
            .values(
                status=Status.FINAL.value,
                finished_at=finished,
                interrupted=interrupted,
                decision=decision.value,
                reasons=reasons,
                revision=coils.c.revision + 1,
            )
        )
        self.tell(connection, "coil.final", coil_id, {"decision": decision.value, "reasons": reasons, "length_m": summary.length_m})

    def close_interrupted(self) -> list[str]:
        """Close coils that a killed station left open; what may have passed since is lost, from time and line rate."""
        closed = []
        with self.writing() as connection:
            left_open = connection.execute(sa.select(coils).where(coils.c.status != Status.FINAL.value)).mappings().all()
            for row in left_open:
                gap_s = min(MOST_GAP_S, max(0.0, time.time() - datetime.fromisoformat(row["updated_at"]).timestamp()))
                lines = max(1, int(gap_s * row["line_rate_hz"]))
                reason = f"station interrupted: {lines} lines estimated from {gap_s:.0f} s at {row['line_rate_hz']:.0f} Hz"
                accounts = self._accounts(connection, row["coil_id"]) or {"unknown": []}
                longest = max((a[-1].end_line for a in accounts.values() if a), default=0)
                for camera, account in accounts.items():
                    first = account[-1].end_line if account else 0
                    gap = {"first_line": first, "lines": longest + lines - first, "state": State.LOST.value, "reason": reason}
                    connection.execute(intervals.insert().values(coil_id=row["coil_id"], camera=camera, **gap))
                self.complete(connection, row["coil_id"], interrupted=True)
                closed.append(row["coil_id"])
        return closed

    # --- shared pieces

    def _coil_row(self, connection: sa.Connection, coil_id: str) -> Any:
        by_id = connection.execute(sa.select(coils).where(coils.c.coil_id == coil_id)).mappings().first()
        row = (
            by_id or connection.execute(sa.select(coils).where(coils.c.name == coil_id).order_by(coils.c.number.desc())).mappings().first()
        )
        if row is None:
            raise LookupError(f"there is no coil {coil_id}")
        return row

    def _summary(self, connection: sa.Connection, coil: Coil) -> Summary:
        account = strip_account(coil, list(self._accounts(connection, coil.coil_id).values()))
        summary = summarise(coil, account, self._tally(connection, coil.coil_id), self._recipe)
        row = self._coil_row(connection, coil.coil_id)
        if row["decision"] is None:
            return summary
        return replace(summary, decision=Decision(row["decision"]), reasons=list(row["reasons"]))

    def _accounts(self, connection: sa.Connection, coil_id: str) -> dict[str, list[Interval]]:
        query = sa.select(intervals).where(intervals.c.coil_id == coil_id).order_by(intervals.c.camera, intervals.c.first_line)
        accounts: dict[str, list[Interval]] = {}
        for r in connection.execute(query):
            accounts.setdefault(r.camera, []).append(Interval(r.first_line, r.lines, State(r.state), r.reason))
        return accounts

    def _tally(self, connection: sa.Connection, coil_id: str) -> Tally:
        count = sa.func.count()
        grouped = sa.select(defects.c.class_name, defects.c.severity, count).where(defects.c.coil_id == coil_id)
        by_class: dict[str, int] = {}
        by_severity: dict[int, int] = {}
        for name, severity, n in connection.execute(grouped.group_by(defects.c.class_name, defects.c.severity)):
            by_class[name] = by_class.get(name, 0) + n
            by_severity[severity] = by_severity.get(severity, 0) + n
        return Tally(dict(sorted(by_class.items())), dict(sorted(by_severity.items())))


def insert_defects(connection: sa.Connection, found: Sequence[Defect]) -> None:
    """Keep defects, in the order given."""
    if found:
        connection.execute(defects.insert(), [rows.of_defect(d) for d in found])
