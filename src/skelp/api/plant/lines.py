"""What the screen of all lines shows, made at most once a second however many screens ask."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from typing import Any

from skelp.api.alarms import Alarms
from skelp.domain.moments import now
from skelp.domain.plant import StationEntry
from skelp.ports import PlantReader
from skelp.render.records import alarm_record, coil_record

_FOR_S = 1.0


class Lines:
    """`record()` is the answer of GET /plant. `not_in_use`: names of stations that nobody waits for. Any thread may ask.

    How long a line has been quiet is counted here, from when something new of it was last seen, because the stations' clocks may differ.
    """

    def __init__(self, name: str, reader: PlantReader, not_in_use: Collection[str] = ()) -> None:
        self._name, self._reader, self._not_in_use = name, reader, frozenset(not_in_use)
        self._lock = threading.Lock()
        self._alarms: dict[int, tuple[str, Alarms, int]] = {}
        self._changed: dict[int, tuple[Any, float]] = {}
        self._made_at, self._made = float("-inf"), dict[str, Any]()

    def record(self) -> dict[str, Any]:
        """The plant's name, the time, and its stations."""
        with self._lock:
            if time.monotonic() - self._made_at > _FOR_S:
                self._made = {"name": self._name, "now": now(), "stations": [self._line(s) for s in self._reader.stations()]}
                self._made_at = time.monotonic()
            return self._made

    def _line(self, station: StationEntry) -> dict[str, Any]:
        newest = self._reader.newest_coil(station)
        return {
            "name": station.name,
            "plant": station.plant,
            "line": station.line,
            "in_use": station.name not in self._not_in_use,
            "cameras": [{"name": name, "side": side} for name, side in station.cameras.items()],
            "runs": station.runs,
            "quiet_s": self._quiet_s(station, newest.stored_at if newest else None),
            "feed_id": station.feed_id,
            "newest_event": station.newest_event,
            "coil": newest and coil_record(newest.summary),
            "stored_at": newest and newest.stored_at,
            "alarms": [alarm_record(a) for a in self._alarms_of(station).now() if not a.acknowledged_by],
        }

    def _quiet_s(self, station: StationEntry, stored_at: str | None) -> float:
        seen, at = (station.newest_event, stored_at), time.monotonic()
        if self._changed.get(station.number, (None, 0.0))[0] != seen:
            self._changed[station.number] = (seen, at)
        return round(at - self._changed[station.number][1], 1)

    def _alarms_of(self, station: StationEntry) -> Alarms:
        """The station's alarms. They begin anew if its feed was exchanged, or an older copy of it was restored."""
        feed_id, alarms, last = self._alarms.get(station.number, ("", None, 0))
        if alarms is None or feed_id != station.feed_id or station.newest_event < last:
            alarms = Alarms(self._reader.records(station))
        self._alarms[station.number] = (station.feed_id, alarms, station.newest_event)
        return alarms
