"""The line's model."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from skelp.api.schema.base import NO_CONTROLS, Body, ReasonOut
from skelp.api.schema.decisions import Decided
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


class ModelVerdictOut(BaseModel):
    """What one model found on the lines that both saw, and what the recipe decides from that alone."""

    model: ModelOut
    defects: int
    by_class: dict[str, int]
    by_severity: dict[str, int]
    marks: dict[str, int]
    decision: Decided
    reasons: list[ReasonOut]


class ShadowOut(BaseModel):
    """What a second model would have said about a coil. `first` inspected the coil, and is counted here on the same lines as `second`.

    `agree`: both lead to the same decision on these lines. Neither is the coil's result, which GET /coils/{coil_id} has.
    """

    coil_id: str
    exposed_lines: int
    seen_lines: int
    seen_share: float
    agree: bool
    first: ModelVerdictOut
    second: ModelVerdictOut
