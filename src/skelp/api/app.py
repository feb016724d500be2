"""Makes the FastAPI application of a station."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.responses import PlainTextResponse
from fastapi.routing import APIRoute

from skelp import __version__
from skelp.api import alarms, audit, coils, console, defects, feed, live, optics, problem, results, reviews, sessions
from skelp.api.openapi import DESCRIPTION, TAGS, complete
from skelp.api.queries import KnownQueries
from skelp.api.rights import V1, check
from skelp.api.schema.station import AliveOut, ReadyOut, StationOut
from skelp.api.services import Services
from skelp.render.records import station_record
from skelp.render.words import sentence


def create_app(services: Services) -> FastAPI:
    """REST and the live WebSocket are under /api/v1; probes, metrics and the console are at the root."""
    app = FastAPI(
        title="skelp",
        version=__version__,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # a path is right or wrong
        generate_unique_id_function=_operation_id,
    )
    problem.install(app)
    queries = KnownQueries(V1)
    api = APIRouter(prefix=V1, dependencies=[Depends(queries)])
    api.include_router(sessions.router(services.people))
    api.include_router(coils.router(services))
    api.include_router(results.router(services))
    api.include_router(defects.router(services))
    api.include_router(reviews.router(services))
    api.include_router(feed.router(services))
    api.include_router(optics.router(services))
    board = alarms.Alarms(services.records, services.writer)
    api.include_router(alarms.router(board))
    api.include_router(audit.router(services.audit))
    api.include_router(live.router(services, board))

    @api.get("/station", tags=["station"], response_model=StationOut)
    def get_station() -> Any:
        """The station's status: cameras, execution provider, model, counts, queues, latency and disk."""
        return station_record(services.status())

    app.include_router(api)
    complete(app)

    @app.get("/health/live", tags=["health"], response_model=AliveOut)
    def get_liveness() -> Any:
        """Whether the process responds."""
        return {"status": "alive"}

    @app.get("/health/ready", tags=["health"], response_model=ReadyOut)
    def get_readiness() -> Any:
        """Whether lines are inspected and results are stored. If not, 503 with the reason."""
        reason = services.not_ready()
        return problem.problem(503, sentence(reason), reason) if reason else {"status": "ready"}

    @app.get("/metrics", response_class=PlainTextResponse, tags=["health"])
    def get_metrics() -> Response:
        """Metrics in Prometheus text format."""
        return Response(services.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")

    queries.of(app)
    check(app.openapi())
    console.serve(app)
    return app


def _operation_id(route: APIRoute) -> str:
    """The name of a call in the OpenAPI document, from which clients are made: that of its function, and a contract like its path."""
    return route.name
