"""The stations of the plant, as a screen for all lines needs them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from skelp.api.plant.lines import Lines
from skelp.api.schema.plant import PlantOut


def router(lines: Lines) -> APIRouter:
    """The route /plant."""
    api = APIRouter(tags=["station"])

    @api.get("/plant", response_model=PlantOut)
    def get_plant() -> Any:
        """All stations: whether they run, their newest coil, and what needs a person. It is made once a second."""
        return lines.record()

    return api
