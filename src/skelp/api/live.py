"""The live WebSocket: pictures of the strip as they pass, the station's status, alarms and events. docs/console.md describes it.

The viewer says how many pictures it can take. Pictures that it cannot take are overwritten; gaps in their numbers show it.
"""

from __future__ import annotations

import asyncio
import json
import struct
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketState

from skelp.api.alarms import Alarms
from skelp.api.services import Services
from skelp.domain.outcome import Picture
from skelp.ports import Event, NotInspected
from skelp.render.pictures import reduced
from skelp.render.records import alarm_record, event_record, passed_record, station_record

PROTOCOL = "skelp.live.1"
SCALES = (1 / 16, 1 / 12, 1 / 8, 1 / 6, 1 / 4, 1 / 3, 1 / 2, 1.0)
"""Pictures are made in these sizes, so that viewers share them."""
_TICK_S = 0.04
SEND_EVERY_S = 0.5
_MOST_EVENTS = 200
_PIECES = 64


class Take(BaseModel):
    """What a viewer sends: so many pictures more, of this size at most."""

    model_config = ConfigDict(extra="forbid")

    take: int = Field(ge=0, le=64)
    scale: float = Field(1 / 4, gt=0, le=1)


class Pieces:
    """Encoded pieces, made once for all viewers of a size."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[int, float], bytes] = OrderedDict()

    def ready(self, seq: int, scale: float) -> bytes | None:
        """A piece that another viewer has asked for already."""
        return self._made.get((seq, scale))

    def of(self, seq: int, picture: Picture, scale: float) -> bytes:
        """Header length, header, JPEG."""
        key = (seq, scale)
        if key not in self._made:
            jpeg, outlines = reduced(picture, scale)
            header = {
                "kind": "lines",
                "seq": seq,
                "camera": picture.camera,
                "coil_id": picture.coil_id,
                "first_line": picture.first_line,
                "lines": picture.pixels.shape[0],
                "scale": scale,
                "edges": [round(picture.left_px, 1), round(picture.right_px, 1)],
                "seen_ms_ago": round((time.monotonic_ns() - picture.time_ns) / 1e6),
                "outlines": [{"class": o.class_name, "points": o.points} for o in outlines],
            }
            body = _json(header).encode()
            self._made[key] = struct.pack("<I", len(body)) + body + jpeg
            while len(self._made) > _PIECES:
                self._made.popitem(last=False)
        return self._made[key]


class News:
    """What all viewers receive: station, alarms and events. They are read once every SEND_EVERY_S, however many viewers there are."""

    def __init__(self, s: Services, alarms: Alarms) -> None:
        self._s, self._alarms = s, alarms
        self._lock = threading.Lock()
        self._until, self._text = 0.0, ""
        self._events: deque[Event] = deque(maxlen=_MOST_EVENTS)
        self._newest: int | None = None

    @property
    def stale(self) -> bool:
        return time.monotonic() >= self._until

    def refresh(self) -> None:
        """Read station, alarms and feed again, unless another viewer just has."""
        with self._lock:
            if self.stale:
                self._refresh()

    def _refresh(self) -> None:
        if self._newest is None:
            self._newest = self._s.records.newest_event()
        news = self._s.records.events(after=self._newest, limit=_MOST_EVENTS)
        if news:
            self._newest = news[-1].seq
            self._events += news
        station = {"kind": "station", "station": station_record(self._s.status())}
        self._text = _json(station | {"alarms": [alarm_record(a) for a in self._alarms.now()]})
        self._until = time.monotonic() + SEND_EVERY_S  # last: whoever sees that it is fresh finds the text

    @property
    def station(self) -> str:
        return self._text

    @property
    def newest(self) -> int:
        return self._newest or 0

    def events(self, after: int) -> str | None:
        """The events after a number, if there are any."""
        news = [event_record(e) for e in self._events if e.seq > after]
        return _json({"kind": "events", "events": news}) if news else None


def _json(message: dict[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":"))


class _Viewer:
    """One connection. `receive` and `send` run side by side until it closes."""

    def __init__(self, socket: WebSocket, s: Services, pieces: Pieces, news: News) -> None:
        self._socket, self._s, self._pieces, self._news = socket, s, pieces, news
        self._credit, self._scale, self._seen = 0, SCALES[2], 0
        self._event: int | None = None

    async def receive(self) -> None:
        """Take the viewer's requests for pictures."""
        while True:
            try:
                asked = Take.model_validate_json(await self._socket.receive_text())
            except ValidationError:
                await self._socket.close(1007, 'expected {"take": 0 to 64, "scale": 0 to 1}')
                return
            self._credit = min(64, self._credit + asked.take)
            self._scale = max((s for s in SCALES if s <= asked.scale), default=SCALES[0])

    async def send(self) -> None:
        """Send what is new."""
        next_news = 0.0
        while True:
            if time.monotonic() >= next_news:
                next_news = time.monotonic() + SEND_EVERY_S
                await self._send_news()
            await self._send_strip()
            await asyncio.sleep(_TICK_S)

    async def _send_news(self) -> None:
        if self._news.stale:
            await run_in_threadpool(self._news.refresh)
        await self._socket.send_text(self._news.station)
        news = None if self._event is None else self._news.events(self._event)
        self._event = self._news.newest
        if news:
            await self._socket.send_text(news)

    async def _send_strip(self) -> None:
        shown = self._s.live.after(self._seen)
        chosen = self._chosen([i.seq for i in shown if isinstance(i.content, Picture)])
        for item in shown:
            if isinstance(item.content, NotInspected):
                await self._socket.send_text(_json(passed_record(item.content)))
            elif self._credit <= 0:
                return  # the viewer takes no more now; what it misses is overwritten
            elif item.seq in chosen:
                self._credit -= 1
                piece = self._pieces.ready(item.seq, self._scale)
                if piece is None:
                    piece = await run_in_threadpool(self._pieces.of, item.seq, item.content, self._scale)
                await self._socket.send_bytes(piece)
            self._seen = item.seq

    def _chosen(self, pictures: list[int]) -> set[int]:
        """Which pictures to send if there are more than the viewer takes: first those that are encoded already, then the newest."""
        by_cost = sorted(pictures, key=lambda seq: (self._pieces.ready(seq, self._scale) is not None, seq))
        return set(by_cost[-self._credit :])


def router(s: Services, alarms: Alarms) -> APIRouter:
    """The route /live."""
    api = APIRouter()
    pieces, news = Pieces(), News(s, alarms)

    @api.websocket("/live")
    async def live(socket: WebSocket) -> None:
        if PROTOCOL not in socket.scope.get("subprotocols", []):
            await socket.close(1002, f"ask for the subprotocol {PROTOCOL}")
            return
        await socket.accept(PROTOCOL)
        viewer = _Viewer(socket, s, pieces, news)
        try:
            async with anyio.create_task_group() as both:
                for work in (viewer.receive, viewer.send):
                    both.start_soon(_first_to_end, work, both.cancel_scope)
        except* WebSocketDisconnect:
            pass  # the viewer has gone
        except* RuntimeError:
            if socket.application_state is not WebSocketState.DISCONNECTED:
                raise  # otherwise one task closed the connection while the other was sending

    return api


async def _first_to_end(work: Callable[[], Awaitable[None]], scope: anyio.CancelScope) -> None:
    """Run one of a connection's tasks; when it ends, the other is cancelled. A read of the database that runs in a thread is waited for."""
    await work()
    scope.cancel()
