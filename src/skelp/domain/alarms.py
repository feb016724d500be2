"""What needs a person now, computed from the station's events. The same events give the same alarms, after a restart as well.

none --event--> standing --condition ends--> passed --acknowledged--> none
                standing --acknowledged--> quiet --condition ends--> none; the same again --> standing
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from skelp.domain.decision import Decision
from skelp.domain.events import (
    AlarmAcknowledged,
    CameraBack,
    CameraLost,
    CamerasUnaligned,
    CoilDecided,
    CoilFinal,
    CoilRevised,
    ConnectionBack,
    ConnectionFailing,
    ConnectionRemoved,
    CoverageDegraded,
    CoverageLost,
    CropsDeleted,
    CropsFailed,
    DefectFound,
    Kind,
    ModelDrift,
    ModelRefused,
    ModelRolledBack,
    OpticsFocus,
    OpticsLight,
    Payload,
    PeriodicFound,
    WebhookFailing,
)
from skelp.domain.reasons import Reason


class Cost(IntEnum):
    """What it costs not to act, the worst first."""

    NOT_INSPECTED = 1
    QUALITY = 2
    DRIFT = 3
    RECORDS = 4


COST = {
    Kind.CAMERA_LOST: Cost.NOT_INSPECTED,
    Kind.COVERAGE_LOST: Cost.NOT_INSPECTED,
    Kind.CAMERAS_UNALIGNED: Cost.NOT_INSPECTED,
    Kind.COVERAGE_DEGRADED: Cost.QUALITY,
    Kind.PERIODIC_FOUND: Cost.QUALITY,
    Kind.DEFECT_FOUND: Cost.QUALITY,
    Kind.COIL_FINAL: Cost.QUALITY,
    Kind.MODEL_ROLLED_BACK: Cost.QUALITY,
    Kind.MODEL_REFUSED: Cost.DRIFT,
    Kind.MODEL_DRIFT: Cost.DRIFT,
    Kind.OPTICS_LIGHT: Cost.DRIFT,
    Kind.OPTICS_FOCUS: Cost.DRIFT,
    Kind.CROPS_FAILED: Cost.RECORDS,
    Kind.CROPS_DELETED: Cost.RECORDS,
    Kind.WEBHOOK_FAILING: Cost.RECORDS,
    Kind.CONNECTION_FAILING: Cost.RECORDS,
}
"""The kinds of event that raise an alarm."""
_LASTS = frozenset({Kind.CAMERA_LOST, Kind.CONNECTION_FAILING})
"""Conditions that end by another event; the others are over when they are published."""
SERIOUS = 3
"""Defects of this severity and above need a person."""
MOST = 200
"""Alarms that are kept: far more than a person can look at."""


@dataclass(frozen=True, slots=True)
class About:
    """What an alarm is about: a camera, a class of defects, or `what`: a coil, the number of a series on a side, a model, or a connection.

    `reasons` are those of the last time it happened.
    """

    camera: str = ""
    class_name: str = ""
    severity: int | None = None
    what: str = ""
    reasons: tuple[Reason, ...] = ()
    along_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """One line of the list. The same thing again raises `count`.

    `key` groups by what happened, where and by reason code, never by a measured number. `coil_id` is the coil on which it happened
    last; `from_mm`, `last_mm`: where on that coil it began and where it happened last, if it has a place.
    """

    key: str
    kind: Kind
    cost: Cost
    camera: str
    class_name: str
    severity: int | None
    reasons: tuple[Reason, ...]
    coil_id: str
    count: int
    first_seq: int
    last_seq: int
    first_time: str
    last_time: str
    standing: bool
    acknowledged_by: str = ""
    from_mm: float | None = None
    last_mm: float | None = None


class Board:
    """Computes the alarms. `add` takes every event in order; `alarms` lists the present alarms, the costliest first, then the newest."""

    def __init__(self) -> None:
        self._alarms: dict[str, Alarm] = {}
        self.last_seq = 0

    def add(self, seq: int, time: str, coil_id: str, payload: Payload) -> None:
        self.last_seq = seq
        if isinstance(payload, AlarmAcknowledged):
            self._acknowledge(payload)
        elif isinstance(payload, CameraBack):
            self._end(f"{Kind.CAMERA_LOST}/{payload.camera}")
        elif isinstance(payload, ConnectionBack | ConnectionRemoved):
            self._end(f"{Kind.CONNECTION_FAILING}/{payload.connection}")
        elif isinstance(payload, CoilDecided) or (isinstance(payload, CoilRevised) and payload.decision == Decision.ACCEPT):
            self._alarms.pop(f"{Kind.COIL_FINAL}/{coil_id}", None)  # a person has seen it, or the order that it goes to now takes it
        elif (about := _about(payload, coil_id)) is not None:
            self._raise(seq, time, coil_id, payload.kind, about)

    @property
    def alarms(self) -> list[Alarm]:
        return sorted(self._alarms.values(), key=lambda a: (bool(a.acknowledged_by), a.cost, -a.last_seq))

    def get(self, key: str) -> Alarm:
        """LookupError if there is none (any more)."""
        if key not in self._alarms:
            raise LookupError(f"there is no alarm {key}; it may have been acknowledged already")
        return self._alarms[key]

    def _raise(self, seq: int, time: str, coil_id: str, kind: Kind, about: About) -> None:
        key, place = _key(kind, about), about.along_mm
        before = self._alarms.get(key)
        count, first_seq, first_time, began = 1, seq, time, place
        if before is not None:
            count, first_seq, first_time = before.count + 1, before.first_seq, before.first_time
            began = before.from_mm if before.coil_id == coil_id else place
        self._alarms[key] = Alarm(
            key,
            kind,
            COST[kind],
            about.camera,
            about.class_name,
            about.severity,
            about.reasons,
            coil_id,
            count,
            first_seq,
            seq,
            first_time,
            time,
            standing=kind in _LASTS,
            from_mm=began,
            last_mm=place,
        )
        if len(self._alarms) > MOST:
            least = max(self._alarms.values(), key=lambda a: (bool(a.acknowledged_by), a.cost, -a.last_seq))
            del self._alarms[least.key]

    def _acknowledge(self, seen: AlarmAcknowledged) -> None:
        alarm = self._alarms.get(seen.key)
        if alarm is None or alarm.last_seq > seen.through_seq:
            return  # it happened again since the operator looked
        if alarm.standing:
            self._alarms[seen.key] = replace(alarm, acknowledged_by=seen.operator)
        else:
            del self._alarms[seen.key]

    def _end(self, key: str) -> None:
        alarm = self._alarms.get(key)
        if alarm is None:
            return
        if alarm.acknowledged_by:
            del self._alarms[key]
        else:
            self._alarms[key] = replace(alarm, standing=False)


def _about(payload: Payload, coil_id: str) -> About | None:
    """What an event would raise an alarm about; None if it needs nobody."""
    if isinstance(payload, DefectFound):
        serious = payload.severity >= SERIOUS
        return About(class_name=payload.class_name, severity=payload.severity, along_mm=payload.along_mm) if serious else None
    if isinstance(payload, CoilFinal):
        return About(what=coil_id, reasons=payload.reasons) if payload.decision != Decision.ACCEPT else None
    return _about_reason(payload)


def _about_reason(payload: Payload) -> About | None:
    """The same for an event that has one reason."""
    if isinstance(payload, PeriodicFound):
        return About(what=f"{payload.side}/{payload.periodic_id.rpartition('-')[2]}", reasons=(payload.reason,), along_mm=payload.along_mm)
    if isinstance(payload, CoverageDegraded | CoverageLost):
        return About(camera=payload.camera, reasons=(payload.reason,), along_mm=payload.along_mm)
    if isinstance(payload, CameraLost | CamerasUnaligned | OpticsLight | OpticsFocus):
        return About(camera=payload.camera, reasons=(payload.reason,))
    if isinstance(payload, ConnectionFailing | ModelDrift | ModelRefused | ModelRolledBack):
        return About(what=_what(payload), reasons=(payload.reason,))
    if isinstance(payload, CropsDeleted | CropsFailed | WebhookFailing):
        return About(reasons=(payload.reason,))
    return None


def _what(payload: ConnectionFailing | ModelDrift | ModelRefused | ModelRolledBack) -> str:
    """The connection that an alarm is about; or of a model its file, its hash, or the class that has drifted, and how."""
    if isinstance(payload, ConnectionFailing):
        return payload.connection
    if isinstance(payload, ModelDrift):
        return f"{payload.reason.code}/{payload.reason.args['class']}"
    return payload.file if isinstance(payload, ModelRefused) else payload.sha256[:16]


def _key(kind: Kind, about: About) -> str:
    """What is one alarm. Lines that are not inspected are one by camera and reason code; a lost camera is one whatever the cause."""
    if about.class_name:
        return f"{kind}/{about.class_name}/{about.severity}"
    code = f"/{about.reasons[0].code}" if kind in (Kind.COVERAGE_LOST, Kind.COVERAGE_DEGRADED) else ""
    return f"{kind}/{about.what or about.camera}{code}"
