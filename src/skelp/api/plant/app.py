"""Makes the application of a plant."""

from __future__ import annotations

from fastapi import FastAPI

from skelp.api import audit, console, health, sessions
from skelp.api.guard import App
from skelp.api.new_app import new_app
from skelp.api.plant import coils, feed, stations
from skelp.api.plant.calls import PLANT
from skelp.api.plant.services import PlantServices
from skelp.api.plant.station import WithStations

_ABOUT = """The stations of a plant that share one database: their coils, their events, and what each recorded.

Everything here is read; coils are announced and defects reviewed at their station. docs/plant.md of skelp explains the calls. Below
/stations/NAME/ are the paths of each station's own REST, with a document of their own at /stations/NAME/openapi.json."""


def plant_document_app(s: PlantServices) -> FastAPI:
    """The plant's own routes, without those of its stations."""
    routers = (
        sessions.router(s.people),
        stations.router(s.lines),
        coils.router(s.reader),
        feed.router(s.reader, s.stopping),
        audit.router(s.audit),
    )

    def not_ready() -> None:
        s.reader.stations()  # raises RecordsError, which is answered with 503 and its reason

    at_root = [health.router(not_ready, "Whether the records can be read. If not, 503 with the reason.")]
    app = new_app("skelp, a plant", _ABOUT, PLANT, routers, at_root=at_root)
    console.serve(app, "plant.html")
    return app


def create_plant_app(s: PlantServices) -> App:
    """The application with the stations below it."""
    return WithStations(plant_document_app(s), s.reader, s.stopping)
