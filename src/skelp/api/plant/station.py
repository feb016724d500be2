"""The applications of single stations, below /stations/NAME/. Each has the paths and answers of the station's own REST, but only reads."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from urllib.parse import quote, unquote_to_bytes

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from skelp.api import (
    alarms,
    coils,
    connection_board,
    decisions,
    defects,
    drift,
    feed,
    kept_recipes,
    models,
    optics,
    overrides,
    periodic,
    pieces,
    results,
    reviews,
    shadows,
    states,
    stretches,
)
from skelp.api.guard import App, Receive, Scope, Send
from skelp.api.new_app import new_app
from skelp.api.plant.calls import STATION
from skelp.api.problem import problem
from skelp.api.schema.defects import FeatureCollectionOut
from skelp.domain.errors import RecordsError
from skelp.domain.plant import StationEntry
from skelp.domain.strip import Side
from skelp.ports import PlantReader, RecordReader
from skelp.render.words import in_words

_PATH = re.compile(rb"/stations/(?P<name>[^/]+)(?P<path>/.+)")
"""As it was sent: a slash in a name is %2F, so that it cannot be mistaken for the end of the name."""
_MOST_NAME = 128
_ABOUT = "What is recorded of one station, read from the plant's server. Pictures and the live view are at the station itself."
_SERVERS = [{"url": "."}]
"""Paths are below the address of the document, not at the root, where the plant's own calls are."""


def records_app(
    records: RecordReader, sides: Callable[[], Mapping[str, Side]], runs: Callable[[], bool], stopping: threading.Event
) -> FastAPI:
    """The application of one station. `sides()`: that of each of its cameras. `runs()`: whether its process runs."""
    routers = (
        coils.router(records, runs),
        results.router(records, sides),
        decisions.router(records),
        kept_recipes.router(records),
        periodic.router(records),
        stretches.router(records),
        states.router(records),
        shadows.router(records),
        overrides.router(records),
        pieces.router(records),
        defects.router(records),
        reviews.router(records),
        feed.router(records, stopping),
        models.history(records),
        drift.router(records),
        connection_board.router(records),
        optics.router(records),
        alarms.router(alarms.Alarms(records)),
    )
    return new_app("skelp, one station of a plant", _ABOUT, STATION, routers, more=(FeatureCollectionOut,), servers=_SERVERS)


class WithStations:
    """Satisfies ASGI: what is asked below /stations/NAME/ goes to that station's application, everything else to the plant's.

    A station is looked up by its name for each request: it may get another name, or its database be exchanged.
    """

    def __init__(self, plant: App, reader: PlantReader, stopping: threading.Event) -> None:
        self._plant, self._reader, self._stopping, self._lock = plant, reader, stopping, threading.Lock()
        self._apps: dict[int, tuple[str, FastAPI]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _PATH.fullmatch(_as_sent(scope)) if scope["type"] == "http" else None
        if found is None:
            await self._plant(scope, receive, send)
            return
        try:
            app: App = await run_in_threadpool(self._app, unquote_to_bytes(found["name"]))
        except LookupError as error:
            app = problem(404, str(error))
        except RecordsError as error:
            app = problem(503, in_words(error), error.reason)
        path = unquote_to_bytes(found["path"]).decode("utf-8", "replace")
        await app({**scope, "path": path, "raw_path": found["path"]}, receive, send)

    def _app(self, asked: bytes) -> FastAPI:
        station = self._station(asked.decode("utf-8", "replace"))
        with self._lock:
            feed_id, app = self._apps.get(station.number, ("", None))
            if app is None or feed_id != station.feed_id:
                records, number = self._reader.records(station), station.number
                app = records_app(records, lambda: self._sides(number), lambda: self._runs(number), self._stopping)
                self._apps[station.number] = (station.feed_id, app)
            return app

    def _station(self, name: str) -> StationEntry:
        stations = self._reader.stations()
        found = next((s for s in stations if s.name == name), None)
        if found is None:
            shown = repr(name) if len(name) <= _MOST_NAME and name.isprintable() else "of this name"
            raise LookupError(f"there is no station {shown}; there are {', '.join(s.name for s in stations) or 'none yet'}")
        return found

    def _now(self, number: int) -> StationEntry | None:
        """The station with this number, as it is now."""
        return next((s for s in self._reader.stations() if s.number == number), None)

    def _runs(self, number: int) -> bool:
        station = self._now(number)
        return station is not None and station.runs

    def _sides(self, number: int) -> Mapping[str, Side]:
        """The side of each camera. Raises LookupError if the station has not told: a map would show sides that nobody looked at."""
        station = self._now(number)
        if station is None or not station.cameras:
            raise LookupError("the station has not told its cameras yet; start it once with this version of skelp")
        return station.cameras


def _as_sent(scope: Scope) -> bytes:
    return bytes(scope.get("raw_path") or quote(scope["path"]).encode())
