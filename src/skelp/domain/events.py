"""Every kind of event that a station publishes, each with its own payload. docs/events.md is made from this file.

Kinds and fields are a contract with the MES: they may be added, but never changed or removed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, dataclass_transform

from skelp.domain.coded import plain, restored
from skelp.domain.coverage import State
from skelp.domain.optics import Drift
from skelp.domain.reasons import Code, Reason


class Kind(StrEnum):
    """The kind of an event."""

    STATION_STARTED = "station.started"
    COIL_STARTED = "coil.started"
    COIL_CHANGED = "coil.changed"
    COIL_FINAL = "coil.final"
    COIL_DECIDED = "coil.decided"
    DEFECT_FOUND = "defect.found"
    PERIODIC_FOUND = "periodic.found"
    DEFECT_REVIEWED = "defect.reviewed"
    COVERAGE_DEGRADED = "coverage.degraded"
    COVERAGE_LOST = "coverage.lost"
    CAMERA_LOST = "camera.lost"
    CAMERA_BACK = "camera.back"
    CAMERAS_UNALIGNED = "cameras.unaligned"
    OPTICS_LIGHT = "optics.light"
    OPTICS_FOCUS = "optics.focus"
    OPTICS_REFERENCE = "optics.reference"
    CROPS_DELETED = "crops.deleted"
    CROPS_FAILED = "crops.failed"
    DEFECTS_DELETED = "defects.deleted"
    EVENTS_DELETED = "events.deleted"
    WEBHOOK_FAILING = "webhook.failing"
    ALARM_ACKNOWLEDGED = "alarm.acknowledged"


PAYLOADS: dict[Kind, type[Payload]] = {}
"""The payload's class of each kind."""


@dataclass_transform(frozen_default=True)
class Payload:
    """The content of an event. Its coil, time and number belong to the feed (ports.Event)."""

    kind: ClassVar[Kind]

    def __init_subclass__(cls, kind: Kind | None = None) -> None:
        """Make the class a frozen dataclass and register it under its kind."""
        dataclass(frozen=True)(cls)
        if kind is not None:
            cls.kind = kind
            PAYLOADS[kind] = cls

    @property
    def data(self) -> dict[str, Any]:
        """Its fields in types of JSON. Fields that do not apply are left out."""
        return plain(self)

    @staticmethod
    def of(kind: str, data: Mapping[str, Any]) -> Payload:
        """The payload of an event of this kind. Raises KeyError, TypeError or ValueError if `data` does not fit it."""
        return restored(PAYLOADS[Kind(kind)], data)


Publish = Callable[[Payload], None]
"""A function that publishes an event."""


def nowhere(_: Payload) -> None:
    """Publish nothing, for parts that run without a station."""


class StationStarted(Payload, kind=Kind.STATION_STARTED):
    """The station started with this model and execution provider."""

    model: str
    provider: str


class CoilStarted(Payload, kind=Kind.COIL_STARTED):
    """Lines from now on belong to this coil. `automatic`: nobody announced it."""

    name: str
    automatic: bool


class CoilChanged(Payload, kind=Kind.COIL_CHANGED):
    """The coil's identity or status was changed. `data` has only the fields that changed. `corrected`: it was final before."""

    name: str | None = None
    heat: str | None = None
    product: str | None = None
    status: str | None = None
    finished_at: str | None = None
    corrected: bool | None = None


class CoilFinal(Payload, kind=Kind.COIL_FINAL):
    """The coil is final: all its results are there. `decision`: accept or hold."""

    decision: str
    reasons: tuple[Reason, ...]
    length_m: float


class CoilDecided(Payload, kind=Kind.COIL_DECIDED):
    """A person decided on a final coil. skelp's decision stays in the record beside it; `instead_of` is skelp's."""

    decision: str
    instead_of: str
    operator: str
    note: str


class DefectFound(Payload, kind=Kind.DEFECT_FOUND):
    """A defect was found. `along_mm` counts from the coil's head, in mm."""

    defect_id: str
    class_name: str
    severity: int
    side: str
    along_mm: float


class PeriodicFound(Payload, kind=Kind.PERIODIC_FOUND):
    """Defects repeat along the coil, as the marks of a damaged roll do. It is published when the series is beyond chance, and again when
    its rolls or its distance turn out to be others.

    `seen`: how many there are so far. `along_mm`: the newest one's place. GET /coils/{id}/periodic has its later state.
    """

    periodic_id: str
    side: str
    reason: Reason
    seen: int
    along_mm: float


class DefectReviewed(Payload, kind=Kind.DEFECT_REVIEWED):
    """An operator reviewed a defect. `class` is the one given when it was relabelled, else the defect's own."""

    defect_id: str
    verdict: str
    class_name: str
    operator: str


class _Uninspected(Payload):
    camera: str
    first_line: int
    along_mm: float
    reason: Reason


class CoverageDegraded(_Uninspected, kind=Kind.COVERAGE_DEGRADED):
    """From `first_line` on, a camera's lines are not fully inspected. GET /coils/{id}/coverage says where they end."""


class CoverageLost(_Uninspected, kind=Kind.COVERAGE_LOST):
    """From `first_line` on, a camera's lines are lost. GET /coils/{id}/coverage says where they end."""


def uninspected(state: State, camera: str, first_line: int, along_mm: float, reason: Reason) -> Payload:
    """The event of lines that are degraded or lost."""
    kind = CoverageLost if state is State.LOST else CoverageDegraded
    return kind(camera, first_line, along_mm, reason)


class CameraLost(Payload, kind=Kind.CAMERA_LOST):
    """A camera delivers nothing. Its lines are lost until camera.back."""

    camera: str
    reason: Reason


class CameraBack(Payload, kind=Kind.CAMERA_BACK):
    """A camera that was lost sends frames again."""

    camera: str
    away_s: float


class CamerasUnaligned(Payload, kind=Kind.CAMERAS_UNALIGNED):
    """A camera's encoder count cannot align it with the other cameras."""

    camera: str
    reason: Reason


class _Drifted(Payload):
    """`light` and `sharpness` are shares of the reference."""

    camera: str
    reason: Reason
    light: float
    sharpness: float


class OpticsLight(_Drifted, kind=Kind.OPTICS_LIGHT):
    """A camera sees less than 0.7 of the light that it saw when its optics were set up."""


class OpticsFocus(_Drifted, kind=Kind.OPTICS_FOCUS):
    """A camera's picture has less than 0.8 of the sharpness that it had when its optics were set up."""


def optics_warning(camera: str, reason: Reason, drift: Drift) -> Payload:
    """The event of light or sharpness that fell below its limit."""
    kind = OpticsLight if reason.code is Code.OPTICS_LIGHT else OpticsFocus
    return kind(camera, reason, round(drift.light, 3), round(drift.sharpness, 3))


class OpticsReference(Payload, kind=Kind.OPTICS_REFERENCE):
    """The optics were set up. The next coils are the new reference."""


class CropsDeleted(Payload, kind=Kind.CROPS_DELETED):
    """Pictures of the oldest defects were deleted."""

    defects: int
    reason: Reason


class CropsFailed(Payload, kind=Kind.CROPS_FAILED):
    """Pictures of defects could not be written."""

    defects: int
    reason: Reason


class DefectsDeleted(Payload, kind=Kind.DEFECTS_DELETED):
    """The defects and marks of a coil that ended before `before` are deleted, with their reviews. The coil stays, and says so."""

    defects: int
    reviews: int
    before: str


class EventsDeleted(Payload, kind=Kind.EVENTS_DELETED):
    """All events before `before` are being deleted. GET /events answers 410 where they are asked for."""

    events: int
    before: str


class WebhookFailing(Payload, kind=Kind.WEBHOOK_FAILING):
    """Events do not arrive at the receiver of a webhook. They are sent again until they do; all of them are in the feed."""

    webhook: str
    reason: Reason


class AlarmAcknowledged(Payload, kind=Kind.ALARM_ACKNOWLEDGED):
    """An operator has seen an alarm, with all that happened up to event `through_seq`."""

    key: str
    through_seq: int
    operator: str
