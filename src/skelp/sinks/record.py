"""The station's sink: outcomes become rows, crops and events."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from skelp.domain.coverage import Interval, State
from skelp.domain.outcome import Outcome
from skelp.ports import CoilPlacer
from skelp.sinks.crops import CropStore
from skelp.sinks.live import LiveStrip
from skelp.sinks.optics import keep_optics
from skelp.sinks.rows import now
from skelp.sinks.samples import CleanSamples
from skelp.sinks.store import Store, insert_defects
from skelp.sinks.tables import coils, intervals

HOLD_BACK_S = 0.5
"""Progress without defects may wait this long, so that a clean strip costs two commits a second and not forty."""


class RecordSink:
    """Satisfies ports.Sink. Defects and coil ends are committed before `write` returns."""

    def __init__(self, store: Store, crops: CropStore, live: LiveStrip, placer: CoilPlacer, samples: CleanSamples) -> None:
        self._store, self._crops, self._live, self._placer, self._samples = store, crops, live, placer, samples
        self._pending: list[Outcome] = []
        self._committed_at = time.monotonic()
        self._known: set[str] = set()
        self._last: dict[tuple[str, str], int] = {}
        self._began: dict[str, float] = {}

    def write(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            self._live.show(outcome)
            if outcome.picture is not None:
                self._samples.consider(outcome.picture)
        self._pending += [_light(o) for o in outcomes]
        urgent = any(o.defects or o.ended for o in outcomes)
        if self._pending and (urgent or time.monotonic() - self._committed_at >= HOLD_BACK_S):
            self._commit()

    def close(self) -> None:
        if self._pending:
            self._commit()

    def _commit(self) -> None:
        batch, self._pending = self._pending, []
        found = [d for o in batch for d in o.defects]
        failed = self._crops.save(found)
        with self._store.writing() as connection:
            for outcome in batch:
                self._keep(connection, outcome)
            if failed:
                self._store.tell(connection, "crops.failed", "", {"defects": failed, "reason": "their pictures could not be written: disk"})
        self._committed_at = time.monotonic()

    def _keep(self, connection: sa.Connection, outcome: Outcome) -> None:
        coil_id = outcome.coil_id
        if coil_id not in self._known:
            self._store.insert_coil(connection, self._placer.coil(coil_id))
            self._known.add(coil_id)
            self._began[coil_id] = time.monotonic()
        for interval in outcome.accounts:
            self._keep_interval(connection, outcome, interval)
        insert_defects(connection, outcome.defects)
        for d in outcome.defects:
            place = {"side": d.side.value, "along_mm": round(d.along_mm, 2)}
            data = {"defect_id": d.defect_id, "class": d.class_name, "severity": d.severity, **place}
            self._store.tell(connection, "defect.found", coil_id, data)
        if outcome.optics is not None:
            keep_optics(connection, coil_id, outcome.optics, lambda kind, data: self._store.tell(connection, kind, coil_id, data))
        self._touch(connection, outcome)
        if outcome.coil_complete:
            self._store.complete(connection, coil_id, interrupted=outcome.stopped)
            self._placer.forget(coil_id)
            self._known.discard(coil_id)
            self._began.pop(coil_id, None)
            for key in [k for k in self._last if k[0] == coil_id]:
                del self._last[key]

    def _keep_interval(self, connection: sa.Connection, outcome: Outcome, interval: Interval) -> None:
        key = (outcome.coil_id, outcome.camera)
        if self._last.get(key) == interval.first_line:
            where = (intervals.c.coil_id == key[0]) & (intervals.c.camera == key[1]) & (intervals.c.first_line == interval.first_line)
            connection.execute(intervals.update().where(where).values(lines=interval.lines))
            return
        self._last[key] = interval.first_line
        values = {"first_line": interval.first_line, "lines": interval.lines, "state": interval.state.value, "reason": interval.reason}
        connection.execute(intervals.insert().values(coil_id=key[0], camera=key[1], **values))
        if interval.state is not State.INSPECTED:
            kind = f"coverage.{interval.state.value}"
            along_mm = round(interval.first_line * self._placer.coil(outcome.coil_id).mm_per_line, 2)
            data = {"camera": outcome.camera, "first_line": interval.first_line, "along_mm": along_mm, "reason": interval.reason}
            self._store.tell(connection, kind, outcome.coil_id, data)

    def _touch(self, connection: sa.Connection, outcome: Outcome) -> None:
        """Bring the coil's row up to date; its line rate is what a restart would need to size the gap."""
        began = self._began[outcome.coil_id]
        end = outcome.accounts[-1].end_line if outcome.accounts else 0
        spent = time.monotonic() - began
        values: dict[str, object] = {"updated_at": now(), "revision": coils.c.revision + 1}
        if end and spent > 0.5:
            values["line_rate_hz"] = end / spent
        where = coils.c.coil_id == outcome.coil_id
        connection.execute(coils.update().where(where).values(**values))
        if outcome.reach_mm > 0:
            connection.execute(coils.update().where(where & (coils.c.width_mm < outcome.reach_mm)).values(width_mm=outcome.reach_mm))


def _light(outcome: Outcome) -> Outcome:
    """Without the picture: pending outcomes must not hold frames."""
    return replace(outcome, picture=None) if outcome.picture is not None else outcome
