"""Routes of coils that were cut or welded out of others: what they are made of, and what became of a coil."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response

from skelp.api.answers import DERIVED
from skelp.api.problem import invalid
from skelp.api.rights import V1
from skelp.api.schema.base import CoilKey
from skelp.api.schema.coils import CoilOut
from skelp.api.schema.pieces import CutList, DeriveIn
from skelp.api.services import Services
from skelp.ports import RecordReader
from skelp.render.records import coil_record, cut_record


def router(records: RecordReader) -> APIRouter:
    """The routes that list cuts."""
    api = APIRouter(prefix="/coils", tags=["coils"])

    @api.get("/{coil_id}/origin", response_model=CutList)
    def list_origin(coil_id: CoilKey) -> Any:
        """The cuts of which a coil was derived, from its head on. There are none if cameras saw it pass."""
        coil = records.coil(coil_id)
        cuts = [cut_record(coil.coil_id, place, coil.mm_per_line) for place in records.origin(coil.coil_id)]
        return {"coil_id": coil.coil_id, "cuts": cuts}

    @api.get("/{coil_id}/pieces", response_model=CutList)
    def list_pieces(coil_id: CoilKey) -> Any:
        """The cuts that were made of a coil, in the order in which their pieces were derived."""
        coil = records.coil(coil_id)
        cuts = [cut_record(piece_id, place, mm_per_line) for piece_id, mm_per_line, place in records.pieces(coil.coil_id)]
        return {"coil_id": coil.coil_id, "cuts": cuts}

    return api


def changes(s: Services) -> APIRouter:
    """The route that derives a coil."""
    api = APIRouter(prefix="/coils", tags=["coils"])

    @api.post("/{coil_id}/derive", response_model=CoilOut, status_code=201, responses=DERIVED)
    def derive_coil(coil_id: CoilKey, body: DeriveIn, response: Response) -> Any:
        """Record the coil that was cut out of this one, or welded of this one and others. Sending this again changes nothing (200)."""
        cuts = body.cuts_of(coil_id)
        if all(cut.coil_id != coil_id for cut in cuts):
            return invalid([{"where": "body.cuts", "fault": f"no cut is of coil {coil_id}, which the path names"}])
        with s.writer.transaction() as change:
            piece, is_new = change.derive_coil(body.coil_id, body.given, cuts, s.recipes.of)
        if not is_new:
            response.status_code = 200
        response.headers["Location"] = f"{V1}/coils/{quote(piece.coil_id)}"
        return coil_record(s.records.summary(piece))

    return api
