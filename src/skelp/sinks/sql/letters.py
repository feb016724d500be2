"""How far each webhook is in the feed, and the letters that it gave up."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from skelp.domain.moments import now
from skelp.domain.webhooks import DeadLetter
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.tables import dead_letters, webhooks

_MOST_SHOWN = 100
_LENGTH = 300
"""Characters of an error that are stored."""


def sent(session: Session, name: str) -> int | None:
    """The number of the event up to which a webhook is done; None if it never was."""
    found = session.scalar(session.select(webhooks, webhooks.c.sent).where(webhooks.c.name == name))
    return None if found is None else int(found)


def set_sent(session: Session, name: str, seq: int) -> None:
    """Note that a webhook is done with all events up to this one."""
    if not session.execute(session.update(webhooks).where(webhooks.c.name == name).values(sent=seq)).rowcount:
        session.execute(session.insert(webhooks).values(name=name, sent=seq))


def bury(session: Session, name: str, seq: int, error: str) -> None:
    """Note that a letter was given up."""
    values = {"at": now(), "error": error[:_LENGTH], "again": False}
    if not session.execute(session.update(dead_letters).where(_this(name, seq)).values(**values)).rowcount:
        session.execute(session.insert(dead_letters).values(name=name, seq=seq, **values))


def remove(session: Session, name: str, seq: int) -> None:
    """Remove a letter that was given up, because it was sent."""
    session.execute(session.delete(dead_letters).where(_this(name, seq)))


def revive(session: Session, name: str) -> int:
    """Have all letters that were given up sent again. Returns their number."""
    return session.execute(session.update(dead_letters).where(dead_letters.c.name == name).values(again=True)).rowcount


def dead(session: Session, name: str, *, again: bool | None = None) -> list[DeadLetter]:
    """The oldest letters that were given up. `again`: only those that are to be sent again, or only the others."""
    query = session.select(dead_letters).where(dead_letters.c.name == name).order_by(dead_letters.c.seq).limit(_MOST_SHOWN)
    if again is not None:
        query = query.where(dead_letters.c.again.is_(again))
    return [DeadLetter(r["seq"], datetime.fromisoformat(r["at"]), r["error"], r["again"]) for r in session.rows(query)]


def _this(name: str, seq: int) -> sa.ColumnElement[bool]:
    return (dead_letters.c.name == name) & (dead_letters.c.seq == seq)
