"""Routes of the event feed and the live picture."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from skelp.api.schema.base import Cursor, Position
from skelp.api.schema.feed import EventPage
from skelp.api.services import Services
from skelp.domain.errors import SkelpError
from skelp.ports import RecordReader
from skelp.render.pictures import live_jpeg
from skelp.render.records import event_record

_POLL_S = 0.2


def router(s: Services) -> APIRouter:
    """Routes /events and /live.jpg."""
    api = APIRouter(tags=["feed"])

    @api.get("/events", response_model=EventPage, response_model_exclude_none=True)
    async def events(
        request: Request,
        after: Position = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        wait_s: Annotated[float, Query(ge=0, le=60, allow_inf_nan=False)] = 0,
        feed_id: Annotated[Cursor | None, Query()] = None,
    ) -> Any:
        """Events after number `after`. If there are none, the response waits up to `wait_s` seconds for the next event.

        409 if the feed has another `feed_id`, or never had the number `after`: the station has another database.
        """
        feed = await run_in_threadpool(_checked_feed, s.records, feed_id, after)
        until = time.monotonic() + wait_s
        while True:
            found = await run_in_threadpool(s.records.events, after=after, limit=limit)
            if found or time.monotonic() >= until or await request.is_disconnected():
                return {"events": [event_record(e) for e in found], "last": found[-1].seq if found else after, "feed_id": feed}
            await asyncio.sleep(_POLL_S)

    @api.get("/live.jpg", response_class=Response, responses={200: {"content": {"image/jpeg": {}}}})
    def live(width: Annotated[int, Query(ge=64, le=4096)] = 1280) -> Response:
        """The newest picture, with the outlines of defects. X-Age-Seconds is its age: an old picture is not a live one.

        X-Camera is percent-encoded, because a header has ASCII only.
        """
        picture = s.live.latest()
        if picture is None:
            raise LookupError("no picture yet: no line has been inspected since the station started")
        age = (time.monotonic_ns() - picture.time_ns) / 1e9
        headers = {
            "Cache-Control": "no-store",
            "X-Age-Seconds": f"{age:.3f}",
            "X-Coil-Id": quote(picture.coil_id),
            "X-Camera": quote(picture.camera),
            "X-First-Line": str(picture.first_line),
        }
        return Response(live_jpeg(picture, width=width), media_type="image/jpeg", headers=headers)

    return api


def _checked_feed(records: RecordReader, wanted: str | None, after: int) -> str:
    """The feed's id. Raises SkelpError if the client's numbers are those of another feed: it would wait for ever, or miss events."""
    feed = records.feed_id()
    if wanted is not None and wanted != feed:
        raise SkelpError(f"this feed is {feed}, not {wanted}: the station has another database; read the feed again from after=0")
    newest = records.newest_event() if after else 0
    if after > newest:
        raise SkelpError(f"this feed has had no event {after}, its newest is {newest}: the number is of another feed; read from after=0")
    return feed
