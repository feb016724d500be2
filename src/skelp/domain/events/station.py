"""Events of the station: cameras, optics, records, alarms."""

from __future__ import annotations

from skelp.domain.events.payload import Kind, Payload
from skelp.domain.optics import Drift
from skelp.domain.reasons import Code, Reason


class StationStarted(Payload, kind=Kind.STATION_STARTED):
    """The station started with this model and execution provider."""

    model: str
    provider: str


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


class RecipeChanged(Payload, kind=Kind.RECIPE_CHANGED):
    """A recipe was changed. Coils that begin from now on have it; `sha256` is kept with each."""

    recipe: str
    sha256: str
    instead_of: str
    operator: str
    note: str


class OpticsReference(Payload, kind=Kind.OPTICS_REFERENCE):
    """The optics were set up. The next coils are the new reference."""


class ModelChanged(Payload, kind=Kind.MODEL_CHANGED):
    """A coil began that another model inspects than the coil before. `model`: its name and version, with its hash; `before`: the same of
    the model before. `first_coil`: the coil that began.
    """

    model: str
    sha256: str
    before: str
    before_sha256: str
    first_coil: str


class ModelRefused(Payload, kind=Kind.MODEL_REFUSED):
    """A model that was asked for is refused, and the model on the line goes on. `file` is empty for the model of the station file."""

    file: str
    reason: Reason


class ModelDrift(Payload, kind=Kind.MODEL_DRIFT):
    """What the model finds on coils of one product has drifted. It is published with each coil for which that is so."""

    product: str
    reason: Reason


class ModelRolledBack(Payload, kind=Kind.MODEL_ROLLED_BACK):
    """The station gave a model up because its rates left their band, or because it failed. Coils that begin later get the model `to`."""

    model: str
    sha256: str
    to: str
    reason: Reason


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


class ConnectionFailing(Payload, kind=Kind.CONNECTION_FAILING):
    """A peer of the plant that got results gets none for ten minutes. It lasts until connection.back. All results are in the feed."""

    connection: str
    reason: Reason


class ConnectionBack(Payload, kind=Kind.CONNECTION_BACK):
    """A connection that failed is connected again."""

    connection: str
    away_s: float


class ConnectionRemoved(Payload, kind=Kind.CONNECTION_REMOVED):
    """A connection that is gone for good was taken off the list."""

    connection: str


class AlarmAcknowledged(Payload, kind=Kind.ALARM_ACKNOWLEDGED):
    """An operator has seen an alarm, with all that happened up to event `through_seq`."""

    key: str
    through_seq: int
    operator: str
