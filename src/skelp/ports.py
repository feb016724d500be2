"""The Protocols between the packages. A class that satisfies one is used directly; there is no base class to inherit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from skelp.domain.access import Token
from skelp.domain.audit import AuditEntry
from skelp.domain.coilmap import Coil, Summary
from skelp.domain.coverage import Interval
from skelp.domain.defect import Defect, DefectClass
from skelp.domain.events import Payload
from skelp.domain.maps import Maps, Wish
from skelp.domain.optics import Drift, Optics
from skelp.domain.outcome import Outcome, Picture
from skelp.domain.override import Override
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.plant import CoilPlace, StationCoil, StationEntry
from skelp.domain.queries import EVERY_COIL, CoilQuery, DefectQuery
from skelp.domain.recipe import Decision
from skelp.domain.review import Review, StandingReview, Verdict
from skelp.domain.status import EngineInfo
from skelp.domain.strip import CameraView, Capture, OwnLine
from skelp.domain.webhooks import DeadLetter, WebhookStatus


class FrameSource(Protocol):
    """A camera, or image files in place of one. It is opened with `with` and may be opened again after it was closed.

    `captures` yields frames and losses in line order from line 0, without holes. It yields None if nothing arrived for a short time, so
    that the caller can stop. `live`: the camera does not wait, so a frame is lost if the queue is full. Other sources wait.
    """

    @property
    def view(self) -> CameraView: ...
    @property
    def live(self) -> bool: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...
    def captures(self) -> Iterator[Capture[OwnLine] | None]: ...


class Segmenter(Protocol):
    """A network. `run` answers frames uint8 [N, 1, H, W]. H and W are multiples of 32."""

    @property
    def stride(self) -> int: ...
    @property
    def classes(self) -> tuple[DefectClass, ...]: ...
    @property
    def info(self) -> EngineInfo: ...
    def run(self, frames: NDArray[np.uint8]) -> Maps: ...


@runtime_checkable
class Screener(Segmenter, Protocol):
    """A network with a screen. `look` answers as `run` does, with one wish for each frame."""

    def look(self, frames: NDArray[np.uint8], wishes: Sequence[Wish]) -> Maps: ...


class CoilLookup(Protocol):
    """Gives the identity of coils that are not complete. A sink calls `coil` to store a coil, and `forget` when it is complete."""

    def coil(self, coil_id: str) -> Coil: ...
    def forget(self, coil_id: str) -> None: ...


class Sink(Protocol):
    """Stores outcomes, which come in order. A sink may store new intervals a short time later, but defects and a coil's end at once.

    `write` is called without outcomes while the line is idle, so that the sink stores what is waiting.
    """

    def write(self, outcomes: Sequence[Outcome]) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the station's feed. `seq` grows by one, without holes. `time` is ISO 8601 UTC. `coil_id` is empty without a coil."""

    seq: int
    time: str
    coil_id: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class OpticsPoint:
    """One camera's light and sharpness on one coil, and their drift from the reference. `at` is ISO 8601 UTC."""

    coil_id: str
    at: str
    reading: Optics
    drift: Drift


class RecordReader(Protocol):
    """Queries of the records. `coil_id` may also be the coil's name. Raises LookupError if the coil or defect does not exist."""

    def coils(self, *, before: str | None, limit: int, query: CoilQuery = EVERY_COIL) -> list[Coil]: ...
    def coil(self, coil_id: str) -> Coil: ...
    def passes(self, coil_id: str) -> list[Coil]: ...
    def summaries(self, listed: Sequence[Coil]) -> list[Summary]: ...
    def summary(self, coil: Coil) -> Summary: ...
    def width_mm(self, coil_id: str) -> float: ...
    def coverage(self, coil: Coil) -> list[Interval]: ...
    def camera_coverage(self, coil_id: str) -> dict[str, list[Interval]]: ...
    def defects(self, coil_id: str, query: DefectQuery) -> list[tuple[int, Defect]]: ...
    def overrides(self, coil_id: str) -> list[Override]: ...
    def periodic(self, coil_id: str) -> list[PeriodicDefect]: ...
    def defect(self, defect_id: str) -> Defect: ...
    def reviews(self, *, defect_id: str | None = None, coil_id: str | None = None, after: int = 0, limit: int = 1000) -> list[Review]: ...
    def standing_review(self, defect_id: str) -> StandingReview: ...
    def standing_reviews(self, coil_id: str, *, after: int, limit: int) -> list[tuple[int, StandingReview]]: ...
    def events(self, *, after: int, limit: int) -> list[Event]: ...
    def newest_event(self) -> int: ...
    def feed_id(self) -> str: ...
    def optics(self, *, limit: int) -> list[OpticsPoint]: ...


class PlantReader(Protocol):
    """Queries of the records of all stations of a database."""

    def stations(self) -> list[StationEntry]: ...
    def newest_events(self) -> dict[int, int]: ...
    def records(self, station: StationEntry) -> RecordReader: ...
    def newest_coil(self, station: StationEntry) -> StationCoil | None: ...
    def coils(self, among: Sequence[StationEntry], *, before: CoilPlace | None, limit: int, query: CoilQuery) -> list[StationCoil]: ...


class OldRecords(Protocol):
    """Finds what may be deleted. `coils_with_defects`: ids of final coils that ended before a time. `last_event_before`: 0 if none."""

    def coils_with_defects(self, ended_before: datetime) -> list[str]: ...
    def last_event_before(self, before: datetime) -> int: ...


class LetterRecords(Protocol):
    """What a webhook reads: the feed, how far it is, and what it gave up."""

    def feed_id(self) -> str: ...
    def newest_event(self) -> int: ...
    def events(self, *, after: int, limit: int) -> list[Event]: ...
    def letters_sent(self, webhook: str) -> int | None: ...
    def dead_letters(self, webhook: str, *, again: bool | None = None) -> list[DeadLetter]: ...


class Webhook(Protocol):
    """Sends events to another program. `send_again` gives the number of letters that were given up before.

    `give_up` raises LookupError if no letter fails.
    """

    @property
    def name(self) -> str: ...
    def status(self) -> WebhookStatus: ...
    def send_again(self) -> int: ...
    def give_up(self) -> None: ...


class RecordChanges(Protocol):
    """Changes to the records inside one transaction. A change also publishes its event, if it has one."""

    def publish(self, payload: Payload, coil_id: str = "") -> None: ...
    def add_coil(self, coil: Coil) -> bool: ...
    def start_coil(self, coil: Coil, given: Mapping[str, Any], *, new_pass: bool) -> tuple[Coil, bool]: ...
    def end_coil(self, coil_id: str) -> None: ...
    def change_coil(self, coil_id: str, **changes: Any) -> Coil: ...
    def record_progress(self, coil_id: str, *, line_rate_hz: float | None, reach_mm: float) -> None: ...
    def record_interval(self, coil_id: str, camera: str, interval: Interval) -> bool: ...
    def add_defects(self, found: Sequence[Defect]) -> None: ...
    def complete_coil(self, coil_id: str, *, interrupted: bool = False) -> None: ...
    def close_interrupted(self) -> list[str]: ...
    def add_override(self, coil_id: str, decision: Decision, operator: str, note: str) -> Override: ...
    def record_periodic(self, series: PeriodicDefect) -> None: ...
    def add_review(self, defect_id: str, verdict: Verdict, operator: str, class_name: str | None, note: str) -> Review: ...
    def add_optics(self, coil_id: str, reading: Optics) -> None: ...
    def begin_optics_reference(self) -> None: ...
    def delete_defects(self, coil_id: str, most: int, before: str) -> int: ...
    def delete_events(self, through: int, most: int, before: str, *, publish: bool) -> int: ...
    def letters_sent(self, webhook: str, seq: int) -> None: ...
    def letter_arrived(self, webhook: str, seq: int) -> None: ...
    def bury_letter(self, webhook: str, seq: int, error: str) -> None: ...
    def revive_letters(self, webhook: str) -> int: ...


class RecordWriter(Protocol):
    """Opens transactions: `with writer.transaction() as change`. All changes of a transaction are stored, or none."""

    def transaction(self) -> AbstractContextManager[RecordChanges]: ...


class TokenStore(Protocol):
    """Tokens, or log-ins, by the SHA-256 of their secrets. `used` notes that one was used now.

    Both raise RecordsError if the database fails.
    """

    def find(self, sha256: str) -> Token | None: ...
    def used(self, sha256: str) -> None: ...


class LogIns(TokenStore, Protocol):
    """Log-ins of people, which are found as tokens are.

    `log_in` gives the secret of a new one, None if name and password do not fit; `log_out` ends the one with this SHA-256. Both raise
    RecordsError if the database fails.
    """

    def log_in(self, name: str, password: str, valid: timedelta) -> str | None: ...
    def log_out(self, sha256: str) -> None: ...


class AuditLog(Protocol):
    """Who asked for what. It only grows. `entries` gives the newest first, each with its number.

    Both raise RecordsError if the database fails.
    """

    def add(self, entry: AuditEntry) -> None: ...
    def entries(self, *, before: int | None, limit: int) -> list[tuple[int, AuditEntry]]: ...


class CropFiles(Protocol):
    """Crops and masks of defects as file contents. None: the crop was never made, or was deleted because of the quota."""

    def picture(self, defect_id: str) -> bytes | None: ...
    def mask(self, defect_id: str) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class CleanSample:
    """A stored piece of steel without defects: its coil, camera, first line and column, and the model that inspected it."""

    sample_id: str
    coil_id: str
    camera: str
    line: int
    column: int
    model_sha256: str


class SampleFiles(Protocol):
    """Random pieces of steel without defects. `sample_png` is None if the sample does not exist."""

    def samples(self) -> list[CleanSample]: ...
    def sample_png(self, sample_id: str) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class NotInspected:
    """Lines that were not, or not fully, inspected. A live viewer shows them instead of, or beside, a picture."""

    camera: str
    coil_id: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class LiveItem:
    """One item of the live picture. `seq` grows by one, so a viewer notices items that it missed."""

    seq: int
    content: Picture | NotInspected


class LiveItems(Protocol):
    """The newest items of the live picture; new items overwrite old ones. `after` gives the items after `seq` that are still stored."""

    def latest(self) -> Picture | None: ...
    def after(self, seq: int) -> list[LiveItem]: ...


class CoilControl(Protocol):
    """Starts and ends coils on the running line. `current`: id of the coil that new lines belong to, or None."""

    def start(self, coil: Coil) -> None: ...
    def finish(self, coil_id: str) -> None: ...
    def current(self) -> str | None: ...
