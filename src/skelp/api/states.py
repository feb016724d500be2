"""Routes of the states in which a coil passed."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from skelp.api.answers import TAGGED
from skelp.api.problem import invalid, not_modified, unchanged
from skelp.api.schema.base import CoilKey, IfNoneMatch
from skelp.api.schema.states import StateIn, StateList, StateOut
from skelp.api.services import Services
from skelp.domain.coilmap import Coil
from skelp.domain.coverage import Totals
from skelp.domain.line_state import LineState, StateOfCoil
from skelp.ports import RecordReader
from skelp.render.records import state_record

_WELD_M = 0.25
"""What belongs to a weld seam on each side of its place."""


def router(records: RecordReader) -> APIRouter:
    """The route that reads them."""
    api = APIRouter(prefix="/coils", tags=["results"])

    @api.get("/{coil_id}/states", response_model=StateList, responses=TAGGED)
    def list_states(coil_id: CoilKey, response: Response, if_none_match: IfNoneMatch = "") -> Any:
        """The states of the line in which a coil passed, and what was inspected in each."""
        coil = records.coil(coil_id)
        if unchanged(if_none_match, response, f"{coil.coil_id}.{coil.revision}"):
            return not_modified(response)
        return {"coil_id": coil.coil_id, "states": [state_record(s, coil.mm_per_line) for s in records.states(coil.coil_id)]}

    return api


def changes(s: Services) -> APIRouter:
    """The route by which the MES tells one."""
    api = APIRouter(prefix="/coils", tags=["coils"])

    @api.post("/{coil_id}/states", response_model=StateOut, status_code=201)
    def tell_state(coil_id: CoilKey, body: StateIn) -> Any:
        """Tell a state that cameras do not see, such as a weld seam. A coil that is final is decided, and takes none."""
        coil = s.records.coil(coil_id)
        where = _place(coil, body, s)
        if isinstance(where, str):
            return invalid([{"where": "body.from_m" if body.from_m is None else "body.to_m", "fault": where}])
        first, end = where
        with s.writer.transaction() as change:
            told = change.tell_state(coil.coil_id, LineState(body.state), first, end - first)
        return state_record(StateOfCoil(told, Totals(), 0), coil.mm_per_line)

    return api


def _place(coil: Coil, body: StateIn, s: Services) -> tuple[int, int] | str:
    """The first line, and the line after the last one; or why there is none."""
    if body.from_m is None:
        line = s.control.exposed_on(coil.coil_id)
        if line is None:
            return f"coil {coil.coil_id} does not run now, so say where it was"
        from_m = line * coil.mm_per_line / 1000
    else:
        from_m = body.from_m
    beside = _WELD_M if body.to_m is None and body.state == "weld_seam" else 0.0
    to_m = from_m if body.to_m is None else body.to_m
    if to_m < from_m:
        return f"ends at {to_m:g} m, before it begins at {from_m:g} m"
    first, end = (round(m * 1000 / coil.mm_per_line) for m in (max(0.0, from_m - beside), to_m + beside))
    return first, end
