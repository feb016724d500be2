"""Defects, and samples of clean steel."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from skelp.api.schema.base import In, Metres, Number, ReasonOut, ShortText
from skelp.api.schema.codes import DefectCodes
from skelp.domain.queries import DefectQuery


class DefectOut(BaseModel):
    """One defect. `along_mm` counts from the coil's head, `across_mm` from the operator-side edge of the strip.

    `severity` is 1 to 5, and 0 for a mark that is no defect, such as chalk. `seen_as`: on a derived coil, the id of the defect on the coil
    that a camera saw; else null. `codes`: the common codes of its class, null without. In CSV they are plant_code and cluster_code.
    """

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
    seen_as: str | None
    codes: DefectCodes | None


class ExplainedDefectOut(DefectOut):
    """One defect, and why it has its severity: what each rule of its coil's recipe added to the grade (docs/severity.md)."""

    severity_because: list[ReasonOut]


class DefectFilters(In):
    """Filters of a list of defects. With `format` csv or geojson, the header X-Next-Cursor has the next cursor."""

    class_: ShortText | None = Field(None, alias="class")
    severity_min: Annotated[int | None, Field(ge=1, le=5)] = None
    side: Literal["top", "bottom"] | None = None
    from_m: Metres | None = None
    to_m: Metres | None = None
    marks: bool = False
    """Whether marks that are no defects are listed too, with severity 0."""
    cursor: Number = 0
    limit: Annotated[int, Field(ge=1, le=10_000)] = 1000
    format: Literal["json", "csv", "geojson"] = "json"

    def query(self) -> DefectQuery:
        """The filters as a query of the records."""
        return DefectQuery(self.class_, self.severity_min, self.side, self.from_m, self.to_m, self.cursor, self.limit, self.marks)


class DefectPage(BaseModel):
    """Defects in the order in which they were finished. `next` is the `cursor` of the next page; `last` is that of defects found later."""

    defects: list[DefectOut]
    next: int | None
    last: int


class PolygonOut(BaseModel):
    """The box of a defect on the strip. Each corner is [across_mm, along_mm]; the last is the first."""

    type: Literal["Polygon"]
    coordinates: list[list[tuple[float, float]]]


class FeatureOut(BaseModel):
    """A defect as a GeoJSON feature (RFC 7946)."""

    type: Literal["Feature"]
    id: str
    geometry: PolygonOut
    properties: DefectOut


class FeatureCollectionOut(BaseModel):
    """Defects as GeoJSON (RFC 7946), on the strip and not on the Earth."""

    type: Literal["FeatureCollection"]
    features: list[FeatureOut]


class SampleOut(BaseModel):
    """A piece of steel without defects. Its picture is at /samples/{sample_id}.png."""

    sample_id: str
    coil_id: str
    camera: str
    line: int
    column: int
    model_sha256: str


class SamplePage(BaseModel):
    """All stored samples, oldest first."""

    samples: list[SampleOut]
