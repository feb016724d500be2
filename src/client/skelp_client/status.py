"""The status of a station and its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skelp_client.records import Hashed, Reason, Side, State


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera of the station. `live`: it does not wait for the inspection."""

    name: str
    side: Side
    width_px: int
    first_column: int
    mm_per_px: float
    mm_per_line: float
    live: bool


@dataclass(frozen=True, slots=True)
class Engine:
    """The execution provider of the model, and why it was chosen."""

    provider: str
    precision: str
    threads: int
    reason: str
    nodes: int
    nodes_on_cpu: int


@dataclass(frozen=True, slots=True)
class Model:
    """The model that inspects."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class LineCount:
    """Lines of all cameras since the station started, by state and reason code."""

    state: State
    code: str | None
    lines: int


@dataclass(frozen=True, slots=True)
class LineNow:
    """What the line does now. `speed_m_s`: None if no camera tells it."""

    state: str
    speed_m_s: float | None


@dataclass(frozen=True, slots=True)
class Latency:
    """Time from a camera's frame to the stored result, in ms."""

    p50: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class Disk:
    """Free space where results are stored, and the size of all crops."""

    free_gb: float
    crops_gb: float


@dataclass(frozen=True, slots=True)
class StationStatus:
    """The status of the station. `reason`: why it is not `ready`. `coil`: id of the running coil. `feed_id`: identity of the feed.

    `line_now`: what the line does; None if no camera tells it. `plant`, `line`: where it is; empty if its file says nothing.
    """

    name: str
    plant: str
    line: str
    feed_id: str
    uptime_s: float
    ready: bool
    reason: Reason | None
    coil: str | None
    line_now: LineNow | None
    classes: tuple[str, ...]
    marks: tuple[str, ...]
    cameras: tuple[Camera, ...]
    engine: Engine
    model: Model
    recipe: Hashed
    counts: Mapping[str, int]
    lines: tuple[LineCount, ...]
    busy_s: Mapping[str, float]
    latency_ms: Latency
    queued: Mapping[str, int]
    disk: Disk
