"""What goes over the wire. A change here is a new version of the API."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from skelp.domain.review import Verdict
from skelp.ports import DefectQuery

_Text = Annotated[str, Field(max_length=128)]
CoilId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CoilStart(_In):
    """Announce a coil: lines from now on belong to it. Sending it again changes nothing."""

    coil_id: CoilId
    name: _Text | None = None
    heat: _Text = ""
    product: _Text = ""
    strip_width_mm: Annotated[float | None, Field(gt=0, le=10_000)] = None
    """Where less steel than this is seen, the lines are degraded. The recipe's value where it is not given."""


class CoilChange(_In):
    """Late correction of a coil's identity."""

    name: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    heat: _Text | None = None
    product: _Text | None = None


class Hashed(BaseModel):
    """A model or recipe by name and content."""

    name: str
    sha256: str


class CoilOut(BaseModel):
    """One coil. `decision` is a recommendation with its reasons; it is made for good when the status is final."""

    coil_id: str
    name: str
    status: Literal["running", "provisional", "final"]
    automatic: bool
    interrupted: bool
    heat: str
    product: str
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
    decision: Literal["accept", "hold"]
    reasons: list[str]
    model: Hashed
    recipe: Hashed
    revision: int


class CoilPage(BaseModel):
    """Coils, newest first. `next` goes into `cursor` for the following page."""

    coils: list[CoilOut]
    next: str | None


class DefectOut(BaseModel):
    """One defect, in mm from the head and from the operator-side edge."""

    model_config = ConfigDict(populate_by_name=True)

    defect_id: str
    coil_id: str
    class_: str = Field(alias="class")
    code: str
    severity: int
    score: float
    mean_score: float
    side: Literal["top", "bottom"]
    camera: str
    along_mm: float
    across_mm: float
    length_mm: float
    width_mm: float
    area_mm2: float
    orientation_deg: float
    contrast: float
    cut_by_gap: bool
    line: int
    lines: int
    column: int
    columns: int
    revision: int


class DefectFilters(_In):
    """What to list. `format` csv and geojson come in pages too; the next cursor is then in X-Next-Cursor."""

    class_: str | None = Field(None, alias="class")
    severity_min: Annotated[int | None, Field(ge=1, le=4)] = None
    side: Literal["top", "bottom"] | None = None
    from_m: float | None = None
    to_m: float | None = None
    cursor: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=1, le=10_000)] = 1000
    format: Literal["json", "csv", "geojson"] = "json"

    def query(self) -> DefectQuery:
        return DefectQuery(self.class_, self.severity_min, self.side, self.from_m, self.to_m, self.cursor, self.limit)


class DefectPage(BaseModel):
    """Defects in the order they were finished. `next` goes into `cursor` for the following page; `last` does, later, for what is new."""

    defects: list[DefectOut]
    next: int | None
    last: int


class IntervalOut(BaseModel):
    """Lines that share a fate."""

    first_line: int
    lines: int
    from_m: float
    to_m: float
    state: Literal["inspected", "degraded", "lost"]
    reason: str


class CoverageOut(BaseModel):
    """The strip's account, and each camera's. Each sums to the coil."""

    coil_id: str
    intervals: list[IntervalOut]
    cameras: dict[str, list[IntervalOut]]


class EventOut(BaseModel):
    """One entry of the feed."""

    seq: int
    time: str
    kind: str
    coil_id: str
    data: dict[str, Any]


class EventPage(BaseModel):
    """Events after the one asked for. Keep `last` and ask with it: nothing is missed, nothing comes twice."""

    events: list[EventOut]
    last: int


class DensityOut(BaseModel):
    """Counts and areas per cell [along][across] and class; `covered` is the inspected share of each row of cells."""

    coil_id: str
    cell_along_m: float
    cell_across_mm: float
    count: dict[str, list[list[int]]]
    area_mm2: dict[str, list[list[float]]]
    covered: list[float]


class ReviewIn(_In):
    """An operator's verdict. `class` is needed to relabel, and only then; `withdrawn` takes this operator's last one back."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    verdict: Verdict
    class_: Annotated[str | None, Field(min_length=1, max_length=64)] = Field(None, alias="class")
    operator: Annotated[str, Field(min_length=1, max_length=64)]
    note: Annotated[str, Field(max_length=1000)] = ""

    @model_validator(mode="after")
    def _class_if_relabelled(self) -> ReviewIn:
        if (self.class_ is not None) != (self.verdict is Verdict.RELABELLED):
            raise ValueError("class is given with verdict relabelled, and only there")
        return self


class ReviewOut(BaseModel):
    """One review, as it was given."""

    model_config = ConfigDict(populate_by_name=True)

    review_id: int
    defect_id: str
    verdict: Verdict
    class_: str | None = Field(alias="class")
    operator: str
    note: str
    at: str


class ReviewPage(BaseModel):
    """Reviews, oldest first. `next` goes into `cursor` for the following page."""

    reviews: list[ReviewOut]
    next: int | None


class SampleOut(BaseModel):
    """A piece of steel on which nothing was found; its picture is at /samples/{sample_id}.png."""

    sample_id: str
    coil_id: str
    camera: str
    line: int
    column: int
    model_sha256: str


class SamplePage(BaseModel):
    """All samples that are kept."""

    samples: list[SampleOut]


class OpticsOut(BaseModel):
    """One camera on one coil. `light_dn` in bands across the steel from the operator side; shares are of the reference, 1 as set up."""

    coil_id: str
    at: str
    camera: str
    light_dn: list[float]
    light_share: float
    sharpness: float
    sharpness_share: float
    warnings: list[str]


class OpticsPage(BaseModel):
    """The newest readings of each camera, oldest first."""

    optics: list[OpticsOut]


class AlarmOut(BaseModel):
    """One alarm. `cost`: 1 steel is not inspected, 2 quality, 3 drift, 4 records. `standing`: the condition lasts.

    `from_mm`, `last_mm`: where on `coil_id` it began and where it happened last.
    """

    key: str
    kind: str
    cost: int
    what: str
    reason: str
    coil_id: str
    count: int
    first_seq: int
    last_seq: int
    first_time: str
    last_time: str
    standing: bool
    acknowledged_by: str
    from_mm: float | None
    last_mm: float | None


class AlarmList(BaseModel):
    """All alarms, the costliest first."""

    alarms: list[AlarmOut]


class Acknowledge(_In):
    """An operator has seen an alarm, as far as it had happened then."""

    key: Annotated[str, Field(min_length=1, max_length=1000)]
    operator: Annotated[str, Field(min_length=1, max_length=64)]
