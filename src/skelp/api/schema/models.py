"""The line's model."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from skelp.api.schema.base import NO_CONTROLS, Body, ReasonOut
from skelp.api.schema.station import ModelOut


class ModelAsk(Body):
    """`file`: a name of `files` of GET /model. `watch`: the station goes back by itself if the model's rates leave their band."""

    file: Annotated[str, Field(min_length=1, max_length=255, pattern=NO_CONTROLS)]
    watch: bool = True


class ModelRefusalOut(BaseModel):
    """The request that was refused last: its file, why, and when."""

    file: str
    at: str
    reason: ReasonOut


class ModelsOut(BaseModel):
    """`running`: the model of the coil that began last. `chosen`: that of the coils that begin from now on.

    `previous`: what a rollback goes back to, or null. `trying`: the file that is being tried, or null. `refused`: null once another request
    was made. `files`: the models that may be asked for.
    """

    running: ModelOut
    chosen: ModelOut
    previous: ModelOut | None
    trying: str | None
    refused: ModelRefusalOut | None
    files: list[str]
