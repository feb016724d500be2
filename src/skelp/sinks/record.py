"""The station's sink: outcomes become records, crops and events."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from skelp.domain.events import CropsFailed, DefectFound, uninspected
from skelp.domain.outcome import Outcome
from skelp.domain.reasons import PicturesFailed
from skelp.ports import CoilPlacer, RecordChanges, RecordWriter
from skelp.sinks.crops import CropStore
from skelp.sinks.live import LiveStrip
from skelp.sinks.samples import CleanSamples

HOLD_BACK_S = 0.5
"""Progress without defects may wait this long, so that a clean strip costs two commits a second and not forty."""
CHECK_EVERY_S = 5.0
"""A line without steel finds out within this time that its station has lost the database."""


class RecordSink:
    """Satisfies ports.Sink. Defects and coil ends are committed before `write` returns."""

    def __init__(self, writer: RecordWriter, crops: CropStore, live: LiveStrip, placer: CoilPlacer, samples: CleanSamples) -> None:
        self._writer, self._crops, self._live, self._placer, self._samples = writer, crops, live, placer, samples
        self._pending: list[Outcome] = []
        self._committed_at = time.monotonic()
        self._began: dict[str, float] = {}

    def write(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            self._live.show(outcome)
            if outcome.picture is not None:
                self._samples.consider(outcome.picture)
        self._pending += [_light(o) for o in outcomes]
        urgent = any(o.defects or o.ended for o in outcomes)
        wait_s = HOLD_BACK_S if self._pending else CHECK_EVERY_S
        if urgent or time.monotonic() - self._committed_at >= wait_s:
            self._commit()

    def close(self) -> None:
        if self._pending:
            self._commit()

    def _commit(self) -> None:
        """Record what is pending. With nothing pending, the transaction still checks that the station holds the database."""
        batch, self._pending = self._pending, []
        failed = self._crops.save([d for o in batch for d in o.defects])
        with self._writer.transaction() as change:
            for outcome in batch:
                self._record(change, outcome)
            if failed:
                change.publish(CropsFailed(failed, PicturesFailed(failed)))
        self._committed_at = time.monotonic()

    def _record(self, change: RecordChanges, outcome: Outcome) -> None:
        coil_id = outcome.coil_id
        if coil_id not in self._began:
            change.add_coil(self._placer.coil(coil_id))
            self._began[coil_id] = time.monotonic()
        for interval in outcome.intervals:
            if change.record_interval(coil_id, outcome.camera, interval) and interval.reason is not None:
                along_mm = round(interval.first_line * self._placer.coil(coil_id).mm_per_line, 2)
                change.publish(uninspected(interval.state, outcome.camera, interval.first_line, along_mm, interval.reason), coil_id)
        change.add_defects(outcome.defects)
        for d in outcome.defects:
            change.publish(DefectFound(d.defect_id, d.class_name, d.severity, d.side.value, round(d.along_mm, 2)), coil_id)
        if outcome.optics is not None:
            change.add_optics(coil_id, outcome.optics)
        change.record_progress(coil_id, line_rate_hz=self._line_rate_hz(outcome), reach_mm=outcome.reach_mm)
        if outcome.coil_complete:
            change.complete_coil(coil_id, interrupted=outcome.stopped)
            self._placer.forget(coil_id)
            del self._began[coil_id]

    def _line_rate_hz(self, outcome: Outcome) -> float | None:
        """Lines of the coil by the time since its first result; None while that is too short to say."""
        end = outcome.intervals[-1].end_line if outcome.intervals else 0
        spent_s = time.monotonic() - self._began[outcome.coil_id]
        return end / spent_s if end and spent_s > 0.5 else None


def _light(outcome: Outcome) -> Outcome:
    """Without the picture: pending outcomes must not hold frames."""
    return replace(outcome, picture=None) if outcome.picture is not None else outcome
