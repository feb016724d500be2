"""Routes of the event feed and the live picture."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Awaitable, Callable
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
from skelp.ports import FeedPage, LiveItems, RecordReader
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
        over, wanted = ended(request, stopping, wait_s), [Kind(kind) for kind in kinds.split(",") if kind]
        while True:
            page = await run_in_threadpool(partial(records.feed_page, after=after, limit=limit, kinds=wanted))
            _refuse_other_feed(page, after, feed_id)
            _refuse_hole(page, after)
            after = page.events[-1].seq if len(page.events) == limit else page.newest
            if page.events or not await changed(newest, partial(lt, after), over):
                return {"feed_id": page.feed_id, "events": [event_record(e) for e in page.events], "last": after}

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


def _refuse_other_feed(page: FeedPage, after: int, feed_id: str | None) -> None:
    """Raise ConflictError if `after` was not given by this feed: then its events would be missed."""
    if feed_id is not None and feed_id.lower() != page.feed_id:
        raise ConflictError(
            Conflict.FEED_OTHER,
            f"this station's feed is {page.feed_id}, not {feed_id}: its database was exchanged or restored, or it has another name; "
            "read this feed from after=0 with its feed_id",
        )
    if after > page.newest:
        raise ConflictError(
            Conflict.FEED_BEYOND,
            f"the newest event of this feed is {page.newest}, so it never gave number {after}: the database was exchanged or an older copy "
            "was restored; read this feed from after=0",
        )


def _refuse_hole(page: FeedPage, after: int) -> None:
    """Raise DeletedError if events between `after` and the next one were deleted. Numbers have no other holes."""
    if page.next is not None and page.next > after + 1:
        raise DeletedError(
            f"events {after + 1} to {page.next - 1} were deleted, because they were older than storage.retention.events_years; go on with "
            f"after={page.next - 1} and read what you missed from GET /coils",
            oldest=page.next,
        )
