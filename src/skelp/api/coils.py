"""Routes that list, start, correct and finish coils."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from skelp.api.problem import not_modified, unchanged
from skelp.api.schema.coils import CoilChange, CoilOut, CoilPage, CoilStart
from skelp.api.services import Services
from skelp.domain.coilmap import Status
from skelp.render.records import coil_record


def router(s: Services) -> APIRouter:
    """Routes under /coils."""
    api = APIRouter(prefix="/coils", tags=["coils"])

    @api.get("", response_model=CoilPage)
    def list_coils(cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> Any:
        """Coils, newest first."""
        found = s.records.coils(before=cursor, limit=limit)
        more = found[-1].coil_id if len(found) == limit else None
        return {"coils": [coil_record(summary) for summary in s.records.summaries(found)], "next": more}

    @api.post("", response_model=CoilOut, status_code=201)
    def start(body: CoilStart, response: Response) -> Any:
        """Start a coil and end the running one. Sending the same coil again returns 200 and changes nothing."""
        known = body.model_dump(include={"heat", "product", "strip_width_mm"})
        coil = s.new_coil(body.coil_id, name=body.name or body.coil_id, **known)
        with s.writer.transaction() as change:
            added = change.add_coil(coil)
        if added:
            _finish(s, s.control.current())
            s.control.start(coil)
        else:
            response.status_code = 200
        return coil_record(s.records.summary(s.records.coil(body.coil_id)))

    @api.get("/{coil_id}", response_model=CoilOut)
    def one(coil_id: str, request: Request, response: Response) -> Any:
        """One coil: identity, inspected length, counts, decision and reasons."""
        coil = s.records.coil(coil_id)
        if unchanged(request, response, f"{coil.coil_id}.{coil.revision}"):
            return not_modified(response)
        return coil_record(s.records.summary(coil))

    @api.patch("/{coil_id}", response_model=CoilOut)
    def correct(coil_id: str, body: CoilChange) -> Any:
        """Rename a coil, or correct its heat or product. Allowed at any time."""
        changes = body.model_dump(exclude_none=True)
        if changes:
            with s.writer.transaction() as change:
                change.change_coil(coil_id, **changes)
        return coil_record(s.records.summary(s.records.coil(coil_id)))

    @api.post("/{coil_id}/finish", response_model=CoilOut)
    def finish(coil_id: str) -> Any:
        """End a coil. It is provisional until its last line is stored, then final. Sending this again changes nothing."""
        coil = s.records.coil(coil_id)
        _finish(s, coil.coil_id)
        s.control.finish(coil.coil_id)
        return coil_record(s.records.summary(s.records.coil(coil.coil_id)))

    return api


def _finish(s: Services, coil_id: str | None) -> None:
    """Make a running coil provisional. The pipeline makes it final when its last line is stored."""
    if coil_id is None:
        return
    try:
        coil = s.records.coil(coil_id)
    except LookupError:
        return  # an automatic coil without stored results yet; its end is recorded when its lines arrive
    if coil.status is Status.RUNNING:
        with s.writer.transaction() as change:
            change.change_coil(coil.coil_id, status=Status.PROVISIONAL, finished_at=datetime.now(UTC))
