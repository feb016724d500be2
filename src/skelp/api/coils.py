"""Routes that list, start, correct and finish coils."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from skelp.api.announced import AnnouncedCoils
from skelp.api.answers import STARTED, TAGGED
from skelp.api.problem import invalid, not_modified, unchanged
from skelp.api.rights import V1
from skelp.api.schema.base import CoilKey, IfNoneMatch
from skelp.api.schema.coils import CoilChange, CoilFilters, CoilOut, CoilPage, CoilStart
from skelp.api.services import Services
from skelp.domain.coilmap import Status
from skelp.ports import RecordReader
from skelp.render.records import coil_record


def router(records: RecordReader, runs: Callable[[], bool] = lambda: True) -> APIRouter:
    """Routes under /coils that read. `runs()`: whether the station runs, which the record of a coil that is not final depends on."""
    api = APIRouter(prefix="/coils", tags=["coils"])

    @api.get("", response_model=CoilPage)
    def list_coils(filters: Annotated[CoilFilters, Query()]) -> Any:
        """Coils that match all filters, newest first, in pages."""
        try:
            found = records.coils(before=filters.cursor, limit=filters.limit, query=filters.query())
        except LookupError as error:
            return invalid([{"where": "query.cursor", "fault": f"{error}; use `next` of the page before"}])
        more = found[-1].coil_id if len(found) == filters.limit else None
        return {"coils": [coil_record(summary) for summary in records.summaries(found)], "next": more}

    @api.get("/{coil_id}", response_model=CoilOut, responses=TAGGED)
    def get_coil(coil_id: CoilKey, response: Response, if_none_match: IfNoneMatch = "") -> Any:
        """One pass of a coil, by its id; else the newest coil with this name."""
        coil = records.coil(coil_id)
        stopped = "" if coil.status is Status.FINAL or runs() else ".stopped"
        if unchanged(if_none_match, response, f"{coil.coil_id}.{coil.revision}{stopped}"):
            return not_modified(response)
        return coil_record(records.summary(coil))

    return api


def changes(s: Services) -> APIRouter:
    """Routes under /coils that start, correct and end one."""
    api = APIRouter(prefix="/coils", tags=["coils"])
    announced = AnnouncedCoils(s)

    @api.post("", response_model=CoilOut, status_code=201, responses=STARTED)
    def start_coil(body: CoilStart, response: Response) -> Any:
        """Start a coil and end the running one. Sending the same coil again while it runs returns 200 and changes nothing."""
        started, is_new = announced.start(body)
        if not is_new:
            response.status_code = 200
        response.headers["Location"] = f"{V1}/coils/{quote(started.coil_id)}"
        return coil_record(s.records.summary(s.records.coil(started.coil_id)))

    @api.patch("/{coil_id}", response_model=CoilOut)
    def correct_coil(coil_id: CoilKey, body: CoilChange) -> Any:
        """Rename a coil, or correct its heat, product or customer. Allowed at any time."""
        changes = body.model_dump(exclude_none=True)
        if changes:
            with s.writer.transaction() as change:
                coil = change.change_coil(coil_id, **changes)
                coil_id = coil.coil_id
                if body.product is not None or body.customer is not None:
                    change.choose_recipe(coil_id, s.recipes.of(coil.product, coil.customer))
        return coil_record(s.records.summary(s.records.coil(coil_id)))

    @api.post("/{coil_id}/finish", response_model=CoilOut)
    def finish_coil(coil_id: CoilKey) -> Any:
        """End a coil. It is provisional until its last line is stored, then final. Sending this again changes nothing."""
        return coil_record(s.records.summary(s.records.coil(announced.finish(coil_id).coil_id)))

    return api
