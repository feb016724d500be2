"""Every seam of the system. A class that satisfies one of these is used directly; there is no base class to inherit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from skelp.domain.coilmap import Coil, Summary
from skelp.domain.coverage import Interval
from skelp.domain.defect import Defect, DefectClass
from skelp.domain.events import Payload
from skelp.domain.optics import Drift, Optics
from skelp.domain.outcome import Outcome, Picture
from skelp.domain.review import Review, StandingReview, Verdict
from skelp.domain.status import EngineInfo
from skelp.domain.strip import CameraView, Capture, OwnLine


class FrameSource(Protocol):
    """One camera, or what stands in for one. Opened with `with`, may be opened again after it was closed.

    `captures` yields frames and losses in line order from line 0, without holes, and None when nothing came for a moment, so
    that whoever asks may stop. `live`: lines come whether or not anyone is ready, so a frame that finds no room is lost;
    otherwise the source waits.
    """

    @property
    def view(self) -> CameraView: ...
    @property
    def live(self) -> bool: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...
    def captures(self) -> Iterator[Capture[OwnLine] | None]: ...


class Segmenter(Protocol):
    """A network. `run` takes uint8 [N, 1, H, W] (H, W multiples of 32), gives class ids and scores uint8 [N, H/s, W/s]."""

    @property
    def stride(self) -> int: ...
    @property
    def classes(self) -> tuple[DefectClass, ...]: ...
    @property
    def info(self) -> EngineInfo: ...
    def run(self, frames: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]: ...


class CoilPlacer(Protocol):
    """Knows which coil a line belongs to. Asked for a coil when its first result is to be kept, told when it is complete."""

    def coil(self, coil_id: str) -> Coil: ...
    def forget(self, coil_id: str) -> None: ...


class Sink(Protocol):
    """Where outcomes go, in order. A sink may hold back progress for a moment, but never defects or a coil's end.

    An empty `write` comes when the line is idle: the sink keeps what it still holds.
    """

    def write(self, outcomes: Sequence[Outcome]) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the station's feed. `seq` grows by one, without holes, for ever. `time` is ISO 8601 UTC."""

    seq: int
    time: str
    coil_id: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class DefectQuery:
    """Filters of a defect list; None is no filter. Metres from the head."""

    class_name: str | None = None
    severity_min: int | None = None
    side: str | None = None
    from_m: float | None = None
    to_m: float | None = None
    after: int = 0
    limit: int = 1000


@dataclass(frozen=True, slots=True)
class OpticsPoint:
    """One camera's light and sharpness on one coil, and how they compare with the reference."""

    coil_id: str
    at: str
    reading: Optics
    drift: Drift


class RecordReader(Protocol):
    """What is asked of the records. A coil's id may also be its name. LookupError where there is no such thing."""

    def coils(self, *, before: str | None, limit: int) -> list[Coil]: ...
    def coil(self, coil_id: str) -> Coil: ...
    def summaries(self, asked: Sequence[Coil]) -> list[Summary]: ...
    def summary(self, coil: Coil) -> Summary: ...
    def width_mm(self, coil_id: str) -> float: ...
    def coverage(self, coil: Coil) -> list[Interval]: ...
    def camera_coverage(self, coil_id: str) -> dict[str, list[Interval]]: ...
    def defects(self, coil_id: str, query: DefectQuery) -> list[tuple[int, Defect]]: ...
    def defect(self, defect_id: str) -> Defect: ...
    def reviews(self, *, defect_id: str | None = None, coil_id: str | None = None, after: int = 0, limit: int = 1000) -> list[Review]: ...
    def standing_review(self, defect_id: str) -> StandingReview: ...
    def standing_reviews(self, coil_id: str, *, after: int, limit: int) -> list[tuple[int, StandingReview]]: ...
    def events(self, *, after: int, limit: int) -> list[Event]: ...
    def newest_event(self) -> int: ...
    def optics(self, *, limit: int) -> list[OpticsPoint]: ...


class RecordChanges(Protocol):
    """The verbs that change the records, inside one transaction. Each publishes the event that belongs to it, if there is one."""

    def publish(self, payload: Payload, coil_id: str = "") -> None: ...
    def add_coil(self, coil: Coil) -> bool: ...
    def change_coil(self, coil_id: str, **changes: Any) -> Coil: ...
    def record_progress(self, coil_id: str, *, line_rate_hz: float | None, reach_mm: float) -> None: ...
    def record_interval(self, coil_id: str, camera: str, interval: Interval) -> bool: ...
    def add_defects(self, found: Sequence[Defect]) -> None: ...
    def complete_coil(self, coil_id: str, *, interrupted: bool = False) -> None: ...
    def close_interrupted(self) -> list[str]: ...
    def add_review(self, defect_id: str, verdict: Verdict, operator: str, class_name: str | None, note: str) -> Review: ...
    def add_optics(self, coil_id: str, reading: Optics) -> None: ...
    def begin_optics_reference(self) -> None: ...


class RecordWriter(Protocol):
    """Changes the records. What is changed inside one `with writer.transaction() as change` is kept together, or nothing of it."""

    def transaction(self) -> AbstractContextManager[RecordChanges]: ...


class CropFiles(Protocol):
    """Pictures of defects, or None where there is none (never made, or deleted to stay in the quota)."""

    def picture(self, defect_id: str) -> bytes | None: ...
    def mask(self, defect_id: str) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class CleanSample:
    """Where a kept piece of steel without a finding was: coil, camera, first line and column, and what judged it."""

    sample_id: str
    coil_id: str
    camera: str
    line: int
    column: int
    model_sha256: str


class SampleFiles(Protocol):
    """Random pieces of steel on which nothing was found."""

    def samples(self) -> list[CleanSample]: ...
    def sample_png(self, sample_id: str) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Passed:
    """Lines that were not inspected: what a viewer sees instead of their picture."""

    camera: str
    coil_id: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of strip as it was shown; `seq` grows by one, so that a viewer knows what it missed."""

    seq: int
    what: Picture | Passed


class LiveSlot(Protocol):
    """The last lines; whoever writes overwrites. `after` gives what is still there of what was shown after `seq`."""

    def latest(self) -> Picture | None: ...
    def after(self, seq: int) -> list[Shown]: ...


class CoilControl(Protocol):
    """Starts and ends coils on the running line."""

    def start(self, coil: Coil) -> None: ...
    def finish(self, coil_id: str) -> None: ...
    def current(self) -> str | None: ...
