"""Routes of skelp's decisions on a coil: what they were, what caused each, and deciding again."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from skelp.api.answers import DECIDED
from skelp.api.problem import invalid
from skelp.api.schema.base import MAX_NUMBER, CoilKey
from skelp.api.schema.decisions import DecideIn, ExplainedOut, RevisionList, RevisionOut
from skelp.api.services import Services
from skelp.api.signature import signed
from skelp.ports import RecordReader
from skelp.render.decisions import explained_record
from skelp.render.records import revision_record

Number = Annotated[int, Path(ge=1, le=MAX_NUMBER)]


def router(records: RecordReader) -> APIRouter:
    """The routes that read."""
    api = APIRouter(prefix="/coils", tags=["coils"])

    @api.get("/{coil_id}/decisions", response_model=RevisionList)
    def list_decisions(coil_id: CoilKey) -> Any:
        """All decisions of skelp on a final coil, the first one first."""
        found = records.decisions(coil_id)
        return {"coil_id": found[0].coil_id, "decisions": [revision_record(r) for r in found]}

    @api.get("/{coil_id}/decisions/{number}", response_model=ExplainedOut)
    def explain_decision(coil_id: CoilKey, number: Number) -> Any:
        """One decision with the defects that caused it."""
        found = records.decisions(coil_id)
        if number > len(found):
            raise LookupError(f"coil {found[0].coil_id} has {len(found)} decisions, and none with number {number}")
        return explained_record(found[number - 1], records.ruling(found[number - 1]))

    return api


def changes(s: Services) -> APIRouter:
    """The route that decides again."""
    api = APIRouter(prefix="/coils", tags=["coils"])

    @api.post("/{coil_id}/decide", response_model=RevisionOut, status_code=201, responses=DECIDED)
    def decide_again(coil_id: CoilKey, body: DecideIn, request: Request, response: Response) -> Any:
        """Decide on a final coil by another recipe, from what is recorded. If that says what the newest decision says, 200 and nothing
        changes.
        """
        operator = signed(request, body.operator)
        try:
            asked = s.recipes.named(body.recipe)
        except LookupError as error:
            return invalid([{"where": "body.recipe", "fault": str(error)}])
        with s.writer.transaction() as change:
            revision, is_new = change.decide_again(coil_id, asked, operator, body.note)
        if not is_new:
            response.status_code = 200
        return revision_record(revision)

    return api
