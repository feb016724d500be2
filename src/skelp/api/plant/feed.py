"""The feeds of all stations beside each other. Each has numbers of its own, so the cursor has one number for each feed (ADR 20)."""

from __future__ import annotations

import heapq
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from operator import ne
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from skelp.api.feed import Newest, changed, ended
from skelp.api.problem import invalid
from skelp.api.schema.base import MAX_EVENT
from skelp.api.schema.plant import PlantEventPage
from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.deleted import DeletedError
from skelp.domain.plant import StationEntry
from skelp.ports import Event, PlantReader
from skelp.render.records import event_record

_NUMBER = re.compile(r"(?P<feed>[0-9A-Za-z-]{1,64}):(?P<seq>[0-9]{1,19})")
Cursor = Annotated[str, Field(max_length=1 << 14, pattern=r"^[0-9A-Za-z:,-]*$")]
"""`last` of a page: FEED:NUMBER for each feed, separated by commas. Empty: from the beginning."""
Found = tuple[StationEntry, Event]


def router(reader: PlantReader, stopping: threading.Event) -> APIRouter:
    """The route /events. When the server stops, questions that wait are answered."""
    api = APIRouter(tags=["feed"])
    newest = Newest(reader.newest_events)

    @api.get("/events", response_model=PlantEventPage, response_model_exclude_none=True)
    async def list_plant_events(
        request: Request,
        after: Cursor = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        wait_s: Annotated[float, Query(ge=0, le=60)] = 0,
    ) -> Any:
        """Events of all stations after the cursor. Those of one station are in order and without holes; those of several are by time.

        If there are none, the response waits up to `wait_s` seconds for the next one. A station that is new begins with its first event.
        409 and 410 are as at a station.
        """
        handled = _parsed(after)
        if handled is None:
            return invalid([{"where": "query.after", "fault": "is no cursor; use `last` of the page before"}])
        over = ended(request, stopping, wait_s)
        while True:
            stations = await run_in_threadpool(reader.stations)
            _check(stations, handled)
            found = await run_in_threadpool(_page, reader, stations, handled, limit)
            known = {s.number: s.newest_event for s in stations}
            if found or not await changed(newest, partial(ne, known), over):
                return {
                    "events": [{"station": s.name, "feed_id": s.feed_id, "event": event_record(e)} for s, e in found],
                    "last": _written(handled | {s.feed_id: e.seq for s, e in found}),
                }

    return api


def _parsed(text: str) -> dict[str, int] | None:
    """The number of the last event that was handled, by feed; None if the text is no cursor."""
    parts = [_NUMBER.fullmatch(part) for part in text.split(",")] if text else []
    handled = {part["feed"].lower(): int(part["seq"]) for part in parts if part}
    return handled if len(handled) == len(parts) and all(n <= MAX_EVENT for n in handled.values()) else None


def _written(handled: Mapping[str, int]) -> str:
    return ",".join(f"{feed}:{number}" for feed, number in sorted(handled.items()))


def _check(stations: list[StationEntry], handled: Mapping[str, int]) -> None:
    """Raise ConflictError if a number was not given by a feed of this database: then events would be missed."""
    by_feed = {s.feed_id: s for s in stations}
    for feed, number in handled.items():
        station = by_feed.get(feed)
        if station is None:
            raise ConflictError(
                Conflict.FEED_OTHER,
                f"no station here has the feed {feed}: its database was exchanged or restored; take it out of `after`, which reads the "
                "feed that is there from its beginning",
            )
        if number > station.newest_event:
            raise ConflictError(
                Conflict.FEED_BEYOND,
                f"the newest event of {station.name}, feed {feed}, is {station.newest_event}, so it never gave number {number}: the "
                "database was exchanged or an older copy was restored; take that feed out of `after`, which reads it from its beginning",
            )


def _page(reader: PlantReader, stations: list[StationEntry], handled: Mapping[str, int], limit: int) -> list[Found]:
    """The next events of all feeds. Only feeds that have newer ones are read."""
    waiting = [s for s in stations if s.newest_event > handled.get(s.feed_id, 0)]
    feeds = [(s, reader.records(s).events(after=handled.get(s.feed_id, 0), limit=limit)) for s in waiting]
    _refuse_holes(feeds, handled)
    merged = heapq.merge(*(_of(s, found) for s, found in feeds), key=lambda found: found[1].time)  # keeps the order of each feed
    return [found for found, _ in zip(merged, range(limit), strict=False)]


def _of(station: StationEntry, found: Sequence[Event]) -> Iterator[Found]:
    return ((station, event) for event in found)


def _refuse_holes(feeds: Sequence[tuple[StationEntry, Sequence[Event]]], handled: Mapping[str, int]) -> None:
    """Raise DeletedError if events between the cursor and the first ones found were deleted, with the cursor that goes on behind them."""
    holes = [(s, handled.get(s.feed_id, 0) + 1, found[0].seq - 1) for s, found in feeds if found]
    holes = [(s, first, last) for s, first, last in holes if first <= last]
    if holes:
        named = ", ".join(f"{s.name} {first} to {last}" for s, first, last in holes)
        raise DeletedError(
            f"events were deleted, because they were older than storage.retention.events_years: {named}; go on with the `after` of this "
            "answer, and read what you missed from GET /coils",
            after=_written({**handled, **{s.feed_id: last for s, _, last in holes}}),
        )
