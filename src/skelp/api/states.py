"""Routes of the states in which a coil passed."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from skelp.api.answers import TAGGED, TOLD
from skelp.api.problem import invalid, not_modified, unchanged
from skelp.api.schema.base import CoilKey, IfNoneMatch
from skelp.api.schema.states import StateIn, StateList, StateOut, Told
from skelp.api.services import Services
from skelp.domain.coilmap import Coil
from skelp.domain.coverage import Totals
from skelp.domain.line_state import LineState, StateOfCoil
from skelp.ports import RecordReader
from skelp.render.records import state_record

_WELD_M = 0.25
"""What belongs to a weld seam on each side of its place."""
_LONGEST_WELD_M = 10.0
"""A seam is a few mm long, and nobody knows its place better than to some metres."""
_PLACES, _STRETCHES = ("stopped", "reversed"), ("threading", "running", "slowing")


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

    @api.post("/{coil_id}/states", response_model=StateOut, status_code=201, responses=TOLD)
    def tell_state(coil_id: CoilKey, body: StateIn, response: Response) -> Any:
        """Tell a state that cameras do not see, such as a weld seam. A coil that is final is decided, and takes none.

        Telling the same metres again changes nothing (200).
        """
        coil = s.records.coil(coil_id)
        where = _place(coil, body, s)
        if isinstance(where, dict):
            return invalid([where])
        first, end = where
        with s.writer.transaction() as change:
            told, is_new = change.tell_state(coil.coil_id, LineState(body.state), first, end - first)
        if not is_new:
            response.status_code = 200
        return state_record(StateOfCoil(told, Totals(), 0), coil.mm_per_line)

    return api


def _place(coil: Coil, body: StateIn, s: Services) -> tuple[int, int] | dict[str, str]:
    """The first line, and the line after the last one; or what is wrong in the request."""
    line = None if body.from_m is not None else s.control.exposed_on(coil.coil_id)
    if body.from_m is None and line is None:
        return {"where": "body.from_m", "fault": f"coil {coil.coil_id} does not run now, so say where it was"}
    from_m = body.from_m if body.from_m is not None else (line or 0) * coil.mm_per_line / 1000
    beside = _WELD_M if body.to_m is None and body.state == "weld_seam" else 0.0
    to_m = from_m if body.to_m is None else body.to_m
    if fault := _fault(body.state, from_m, to_m):
        return {"where": "body.to_m", "fault": fault}
    first, end = (round(m * 1000 / coil.mm_per_line) for m in (max(0.0, from_m - beside), to_m + beside))
    return first, end


def _fault(state: Told, from_m: float, to_m: float) -> str | None:
    if to_m < from_m:
        return f"ends at {to_m:g} m, before it begins at {from_m:g} m"
    if state in _PLACES and to_m > from_m:
        return f"{state} is at one place, because the coil does not grow meanwhile; leave to_m out"
    if state in _STRETCHES and to_m == from_m:
        return f"{state} lasts for some metres; say to_m, where it ends"
    if state == "weld_seam" and to_m - from_m > _LONGEST_WELD_M:
        return f"a weld seam of {to_m - from_m:g} m; at most {_LONGEST_WELD_M:g} m are taken, because a recipe may crop all of it"
    return None
