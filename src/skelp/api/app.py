"""Makes the FastAPI application of a station."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.responses import PlainTextResponse

from skelp.api import alarms, audit, coils, console, defects, feed, live, optics, problem, results, reviews, sessions, webhooks
from skelp.api.new_app import new_app
from skelp.api.openapi import DESCRIPTION
from skelp.api.rights import STATION, V1
from skelp.api.schema.defects import FeatureCollectionOut
from skelp.api.schema.feed import LIVE
from skelp.api.schema.station import AliveOut, ReadyOut, StationOut
from skelp.api.services import Services
from skelp.render.records import station_record
from skelp.render.words import sentence


def create_app(services: Services) -> FastAPI:
    """REST and the live WebSocket are under /api/v1; probes, metrics and the console are at the root."""
    app, queries = new_app("skelp", DESCRIPTION, STATION, (*LIVE, FeatureCollectionOut))
    records = services.records
    board = alarms.Alarms(records)
    api = APIRouter(prefix=V1, dependencies=[Depends(queries)])
    for router in (
        sessions.router(services.people),
        coils.router(records),
        coils.changes(services),
        results.router(records, lambda: {camera.side for camera in services.status().cameras}),
        defects.router(records),
        defects.pictures(records, services.crops),
        reviews.router(records),
        reviews.changes(services),
        reviews.samples(services.samples),
        feed.router(records, services.stopping),
        feed.pictures(services.live),
        optics.router(records),
        optics.changes(services.writer),
        alarms.router(board),
        alarms.changes(board, services.writer),
        audit.router(services.audit),
        webhooks.router(services.webhooks),
        live.router(services, board),
    ):
        api.include_router(router)

    @api.get("/station", tags=["station"], response_model=StationOut)
    def get_station() -> Any:
        """The station's status: cameras, execution provider, model, counts, queues, latency and disk."""
        return station_record(services.status())

    app.include_router(api)

    @app.get("/health/live", tags=["health"], response_model=AliveOut)
    async def get_liveness() -> Any:  # not in a thread: it must answer while all of them wait for the database
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
    STATION.check(app.openapi())
    console.serve(app)
    return app
