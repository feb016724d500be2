"""Routes of the line's model: which one runs, and the change to another at the border of two coils."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from skelp.api.schema.models import ModelAsk, ModelHistoryOut, ModelsOut
from skelp.domain.models import ModelsStatus
from skelp.domain.moments import iso
from skelp.ports import ModelSwitch, RecordReader
from skelp.render.records import reason_record


def router(models: ModelSwitch) -> APIRouter:
    """The route that shows the models."""
    api = APIRouter(prefix="/model", tags=["station"])

    @api.get("", response_model=ModelsOut)
    def get_model() -> Any:
        """The model on the line, the one that was chosen for the next coils, and how the last request went."""
        return _record(models.status())

    return api


def history(records: RecordReader) -> APIRouter:
    """The route that lists what was on the line before."""
    api = APIRouter(prefix="/model", tags=["station"])

    @api.get("/history", response_model=ModelHistoryOut)
    def list_model_history(limit: Annotated[int, Query(ge=1, le=200)] = 50) -> Any:
        """The models that were chosen for the line, the newest first, why, and how many coils each inspected."""
        found = records.model_history(limit=limit)
        since = found.since
        return {
            "since": since and {"coil_id": since.coil_id, "name": since.name, "started_at": iso(since.started_at)},
            "choices": [
                {"at": chosen.at, "file": chosen.file, "model": asdict(chosen.model), "why": chosen.why.value, "coils": coils}
                for chosen, coils in found.choices
            ],
        }

    return api


def changes(models: ModelSwitch) -> APIRouter:
    """The routes that change it."""
    api = APIRouter(prefix="/model", tags=["station"])

    @api.post("", response_model=ModelsOut, status_code=202)
    def ask_for_model(body: ModelAsk) -> Any:
        """Open a model beside the one on the line, check it, and give it the coils that begin later. GET /model says how it went.

        Asking for the model that is chosen already changes nothing.
        """
        models.ask(body.file, watch=body.watch)
        return _record(models.status())

    @api.post("/rollback", response_model=ModelsOut, status_code=202)
    def roll_model_back() -> Any:
        """Go back to the model before the one that was chosen, from the next coil on."""
        models.roll_back()
        return _record(models.status())

    return api


def _record(status: ModelsStatus) -> dict[str, Any]:
    refused = status.refused
    return {
        "running": asdict(status.running),
        "chosen": asdict(status.chosen),
        "previous": asdict(status.previous) if status.previous else None,
        "trying": status.trying,
        "refused": {"file": refused.file, "at": refused.at, "reason": reason_record(refused.reason)} if refused else None,
        "files": list(status.files),
        "watched": status.watched,
    }
