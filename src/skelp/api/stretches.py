"""The route of a coil's heavy stretches."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from skelp.api.answers import TAGGED
from skelp.api.problem import not_modified, unchanged
from skelp.api.schema.base import CoilKey, IfNoneMatch
from skelp.api.schema.coils import StretchList
from skelp.domain.stretches import find_stretches
from skelp.ports import RecordReader
from skelp.render.records import stretch_record


def router(records: RecordReader) -> APIRouter:
    """The route /coils/{coil_id}/stretches."""
    api = APIRouter(prefix="/coils", tags=["results"])

    @api.get("/{coil_id}/stretches", response_model=StretchList, responses=TAGGED)
    def list_stretches(coil_id: CoilKey, response: Response, if_none_match: IfNoneMatch = "") -> Any:
        """Heavy stretches: where so many defects lie that a person wants one mark instead of each."""
        coil = records.coil(coil_id)
        if unchanged(if_none_match, response, f"{coil.coil_id}.{coil.revision}"):
            return not_modified(response)
        found = find_stretches(coil.coil_id, records.places(coil.coil_id))
        return {"coil_id": coil.coil_id, "stretches": [stretch_record(s) for s in found]}

    return api
