"""Routes of the optics: light and sharpness of each coil."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from skelp.api.schema.station import OpticsPage
from skelp.ports import RecordReader, RecordWriter
from skelp.render.records import reason_record


def router(records: RecordReader) -> APIRouter:
    """The route that reads the optics."""
    api = APIRouter(prefix="/station/optics", tags=["station"])

    @api.get("", response_model=OpticsPage)
    def list_optics(limit: Annotated[int, Query(ge=1, le=10_000)] = 100) -> Any:
        """Light and sharpness on the newest coils of each camera, oldest first, also as shares of the reference."""
        return {
            "optics": [
                {
                    "coil_id": p.coil_id,
                    "at": p.at,
                    "camera": p.reading.camera,
                    "light_dn": p.reading.light_dn,
                    "light_share": p.drift.light,
                    "sharpness": p.reading.sharpness,
                    "sharpness_share": p.drift.sharpness,
                    "warnings": [reason_record(r) for r in p.drift.warnings],
                }
                for p in records.optics(limit=limit)
            ]
        }

    return api


def changes(writer: RecordWriter) -> APIRouter:
    """The route that sets the reference."""
    api = APIRouter(prefix="/station/optics", tags=["station"])

    @api.post("/reference", status_code=204)
    def begin_optics_reference() -> None:
        """Make the next coils the reference, because lamp, lens or camera were set up again."""
        with writer.transaction() as change:
            change.begin_optics_reference()

    return api
