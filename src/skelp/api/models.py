"""Routes of the line's model: which one runs, and the change to another at the border of two coils."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from skelp.api.schema.models import ModelAsk, ModelsOut
from skelp.domain.models import ModelsStatus
from skelp.ports import ModelSwitch
from skelp.render.records import reason_record


def router(models: ModelSwitch) -> APIRouter:
    """The route that shows the models."""
    api = APIRouter(prefix="/model", tags=["station"])

    @api.get("", response_model=ModelsOut)
    def get_model() -> Any:
        """The model on the line, the one that was chosen for the next coils, and how the last request went."""
        return _record(models.status())

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
    }
