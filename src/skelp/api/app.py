"""The FastAPI application of a station."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import PlainTextResponse
from fastapi.staticfiles import StaticFiles

from skelp import __version__
from skelp.api import alarms, coils, defects, feed, live, optics, problem, results, reviews
from skelp.api.openapi import with_live_messages
from skelp.api.schema.station import StationOut
from skelp.api.services import Services
from skelp.render.records import station_record
from skelp.render.words import sentence

CONSOLE = Path(__file__).parent / "static"
"""Where `make web` puts the console."""


def create_app(services: Services) -> FastAPI:
    """Everything under /api/v1, the probes and the metrics at the root."""
    app = FastAPI(title="skelp", version=__version__, docs_url=None, redoc_url=None)
    problem.install(app)
    v1 = APIRouter(prefix="/api/v1")
    v1.include_router(coils.router(services))
    v1.include_router(results.router(services))
    v1.include_router(defects.router(services))
    v1.include_router(reviews.router(services))
    v1.include_router(feed.router(services))
    v1.include_router(optics.router(services))
    board = alarms.Alarms(services.records, services.writer)
    v1.include_router(alarms.router(board))
    v1.include_router(live.router(services, board))

    @v1.get("/station", tags=["station"], response_model=StationOut)
    def station() -> Any:
        """Cameras, provider, model, rates, queues, losses, disk."""
        return station_record(services.status())

    app.include_router(v1)
    with_live_messages(app)

    @app.get("/health/live", tags=["health"])
    def alive() -> dict[str, str]:
        """The process answers."""
        return {"status": "alive"}

    @app.get("/health/ready", tags=["health"])
    def ready() -> Any:
        """Lines are being inspected and kept; 503 with the reason if not."""
        reason = services.not_ready()
        return problem.problem(503, sentence(reason), reason) if reason else {"status": "ready"}

    @app.get("/metrics", response_class=Response, tags=["health"])
    def metrics() -> Response:
        """Prometheus."""
        return Response(services.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")

    _serve_console(app)
    return app


def _serve_console(app: FastAPI) -> None:
    """The operator's console, if it was built (make web); last, because it takes every path that is left."""
    if (CONSOLE / "index.html").is_file():
        app.mount("/", StaticFiles(directory=CONSOLE, html=True), name="console")
        return

    @app.get("/", include_in_schema=False, response_class=PlainTextResponse)
    def missing() -> str:
        return "The console was not built into this installation: run make web in a checkout. REST is at /api/v1, see /openapi.json\n"
