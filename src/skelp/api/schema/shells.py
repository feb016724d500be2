"""A coil as an Asset Administration Shell."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class EnvironmentOut(BaseModel):
    """Shells of the coil, of its station and of its model, and their submodels, in JSON of the metamodel 3.0 of the IDTA.

    docs/plant/aas.md lists what is in it.
    """

    model_config = ConfigDict(populate_by_name=True)

    shells: list[dict[str, Any]] = Field(alias="assetAdministrationShells")
    submodels: list[dict[str, Any]]
