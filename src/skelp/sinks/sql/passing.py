"""Reads and writes in which states of the line coils passed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from skelp.domain.coilmap import Status
from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.line_state import KnownBy, LineState, Passage
from skelp.domain.moments import iso, now
from skelp.sinks.sql.line_tables import passages
from skelp.sinks.sql.session import Session

MOST_TOLD = 1000
"""States that the MES may tell of one coil. A MES that tells more repeats itself, and would make the coil slow to read and to decide on."""


def of_coils(session: Session, coil_ids: Sequence[str]) -> dict[str, list[Passage]]:
    """The passages of each coil, from the head on, by coil id."""
    found: dict[str, list[Passage]] = {coil_id: [] for coil_id in coil_ids}
    order = (passages.c.first_line, passages.c.known_by, passages.c.number)
    for row in session.rows(session.select(passages).where(passages.c.coil_id.in_(coil_ids)).order_by(*order)):
        found[row["coil_id"]].append(_passage(row))
    return found


def record(session: Session, coil_id: str, passage: Passage) -> bool:
    """Add a passage, or update the one with its number. Returns True if it is new, or tells of another state."""
    key = {"coil_id": coil_id, "known_by": passage.by.value, "number": passage.number}
    its = [passages.c[name] == value for name, value in key.items()]
    stored = session.rows(session.select(passages, passages.c.state).where(*its))
    if stored:
        session.execute(session.update(passages).where(*its).values(**_columns(passage)))
        return bool(stored[0]["state"] != passage.state.value)
    session.execute(session.insert(passages).values(**key, **_columns(passage)))
    return True


def welds(session: Session, coil_ids: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
    """The first line, and the one after the last, of the weld seams that the MES told of each coil, by coil id."""
    told = (passages.c.state == LineState.WELD_SEAM.value) & (passages.c.known_by == KnownBy.MES.value)
    query = session.select(passages).where(passages.c.coil_id.in_(coil_ids), told).order_by(passages.c.number)
    found: dict[str, list[tuple[int, int]]] = {coil_id: [] for coil_id in coil_ids}
    for row in session.rows(query):
        found[row["coil_id"]].append((row["first_line"], row["first_line"] + row["lines"]))
    return found


def told(session: Session, coil: sa.RowMapping, state: LineState, first_line: int, lines: int) -> tuple[Passage, bool]:
    """The passage of a state that the MES tells, and whether it is new. A MES that got no answer may tell the same again.

    Raises ConflictError if it is new and the coil is final, which was decided without it, or if MOST_TOLD states were told of the coil.
    """
    by_mes = (passages.c.coil_id == coil["coil_id"]) & (passages.c.known_by == KnownBy.MES.value)
    same = (passages.c.state == state.value) & (passages.c.first_line == first_line) & (passages.c.lines == lines)
    for row in session.rows(session.select(passages).where(by_mes, same).limit(1)):
        return _passage(row), False
    if coil["status"] == Status.FINAL.value:
        raise ConflictError(
            Conflict.COIL_OVER, f"coil {coil['coil_id']} is final, so it was decided without this state; tell it while the coil runs"
        )
    number = int(session.scalar(session.select(passages, sa.func.count()).where(by_mes)))
    if number >= MOST_TOLD:
        raise ConflictError(
            Conflict.TOO_MANY_STATES, f"{number} states were told of coil {coil['coil_id']}, which are as many as one takes"
        )
    return Passage(number, state, KnownBy.MES, first_line, lines, datetime.fromisoformat(now())), True


def _passage(row: sa.RowMapping) -> Passage:
    began = row["started_at"]
    return Passage(
        row["number"],
        LineState(row["state"]),
        KnownBy(row["known_by"]),
        row["first_line"],
        row["lines"],
        datetime.fromisoformat(began) if began else None,
        row["seconds"],
        row["again_lines"],
        row["slowest_m_s"],
        row["fastest_m_s"],
    )


def _columns(passage: Passage) -> dict[str, Any]:
    names = ("first_line", "lines", "again_lines", "slowest_m_s", "fastest_m_s")
    rounded = None if passage.seconds is None else round(passage.seconds, 3)
    began = iso(passage.started_at) if passage.started_at else None
    return {name: getattr(passage, name) for name in names} | {"state": passage.state.value, "seconds": rounded, "started_at": began}
