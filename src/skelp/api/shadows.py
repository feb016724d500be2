"""The route of what a second model would have said about a coil."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from skelp.api.schema.base import CoilKey
from skelp.api.schema.models import ShadowOut
from skelp.domain.shadow import ModelVerdict
from skelp.ports import RecordReader
from skelp.render.records import reason_record


def router(records: RecordReader) -> APIRouter:
    """The route /coils/{coil_id}/shadow."""
    api = APIRouter(prefix="/coils", tags=["results"])

    @api.get("/{coil_id}/shadow", response_model=ShadowOut)
    def get_shadow(coil_id: CoilKey) -> Any:
        """What the station's second model would have said, beside the first one on the same lines. Neither is the coil's result.

        404 if no second model saw the coil, or the coil has not ended.
        """
        found = records.shadow(records.coil(coil_id).coil_id)
        return {
            "coil_id": found.coil_id,
            "exposed_lines": found.exposed_lines,
            "seen_lines": found.seen_lines,
            "seen_share": round(found.seen_share, 4),
            "agree": found.agree,
            "first": _record(found.first),
            "second": _record(found.second),
        }

    return api


def _record(verdict: ModelVerdict) -> dict[str, Any]:
    return {
        "model": asdict(verdict.model),
        "defects": verdict.tally.defects,
        "by_class": verdict.tally.by_class,
        "by_severity": {str(severity): n for severity, n in verdict.tally.by_severity.items()},
        "marks": verdict.tally.marks,
        "decision": verdict.decision.value,
        "reasons": [reason_record(r) for r in verdict.reasons],
    }
