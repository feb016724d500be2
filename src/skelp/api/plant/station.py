"""The applications of single stations, below /stations/NAME/. Each has the paths and answers of the station's own REST, but only reads."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

from fastapi import APIRouter, Depends, FastAPI
from starlette.concurrency import run_in_threadpool

from skelp.api import alarms, coils, defects, feed, optics, results, reviews
from skelp.api.guard import App, Receive, Scope, Send
from skelp.api.new_app import new_app
from skelp.api.plant.calls import STATION
from skelp.api.problem import problem
from skelp.api.rights import V1
from skelp.api.schema.defects import FeatureCollectionOut
from skelp.domain.errors import RecordsError
from skelp.domain.strip import Side
from skelp.ports import PlantReader, RecordReader
from skelp.render.words import in_words

_PATH = re.compile(rf"/stations/(?P<name>.+?)(?P<path>(?:{V1}/.*|/openapi\.json))")
_ABOUT = "What is recorded of one station, read from the plant's server. Pictures and the live view are at the station itself."


def records_app(records: RecordReader, sides: Callable[[], set[Side]]) -> FastAPI:
    """The application of one station. `sides()`: those that its cameras see."""
    app, queries = new_app("skelp, one station of a plant", _ABOUT, STATION, (FeatureCollectionOut,))
    api = APIRouter(prefix=V1, dependencies=[Depends(queries)])
    for router in (
        coils.router(records),
        results.router(records, sides),
        defects.router(records),
        reviews.router(records),
        feed.router(records),
        optics.router(records),
        alarms.router(alarms.Alarms(records)),
    ):
        api.include_router(router)
    app.include_router(api)
    queries.of(app)
    STATION.check(app.openapi())
    return app


class WithStations:
    """Satisfies ASGI: what is asked below /stations/NAME/ goes to that station's application, everything else to the plant's."""

    def __init__(self, plant: App, reader: PlantReader) -> None:
        self._plant, self._reader, self._lock = plant, reader, threading.Lock()
        self._apps: dict[str, FastAPI] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self._plant(scope, receive, send)
            return
        try:
            app: App = await run_in_threadpool(self._app, found["name"])
        except LookupError as error:
            app = problem(404, str(error))
        except RecordsError as error:
            app = problem(503, in_words(error), error.reason)
        path = found["path"]
        await app({**scope, "path": path, "raw_path": path.encode()}, receive, send)

    def _app(self, name: str) -> FastAPI:
        with self._lock:
            if name not in self._apps:
                self._apps[name] = records_app(self._reader.records(name), lambda: self._sides(name))
            return self._apps[name]

    def _sides(self, name: str) -> set[Side]:
        """The sides that the station's cameras see. Raises LookupError if it has not told: a map would show sides that nobody looked at."""
        sides = {side for entry in self._reader.stations() if entry.name == name for side in entry.cameras.values()}
        if not sides:
            raise LookupError(f"station {name} has not told its cameras yet; start it once with this version of skelp")
        return sides
