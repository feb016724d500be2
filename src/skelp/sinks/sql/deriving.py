"""Reads what a derived coil is made of, and stores its results."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from skelp.domain.coilmap import Coil, Status
from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.cuts import Cut, PlacedCut
from skelp.domain.defect import Defect
from skelp.domain.moments import now
from skelp.domain.reasons import CoilOrderUnclear, CoilPersonWorse, Reason
from skelp.domain.recipe import Recipe
from skelp.domain.recipe_book import RecipeOf
from skelp.domain.recoiling import Breadth, Mother, Piece, made_of
from skelp.sinks.sql import deciding, deleting, queries, rows
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import coils, defects, intervals, origins, periodic

_ORDER = ("product", "customer")
"""What of a coil chooses its recipe."""


def resolved(session: Session, cuts: Sequence[Cut]) -> tuple[list[Cut], dict[str, Coil]]:
    """The cuts with the ids of their coils and with their ends, and these coils by id.

    Raises LookupError if a coil does not exist, ConflictError if it is not final.
    """
    found: dict[str, Coil] = {}
    ends_m: dict[str, float] = {}
    named: list[Cut] = []
    for cut in cuts:
        if cut.coil_id is None:
            named.append(cut)
            continue
        coil = rows.coil(queries.coil_row(session, cut.coil_id))
        if coil.status is not Status.FINAL:
            raise ConflictError(Conflict.NOT_FINAL, f"coil {coil.coil_id} is not final; wait until all its results are there")
        if coil.coil_id not in found:
            lines = max(queries.camera_ends(session, coil.coil_id).values(), default=0)
            found[coil.coil_id], ends_m[coil.coil_id] = coil, lines * coil.mm_per_line / 1000
        named.append(replace(cut, coil_id=coil.coil_id, to_m=ends_m[coil.coil_id] if math.isinf(cut.to_m) else cut.to_m))
    return named, found


def is_stored(session: Session, coil_id: str, cuts: Sequence[Cut], given: Mapping[str, Any]) -> bool:
    """Whether this coil was derived before, of the same cuts. Raises ConflictError if it was derived otherwise."""
    stored = queries.origin(session, coil_id)
    if not stored:
        return False
    if [place.cut for place in stored] != list(cuts):
        raise ConflictError(
            Conflict.COIL_DIFFERS,
            f"coil {coil_id} was derived already, of other cuts (GET /coils/{coil_id}/origin); give another piece another id",
        )
    row = queries.coil_row(session, coil_id)
    other = next((name for name, value in given.items() if row[name] != value), None)
    if other is not None:
        raise ConflictError(
            Conflict.COIL_DIFFERS,
            f"coil {coil_id} was derived with {other} {row[other]!r}, not {given[other]!r}; correct it with PATCH /coils/{coil_id}",
        )
    return True


def mothers(session: Session, cuts: Sequence[Cut], found: Mapping[str, Coil]) -> dict[str, Mother]:
    """What is recorded of the coils that are cut. Raises DeletedError if the defects of one were deleted."""
    ids = made_of(cuts)
    for coil_id in ids:
        deleting.refuse_deleted(session, coil_id)
    coverages, series = queries.coverages(session, ids), queries.periodics(session, ids)
    origins_of = {coil_id: queries.origin(session, coil_id) for coil_id in ids}
    return {
        coil_id: Mother(
            found[coil_id],
            coverages[coil_id],
            _breadths(session, found[coil_id], origins_of[coil_id]),
            _defects(session, coil_id),
            series[coil_id],
            was_cut=bool(origins_of[coil_id]),
        )
        for coil_id in ids
    }


def order_unclear(session: Session, cut: Collection[Coil], given: Collection[str], asked: Recipe, recipe_of: RecipeOf) -> list[Reason]:
    """The reason if a coil was welded of coils of several orders, nobody said which it is, and their recipes are not all `asked`.

    A coil that was cut may itself be of several orders.
    """
    of = [made for coil in cut for made in _of_one_order(session, coil)]
    named = [name for name in _ORDER if name not in given and len({getattr(c, name) for c in of}) > 1]
    if not named or all(recipe_of(c.product, c.customer) == asked for c in of):
        return []
    orders = dict.fromkeys(" / ".join(getattr(c, name) or "-" for name in named) for c in of)
    return [CoilOrderUnclear(", ".join(orders))]


def _of_one_order(session: Session, coil: Coil) -> list[Coil]:
    """The coil, or those that it is made of, if they are of several orders and it has none."""
    ids = made_of(place.cut for place in queries.origin(session, coil.coil_id))
    made = [c for coil_id in ids for c in _of_one_order(session, rows.coil(queries.coil_row(session, coil_id)))]
    unsaid = [name for name in _ORDER if not getattr(coil, name) and len({getattr(c, name) for c in made}) > 1]
    return made if unsaid else [coil]


def persons_worse(session: Session, coil_ids: Sequence[str]) -> list[Reason]:
    """A reason for each of these coils on which a person's last decision is worse than one of skelp's, and those that a coil among them
    was derived with.
    """
    said, first = queries.overrides(session, coil_ids), deciding.first_reasons(session, coil_ids)
    worse: list[Reason] = []
    for coil_id in coil_ids:
        worse += [reason for reason in first[coil_id] if isinstance(reason, CoilPersonWorse)]
        last = said[coil_id][-1] if said[coil_id] else None
        if last is not None and last.decision.rank > min(r.decision.rank for r in deciding.all_of(session, coil_id)):
            worse.append(CoilPersonWorse(coil_id, last.operator))
    return list(dict.fromkeys(worse))


def _defects(session: Session, coil_id: str) -> list[Defect]:
    query = session.select(defects).where(defects.c.coil_id == coil_id).order_by(defects.c.number)
    return [rows.defect(row) for row in session.rows(query)]


def _breadths(session: Session, coil: Coil, cuts: Sequence[PlacedCut]) -> list[Breadth]:
    """The width that was given, else the widest steel that was seen. A derived coil has that of each of its cuts."""
    mm = coil.mm_per_line
    if cuts:
        seen = (c for c in cuts if c.cut.coil_id is not None)
        return [Breadth(c.first_line * mm, (c.first_line + c.lines) * mm, c.width_mm) for c in seen]
    widest = session.scalar(session.select(coils, coils.c.width_mm).where(coils.c.coil_id == coil.coil_id))
    return [Breadth(0.0, math.inf, coil.strip_width_mm or widest or None)]


def store(session: Session, coil: Coil, piece: Piece) -> None:
    """Add a derived coil with its cuts and results. Its decision is still to come."""
    values = {"updated_at": now(), "width_mm": piece.width_mm, "line_rate_hz": 0.0}
    session.execute(session.insert(coils).values(**rows.of_coil(coil), **values))
    of = {"coil_id": coil.coil_id}
    covered = [of | {"camera": name} | rows.of_interval(i) for name, found in piece.coverages.items() for i in found]
    placed = [{"piece_id": coil.coil_id, "place": n} | rows.of_placed_cut(place) for n, place in enumerate(piece.cuts)]
    results: dict[sa.Table, list[rows.Columns]] = {
        origins: placed,
        intervals: covered,
        defects: [rows.of_defect(d) for d in piece.defects],
        periodic: [rows.of_periodic(p) for p in piece.periodic],
    }
    for table, found in results.items():
        if found:
            session.execute(session.insert(table), found)
