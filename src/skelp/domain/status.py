"""What a station does at this moment: one frozen value, from which GET /station, the live WebSocket and Prometheus are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skelp.domain.coverage import LineCount
from skelp.domain.line_state import LineNow
from skelp.domain.reasons import Reason
from skelp.domain.strip import Side


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """A camera and what it sees. `live`: lines come at the camera's pace, ready or not."""

    name: str
    side: Side
    width_px: int
    first_column: int
    mm_per_px: float
    mm_per_line: float
    live: bool


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """Which provider runs the model, how exactly, and why that one was chosen (for engineers, in English).

    `nodes`: nodes of the graph. `nodes_on_cpu`: those that a provider for other hardware leaves to ONNX Runtime's CPU provider.
    """

    provider: str
    precision: str
    threads: int
    reason: str
    nodes: int = 0
    nodes_on_cpu: int = 0


@dataclass(frozen=True, slots=True)
class ModelId:
    """A model by name and content."""

    name: str
    version: str
    sha256: str

    @property
    def title(self) -> str:
        """Name and version, as a coil's record names its model."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True)
class RecipeId:
    """A recipe by name and content."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class StationStatus:
    """`not_ready`: why lines are not being inspected and kept, None if they are. `coil` is the id of the running coil.

    `line_now`: what the line does; None if no camera tells it.

    `marks`: those of the classes that are no defects.

    `counts` are totals since the start, `busy_s` the time each stage worked, `queued` the items that wait. The latencies run from a
    camera's frame to the stored result. `lines` are those of all cameras since the start.
    """

    name: str
    feed_id: str
    uptime_s: float
    not_ready: Reason | None
    coil: str | None
    classes: tuple[str, ...]
    marks: tuple[str, ...]
    cameras: tuple[CameraStatus, ...]
    engine: EngineInfo
    model: ModelId
    recipe: RecipeId
    counts: Mapping[str, int]
    lines: tuple[LineCount, ...]
    busy_s: Mapping[str, float]
    latency_p50_ms: float | None
    latency_p99_ms: float | None
    queued: Mapping[str, int]
    disk_free_gb: float
    crops_gb: float
    plant: str = ""
    line: str = ""
    line_now: LineNow | None = None
