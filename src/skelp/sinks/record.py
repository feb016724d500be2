"""The station's sink: stores outcomes as records, crops, samples and events."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from skelp.domain.coverage import Interval, State
from skelp.domain.disk import DiskFault
from skelp.domain.events import CropsFailed
from skelp.domain.outcome import Outcome
from skelp.domain.reasons import PicturesDiskFull, PicturesFailed, PicturesNotAllowed, Reason
from skelp.ports import CoilLookup, RecordChanges, RecordWriter
from skelp.sinks.crops import CropStore
from skelp.sinks.live import LiveStrip
from skelp.sinks.outbox import Outbox
from skelp.sinks.samples import CleanSamples

COMMIT_EVERY_S = 0.5
"""Progress without defects is committed after this time, so that a clean strip takes two commits a second and not forty."""
CHECK_EVERY_S = 5.0
"""While no lines pass, the sink checks this often that the station still holds its database."""

_NOT_WRITTEN: dict[DiskFault, Callable[[int], Reason]] = {
    DiskFault.FULL: PicturesDiskFull,
    DiskFault.READ_ONLY: PicturesNotAllowed,
    DiskFault.NOT_ALLOWED: PicturesNotAllowed,
}
"""The reason of crops that could not be written."""


class RecordSink:
    """Satisfies ports.Sink. Defects and coil ends are committed before `write` returns. Raises SkelpError if the database refuses.

    The events in `outbox` are stored with the next write.
    """

    def __init__(
        self,
        writer: RecordWriter,
        crops: CropStore,
        live: LiveStrip,
        coils: CoilLookup,
        samples: CleanSamples,
        outbox: Outbox | None = None,
    ) -> None:
        self._writer, self._crops, self._live, self._coils, self._samples = writer, crops, live, coils, samples
        self._outbox = outbox or Outbox()
        self._pending: list[Outcome] = []
        self._committed_at = time.monotonic()
        self._started_at: dict[str, float] = {}

    def write(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            self._live.show(outcome)
            if outcome.picture is not None and all(i.state is State.INSPECTED for i in outcome.intervals):
                self._samples.consider(outcome.picture, self._coils.coil(outcome.coil_id).model_sha256)
        self._pending += [_without_picture(o) for o in outcomes]
        urgent = not self._outbox.is_empty or any(o.defects or o.periodic or o.ended for o in outcomes)
        wait_s = COMMIT_EVERY_S if self._pending else CHECK_EVERY_S
        if urgent or time.monotonic() - self._committed_at >= wait_s:
            self._commit()

    def close(self) -> None:
        if self._pending or not self._outbox.is_empty:
            self._commit()

    def _commit(self) -> None:
        """Commit the pending outcomes. The transaction also checks that the station holds the database, even if none is pending."""
        batch, self._pending = self._pending, []
        failed = self._crops.save([d for o in batch for d in o.defects])
        with self._writer.transaction() as change:
            for payload in self._outbox.take():
                change.publish(payload)
            waiting = _Waiting.of(batch)
            for outcome in batch:
                self._record(change, outcome, waiting)
            for fault, crops in failed.items():
                change.publish(CropsFailed(crops, _NOT_WRITTEN.get(fault, PicturesFailed)(crops)))
        self._committed_at = time.monotonic()

    def _record(self, change: RecordChanges, outcome: Outcome, waiting: _Waiting) -> None:
        coil_id = outcome.coil_id
        if coil_id not in self._started_at:
            change.add_coil(self._coils.coil(coil_id))
            self._started_at[coil_id] = time.monotonic()
        for interval in waiting.intervals_of(outcome):
            change.record_interval(coil_id, outcome.camera, interval)
        change.add_defects(outcome.defects)
        for series in outcome.periodic:
            change.record_periodic(series)
        for passage in outcome.passages:
            change.record_passage(coil_id, passage)
        if outcome.optics is not None:
            change.add_optics(coil_id, outcome.optics)
        if (progress := waiting.progress.pop(coil_id, None)) is not None:
            rate_hz = self._line_rate_hz(coil_id, progress.end_line)
            change.record_progress(coil_id, line_rate_hz=rate_hz, reach_mm=progress.reach_mm)
        if outcome.coil_complete:
            change.complete_coil(coil_id, interrupted=outcome.stopped)
            self._coils.forget(coil_id)
            del self._started_at[coil_id]

    def _line_rate_hz(self, coil_id: str, end_line: int) -> float | None:
        """The coil's lines divided by the time since its first result, in Hz; None in the first half second."""
        elapsed_s = time.monotonic() - self._started_at[coil_id]
        return end_line / elapsed_s if end_line and elapsed_s > 0.5 else None


class _Progress(NamedTuple):
    """How far a coil was seen: the line after the last one, and from the operator-side edge across, in mm."""

    end_line: int = 0
    reach_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What the outcomes of a commit say again and again: intervals that grow, by their camera and beginning, and the progress of coils."""

    intervals: dict[tuple[str, str, int, State], Interval]
    progress: dict[str, _Progress]

    @classmethod
    def of(cls, batch: Sequence[Outcome]) -> _Waiting:
        waiting = cls({}, {})
        for o in batch:
            waiting.intervals.update({_beginning(o, interval): interval for interval in o.intervals})
            before = waiting.progress.get(o.coil_id, _Progress())
            end_line = o.intervals[-1].end_line if o.intervals else before.end_line
            waiting.progress[o.coil_id] = _Progress(end_line, max(before.reach_mm, o.reach_mm))
        return waiting

    def intervals_of(self, outcome: Outcome) -> list[Interval]:
        """An outcome's intervals as they are at the end of the commit, unless an outcome before had them."""
        found = (self.intervals.pop(_beginning(outcome, interval), None) for interval in outcome.intervals)
        return [interval for interval in found if interval is not None]


def _beginning(outcome: Outcome, interval: Interval) -> tuple[str, str, int, State]:
    return outcome.coil_id, outcome.camera, interval.first_line, interval.state


def _without_picture(outcome: Outcome) -> Outcome:
    """The outcome without its picture, because pending outcomes must not hold frames in memory."""
    return replace(outcome, picture=None) if outcome.picture is not None else outcome
