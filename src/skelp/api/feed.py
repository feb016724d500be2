"""Routes of the event feed and the live picture."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from operator import lt
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from skelp.api.answers import picture
from skelp.api.schema.base import EventNumber, FeedId
from skelp.api.schema.feed import EventPage
from skelp.domain.conflicts import Conflict, ConflictError
from skelp.domain.deleted import DeletedError
from skelp.domain.events import Kind
from skelp.ports import Event, LiveItems, RecordReader
from skelp.render.pictures import live_jpeg
from skelp.render.records import event_record

POLL_S = 0.2
_KIND = "|".join(re.escape(kind) for kind in Kind)
_KINDS = rf"^(({_KIND})(,({_KIND}))*)?$"
T = TypeVar("T")
_SAID = {
    "X_Age_Seconds": "Time since the lines were seen, s.",
    "X_Coil_Id": "The coil of the lines.",
    "X_Camera": "The camera, percent-encoded.",
    "X_First_Line": "First line of the picture, counted from 0 at the coil's head.",
}
"""What the headers of a live picture say."""


def router(records: RecordReader, stopping: threading.Event) -> APIRouter:
    """The route of the events. When the server stops, questions that wait are answered."""
    api = APIRouter(tags=["feed"])
    newest = Newest(records.newest_event)

    @api.get("/events", response_model=EventPage, response_model_exclude_none=True)
    async def list_events(
        request: Request,
        after: EventNumber = 0,
        feed_id: Annotated[FeedId | None, Query()] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        wait_s: Annotated[float, Query(ge=0, le=60)] = 0,
        kinds: Annotated[str, Query(max_length=2000, pattern=_KINDS)] = "",
    ) -> Any:
        """Events after number `after`. If there are none, the response waits up to `wait_s` seconds for the next event.

        `kinds`, separated by commas: only events of these kinds. Then their numbers have holes, and `last` counts the others too.
        `feed_id` is that of the page before. Another feed, or a number that this feed never gave, is refused with 409. If events after
        `after` were deleted, the answer is 410 with the number of the `oldest` event that is there.
        """
        mine = await run_in_threadpool(_checked, records, after, feed_id)
        over = ended(request, stopping, wait_s)
        while True:
            found, after = await run_in_threadpool(_page, records, after, limit, [Kind(kind) for kind in kinds.split(",") if kind])
            if found or not await changed(newest, partial(lt, after), over):
                return {"feed_id": mine, "events": [event_record(e) for e in found], "last": after}

    return api


def ended(request: Request, stopping: threading.Event, wait_s: float) -> Callable[[], Awaitable[bool]]:
    """Whether a question that waits must be answered: its time is over, the server stops, or nobody listens any more."""
    until = time.monotonic() + wait_s

    async def over() -> bool:
        return time.monotonic() >= until or stopping.is_set() or await request.is_disconnected()

    return over


class Newest(Generic[T]):
    """The number of the newest event, or those of several feeds, read at most once in POLL_S however many programs wait for the next."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read, self._lock = read, threading.Lock()
        self._newest: tuple[float, T] | None = None

    async def now(self) -> T:
        known = self._newest
        return known[1] if known is not None and time.monotonic() - known[0] < POLL_S else await run_in_threadpool(self._again)

    def _again(self) -> T:
        with self._lock:
            if self._newest is None or time.monotonic() - self._newest[0] >= POLL_S:
                self._newest = time.monotonic(), self._read()
            return self._newest[1]


async def changed(newest: Newest[T], is_new: Callable[[T], bool], over: Callable[[], Awaitable[bool]]) -> bool:
    """Wait for something new. False if the question ended before."""
    while not await over():
        if is_new(await newest.now()):
            return True
        await asyncio.sleep(POLL_S)
    return False


def _page(records: RecordReader, after: int, limit: int, kinds: Collection[Kind]) -> tuple[list[Event], int]:
    """The next events, of these kinds if any are given, and the number of the last event that was looked at."""
    if not kinds:
        found = records.events(after=after, limit=limit)
        _refuse_hole(after, found)
        return found, found[-1].seq if found else after
    newest = records.newest_event()
    _refuse_hole(after, records.events(after=after, limit=1))
    found = records.events(after=after, limit=limit, kinds=kinds)
    last = found[-1].seq if found else after
    return found, last if len(found) == limit else max(last, newest)


def pictures(live: LiveItems) -> APIRouter:
    """The route of the newest picture."""
    api = APIRouter(tags=["feed"])

    @api.get("/live.jpg", response_class=Response, responses=picture("image/jpeg", **_SAID))
    def get_live_picture(width: Annotated[int, Query(ge=64, le=4096)] = 1280) -> Response:
        """The newest picture, with the outlines of defects. X-Age-Seconds is its age: an old picture is not a live one."""
        newest = live.latest()
        if newest is None:
            raise LookupError("no picture yet: no line has been inspected since the station started")
        age = (time.monotonic_ns() - newest.time_ns) / 1e9
        headers = {
            "Cache-Control": "no-store",
            "X-Age-Seconds": f"{age:.3f}",
            "X-Coil-Id": newest.coil_id,
            "X-Camera": quote(newest.camera, safe=" "),  # a header is ASCII, and a camera may have a Korean name
            "X-First-Line": str(newest.first_line),
        }
        return Response(live_jpeg(newest, width=width), media_type="image/jpeg", headers=headers)

    return api


def _refuse_hole(after: int, found: Sequence[Event]) -> None:
    """Raise DeletedError if events between `after` and the first one found were deleted. Numbers have no other holes."""
    if found and found[0].seq > after + 1:
        oldest = found[0].seq
        raise DeletedError(
            f"events {after + 1} to {oldest - 1} were deleted, because they were older than storage.retention.events_years; go on with "
            f"after={oldest - 1} and read what you missed from GET /coils",
            oldest=oldest,
        )


def _checked(records: RecordReader, after: int, feed_id: str | None) -> str:
    """The identity of the feed. Raises ConflictError if `after` was not given by it: then its events would be missed."""
    mine = records.feed_id()
    if feed_id is not None and feed_id.lower() != mine:
        raise ConflictError(
            Conflict.FEED_OTHER,
            f"this station's feed is {mine}, not {feed_id}: its database was exchanged or restored, or it has another name; "
            "read this feed from after=0 with its feed_id",
        )
    newest = records.newest_event()
    if after > newest:
        raise ConflictError(
            Conflict.FEED_BEYOND,
            f"the newest event of this feed is {newest}, so it never gave number {after}: the database was exchanged or an older copy "
            "was restored; read this feed from after=0",
        )
    return mine
