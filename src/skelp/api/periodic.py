"""The route of a coil's periodic defects."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from skelp.api.answers import TAGGED
from skelp.api.problem import not_modified, unchanged
from skelp.api.schema.base import CoilKey, IfNoneMatch
from skelp.api.schema.coils import PeriodicList
from skelp.ports import RecordReader
from skelp.render.records import periodic_record


def router(records: RecordReader) -> APIRouter:
    """The route /coils/{coil_id}/periodic."""
    api = APIRouter(prefix="/coils", tags=["results"])

    @api.get("/{coil_id}/periodic", response_model=PeriodicList, responses=TAGGED)
    def list_periodic(coil_id: CoilKey, response: Response, if_none_match: IfNoneMatch = "") -> Any:
        """Series of defects that repeat along the coil, as the marks of a damaged roll do."""
        coil = records.coil(coil_id)
        if unchanged(if_none_match, response, f"{coil.coil_id}.{coil.revision}"):
            return not_modified(response)
        return {"coil_id": coil.coil_id, "periodic": [periodic_record(p) for p in records.periodic(coil.coil_id)]}

    return api
