"""The route of what the model finds, now and before."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from skelp.api.schema.base import NO_CONTROLS
from skelp.api.schema.drift import DriftOut
from skelp.domain.drift_figures import ClassDrift, FoundOnCoils
from skelp.ports import RecordReader
from skelp.render.records import reason_record


def router(records: RecordReader) -> APIRouter:
    """The route /model/drift."""
    api = APIRouter(prefix="/model", tags=["station"])

    @api.get("/drift", response_model=DriftOut)
    def get_drift(product: Annotated[str | None, Query(max_length=128, pattern=NO_CONTROLS)] = None) -> Any:
        """What the model of a product's newest coil finds on its newest coils, found on those before, and on the pictures of its card.

        Without `product` it is that of the newest final coil. 404 if no coil of it is final.
        """
        found = records.drift(product)
        return {
            "product": found.product,
            "products": list(found.products),
            "model": {"name": found.model_name, "sha256": found.model_sha256},
            "coils": found.coils,
            "before_coils": found.before_coils,
            "seen_m": found.metres,
            "before_seen_m": found.before_metres,
            "classes": [_of_class(c) for c in found.classes],
            "reasons": [reason_record(r) for r in found.reasons],
        }

    return api


def _of_class(found: ClassDrift) -> dict[str, Any]:
    learned = found.learned
    return {
        "class": found.class_name,
        "now": _on_coils(found.now),
        "before": found.before and _on_coils(found.before),
        "card": learned
        and {"defects": learned.defects, "share": _rounded(found.share_learned), "mean_score": round(learned.mean_score, 4)},
    }


def _on_coils(found: FoundOnCoils) -> dict[str, Any]:
    return {name: _rounded(value) if isinstance(value, float) else value for name, value in asdict(found).items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
