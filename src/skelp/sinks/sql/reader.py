"""Reads the records. Each call reads one snapshot of the database and does not wait for writers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from skelp.domain.coilmap import Coil, Status, Summary, strip_coverage
from skelp.domain.coverage import Interval
from skelp.domain.crops import Crops
from skelp.domain.cuts import PlacedCut
from skelp.domain.defect import MARK, Defect
from skelp.domain.line_state import StateOfCoil, states_of
from skelp.domain.models import ChosenModel, ModelHistory
from skelp.domain.moments import iso
from skelp.domain.override import Override
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.queries import EVERY_COIL, CoilQuery, DefectQuery
from skelp.domain.recipe import Recipe
from skelp.domain.review import Review, StandingReview, standing_review
from skelp.domain.revision import Revision
from skelp.domain.ruling import Ruling
from skelp.domain.shadow import ShadowResult
from skelp.domain.stretches import Places
from skelp.domain.webhooks import DeadLetter
from skelp.ports import Event, OpticsPoint
from skelp.sinks.sql import alone, deciding, deleting, letters, optics, passing, queries, recipes, rows
from skelp.sinks.sql.kept_reader import KeptReader
from skelp.sinks.sql.model_history import model_history
from skelp.sinks.sql.model_tables import models, shadows
from skelp.sinks.sql.stations import feed_of
from skelp.sinks.sql.tables import DEFECT_OF_REVIEW, coils, defects, events, reviews


class Reader(KeptReader):
    """Satisfies ports.RecordReader, for one station. `recipe` decides on coils whose own is not stored; None: it is read from outside, and
    may not run.

    Raises LookupError if a coil or defect does not exist, SkelpError if the database fails.
    """

    def __init__(self, engine: sa.Engine, recipe: Recipe | None, station: int) -> None:
        super().__init__(engine, station)
        self._recipe = recipe

    def coils(self, *, before: str | None, limit: int, query: CoilQuery = EVERY_COIL) -> list[Coil]:
        """The coils that match the query, newest first. `before`: id of the last coil of the page before; None: the first page.

        Raises LookupError if `before` is no coil's id.
        """
        with self._snapshot() as session:
            columns = [coils.c[name] for name in rows.COIL]
            statement = (
                session.select(coils, *columns).where(*queries.coil_filters(session, query)).order_by(coils.c.number.desc()).limit(limit)
            )
            if before is not None:
                number = session.scalar(session.select(coils, coils.c.number).where(coils.c.coil_id == before))
                if number is None:
                    raise LookupError(f"there is no coil {before}")
                statement = statement.where(coils.c.number < number)
            return [rows.coil(r) for r in session.rows(statement)]

    def coil(self, coil_id: str) -> Coil:
        """The coil with this id, else the newest one with this name."""
        with self._snapshot() as session:
            return rows.coil(queries.coil_row(session, coil_id))

    def width_mm(self, coil_id: str) -> float:
        """The largest width of steel that was seen on the coil, in mm."""
        with self._snapshot() as session:
            return float(queries.coil_row(session, coil_id)["width_mm"])

    def summaries(self, listed: Sequence[Coil]) -> list[Summary]:
        """Totals, counts and decisions of coils, in the same order. The number of queries does not depend on the number of coils."""
        with self._snapshot() as session:
            if self._recipe is not None:
                return queries.summaries(session, listed, self._recipe)
            return alone.summaries(session, listed)

    def summary(self, coil: Coil) -> Summary:
        """Totals, counts and decision of one coil."""
        return self.summaries([coil])[0]

    def coverage(self, coil: Coil) -> list[Interval]:
        """The coverage of the strip. A line has the worst state that any camera gave it."""
        return strip_coverage(coil, list(self.camera_coverage(coil.coil_id).values()))

    def camera_coverage(self, coil_id: str) -> dict[str, list[Interval]]:
        """The coverage of each camera of a coil."""
        with self._snapshot() as session:
            return queries.coverages(session, [coil_id])[coil_id]

    def defects(self, coil_id: str, query: DefectQuery) -> list[tuple[int, Defect]]:
        """The defects that match the query, in the order in which they were finished, each with its cursor.

        Raises DeletedError if they were deleted.
        """
        wanted = [defects.c.coil_id == coil_id, defects.c.number > query.after, *_filters(query)]
        with self._snapshot() as session:
            deleting.refuse_deleted(session, coil_id)
            page = session.select(defects).where(*wanted).order_by(defects.c.number).limit(query.limit)
            return [(int(r["number"]), rows.defect(r)) for r in session.rows(page)]

    def places(self, coil_id: str) -> Places:
        """Where the defects of a coil lie. Raises DeletedError if they were deleted."""
        with self._snapshot() as session:
            return queries.places(session, coil_id)

    def periodic(self, coil_id: str) -> list[PeriodicDefect]:
        """The series of defects that repeat along a coil, from the head on."""
        with self._snapshot() as session:
            return queries.periodics(session, [coil_id])[coil_id]

    def states(self, coil_id: str) -> list[StateOfCoil]:
        """The states of the line in which a coil passed, from the head on, with what its recipe crops."""
        with self._snapshot() as session:
            coil = rows.coil(queries.coil_row(session, coil_id))
            recipe = recipes.of_coil(session, coil, self._recipe) or Recipe()
            lines = strip_coverage(coil, list(queries.coverages(session, [coil.coil_id])[coil.coil_id].values()))
            crops = Crops.of(recipe if coil.status is not Status.RUNNING else replace(recipe, crop_tail_m=0.0), coil.mm_per_line)
            passed = passing.of_coils(session, [coil.coil_id])[coil.coil_id]
            return states_of(passed, lines, crops, closed=coil.status is Status.FINAL)

    def origin(self, coil_id: str) -> list[PlacedCut]:
        """The cuts of which a coil was derived, from its head on; empty if cameras saw it."""
        with self._snapshot() as session:
            return queries.origin(session, coil_id)

    def pieces(self, coil_id: str) -> list[tuple[str, float, PlacedCut]]:
        """The cuts that were made of a coil, each with the id of its piece and its mm per line."""
        with self._snapshot() as session:
            return queries.pieces(session, coil_id)

    def overrides(self, coil_id: str) -> list[Override]:
        """What persons decided for a coil, oldest first."""
        with self._snapshot() as session:
            return queries.overrides(session, [coil_id])[coil_id]

    def decisions(self, coil_id: str) -> list[Revision]:
        """All decisions of skelp on a final coil, the first one first. Raises ConflictError if it is not final."""
        with self._snapshot() as session:
            return deciding.all_of(session, coil_id)

    def ruling(self, revision: Revision) -> Ruling:
        """What a decision followed from. Raises DeletedError if the coil's defects were deleted."""
        with self._snapshot() as session:
            return deciding.ruling(session, revision)

    def rulings(self, asked: Recipe, newest: int, query: CoilQuery = EVERY_COIL) -> list[tuple[Summary, Ruling | None]]:
        """What a recipe would decide on the newest final coils that match the query, the newest first; None where nobody can say."""
        with self._snapshot() as session:
            found = deciding.final_coils(session, queries.coil_filters(session, query), newest)
            decided = queries.summaries(session, found, self._recipe)
            return [(s, r) for s, (_, r) in zip(decided, deciding.rulings(session, found, asked), strict=True)]

    def chosen_models(self, *, limit: int) -> list[ChosenModel]:
        """The models that were chosen for the line, newest first."""
        with self._snapshot() as session:
            query = session.select(models).order_by(models.c.number.desc()).limit(limit)
            return [rows.chosen_model(row) for row in session.rows(query)]

    def model_history(self, *, limit: int) -> ModelHistory:
        """The models that were chosen for the line, and since which coil the one on it inspects."""
        with self._snapshot() as session:
            return model_history(session, limit)

    def shadow(self, coil_id: str) -> ShadowResult:
        """What a second model would have said about a coil. Raises LookupError if none saw it."""
        with self._snapshot() as session:
            found = session.rows(session.select(shadows).where(shadows.c.coil_id == coil_id))
            if not found:
                raise LookupError(f"no second model saw coil {coil_id}, or the coil has not ended")
            return rows.shadow(found[0])

    def shadows(self, *, limit: int) -> list[tuple[Coil, ShadowResult]]:
        """What a second model would have said about the newest coils that it saw, newest first."""
        with self._snapshot() as session:
            seen = session.select(shadows).where(shadows.c.coil_id == coils.c.coil_id).exists()
            found = session.rows(session.select(coils).where(seen).order_by(coils.c.number.desc()).limit(limit))
            ids = [row["coil_id"] for row in found]
            said = {row["coil_id"]: row for row in session.rows(session.select(shadows).where(shadows.c.coil_id.in_(ids)))}
            return [(rows.coil(row), rows.shadow(said[row["coil_id"]])) for row in found]

    def defect(self, defect_id: str) -> Defect:
        with self._snapshot() as session:
            return queries.find_defect(session, defect_id)

    def reviews(self, *, defect_id: str | None = None, coil_id: str | None = None, after: int = 0, limit: int = 1000) -> list[Review]:
        """Reviews of one defect, one coil or all, oldest first. `after`: last review_id of the page before."""
        with self._snapshot() as session:
            query = session.select(reviews).where(reviews.c.review_id > after).order_by(reviews.c.review_id).limit(limit)
            if defect_id is not None:
                query = query.where(reviews.c.defect_id == defect_id)
            if coil_id is not None:
                deleting.refuse_deleted(session, coil_id)
                query = query.join(defects, DEFECT_OF_REVIEW).where(defects.c.coil_id == coil_id)
            return [rows.review(r) for r in session.rows(query)]

    def standing_review(self, defect_id: str) -> StandingReview:
        """The standing review of one defect."""
        with self._snapshot() as session:
            found = queries.find_defect(session, defect_id)
            number = session.select(defects, defects.c.number).where(defects.c.defect_id == defect_id)
            found_reviews = queries.standing_reviews(session, number)
        return found_reviews[0][1] if found_reviews else standing_review(defect_id, found.class_name, [])

    def standing_reviews(self, coil_id: str, *, after: int, limit: int) -> list[tuple[int, StandingReview]]:
        """The standing review of each reviewed defect of a coil, with the defect's number. `after`: last number of the page before."""
        with self._snapshot() as session:
            deleting.refuse_deleted(session, coil_id)
            numbers = session.select(defects, defects.c.number).join(reviews, DEFECT_OF_REVIEW).distinct()
            page = numbers.where(defects.c.coil_id == coil_id, defects.c.number > after).order_by(defects.c.number).limit(limit)
            return queries.standing_reviews(session, page)

    def events(self, *, after: int, limit: int) -> list[Event]:
        """The events after number `after`, oldest first."""
        with self._snapshot() as session:
            query = session.select(events).where(events.c.seq > after).order_by(events.c.seq).limit(limit)
            return [rows.event(r) for r in session.rows(query)]

    def coils_with_defects(self, ended_before: datetime) -> list[str]:
        """The ids of final coils that ended before a time and still have defects, the oldest first."""
        with self._snapshot() as session:
            return deleting.coils_with_defects(session, iso(ended_before))

    def last_event_before(self, before: datetime) -> int:
        """The number up to which all events are older than a time; 0 if there is none. The newest event does not count."""
        with self._snapshot() as session:
            return deleting.last_event_before(session, iso(before))

    def passes(self, coil_id: str) -> list[Coil]:
        """All passes of a coil, in order, from the id of any of them; empty if there is none."""
        with self._snapshot() as session:
            return queries.passes(session, coil_id, by_name=False)

    def feed_id(self) -> str:
        """The identity of the station's event feed: a UUID that is made once."""
        with self._snapshot() as session:
            return feed_of(session.connection, session.station)

    def newest_event(self) -> int:
        """The number of the newest event; 0 if there is none."""
        with self._snapshot() as session:
            return int(session.scalar(session.select(events, sa.func.max(events.c.seq))) or 0)

    def letters_sent(self, webhook: str) -> int | None:
        """The number of the event up to which a webhook is done; None if it never was."""
        with self._snapshot() as session:
            return letters.sent(session, webhook)

    def dead_letters(self, webhook: str, *, again: bool | None = None) -> list[DeadLetter]:
        """The oldest events that a webhook gave up. `again`: only those that are to be sent again, or only the others."""
        with self._snapshot() as session:
            return letters.dead(session, webhook, again=again)

    def optics(self, *, limit: int) -> list[OpticsPoint]:
        """The newest `limit` readings of each camera, oldest first."""
        with self._snapshot() as session:
            return optics.trend(session, limit)


def _filters(query: DefectQuery) -> list[sa.ColumnElement[bool]]:
    along, end = defects.c.along_mm, defects.c.along_mm + defects.c.length_mm
    filters = {
        "class_name": lambda v: defects.c.class_name == v,
        "severity_min": lambda v: defects.c.severity >= v,
        "side": lambda v: defects.c.side == v,
        "from_m": lambda v: end >= v * 1000,
        "to_m": lambda v: along <= v * 1000,
    }
    given = {name: getattr(query, name) for name in filters}
    chosen = [filters[name](value) for name, value in given.items() if value is not None]
    return chosen if query.marks else [*chosen, defects.c.severity > MARK]
