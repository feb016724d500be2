"""Routes that list, start, correct and finish coils."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from skelp.api.coil_start import Coils
from skelp.api.problem import not_modified, problem, unchanged
from skelp.api.schema.base import Cursor, Key
from skelp.api.schema.coils import CoilChange, CoilOut, CoilPage, CoilStart
from skelp.api.services import Services
from skelp.render.records import coil_record


def router(s: Services) -> APIRouter:
    """Routes under /coils."""
    api = APIRouter(prefix="/coils", tags=["coils"])
    coils = Coils(s)

    @api.get("", response_model=CoilPage)
    def list_coils(cursor: Annotated[Cursor | None, Query()] = None, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> Any:
        """Coils, newest first."""
        try:
            found = s.records.coils(before=cursor, limit=limit)
        except LookupError:
            return problem(422, f"cursor {cursor} is none of this station's; take it from `next` of the page before, or leave it out")
        more = found[-1].coil_id if len(found) == limit else None
        return {"coils": [coil_record(summary) for summary in s.records.summaries(found)], "next": more}

    @api.post("", response_model=CoilOut, status_code=201)
    def start(body: CoilStart, response: Response) -> Any:
        """Start a coil and end the running one. Sending the same coil again while it runs returns 200 and changes nothing.

        A coil that has passed already is refused with 409, unless `new_pass` says that it is inspected again.
        """
        coil, added = coils.start(body)
        if not added:
            response.status_code = 200
        return coil_record(s.records.summary(s.records.coil(coil.coil_id)))

    @api.get("/{coil_id}", response_model=CoilOut)
    def one(coil_id: Key, request: Request, response: Response) -> Any:
        """One coil: identity, inspected length, counts, decision and reasons."""
        coil = s.records.coil(coil_id)
        if unchanged(request, response, f"{coil.coil_id}.{coil.revision}"):
            return not_modified(response)
        return coil_record(s.records.summary(coil))

    @api.patch("/{coil_id}", response_model=CoilOut)
    def correct(coil_id: Key, body: CoilChange) -> Any:
        """Rename a coil, or correct its heat or product. Allowed at any time. A name of another coil is refused with 409."""
        coils.correct(coil_id, body.model_dump(exclude_none=True))
        return coil_record(s.records.summary(s.records.coil(coil_id)))

    @api.post("/{coil_id}/finish", response_model=CoilOut)
    def finish(coil_id: Key) -> Any:
        """End a coil. It is provisional until its last line is stored, then final. Sending this again changes nothing."""
        coil = s.records.coil(coil_id)
        coils.finish(coil)
        return coil_record(s.records.summary(s.records.coil(coil.coil_id)))

    return api
