"""Every kind of event that a station publishes, each with its own payload. docs/events.md is made from these files.

Import events from here. The files behind this one group them by subject.
"""

from skelp.domain.events.coils import (
    CoilChanged,
    CoilDecided,
    CoilDerived,
    CoilFinal,
    CoilStarted,
    CoverageDegraded,
    CoverageLost,
    DefectFound,
    DefectReviewed,
    PeriodicFound,
    uninspected,
)
from skelp.domain.events.payload import PAYLOADS, Kind, Payload, Publish, nowhere
from skelp.domain.events.station import (
    AlarmAcknowledged,
    CameraBack,
    CameraLost,
    CamerasUnaligned,
    CropsDeleted,
    CropsFailed,
    DefectsDeleted,
    EventsDeleted,
    OpticsFocus,
    OpticsLight,
    OpticsReference,
    StationStarted,
    WebhookFailing,
    optics_warning,
)

__all__ = [
    "PAYLOADS",
    "AlarmAcknowledged",
    "CameraBack",
    "CameraLost",
    "CamerasUnaligned",
    "CoilChanged",
    "CoilDecided",
    "CoilDerived",
    "CoilFinal",
    "CoilStarted",
    "CoverageDegraded",
    "CoverageLost",
    "CropsDeleted",
    "CropsFailed",
    "DefectFound",
    "DefectReviewed",
    "DefectsDeleted",
    "EventsDeleted",
    "Kind",
    "OpticsFocus",
    "OpticsLight",
    "OpticsReference",
    "Payload",
    "PeriodicFound",
    "Publish",
    "StationStarted",
    "WebhookFailing",
    "nowhere",
    "optics_warning",
    "uninspected",
]
