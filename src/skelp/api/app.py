"""Makes the FastAPI application of a station."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import PlainTextResponse

from skelp.api import (
    alarms,
    audit,
    coils,
    connection_board,
    console,
    decisions,
    defects,
    drift,
    feed,
    health,
    kept_recipes,
    live,
    models,
    optics,
    overrides,
    periodic,
    pieces,
    recipes,
    results,
    reviews,
    sessions,
    shadows,
    shells,
    states,
    stretches,
    webhooks,
)
from skelp.api.new_app import new_app
from skelp.api.openapi import DESCRIPTION
from skelp.api.rights import STATION
from skelp.api.schema.defects import FeatureCollectionOut
from skelp.api.schema.feed import LIVE
from skelp.api.schema.station import StationOut
from skelp.api.services import Services
from skelp.domain.status import StationStatus
from skelp.render.records import station_record


def create_app(services: Services) -> FastAPI:
    """REST and the live WebSocket are under /api/v1; probes, metrics and the console are at the root."""
    records = services.records
    board = alarms.Alarms(records)
    routers = (
        sessions.router(services.people),
        coils.router(records),
        coils.changes(services),
        decisions.router(records),
        decisions.changes(services),
        recipes.router(services),
        kept_recipes.router(records),
        pieces.router(records),
        pieces.changes(services),
        overrides.router(records),
        overrides.changes(services),
        results.router(records, lambda: {camera.name: camera.side for camera in services.status().cameras}),
        shells.router(services),
        periodic.router(records),
        states.router(records),
        states.changes(services),
        stretches.router(records),
        shadows.router(records),
        defects.router(records),
        defects.pictures(records, services.crops),
        reviews.router(records),
        reviews.changes(services),
        reviews.samples(services.samples),
        feed.router(records, services.stopping),
        feed.pictures(services.live),
        optics.router(records),
        optics.changes(services.writer),
        models.router(services.models),
        models.history(records),
        drift.router(records),
        models.changes(services.models),
        alarms.router(board),
        alarms.changes(board, services.writer),
        audit.router(services.audit),
        webhooks.router(services.webhooks),
        connection_board.router(services.connections),
        connection_board.changes(services.connections, records),
        live.router(services, board),
        _status(services.status),
    )
    ready = "Whether lines are inspected and results are stored. If not, 503 with the reason."
    at_root = (health.router(services.not_ready, ready), _metrics(services.metrics))
    app = new_app("skelp", DESCRIPTION, STATION, routers, at_root=at_root, more=(*LIVE, FeatureCollectionOut))
    console.serve(app)
    return app


def _status(status: Callable[[], StationStatus]) -> APIRouter:
    """The route /station."""
    api = APIRouter(tags=["station"])

    @api.get("/station", response_model=StationOut)
    def get_station() -> Any:
        """The station's status: cameras, execution provider, model, counts, queues, latency and disk."""
        return station_record(status())

    return api


def _metrics(metrics: Callable[[], bytes]) -> APIRouter:
    """The route /metrics."""
    api = APIRouter(tags=["health"])

    @api.get("/metrics", response_class=PlainTextResponse)
    def get_metrics() -> Response:
        """Metrics in Prometheus text format."""
        return Response(metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return api
