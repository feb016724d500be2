"""Reads which ends of recorded coils a coil has that was cut or welded out of others."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from skelp.domain.cuts import Cut
from skelp.domain.ends import AS_SEEN, End, Ends
from skelp.sinks.sql import rows
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import coils, intervals, origins


def ends_of(session: Session, coil_ids: Sequence[str]) -> dict[str, Ends]:
    """The ends of each coil, by coil id."""
    query = session.select(origins, origins.c.piece_id).where(origins.c.piece_id.in_(coil_ids)).distinct()
    derived = {row["piece_id"] for row in session.rows(query)}
    return {i: Ends(_end(session, i, at_head=True), _end(session, i, at_head=False)) if i in derived else AS_SEEN for i in coil_ids}


def _end(session: Session, coil_id: str, *, at_head: bool) -> End | None:
    """The end that lies at a coil's head or tail, through any number of derivations."""
    while True:
        placed = session.select(origins).where(origins.c.piece_id == coil_id)
        found = session.rows(placed.order_by(origins.c.place if at_head else origins.c.place.desc()).limit(1))
        if not found:
            return End.HEAD if at_head else End.TAIL
        cut = rows.placed_cut(found[0]).cut
        at_head = at_head != cut.head_to_tail
        if cut.coil_id is None or not _reaches(session, cut, cut.coil_id, at_head=at_head):
            return None
        coil_id = cut.coil_id


def _reaches(session: Session, cut: Cut, coil_id: str, *, at_head: bool) -> bool:
    """Whether a cut begins at the first line of its coil, or ends behind the last one."""
    mm = float(session.scalar(session.select(coils, coils.c.mm_per_line).where(coils.c.coil_id == coil_id)))
    if at_head:
        return round(cut.from_m * 1000 / mm) == 0
    end = session.select(intervals, sa.func.max(intervals.c.first_line + intervals.c.lines)).where(intervals.c.coil_id == coil_id)
    return round(cut.to_m * 1000 / mm) == int(session.scalar(end) or 0)
