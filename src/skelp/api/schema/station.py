"""The station, its optics and its alarms."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from skelp.api.schema.base import Body, Hashed, Note, ReasonOut, ShortText
from skelp.api.schema.states import LineNowOut
from skelp.domain.events import Kind
from skelp.domain.reasons import Code


class AliveOut(BaseModel):
    """The process answers."""

    status: Literal["alive"]


class ReadyOut(BaseModel):
    """Lines are inspected and results are stored."""

    status: Literal["ready"]


class CameraOut(BaseModel):
    """A camera. `live`: it does not wait for the inspection."""

    name: str
    side: Literal["top", "bottom"]
    width_px: int
    first_column: int
    mm_per_px: float
    mm_per_line: float
    live: bool


class EngineOut(BaseModel):
    """The execution provider of the model, and why it was chosen. `nodes_on_cpu`: nodes of the graph that it leaves to the CPU."""

    provider: str
    precision: str
    threads: int
    reason: str
    nodes: int
    nodes_on_cpu: int


class ModelOut(BaseModel):
    """The model that inspects."""

    name: str
    version: str
    sha256: str


class LineCountOut(BaseModel):
    """Lines of all cameras since the station started, by state and reason code. Inspected lines have none, or `line.screened`."""

    state: Literal["inspected", "degraded", "lost"]
    code: Code | None
    lines: int


class LatencyOut(BaseModel):
    """Latency from a camera's frame to the stored result, in ms; null before the first result."""

    p50: float | None
    p99: float | None


class DiskOut(BaseModel):
    """Free space on the disk of the results, and the size of all crops."""

    free_gb: float
    crops_gb: float


class StationOut(BaseModel):
    """The status of the station. `reason`: why it is not ready, else null. `coil`: id of the running coil.

    `marks`: those of the classes that are no defects, such as chalk.
    `feed_id`: identity of the event feed. Another one means another database or another station, whose events are numbered from 1.
    `line_now`: what the line does; null if no camera tells it.
    `plant`, `line`: where it is, as the station file says; empty if it says nothing.
    """

    name: str
    plant: str
    line: str
    feed_id: str
    uptime_s: float
    ready: bool
    reason: ReasonOut | None
    coil: str | None
    line_now: LineNowOut | None
    classes: list[str]
    marks: list[str]
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
    """A reading of one camera on one coil. `light_dn`: grey in bands from the operator side. Shares are relative to the reference."""

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
    """One alarm. `cost`: 1 steel is not inspected, 2 quality, 3 drift, 4 records. `standing`: the condition still lasts.

    An alarm concerns a `camera`, a `class` of defects with a `severity`, or a coil. `reasons` are those of its last event.
    `from_mm`, `last_mm`: places on coil `coil_id` of the first and the last event.
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


class Acknowledge(Body):
    """Records that an operator has seen an alarm. A caller with a token signs with the token's name; else `operator` is needed."""

    key: Annotated[Note, Field(min_length=1)]
    operator: ShortText | None = None
