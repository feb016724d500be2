"""The changes to the records, inside one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from skelp.domain.coilmap import Status
from skelp.domain.common_codes import CommonCodes
from skelp.domain.connections import ConnectionStatus
from skelp.domain.coverage import Interval, State
from skelp.domain.defect import Defect
from skelp.domain.events import (
    ConnectionRemoved,
    DefectFound,
    DefectReviewed,
    DefectsDeleted,
    EventsDeleted,
    LineStateChanged,
    OpticsReference,
    PeriodicFound,
    optics_warning,
    uninspected,
)
from skelp.domain.line_state import LineState, Passage
from skelp.domain.models import ChosenModel
from skelp.domain.moments import now
from skelp.domain.optics import Optics
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.reasons import CameraEndedEarly, Reason
from skelp.domain.review import Review, Verdict
from skelp.domain.shadow import ShadowResult
from skelp.sinks.sql import connections, deleting, letters, optics, passing, queries, rows
from skelp.sinks.sql.coil_changes import CoilChanges
from skelp.sinks.sql.interrupted import gaps
from skelp.sinks.sql.kept import keep_codes
from skelp.sinks.sql.model_tables import models, shadows
from skelp.sinks.sql.tables import coils, defects, intervals, periodic, reviews


class Changes(CoilChanges):
    """Satisfies ports.RecordChanges. Valid only while its transaction is open."""

    def close_interrupted(self) -> list[str]:
        """Make this station's open coils final after it was killed, with lost lines for the time since. Returns their ids."""
        left_open = self._session.rows(self._session.select(coils).where(coils.c.status != Status.FINAL.value))
        coverages = queries.coverages(self._session, [row["coil_id"] for row in left_open])
        for row in left_open:
            coil_id = row["coil_id"]
            seen = queries.unseen(self._session) | coverages[coil_id]
            for camera, gap in gaps(row["updated_at"], row["line_rate_hz"], seen).items():
                self.record_interval(coil_id, camera, gap)
            self.complete_coil(coil_id, interrupted=True)
        return [row["coil_id"] for row in left_open]

    def complete_coil(self, coil_id: str, *, interrupted: bool = False, also: Sequence[Reason] = ()) -> None:
        """As in CoilChanges. A camera of the station that delivered no line of the coil has lost all of them."""
        if not also:  # a coil that was cut has the cameras of the coils that it is made of
            ends = queries.camera_ends(self._session, coil_id)
            for camera in sorted(queries.unseen(self._session).keys() - ends.keys()) if ends else ():
                self.record_interval(coil_id, camera, Interval(0, max(ends.values()), State.LOST, CameraEndedEarly()))
        super().complete_coil(coil_id, interrupted=interrupted, also=also)

    # --- results of inspection

    def record_interval(self, coil_id: str, camera: str, interval: Interval) -> bool:
        """Add an interval to a camera's coverage, or update the one with the same first line. Returns True if it is new.

        A new interval that was not, or not fully, inspected is published.
        """
        values = {"coil_id": coil_id, "camera": camera, **rows.of_interval(interval)}
        same = [intervals.c[name] == values[name] for name in ("coil_id", "camera", "first_line", "state")]
        if self._session.execute(self._session.update(intervals).where(*same).values(lines=interval.lines)).rowcount:
            return False
        self._session.execute(self._session.insert(intervals).values(**values))
        if interval.reason is not None and interval.state is not State.INSPECTED:
            mm_per_line = self._session.execute(
                self._session.select(coils, coils.c.mm_per_line).where(coils.c.coil_id == coil_id)
            ).scalar_one()
            along_mm = round(interval.first_line * mm_per_line, 2)
            self.publish(uninspected(interval.state, camera, interval.first_line, along_mm, interval.reason), coil_id)
        return True

    def add_codes(self, codes: CommonCodes) -> None:
        """Store common codes that coils will name, unless they are stored already."""
        keep_codes(self._session, codes)

    def add_defects(self, found: Sequence[Defect]) -> None:
        """Add defects in this order, and publish each that is not a mark."""
        if found:
            self._session.execute(self._session.insert(defects), [rows.of_defect(d) for d in found])
            shown = [d for d in found if not d.is_mark]
            self._append(
                [(d.coil_id, DefectFound(d.defect_id, d.class_name, d.severity, d.side.value, round(d.along_mm, 2))) for d in shown]
            )

    def record_periodic(self, series: PeriodicDefect) -> None:
        """Add a series of defects that repeat, and publish it; or update the one with its id. Another roll is published again."""
        values, its = rows.of_periodic(series), periodic.c.periodic_id == series.periodic_id
        stored = self._session.rows(self._session.select(periodic).where(its))
        if stored:
            self._session.execute(self._session.update(periodic).where(its).values(**values))
            if rows.periodic(stored[0]).is_told_by(series):
                return
        else:
            self._session.execute(self._session.insert(periodic).values(**values))
        found = PeriodicFound(series.periodic_id, series.side.value, series.reason, series.seen, series.last_mm)
        self.publish(found, series.coil_id)

    def record_passage(self, coil_id: str, passage: Passage) -> None:
        """Add a stretch that passed in one state of the line, and publish it; or update the one with its number."""
        if passing.record(self._session, coil_id, passage):
            mm = self._session.scalar(self._session.select(coils, coils.c.mm_per_line).where(coils.c.coil_id == coil_id))
            from_m = round(passage.first_line * mm / 1000, 3)
            self.publish(LineStateChanged(passage.state.value, passage.by.value, from_m, passage.slowest_m_s), coil_id)

    def tell_state(self, coil_id: str, state: LineState, first_line: int, lines: int) -> tuple[Passage, bool]:
        """Add a stretch in a state that the MES tells, and publish it. Returns it, and whether it is new.

        Raises LookupError if there is no such coil, ConflictError if it is final, or if too many states were told of it.
        """
        row = queries.coil_row(self._session, coil_id)
        told, is_new = passing.told(self._session, row, state, first_line, lines)
        if is_new:
            self.record_passage(row["coil_id"], told)
            self._update_coil(row["coil_id"], {})
        return told, is_new

    def add_review(self, defect_id: str, verdict: Verdict, operator: str, class_name: str | None, note: str) -> Review:
        """Add an operator's review and publish it. Raises LookupError if the defect does not exist."""
        found = queries.find_defect(self._session, defect_id)
        values = {"defect_id": defect_id, "verdict": verdict.value, "class_name": class_name, "operator": operator, "note": note}
        added = self._session.insert(reviews).values(**values, at=now()).returning(reviews)
        row = self._session.execute(added).mappings().one()
        self.publish(DefectReviewed(defect_id, verdict.value, class_name or found.class_name, operator), found.coil_id)
        return rows.review(row)

    # --- what is too old

    def delete_defects(self, coil_id: str, most: int, before: str) -> int:
        """Delete at most `most` defects and marks of a final coil that ended before `before`, with their reviews. Returns their number.

        The first time, the coil gets the reason that says so, with its counts, and the deletion is published.
        """
        (summary,) = queries.summaries(self._session, [rows.coil(queries.coil_row(self._session, coil_id))], self._recipe)
        if deleting.note(self._session, coil_id, summary.totals, summary.tally):
            tally, given = summary.tally, deleting.reviews_of(self._session, coil_id)
            self.publish(DefectsDeleted(tally.defects + sum(tally.marks.values()), given, before), coil_id)
        return deleting.delete_defects(self._session, coil_id, most)

    def delete_events(self, through: int, most: int, before: str, *, publish: bool) -> int:
        """Delete at most `most` events up to number `through`, which are older than `before`, the oldest first. Returns their number.

        `publish`: also publish that all events up to `through` are being deleted.
        """
        if publish and (count := deleting.count_events(self._session, through)):
            self.publish(EventsDeleted(count, before))
        return deleting.delete_events(self._session, through, most)

    # --- webhooks

    def letters_sent(self, webhook: str, seq: int) -> None:
        """Note that a webhook is done with all events up to this one."""
        letters.set_sent(self._session, webhook, seq)

    def letter_arrived(self, webhook: str, seq: int) -> None:
        """Note that an event arrived that was given up before."""
        letters.remove(self._session, webhook, seq)

    def bury_letter(self, webhook: str, seq: int, error: str) -> None:
        """Note that a webhook gave up an event."""
        letters.bury(self._session, webhook, seq, error)

    def revive_letters(self, webhook: str) -> int:
        """Have all events sent again that a webhook gave up. Returns their number."""
        return letters.revive(self._session, webhook)

    # --- connections

    def keep_connection(self, status: ConnectionStatus) -> None:
        """Store a connection in the place of the one with its name."""
        connections.keep(self._session, status)

    def remove_connection(self, name: str) -> None:
        """Remove a connection, and publish it."""
        connections.remove(self._session, name)
        self.publish(ConnectionRemoved(name))

    # --- models

    def choose_model(self, chosen: ChosenModel) -> None:
        """Note that a model was chosen for the line."""
        self._session.execute(self._session.insert(models).values(**rows.of_chosen_model(chosen)))

    def add_shadow(self, result: ShadowResult) -> None:
        """Add what a second model would have said about a coil."""
        self._session.execute(self._session.insert(shadows).values(**rows.of_shadow(result)))

    # --- optics

    def add_optics(self, coil_id: str, reading: Optics) -> None:
        """Add a reading of light and sharpness, and publish its warnings."""
        optics.add(self._session, coil_id, reading)
        drift = optics.drift_of(self._session, reading.camera)
        for reason in drift.warnings:
            self.publish(optics_warning(reading.camera, reason, drift), coil_id)

    def begin_optics_reference(self) -> None:
        """Start a new reference with the next coils, because the optics were set up again. Publishes OpticsReference."""
        optics.begin_reference(self._session)
        self.publish(OpticsReference())
