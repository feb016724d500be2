"""Routes of what a second model would have said."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from skelp.api.schema.base import CoilKey
from skelp.api.schema.models import ShadowList, ShadowOut
from skelp.domain.alone import LoneDefect
from skelp.domain.moments import iso
from skelp.domain.shadow import ModelVerdict, ShadowResult
from skelp.ports import RecordReader
from skelp.render.records import reason_record


def router(records: RecordReader) -> APIRouter:
    """The routes /coils/{coil_id}/shadow and /shadows."""
    api = APIRouter(tags=["results"])

    @api.get("/coils/{coil_id}/shadow", response_model=ShadowOut)
    def get_shadow(coil_id: CoilKey) -> Any:
        """What the station's second model would have said, beside the first one on the same lines. Neither is the coil's result.

        404 if no second model saw the coil, or the coil has not ended.
        """
        return _record(records.shadow(records.coil(coil_id).coil_id))

    @api.get("/shadows", response_model=ShadowList)
    def list_shadows(limit: Annotated[int, Query(ge=1, le=500)] = 100) -> Any:
        """What second models would have said about the newest coils that they saw, the newest first."""
        found = records.shadows(limit=limit)
        return {"shadows": [{"name": c.name, "started_at": iso(c.started_at), **_record(r)} for c, r in found]}

    return api


def _record(found: ShadowResult) -> dict[str, Any]:
    return {
        "coil_id": found.coil_id,
        "exposed_lines": found.exposed_lines,
        "seen_lines": found.seen_lines,
        "seen_share": round(found.seen_share, 4),
        "agree": found.agree,
        "first": _verdict(found.first),
        "second": _verdict(found.second),
    }


def _verdict(verdict: ModelVerdict) -> dict[str, Any]:
    alone = verdict.alone
    return {
        "model": asdict(verdict.model),
        "defects": verdict.tally.defects,
        "by_class": verdict.tally.by_class,
        "by_severity": {str(severity): n for severity, n in verdict.tally.by_severity.items()},
        "marks": verdict.tally.marks,
        "decision": verdict.decision.value,
        "reasons": [reason_record(r) for r in verdict.reasons],
        "alone": alone and {"defects": alone.defects, "worst": [_lone(d) for d in alone.worst]},
    }


def _lone(defect: LoneDefect) -> dict[str, Any]:
    measured = {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(defect).items() if k != "class_name"}
    return {"class": defect.class_name, **measured, "side": defect.side.value}
