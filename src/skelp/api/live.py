"""The live WebSocket: pictures of the running strip, the station's status, alarms and events. docs/console.md describes it.

A viewer requests a number of pictures. Pictures that no viewer requests are overwritten. A gap in `seq` shows that some are missing.
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
from skelp.domain.errors import RecordsError
from skelp.domain.outcome import Picture
from skelp.ports import Event, NotInspected
from skelp.render.pictures import reduced
from skelp.render.records import alarm_record, event_record, not_inspected_record, station_record

PROTOCOL = "skelp.live.1"
SCALES = (1 / 16, 1 / 12, 1 / 8, 1 / 6, 1 / 4, 1 / 3, 1 / 2, 1.0)
"""The sizes of live pictures, as shares of the camera's. Viewers of the same size share encoded pictures."""
_TICK_S = 0.04
SEND_EVERY_S = 0.5
"""Interval at which viewers receive status, alarms and events."""
_MAX_EVENTS = 200
_CACHED_PICTURES = 64


class Take(BaseModel):
    """The message of a viewer: it requests `take` more pictures, at most `scale` times as large as the camera's."""

    model_config = ConfigDict(extra="forbid")

    take: int = Field(ge=0, le=64)
    scale: float = Field(1 / 4, gt=0, le=1)


class EncodedPictures:
    """Encoded pictures. A picture is encoded once for all viewers that use the same scale."""

    def __init__(self) -> None:
        self._encoded: OrderedDict[tuple[int, float], bytes] = OrderedDict()

    def ready(self, seq: int, scale: float) -> bytes | None:
        """The encoded picture, if it was already encoded for another viewer; else None."""
        return self._encoded.get((seq, scale))

    def of(self, seq: int, picture: Picture, scale: float) -> bytes:
        """The message of a picture: length of the header (uint32, little-endian), header in JSON, grey JPEG."""
        key = (seq, scale)
        if key not in self._encoded:
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
            self._encoded[key] = struct.pack("<I", len(body)) + body + jpeg
            while len(self._encoded) > _CACHED_PICTURES:
                self._encoded.popitem(last=False)
        return self._encoded[key]


class Updates:
    """Status, alarms and events, which all viewers receive. They are read once in SEND_EVERY_S for all viewers together."""

    def __init__(self, s: Services, alarms: Alarms) -> None:
        self._s, self._alarms = s, alarms
        self._lock = threading.Lock()
        self._until, self._text = 0.0, ""
        self._events: deque[Event] = deque(maxlen=_MAX_EVENTS)
        self._newest: int | None = None

    @property
    def stale(self) -> bool:
        """Whether SEND_EVERY_S have passed since the last reading."""
        return time.monotonic() >= self._until

    def refresh(self) -> None:
        """Read status, alarms and feed again, unless another viewer has done so."""
        with self._lock:
            if self.stale:
                self._refresh()

    def _refresh(self) -> None:
        if self._newest is None:
            self._newest = self._s.records.newest_event()
        new = self._s.records.events(after=self._newest, limit=_MAX_EVENTS)
        if new:
            self._newest = new[-1].seq
            self._events += new
        station = {"kind": "station", "station": station_record(self._s.status())}
        self._text = _json(station | {"alarms": [alarm_record(a) for a in self._alarms.now()]})
        self._until = time.monotonic() + SEND_EVERY_S  # set last, so that a thread that finds it fresh also finds the new text

    @property
    def station(self) -> str:
        """The message with status and alarms, in JSON."""
        return self._text

    @property
    def newest(self) -> int:
        """Number of the newest event that was read; 0 without one."""
        return self._newest or 0

    def events(self, after: int) -> str | None:
        """The message with the events after number `after`, in JSON; None if there are none."""
        new = [event_record(e) for e in self._events if e.seq > after]
        return _json({"kind": "events", "events": new}) if new else None


def _json(message: dict[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":"))


class _Viewer:
    """One connection. `receive` and `send` run concurrently until it closes."""

    def __init__(self, socket: WebSocket, s: Services, encoded: EncodedPictures, updates: Updates) -> None:
        self._socket, self._s, self._encoded, self._updates = socket, s, encoded, updates
        self._credit, self._scale, self._sent = 0, SCALES[2], 0
        self._event: int | None = None

    async def receive(self) -> None:
        """Receive the viewer's requests. A wrong message closes the connection with code 1007."""
        while True:
            try:
                request = Take.model_validate_json(await self._socket.receive_text())
            except (ValidationError, KeyError):  # Starlette raises KeyError for a binary message
                await self._socket.close(1007, 'expected {"take": 0 to 64, "scale": 0 to 1}')
                return
            self._credit = min(64, self._credit + request.take)
            self._scale = max((s for s in SCALES if s <= request.scale), default=SCALES[0])

    async def send(self) -> None:
        """Send new pictures, lines that were not inspected, status, alarms and events."""
        next_update = 0.0
        while True:
            if time.monotonic() >= next_update:
                next_update = time.monotonic() + SEND_EVERY_S
                await self._send_updates()
            await self._send_strip()
            await asyncio.sleep(_TICK_S)

    async def _send_updates(self) -> None:
        if self._updates.stale:
            await run_in_threadpool(self._updates.refresh)
        await self._socket.send_text(self._updates.station)
        events = None if self._event is None else self._updates.events(self._event)
        self._event = self._updates.newest
        if events:
            await self._socket.send_text(events)

    async def _send_strip(self) -> None:
        items = self._s.live.after(self._sent)
        chosen = self._chosen([i.seq for i in items if isinstance(i.content, Picture)])
        for item in items:
            if isinstance(item.content, NotInspected):
                await self._socket.send_text(_json(not_inspected_record(item.content)))
            elif self._credit <= 0:
                return  # the viewer has requested no more; later pictures may be overwritten
            elif item.seq in chosen:
                self._credit -= 1
                message = self._encoded.ready(item.seq, self._scale)
                if message is None:
                    message = await run_in_threadpool(self._encoded.of, item.seq, item.content, self._scale)
                await self._socket.send_bytes(message)
            self._sent = item.seq

    def _chosen(self, pictures: list[int]) -> set[int]:
        """Which pictures to send if the viewer requested fewer: first those that are already encoded, then the newest."""
        by_cost = sorted(pictures, key=lambda seq: (self._encoded.ready(seq, self._scale) is not None, seq))
        return set(by_cost[-self._credit :])


def router(s: Services, alarms: Alarms) -> APIRouter:
    """The route /live."""
    api = APIRouter()
    encoded, updates = EncodedPictures(), Updates(s, alarms)

    @api.websocket("/live")
    async def live(socket: WebSocket) -> None:
        if PROTOCOL not in socket.scope.get("subprotocols", []):
            await socket.close(1002, f"request the subprotocol {PROTOCOL}")
            return
        await socket.accept(PROTOCOL)
        viewer = _Viewer(socket, s, encoded, updates)
        try:
            async with anyio.create_task_group() as tasks:
                for work in (viewer.receive, viewer.send):
                    tasks.start_soon(_then_cancel, work, tasks.cancel_scope)
        except* WebSocketDisconnect:
            pass  # the viewer has disconnected
        except* RecordsError:
            await socket.close(1011, "the database cannot be read; GET /api/v1/events says why")
        except* RuntimeError:
            if socket.application_state is not WebSocketState.DISCONNECTED:
                raise  # else one task closed the connection while the other was sending

    return api


async def _then_cancel(work: Callable[[], Awaitable[None]], scope: anyio.CancelScope) -> None:
    """Run one task of a connection, then cancel the other one. A database read that runs in a thread is finished first."""
    await work()
    scope.cancel()
