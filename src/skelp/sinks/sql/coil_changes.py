"""The changes to coils and the feed, inside one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from skelp.domain.coilmap import Coil, Status
from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.events import (
    CoilChanged,
    CoilDecided,
    CoilFinal,
    CoilStarted,
    Payload,
)
from skelp.domain.moments import now
from skelp.domain.override import Override
from skelp.domain.passes import to_start
from skelp.domain.reasons import CoilInterrupted
from skelp.domain.recipe import Decision, Recipe
from skelp.sinks.sql import queries, rows
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import coils, counters, events, overrides, recipes


class CoilChanges:
    """The feed, and what happens to a coil from its start to a person's decision. The base of Changes."""

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

    def add_coil(self, coil: Coil) -> bool:
        """Add a coil and publish its start. Returns False if the coil exists already.

        Then only its model is corrected: another one may have been chosen after the coil was announced and before it began on the line.
        """
        known = self._session.rows(self._session.select(coils).where(coils.c.coil_id == coil.coil_id))
        if known:
            model = {"model_name": coil.model_name, "model_sha256": coil.model_sha256}
            if known[0]["status"] != Status.FINAL.value and any(known[0][name] != value for name, value in model.items()):
                self._update_coil(coil.coil_id, model)
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
