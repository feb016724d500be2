"""Reads the feed, and how far those are who follow it: webhooks, and connections to the plant's systems."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from skelp.domain.connections import ConnectionStatus
from skelp.domain.events import Kind
from skelp.domain.webhooks import DeadLetter
from skelp.ports import Event, FeedPage
from skelp.sinks.sql import connections, letters, rows
from skelp.sinks.sql.reading import StationReader
from skelp.sinks.sql.session import Session
from skelp.sinks.sql.stations import feed_of
from skelp.sinks.sql.tables import events


class FeedReader(StationReader):
    """The part of `Reader` that is about the feed."""

    def events(self, *, after: int, limit: int) -> list[Event]:
        """The events after number `after`, oldest first."""
        with self._snapshot() as session:
            return _after(session, after, limit)

    def feed_page(self, *, after: int, limit: int, kinds: Collection[Kind] = ()) -> FeedPage:
        """The same, only those of these kinds if any are given, with what a follower must know of the feed.

        It is one transaction, because programs ask for it many times a second.
        """
        with self._snapshot() as session:
            mine, newest = feed_of(session.connection, session.station), _newest(session)
            if after >= newest:
                return FeedPage(mine, newest, None, [])
            found = _after(session, after, limit, kinds)
            first = found[0].seq if found and not kinds else session.scalar(_first(session, after))
            return FeedPage(mine, newest, first, found)

    def feed_id(self) -> str:
        """The identity of the station's event feed: a UUID that is made once."""
        with self._snapshot() as session:
            return feed_of(session.connection, session.station)

    def newest_event(self) -> int:
        """The number of the newest event; 0 if there is none."""
        with self._snapshot() as session:
            return _newest(session)

    def letters_sent(self, webhook: str) -> int | None:
        """The number of the event up to which a webhook is done; None if it never was."""
        with self._snapshot() as session:
            return letters.sent(session, webhook)

    def dead_letters(self, webhook: str, *, again: bool | None = None) -> list[DeadLetter]:
        """The oldest events that a webhook gave up. `again`: only those that are to be sent again, or only the others."""
        with self._snapshot() as session:
            return letters.dead(session, webhook, again=again)

    def connections(self) -> list[ConnectionStatus]:
        """The connections to the plant's systems, by name, as they were stored last."""
        with self._snapshot() as session:
            return connections.every(session)


def _after(session: Session, after: int, limit: int, kinds: Collection[Kind] = ()) -> list[Event]:
    query = session.select(events).where(events.c.seq > after).order_by(events.c.seq).limit(limit)
    if kinds:
        query = query.where(events.c.kind.in_([kind.value for kind in kinds]))
    return [rows.event(r) for r in session.rows(query)]


def _newest(session: Session) -> int:
    return int(session.scalar(session.select(events, sa.func.max(events.c.seq))) or 0)


def _first(session: Session, after: int) -> sa.Select[Any]:
    return session.select(events, sa.func.min(events.c.seq)).where(events.c.seq > after)
