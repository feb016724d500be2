"""The changes to coils and the feed, inside one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from skelp.domain.coilmap import Coil, Status, held_for
from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.cuts import Cut
from skelp.domain.decision import Decision
from skelp.domain.events import (
    CoilChanged,
    CoilDecided,
    CoilDerived,
    CoilFinal,
    CoilRevised,
    CoilStarted,
    ModelDrift,
    Payload,
)
from skelp.domain.models import KnownModel
from skelp.domain.moments import now
from skelp.domain.override import Override
from skelp.domain.passes import to_start
from skelp.domain.reasons import CoilInterrupted, CoilRecipeOther, Reason
from skelp.domain.recipe import Recipe
from skelp.domain.recipe_book import RecipeOf
from skelp.domain.recoiling import derived, identity, made_of, reason_of
from skelp.domain.revision import Revision
from skelp.domain.ruling import Ruling
from skelp.domain.status import RecipeId
from skelp.sinks.sql import deciding, deleting, deriving, drifting, queries, recipes, rows
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import coils, counters, decisions, events, overrides


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

    def add_recipe(self, recipe: Recipe) -> None:
        """Store a recipe that coils will name, unless it is stored already."""
        recipes.store(self._session, recipe)

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

    def choose_recipe(self, coil_id: str, recipe: Recipe) -> None:
        """Have a coil that is not final decided by another recipe, because its product or customer was corrected. A final
        coil keeps its own.

        If that recipe has other limits for the inspection, or expects another width of strip than the line was told, the coil will be held:
        the line has inspected it by the recipe that it began with.
        """
        row = queries.coil_row(self._session, coil_id)
        if row["status"] == Status.FINAL.value or row["recipe_sha256"] == recipe.sha256:
            return
        recipes.store(self._session, recipe)
        other_width = recipe.strip_width_mm is not None and recipe.strip_width_mm != row["strip_width_mm"]
        pending = [r.plain for r in self._inspected_otherwise([rows.coil(row)], recipe)]
        if other_width and not pending:
            pending = [CoilRecipeOther(row["recipe_name"], recipe.name).plain]
        self._update_coil(row["coil_id"], {"recipe_name": recipe.name, "recipe_sha256": recipe.sha256, "reasons": pending})

    def add_model(self, model: KnownModel) -> None:
        """Keep what is known of a model, so that recipes can be checked against it, and coils compared with it, later."""
        recipes.store_model(self._session, model)

    def record_progress(self, coil_id: str, *, line_rate_hz: float | None, reach_mm: float) -> None:
        """Store the time, the line rate (None: not known yet) and the width of the steel seen so far, in mm.

        After an interruption, time and line rate give the number of lines that were lost.
        """
        self._update_coil(coil_id, {"updated_at": now()} | ({} if line_rate_hz is None else {"line_rate_hz": line_rate_hz}))
        if reach_mm > 0:
            wider = (coils.c.coil_id == coil_id) & (coils.c.width_mm < reach_mm)
            self._session.execute(self._session.update(coils).where(wider).values(width_mm=reach_mm))

    def derive_coil(
        self, coil_id: str, given: Mapping[str, Any], cuts: Sequence[Cut], recipe_of: RecipeOf | None = None
    ) -> tuple[Coil, bool]:
        """Add the final coil that these cuts make, and publish it. Returns it, and whether it is new; else nothing was changed.

        `given`: its name, heat, product and customer, as far as the request has them. `recipe_of` gives the recipe that decides on it;
        None: the station's. The piece is held if a coil that is cut was inspected by a recipe with other limits, if a person decided worse
        on it than skelp, if the piece has its end and the station did not see that, or if nobody knows which of several recipes is its
        own. Raises LookupError if a coil that is cut does not exist, DeletedError if its defects were deleted, ConflictError if it is not
        final, if it cannot be cut so, or if the id or name is taken.
        """
        named, found = deriving.resolved(self._session, cuts)
        if deriving.is_stored(self._session, coil_id, named, given):
            return rows.coil(queries.coil_row(self._session, coil_id)), False
        if self._session.scalar(self._session.select(coils).where(coils.c.coil_id == coil_id)) is not None:
            raise ConflictError(Conflict.NAME_TAKEN, f"there is a coil {coil_id} already; give the piece another id")
        coil = identity(coil_id, given, named, found, self._recipe)
        asked = recipe_of(coil.product, coil.customer) if recipe_of else self._recipe
        coil = replace(coil, recipe_name=asked.name, recipe_sha256=asked.sha256)
        for name in dict.fromkeys((coil_id, coil.name)):
            self._refuse_taken(name, coil_id)
        piece = derived(coil, named, deriving.mothers(self._session, named, found))
        deriving.store(self._session, coil, piece)
        recipes.store(self._session, asked)
        held = [*self._inspected_otherwise(found.values(), asked), *deriving.persons_worse(self._session, made_of(named))]
        if recipe_of is not None:
            held += deriving.order_unclear(self._session, found.values(), given, asked, recipe_of)
        self._update_coil(coil_id, {"reasons": [r.plain for r in held]})
        reason = reason_of(named)
        self.publish(CoilDerived(coil.name, reason.coils, piece.lines * coil.mm_per_line / 1000), coil_id)
        self.complete_coil(coil_id, interrupted=piece.interrupted, also=[reason])
        return rows.coil(queries.coil_row(self._session, coil_id)), True

    def _inspected_otherwise(self, inspected: Collection[Coil], asked: Recipe) -> list[Reason]:
        """One reason for each recipe by which some of these coils were inspected, and which has other limits than `asked`, or no width of
        strip where `asked` expects one.

        A coil that was not inspected by the recipe that it names now says so in its reasons. Nobody knows the limits of the other one.
        """
        told = deciding.first_reasons(self._session, [coil.coil_id for coil in inspected])
        found: dict[str, Reason] = {}
        for coil in inspected:
            other = next((r.inspected_by for r in told[coil.coil_id] if isinstance(r, CoilRecipeOther)), None)
            recipe = recipes.of_coil(self._session, coil, self._recipe) if other is None else None
            nobody_looked = asked.strip_width_mm is not None and coil.strip_width_mm is None  # for steel outside the picture
            if recipe is None or recipe.inspects_otherwise(asked) or (nobody_looked and recipe.strip_width_mm != asked.strip_width_mm):
                name = other or coil.recipe_name
                found[name] = CoilRecipeOther(name, asked.name)
        return list(found.values())

    def complete_coil(self, coil_id: str, *, interrupted: bool = False, also: Sequence[Reason] = ()) -> None:
        """Make a coil final, store its decision with the reasons, and publish it. An interrupted coil is held, unless it is scrap.

        `also`: reasons that say more of it.
        """
        row = queries.coil_row(self._session, coil_id)
        finished = row["finished_at"] or now()
        coil = replace(rows.coil({**row, "finished_at": finished}), status=Status.FINAL, interrupted=interrupted)
        (summary,) = queries.summaries(self._session, [coil], self._recipe)
        pending = [Reason.coded(r["code"], r["args"]) for r in row["reasons"] or []]
        summary = held_for(summary, [*([CoilInterrupted()] if interrupted else []), *pending])
        decision, reasons = summary.decision, [*summary.reasons, *also]
        decided = rows.of_decision(decision, reasons) | rows.of_counted(summary.totals, summary.tally)
        decided["counted"] |= {"mean_scores": drifting.mean_scores(self._session, coil_id)}
        self._update_coil(coil_id, {"status": Status.FINAL.value, "finished_at": finished, "interrupted": interrupted} | decided)
        self.publish(CoilFinal(decision.value, tuple(reasons), summary.length_m), coil_id)
        if not also:  # no camera saw a coil that was cut
            for reason in drifting.check(self._session, coil):
                self.publish(ModelDrift(coil.product, reason), coil_id)

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

    def decide_again(self, coil_id: str, asked: Recipe, operator: str, note: str) -> tuple[Revision, bool]:
        """Decide on a final coil by another recipe, from what is recorded. Returns the newest decision, and whether it is new.

        Nothing is added if it says the same as the newest one. Raises LookupError if the coil does not exist, ConflictError if it is not
        final, DeletedError if its defects were deleted.
        """
        coil = rows.coil(deciding.final_row(self._session, coil_id))
        deleting.refuse_deleted(self._session, coil.coil_id)
        rulings = {c.coil_id: ruling for c, ruling in deciding.rulings(self._session, [coil], asked) if ruling}
        added = self.add_rulings(rulings, asked, operator, note)
        return deciding.all_of(self._session, coil.coil_id)[-1], bool(added)

    def add_rulings(self, rulings: Mapping[str, Ruling], asked: Recipe, operator: str, note: str) -> list[Revision]:
        """Add what a recipe decided on final coils, by coil id, and publish it. Returns the decisions that say something new."""
        deciding.lock(self._session)
        newest = deciding.newest(self._session, list(rulings))
        by, at = RecipeId(asked.name, asked.sha256), now()
        added = [
            Revision(coil_id, before.number + 1, ruling.decision, tuple(ruling.reasons), by, operator, note, at)
            for coil_id, ruling in rulings.items()
            if not (before := newest[coil_id]).follows_from(ruling) or not recipes.are_the_same(self._session, before.recipe.sha256, asked)
        ]
        if not added:
            return []
        recipes.store(self._session, asked)
        self._session.execute(self._session.insert(decisions), [rows.of_revision(r) for r in added])
        changed = self._session.update(coils).where(coils.c.coil_id.in_([r.coil_id for r in added]))
        self._session.execute(changed.values(revision=coils.c.revision + 1))
        told: list[tuple[str, Payload]] = []
        for r in added:
            earlier = newest[r.coil_id].decision.value
            told.append((r.coil_id, CoilRevised(r.number, r.decision.value, r.reasons, earlier, by.name, operator, note)))
        self._append(told)
        return added

    def add_override(self, coil_id: str, decision: Decision, operator: str, note: str) -> Override:
        """Add a person's decision on a coil and publish it. The coil's revision grows.

        Raises LookupError if the coil does not exist, ConflictError if it is not final: skelp has not decided yet.
        """
        row = deciding.final_row(self._session, coil_id)
        values = {"coil_id": row["coil_id"], "decision": decision.value, "operator": operator, "note": note, "at": now()}
        added = self._session.execute(self._session.insert(overrides).values(**values).returning(overrides)).mappings().one()
        self._update_coil(row["coil_id"], {})
        self.publish(CoilDecided(decision.value, row["decision"] or Decision.HOLD.value, operator, note), row["coil_id"])
        return rows.override(added)
