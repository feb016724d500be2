"""The kinds of events, and the base of their payloads.

Kinds and fields are a contract with the MES: they may be added, but never changed or removed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, dataclass_transform

from skelp.domain.coded import plain, restored


class Kind(StrEnum):
    """The kind of an event."""

    STATION_STARTED = "station.started"
    COIL_STARTED = "coil.started"
    COIL_CHANGED = "coil.changed"
    COIL_FINAL = "coil.final"
    COIL_DECIDED = "coil.decided"
    COIL_REVISED = "coil.revised"
    COIL_DERIVED = "coil.derived"
    DEFECT_FOUND = "defect.found"
    PERIODIC_FOUND = "periodic.found"
    LINE_STATE = "line.state"
    DEFECT_REVIEWED = "defect.reviewed"
    COVERAGE_DEGRADED = "coverage.degraded"
    COVERAGE_LOST = "coverage.lost"
    CAMERA_LOST = "camera.lost"
    CAMERA_BACK = "camera.back"
    CAMERAS_UNALIGNED = "cameras.unaligned"
    OPTICS_LIGHT = "optics.light"
    OPTICS_FOCUS = "optics.focus"
    RECIPE_CHANGED = "recipe.changed"
    OPTICS_REFERENCE = "optics.reference"
    MODEL_CHANGED = "model.changed"
    MODEL_REFUSED = "model.refused"
    MODEL_ROLLED_BACK = "model.rolled_back"
    MODEL_DRIFT = "model.drift"
    CROPS_DELETED = "crops.deleted"
    CROPS_FAILED = "crops.failed"
    DEFECTS_DELETED = "defects.deleted"
    EVENTS_DELETED = "events.deleted"
    WEBHOOK_FAILING = "webhook.failing"
    CONNECTION_FAILING = "connection.failing"
    CONNECTION_BACK = "connection.back"
    CONNECTION_REMOVED = "connection.removed"
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
