"""The station, its optics and its alarms."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from skelp.api.schema.base import Hashed, In, ReasonOut
from skelp.domain.events import Kind
from skelp.domain.reasons import Code


class CameraOut(BaseModel):
    """A camera and what it sees. `live`: lines come at the camera's pace."""

    name: str
    side: Literal["top", "bottom"]
    width_px: int
    first_column: int
    mm_per_px: float
    mm_per_line: float
    live: bool


class EngineOut(BaseModel):
    """What the model runs on, and why that was chosen."""

    provider: str
    precision: str
    threads: int
    reason: str


class ModelOut(BaseModel):
    """The model that inspects."""

    name: str
    version: str
    sha256: str


class LineCountOut(BaseModel):
    """Lines of all cameras since the station started, by state and reason code. Inspected lines have no code."""

    state: Literal["inspected", "degraded", "lost"]
    code: Code | None
    lines: int


class LatencyOut(BaseModel):
    """From a camera's frame to the stored result; null before the first."""

    p50: float | None
    p99: float | None


class DiskOut(BaseModel):
    """Free space where results are kept, and what the pictures of defects take."""

    free_gb: float
    crops_gb: float


class StationOut(BaseModel):
    """What the station does now. `reason`: why it is not ready, null if it is. `coil`: id of the running coil."""

    name: str
    uptime_s: float
    ready: bool
    reason: ReasonOut | None
    coil: str | None
    classes: list[str]
    cameras: list[CameraOut]
    engine: EngineOut
    model: ModelOut
    recipe: Hashed
    counts: dict[str, int]
    lines: list[LineCountOut]
    busy_s: dict[str, float]
    latency_ms: LatencyOut
    queued: dict[str, int]
    disk: DiskOut


class OpticsOut(BaseModel):
    """One camera on one coil. `light_dn` in bands across the steel from the operator side; shares are of the reference, 1 as set up."""

    coil_id: str
    at: str
    camera: str
    light_dn: list[float]
    light_share: float
    sharpness: float
    sharpness_share: float
    warnings: list[ReasonOut]


class OpticsPage(BaseModel):
    """The newest readings of each camera, oldest first."""

    optics: list[OpticsOut]


class AlarmOut(BaseModel):
    """One alarm. `cost`: 1 steel is not inspected, 2 quality, 3 drift, 4 records. `standing`: the condition lasts.

    It is about a `camera`, a `class` of defects with a `severity`, or a coil. `reasons` are those of the last time it happened.
    `from_mm`, `last_mm`: where on `coil_id` it began and where it happened last.
    """

    model_config = ConfigDict(populate_by_name=True)

    key: str
    kind: Kind
    cost: int
    camera: str
    class_: str = Field(alias="class")
    severity: int | None
    reasons: list[ReasonOut]
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


class Acknowledge(In):
    """An operator has seen an alarm, as far as it had happened then."""

    key: Annotated[str, Field(min_length=1, max_length=1000)]
    operator: Annotated[str, Field(min_length=1, max_length=64)]
