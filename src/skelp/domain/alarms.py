"""What needs a person now, folded from the station's events. The same events give the same alarms, after a restart as well.

none --event--> standing --condition ends--> passed --acknowledged--> none
                standing --acknowledged--> quiet --condition ends--> none; the same again --> standing
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any


class Cost(IntEnum):
    """What it costs not to act, the worst first."""

    NOT_INSPECTED = 1
    QUALITY = 2
    DRIFT = 3
    RECORDS = 4


_COST = {
    "camera.lost": Cost.NOT_INSPECTED,
    "coverage.lost": Cost.NOT_INSPECTED,
    "cameras.unaligned": Cost.NOT_INSPECTED,
    "coverage.degraded": Cost.QUALITY,
    "defect.found": Cost.QUALITY,
    "coil.final": Cost.QUALITY,
    "optics.light": Cost.DRIFT,
    "optics.focus": Cost.DRIFT,
    "crops.failed": Cost.RECORDS,
    "crops.deleted": Cost.RECORDS,
}
_LASTS = frozenset({"camera.lost"})
"""Conditions that end by another event; the others happened and are over."""
ACKNOWLEDGED = "alarm.acknowledged"
SERIOUS = 3
"""Defects of this severity and above need a person."""
MOST = 200
"""Alarms that are kept: far more than a person can look at."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One line of the list: the same thing again raises `count`. `what` is a camera, a class or a coil; `reason` the last one told.

    `from_mm`, `last_mm`: where on the coil it began and where it happened last, if it has a place.
    """

    key: str
    kind: str
    cost: Cost
    what: str
    reason: str
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
    """`tell` takes every event in order; `alarms` are what is left to see, by cost, then the newest first."""

    def __init__(self) -> None:
        self._alarms: dict[str, Alarm] = {}
        self.last_seq = 0

    def tell(self, seq: int, time: str, kind: str, coil_id: str, data: Mapping[str, Any]) -> None:
        self.last_seq = seq
        if kind == ACKNOWLEDGED:
            self._acknowledge(str(data.get("key", "")), int(data.get("through_seq", 0)), str(data.get("operator", "")))
        elif kind == "camera.back":
            self._end(f"camera.lost/{data.get('camera', '')}")
        elif kind in _COST and _needs_a_person(kind, data):
            self._raise(seq, time, kind, coil_id, data)

    @property
    def alarms(self) -> list[Alarm]:
        return sorted(self._alarms.values(), key=lambda a: (bool(a.acknowledged_by), a.cost, -a.last_seq))

    def get(self, key: str) -> Alarm:
        """LookupError if there is none (any more)."""
        if key not in self._alarms:
            raise LookupError(f"there is no alarm {key}; it may have been acknowledged already")
        return self._alarms[key]

    def _raise(self, seq: int, time: str, kind: str, coil_id: str, data: Mapping[str, Any]) -> None:
        what, reason = _what(kind, coil_id, data)
        key = f"{kind}/{what}" + (f"/{reason}" if kind in ("coverage.lost", "coverage.degraded") else "")
        before = self._alarms.get(key)
        place = None if data.get("along_mm") is None else float(data["along_mm"])
        if before is None:
            alarm = Alarm(key, kind, _COST[kind], what, reason, coil_id, 1, seq, seq, time, time, kind in _LASTS, "", place, place)
        else:
            alarm = replace(before, count=before.count + 1, last_seq=seq, last_time=time, reason=reason, coil_id=coil_id)
            began = place if before.coil_id != coil_id else before.from_mm
            alarm = replace(alarm, standing=kind in _LASTS, acknowledged_by="", from_mm=began, last_mm=place)
        self._alarms[key] = alarm
        if len(self._alarms) > MOST:
            least = max(self._alarms.values(), key=lambda a: (bool(a.acknowledged_by), a.cost, -a.last_seq))
            del self._alarms[least.key]

    def _acknowledge(self, key: str, through_seq: int, operator: str) -> None:
        alarm = self._alarms.get(key)
        if alarm is None or alarm.last_seq > through_seq:
            return  # it happened again since the operator looked
        if alarm.standing:
            self._alarms[key] = replace(alarm, acknowledged_by=operator)
        else:
            del self._alarms[key]

    def _end(self, key: str) -> None:
        alarm = self._alarms.get(key)
        if alarm is None:
            return
        if alarm.acknowledged_by:
            del self._alarms[key]
        else:
            self._alarms[key] = replace(alarm, standing=False)


def _needs_a_person(kind: str, data: Mapping[str, Any]) -> bool:
    if kind == "defect.found":
        return int(data.get("severity", 0)) >= SERIOUS
    return kind != "coil.final" or data.get("decision") == "hold"


def _what(kind: str, coil_id: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """What it is about, and the reason in words."""
    if kind == "defect.found":
        return f"{data.get('class', '')} severity {data.get('severity', '')}", ""
    if kind == "coil.final":
        return coil_id, "; ".join(map(str, data.get("reasons", [])))
    return str(data.get("camera", "")), str(data.get("reason", ""))
