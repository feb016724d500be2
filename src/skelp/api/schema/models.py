"""The line's model."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from skelp.api.schema.base import NO_CONTROLS, Body, ReasonOut
from skelp.api.schema.decisions import Decided
from skelp.api.schema.station import ModelOut
from skelp.domain.models import Why


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
    was made. `files`: the models that may be asked for. `watched`: the station goes back by itself if the rates of `chosen` leave their
    band.
    """

    running: ModelOut
    chosen: ModelOut
    previous: ModelOut | None
    trying: str | None
    refused: ModelRefusalOut | None
    files: list[str]
    watched: bool


class SinceOut(BaseModel):
    """A coil, and when it began."""

    coil_id: str
    name: str
    started_at: str


class ModelChoiceOut(BaseModel):
    """A model that was chosen for the coils from `at` on. `file` is empty for the model of the station file.

    `why`: `asked`, `unwatched` (asked for, without a watch on its rates), `rolled_back` (a person went back to it), `rates` (those of the
    model after it left their band) or `failed` (the model after it failed on the line).
    """

    at: str
    file: str
    model: ModelOut
    why: Why
    coils: int


class ModelHistoryOut(BaseModel):
    """The models that were chosen for the line, the newest first. What stands is in GET /model: another station file ends a choice.

    `since`: the first of the newest coils that one model inspected, without another one between; null if there is no coil.
    """

    since: SinceOut | None
    choices: list[ModelChoiceOut]


class LoneDefectOut(BaseModel):
    """A defect that one model found, and the other one did not. It has no id and no picture: places and measures are its record."""

    model_config = ConfigDict(populate_by_name=True)

    class_: str = Field(alias="class")
    severity: int
    score: float
    side: Literal["top", "bottom"]
    along_mm: float
    across_mm: float
    length_mm: float
    width_mm: float
    area_mm2: float


class AloneOut(BaseModel):
    """The defects of one model with none of the other one within 10 mm, whatever their class: their number, and the worst of them."""

    defects: int
    worst: list[LoneDefectOut]


class ModelVerdictOut(BaseModel):
    """What one model found on the lines that both saw, and what the recipe decides from that alone.

    `alone`: what the other one did not find; null if that was not compared: an older version recorded it, or there were more than 20,000
    defects.
    """

    model: ModelOut
    defects: int
    by_class: dict[str, int]
    by_severity: dict[str, int]
    marks: dict[str, int]
    decision: Decided
    reasons: list[ReasonOut]
    alone: AloneOut | None


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


class ListedShadowOut(ShadowOut):
    """What a second model would have said about a coil, with the coil's name, and when it began."""

    name: str
    started_at: str


class ShadowList(BaseModel):
    """The newest coils that a second model saw, the newest first."""

    shadows: list[ListedShadowOut]
