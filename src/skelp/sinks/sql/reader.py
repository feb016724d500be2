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
from skelp.domain.moments import iso
from skelp.domain.override import Override
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.queries import EVERY_COIL, CoilQuery, DefectQuery
from skelp.domain.recipe import Recipe
from skelp.domain.review import Review, StandingReview, standing_review
from skelp.domain.revision import Revision
from skelp.domain.ruling import Ruling
from skelp.domain.stretches import Places
from skelp.ports import OpticsPoint
from skelp.sinks.sql import alone, deciding, deleting, ends, optics, passing, queries, recipes, rows
from skelp.sinks.sql.feed_reader import FeedReader
from skelp.sinks.sql.kept_reader import KeptReader
from skelp.sinks.sql.model_reader import ModelReader
from skelp.sinks.sql.tables import DEFECT_OF_REVIEW, coils, defects, reviews


class Reader(FeedReader, KeptReader, ModelReader):
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
            key, recipe = coil.coil_id, recipes.of_coil(session, coil, self._recipe) or Recipe()
            lines = strip_coverage(coil, list(queries.coverages(session, [key])[key].values()))
            cropped = recipe if coil.status is not Status.RUNNING else replace(recipe, crop_tail_m=0.0)
            crops = Crops.of(cropped, coil.mm_per_line, ends.ends_of(session, [key])[key])
            return states_of(passing.of_coils(session, [key])[key], lines, crops, closed=coil.status is Status.FINAL)

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
