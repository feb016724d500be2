"""Makes the FastAPI application of a station."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.responses import PlainTextResponse
from fastapi.staticfiles import StaticFiles

from skelp import __version__
from skelp.api import alarms, audit, coils, defects, feed, live, optics, problem, results, reviews, sessions
from skelp.api.openapi import with_live_messages
from skelp.api.queries import KnownQueries
from skelp.api.rights import V1, check
from skelp.api.schema.station import StationOut
from skelp.api.services import Services
from skelp.render.records import station_record
from skelp.render.words import sentence

CONSOLE = Path(__file__).parent / "static"
"""The folder into which `make web` builds the console."""


def create_app(services: Services) -> FastAPI:
    """REST and the live WebSocket are under /api/v1; probes, metrics and the console are at the root."""
    app = FastAPI(title="skelp", version=__version__, docs_url=None, redoc_url=None)
    problem.install(app)
    queries = KnownQueries(V1)
    v1 = APIRouter(prefix=V1, dependencies=[Depends(queries)])
    v1.include_router(sessions.router(services.people))
    v1.include_router(coils.router(services))
    v1.include_router(results.router(services))
    v1.include_router(defects.router(services))
    v1.include_router(reviews.router(services))
    v1.include_router(feed.router(services))
    v1.include_router(optics.router(services))
    board = alarms.Alarms(services.records, services.writer)
    v1.include_router(alarms.router(board))
    v1.include_router(audit.router(services.audit))
    v1.include_router(live.router(services, board))

    @v1.get("/station", tags=["station"], response_model=StationOut)
    def station() -> Any:
        """The station's status: cameras, execution provider, model, counts, queues, latency and disk."""
        return station_record(services.status())

    app.include_router(v1)
    with_live_messages(app)

    @app.get("/health/live", tags=["health"])
    def alive() -> dict[str, str]:
        """Whether the process responds."""
        return {"status": "alive"}

    @app.get("/health/ready", tags=["health"])
    def ready() -> Any:
        """Whether lines are inspected and results are stored. If not, 503 with the reason."""
        reason = services.not_ready()
        return problem.problem(503, sentence(reason), reason) if reason else {"status": "ready"}

    @app.get("/metrics", response_class=Response, tags=["health"])
    def metrics() -> Response:
        """Metrics in Prometheus text format."""
        return Response(services.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")

    queries.of(app)
    check(app.openapi())
    _serve_console(app)
    return app


def _serve_console(app: FastAPI) -> None:
    """Serve the console if it was built (make web). It is mounted last, because it takes all other paths."""
    if (CONSOLE / "index.html").is_file():
        app.mount("/", StaticFiles(directory=CONSOLE, html=True), name="console")
        return

    @app.get("/", include_in_schema=False, response_class=PlainTextResponse)
    def missing() -> str:
        return "This installation has no console: run make web in a checkout. REST is at /api/v1, see /openapi.json\n"
