"""Makes the application of a plant."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, FastAPI

from skelp.api import audit, console, sessions
from skelp.api.guard import App
from skelp.api.new_app import new_app
from skelp.api.plant import coils, feed, stations
from skelp.api.plant.calls import PLANT
from skelp.api.plant.services import PlantServices
from skelp.api.plant.station import WithStations
from skelp.api.rights import V1
from skelp.api.schema.station import AliveOut, ReadyOut

_ABOUT = """The stations of a plant that share one database: their coils, their events, and what each recorded.

Everything here is read; coils are announced and defects reviewed at their station. docs/plant.md of skelp explains the calls. Below
/stations/NAME/ are the paths of each station's own REST, with a document of their own at /stations/NAME/openapi.json."""


def plant_document_app(s: PlantServices) -> FastAPI:
    """The plant's own routes, without those of its stations."""
    app, queries = new_app("skelp, a plant", _ABOUT, PLANT)
    api = APIRouter(prefix=V1, dependencies=[Depends(queries)])
    for router in (
        sessions.router(s.people),
        stations.router(s.lines),
        coils.router(s.reader),
        feed.router(s.reader, s.stopping),
        audit.router(s.audit),
    ):
        api.include_router(router)
    app.include_router(api)

    @app.get("/health/live", tags=["health"], response_model=AliveOut)
    async def get_liveness() -> Any:  # not in a thread: it must answer while all of them wait for the database
        """Whether the process responds."""
        return {"status": "alive"}

    @app.get("/health/ready", tags=["health"], response_model=ReadyOut)
    def get_readiness() -> Any:
        """Whether the records can be read. If not, 503 with the reason."""
        s.reader.stations()
        return {"status": "ready"}

    queries.of(app)
    PLANT.check(app.openapi())
    console.serve(app, "plant.html")
    return app


def create_plant_app(s: PlantServices) -> App:
    """The application with the stations below it."""
    return WithStations(plant_document_app(s), s.reader, s.stopping)
