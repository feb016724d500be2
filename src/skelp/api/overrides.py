"""Routes of persons' decisions on coils."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from skelp.api.schema.base import CoilKey
from skelp.api.schema.coils import CoilOut, OverrideIn, OverrideList
from skelp.api.services import Services
from skelp.api.signature import signed
from skelp.domain.decision import Decision
from skelp.ports import RecordReader
from skelp.render.records import coil_record, override_record


def router(records: RecordReader) -> APIRouter:
    """The route that lists a coil's overrides."""
    api = APIRouter(prefix="/coils", tags=["coils"])

    @api.get("/{coil_id}/overrides", response_model=OverrideList)
    def list_overrides(coil_id: CoilKey) -> Any:
        """What persons decided for a coil, oldest first."""
        coil = records.coil(coil_id)
        return {"coil_id": coil.coil_id, "overrides": [override_record(o) for o in records.overrides(coil.coil_id)]}

    return api


def changes(s: Services) -> APIRouter:
    """The route that adds one."""
    api = APIRouter(prefix="/coils", tags=["coils"])

    @api.post("/{coil_id}/override", response_model=CoilOut, status_code=201)
    def override_coil(coil_id: CoilKey, body: OverrideIn, request: Request) -> Any:
        """Decide on a final coil instead of skelp. The earlier decisions remain, skelp's too; the newest one stands."""
        operator = signed(request, body.operator)
        with s.writer.transaction() as change:
            added = change.add_override(coil_id, Decision(body.decision), operator, body.note)
        return coil_record(s.records.summary(s.records.coil(added.coil_id)))

    return api
