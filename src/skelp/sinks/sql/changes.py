"""The changes to the records, inside one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from skelp.domain.coilmap import Coil, Status
from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.coverage import Interval, State
from skelp.domain.defect import Defect
from skelp.domain.events import (
    CoilChanged,
    CoilDecided,
    CoilFinal,
    CoilStarted,
    DefectFound,
    DefectReviewed,
    DefectsDeleted,
    EventsDeleted,
    OpticsReference,
    Payload,
    PeriodicFound,
    optics_warning,
    uninspected,
)
from skelp.domain.moments import now
from skelp.domain.optics import Optics
from skelp.domain.override import Override
from skelp.domain.passes import to_start
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.reasons import CoilInterrupted
from skelp.domain.recipe import Decision, Recipe
from skelp.domain.review import Review, Verdict
from skelp.sinks.sql import deleting, letters, optics, queries, rows
from skelp.sinks.sql.interrupted import gaps
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import coils, counters, defects, events, intervals, overrides, periodic, recipes, reviews


class Changes:
    """Satisfies ports.RecordChanges. Valid only while its transaction is open."""

    def __init__(self, session: Session, recipe: Recipe) -> None:
        self._session, self._recipe = session, recipe

    def publish(self, payload: Payload, coil_id: str = "") -> None:
        """Append an event to the feed."""
        self._append([(coil_id, payload)])

    def _append(self, published: Sequence[tuple[str, Payload]]) -> None:
        """Append events, each with its coil's id, to the feed in this order.

        Their numbers come from a counter row, which the update locks until the commit. So numbers have no holes and become visible in
        order. A PostgreSQL sequence guarantees neither.
        """
        if not published:
            return
        increment = self._session.update(counters).where(counters.c.name == "events").values(value=counters.c.value + len(published))
        last = self._session.execute(increment.returning(counters.c.value)).scalar_one()
        numbered = enumerate(published, last - len(published) + 1)
        self._session.execute(self._session.insert(events), [rows.of_event(seq, coil_id, payload) for seq, (coil_id, payload) in numbered])

    def add_recipe(self) -> None:
        """Store the recipe that decides on coils, unless it is stored already."""
        known = sa.select(recipes.c.sha256).where(recipes.c.sha256 == self._recipe.sha256)
        if self._session.scalar(known) is None:
            self._session.execute(recipes.insert().values(**rows.of_recipe(self._recipe)))

    # --- coils

    def add_coil(self, coil: Coil) -> bool:
        """Add a coil and publish its start. Returns False, and changes nothing, if the coil exists already."""
        if self._session.scalar(self._session.select(coils).where(coils.c.coil_id == coil.coil_id)) is not None:
            return False
        values = rows.of_coil(coil) | {"updated_at": now(), "width_mm": 0.0, "line_rate_hz": 0.0}
        self._session.execute(self._session.insert(coils).values(**values))
        self.publish(CoilStarted(coil.name, coil.automatic), coil.coil_id)
        return True

    def start_coil(self, coil: Coil, given: Mapping[str, Any], *, new_pass: bool) -> tuple[Coil, bool]:
        """Add the pass of a coil that is announced, and publish its start. Returns the running pass, and whether it is new.

        `given`: the fields that the request has. Raises ConflictError, and changes nothing, if the coil is over, if it differs from the
        running one, or if its id or name belongs to another coil.
        """
        passes = queries.passes(self._session, coil.coil_id, by_name=new_pass)
        started = to_start(coil, passes, given, new_pass=new_pass)
        if started is None:
            return passes[-1], False
        for name in dict.fromkeys((started.coil_id, started.name)):
            self._refuse_taken(name, started.coil_id)
        self.add_coil(started)
        return started, True

    def end_coil(self, coil_id: str) -> None:
        """Make a running coil provisional. Nothing happens if it is over, or not recorded yet: an automatic coil without results."""
        query = self._session.select(coils, coils.c.status).where(coils.c.coil_id == coil_id)
        if self._session.scalar(query) == Status.RUNNING.value:
            self.change_coil(coil_id, status=Status.PROVISIONAL, finished_at=datetime.now(UTC))

    def change_coil(self, coil_id: str, **changes: Any) -> Coil:
        """Change fields of a coil and publish the changes. Nothing happens if the fields have these values already.

        Raises LookupError if the coil does not exist, ConflictError if another coil has the new name as its id or name.
        """
        row = queries.coil_row(self._session, coil_id)
        key, values = row["coil_id"], rows.of_changes(changes)
        if values.get("name", row["name"]) != row["name"]:
            self._refuse_taken(values["name"], key)
        changed = {k: v for k, v in values.items() if v != row[k]}
        if changed:
            self._update_coil(key, changed)
            self.publish(CoilChanged(**changed, corrected=row["status"] == Status.FINAL.value or None), key)
        return rows.coil(queries.coil_row(self._session, key))

    def record_progress(self, coil_id: str, *, line_rate_hz: float | None, reach_mm: float) -> None:
        """Store the time, the line rate (None: not known yet) and the width of the steel seen so far, in mm.

        After an interruption, time and line rate give the number of lines that were lost.
        """
        self._update_coil(coil_id, {"updated_at": now()} | ({} if line_rate_hz is None else {"line_rate_hz": line_rate_hz}))
        if reach_mm > 0:
            wider = (coils.c.coil_id == coil_id) & (coils.c.width_mm < reach_mm)
            self._session.execute(self._session.update(coils).where(wider).values(width_mm=reach_mm))

    def complete_coil(self, coil_id: str, *, interrupted: bool = False) -> None:
        """Make a coil final, store its decision with the reasons, and publish it. An interrupted coil is held."""
        row = queries.coil_row(self._session, coil_id)
        finished = row["finished_at"] or now()
        coil = replace(rows.coil({**row, "finished_at": finished}), status=Status.FINAL, interrupted=interrupted)
        (summary,) = queries.summaries(self._session, [coil], self._recipe)
        decision, reasons = summary.decision, summary.reasons
        if interrupted:
            decision, reasons = Decision.HOLD, [CoilInterrupted(), *reasons]
        decided = rows.of_decision(decision, reasons) | rows.of_counted(summary.totals, summary.tally)
        self._update_coil(coil_id, {"status": Status.FINAL.value, "finished_at": finished, "interrupted": interrupted} | decided)
        self.publish(CoilFinal(decision.value, tuple(reasons), summary.length_m), coil_id)

    def close_interrupted(self) -> list[str]:
        """Make this station's open coils final after it was killed, with lost lines for the time since. Returns their ids."""
        left_open = self._session.rows(self._session.select(coils).where(coils.c.status != Status.FINAL.value))
        coverages = queries.coverages(self._session, [row["coil_id"] for row in left_open])
        for row in left_open:
            coil_id = row["coil_id"]
            for camera, gap in gaps(row["updated_at"], row["line_rate_hz"], coverages[coil_id]).items():
                self.record_interval(coil_id, camera, gap)
            self.complete_coil(coil_id, interrupted=True)
        return [row["coil_id"] for row in left_open]

    def _refuse_taken(self, name: str, coil_id: str) -> None:
        """Raise ConflictError if a coil has this id or name already. The passes of one coil may share their name."""
        other = queries.other_with_name(self._session, name, coil_id)
        if other is not None:
            raise ConflictError(
                Conflict.NAME_TAKEN,
                f"{name} is already the id or the name of coil {other}; choose another one, or rename coil {other} first",
            )

    def _update_coil(self, coil_id: str, values: rows.Columns) -> None:
        changed = self._session.update(coils).where(coils.c.coil_id == coil_id)
        self._session.execute(changed.values(**values, revision=coils.c.revision + 1))

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

    def add_review(self, defect_id: str, verdict: Verdict, operator: str, class_name: str | None, note: str) -> Review:
        """Add an operator's review and publish it. Raises LookupError if the defect does not exist."""
        found = queries.find_defect(self._session, defect_id)
        values = {"defect_id": defect_id, "verdict": verdict.value, "class_name": class_name, "operator": operator, "note": note}
        added = self._session.insert(reviews).values(**values, at=now()).returning(reviews)
        row = self._session.execute(added).mappings().one()
        self.publish(DefectReviewed(defect_id, verdict.value, class_name or found.class_name, operator), found.coil_id)
        return rows.review(row)

    def add_override(self, coil_id: str, decision: Decision, operator: str, note: str) -> Override:
        """Add a person's decision on a coil and publish it. The coil's revision grows.

        Raises LookupError if the coil does not exist, ConflictError if it is not final: skelp has not decided yet.
        """
        row = queries.coil_row(self._session, coil_id)
        if row["status"] != Status.FINAL.value:
            raise ConflictError(Conflict.NOT_FINAL, f"coil {row['coil_id']} is not final, so skelp has not decided yet; decide when it is")
        values = {"coil_id": row["coil_id"], "decision": decision.value, "operator": operator, "note": note, "at": now()}
        added = self._session.execute(self._session.insert(overrides).values(**values).returning(overrides)).mappings().one()
        self._update_coil(row["coil_id"], {})
        self.publish(CoilDecided(decision.value, row["decision"] or Decision.HOLD.value, operator, note), row["coil_id"])
        return rows.override(added)

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
