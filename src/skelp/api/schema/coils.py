"""Coils and their coverage."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from skelp.api.schema.base import Body, Hashed, In, Moment, Name, Note, ReasonOut, ShortText, Text
from skelp.api.schema.codes import CodesNamed
from skelp.api.schema.decisions import Decided, RevisionOut
from skelp.domain.queries import CoilQuery

CoilId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class CoilStart(Body):
    """Announces a coil. The next lines belong to it. Sending it again while it runs changes nothing.

    `new_pass`: the coil has passed before and passes again. The station gives the new pass an id of its own, such as K4711~2.
    """

    coil_id: CoilId
    name: Name | None = None
    heat: Text = ""
    product: Text = ""
    customer: Text = ""
    """Together with the product it chooses the recipe."""
    strip_width_mm: Annotated[float | None, Field(gt=0, le=10_000)] = None
    """Lines that show less steel than this are degraded. Default: the recipe's value."""
    new_pass: bool = False

    @property
    def given(self) -> dict[str, Any]:
        """The fields that describe the coil, without those that were left out."""
        return self.model_dump(exclude_unset=True, exclude_none=True, exclude={"coil_id", "new_pass"})


class CoilChange(Body):
    """Corrects a coil's identity."""

    name: Name | None = None
    heat: Text | None = None
    product: Text | None = None
    customer: Text | None = None


class CoilFilters(In):
    """Filters of the list of coils."""

    cursor: Annotated[Text | None, Field(min_length=1)] = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    started_from: Moment | None = None
    """Only coils that started at this time or later, ISO 8601 with zone."""
    started_to: Moment | None = None
    """Only coils that started before this time."""
    finished_from: Moment | None = None
    """Only coils that finished at this time or later."""
    finished_to: Moment | None = None
    """Only coils that finished before this time."""
    product: Text | None = None
    """Only coils of this product."""
    customer: Text | None = None
    """Only coils for this customer."""
    decision: Decided | None = None
    """Only coils with this first decision of skelp. A coil that is not final is on hold."""
    stands: Decided | None = None
    """Only coils for which this stands: what a person decided last, else skelp's newest decision. A coil that is not final is on hold."""
    recipe: Text | None = None
    """Only coils that were inspected by this recipe."""
    name: Text | None = None
    """Only coils with this text in their name, upper and lower case alike."""

    def query(self) -> CoilQuery:
        """The filters as a query of the records."""
        started, finished = (_utc(self.started_from), _utc(self.started_to)), (_utc(self.finished_from), _utc(self.finished_to))
        return CoilQuery(*started, *finished, self.product, self.customer, self.decision, self.stands, self.name, self.recipe)


def _utc(moment: str | None) -> datetime | None:
    return None if moment is None else datetime.fromisoformat(moment).astimezone(UTC)


class OverrideIn(Body):
    """A person's decision on a final coil. `note` says why.

    A caller with a token signs with the token's name; without tokens, `operator` is needed.
    """

    decision: Decided
    note: Annotated[Note, Field(min_length=3)]
    operator: ShortText | None = None


class OverrideOut(BaseModel):
    """A person's decision on a coil, and why."""

    override_id: int
    coil_id: str
    decision: Decided
    operator: str
    note: str
    at: str


class OverrideList(BaseModel):
    """What persons decided for a coil, oldest first. The last one stands."""

    coil_id: str
    overrides: list[OverrideOut]


class CoilOut(BaseModel):
    """One pass of a coil. `decision` is a recommendation with its reasons. It does not change after the status is final.
    `revised` is the newest later decision, by another recipe: where it is not null, it stands. `override` is what a person decided instead:
    where it is not null, it stands before both.

    `defects`, `by_class` and `by_severity` count defects; `marks` counts marks that are no defects, such as chalk, by class.
    `pass_number`: 1 when the coil passes for the first time. Later passes have an id of their own, such as K4711~2.
    `codes`: the common codes that its defects were recorded with, null without.
    """

    coil_id: str
    name: str
    pass_number: int
    status: Literal["running", "provisional", "final"]
    automatic: bool
    interrupted: bool
    heat: str
    product: str
    customer: str
    strip_width_mm: float | None
    started_at: str
    finished_at: str | None
    length_m: float
    inspected_m: float
    degraded_m: float
    lost_m: float
    lines: int
    inspected_lines: int
    degraded_lines: int
    lost_lines: int
    defects: int
    by_class: dict[str, int]
    by_severity: dict[str, int]
    marks: dict[str, int]
    decision: Decided
    reasons: list[ReasonOut]
    revised: RevisionOut | None
    override: OverrideOut | None
    model: Hashed
    recipe: Hashed
    revision: int
    codes: CodesNamed | None


class CoilPage(BaseModel):
    """Coils, newest first. `next` is the `cursor` of the next page."""

    coils: list[CoilOut]
    next: str | None


class IntervalOut(BaseModel):
    """Consecutive lines that share a state and a reason. Inspected lines have none, or `line.screened`."""

    first_line: int
    lines: int
    from_m: float
    to_m: float
    state: Literal["inspected", "degraded", "lost"]
    reason: ReasonOut | None


class CoverageOut(BaseModel):
    """Coverage of the strip, and of each camera. Each list has every line of the coil once.

    `width_mm`: the widest steel that was seen, from edge to edge.
    """

    coil_id: str
    width_mm: float
    intervals: list[IntervalOut]
    cameras: dict[str, list[IntervalOut]]


class PeriodicOut(BaseModel):
    """Defects of one side that follow each other at a constant distance, at the same place across: what a damaged roll leaves.

    `rolls`: the rolls of the station's roll table that may have left them, the likeliest first. `defect_ids`: the defects, from the head
    on. `reason` says it in a sentence.
    """

    periodic_id: str
    coil_id: str
    side: Literal["top", "bottom"]
    across_mm: float
    period_mm: float
    period_error_mm: float
    first_mm: float
    last_mm: float
    seen: int
    expected: int
    seen_share: float
    by_chance_log10: float
    rolls: list[str]
    reason: ReasonOut
    defect_ids: list[str]


class PeriodicList(BaseModel):
    """The series of defects that repeat along a coil, from the head on."""

    coil_id: str
    periodic: list[PeriodicOut]


class StretchOut(BaseModel):
    """A part of one side of a coil where so many defects lie that a person wants one mark instead of each.

    `class`: the class that most of its defects have; `by_class` has all. `severity`: the worst. `stretch_id` counts from the head, so it
    may name another stretch after the coil's revision has changed.
    """

    model_config = ConfigDict(populate_by_name=True)

    stretch_id: str
    coil_id: str
    side: Literal["top", "bottom"]
    class_: str = Field(alias="class")
    from_mm: float
    to_mm: float
    across_from_mm: float
    across_to_mm: float
    defects: int
    by_class: dict[str, int]
    area_mm2: float
    per_m: float
    severity: int


class StretchList(BaseModel):
    """The heavy stretches of a coil, from the head on. The defects in none of them are nowhere so dense."""

    coil_id: str
    stretches: list[StretchOut]


class DensityOut(BaseModel):
    """Number and area of defects by class, for each cell [along][across]. `covered`: the inspected share of each row of cells."""

    coil_id: str
    cell_along_m: float
    cell_across_mm: float
    count: dict[str, list[list[int]]]
    area_mm2: dict[str, list[list[float]]]
    covered: list[float]
