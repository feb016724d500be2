"""Defects, their reviews, and samples of clean steel."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from skelp.api.schema.base import In
from skelp.domain.review import Verdict
from skelp.ports import DefectQuery


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


class DefectFilters(In):
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


class ReviewIn(In):
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
