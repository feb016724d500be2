"""The stations of the plant, as a screen for all lines needs them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter

from skelp.api.alarms import Alarms
from skelp.api.plant.services import PlantServices
from skelp.api.schema.plant import PlantOut
from skelp.domain.plant import StationEntry
from skelp.domain.queries import EVERY_COIL
from skelp.ports import PlantReader
from skelp.render.records import alarm_record, coil_record


class _Boards:
    """The alarms of each station. Any thread may ask."""

    def __init__(self, reader: PlantReader) -> None:
        self._reader, self._lock = reader, threading.Lock()
        self._boards: dict[str, Alarms] = {}

    def of(self, station: StationEntry) -> Alarms:
        """Those of a station. A feed that was exchanged begins with none."""
        with self._lock:
            if station.feed_id not in self._boards:
                self._boards[station.feed_id] = Alarms(self._reader.records(station.name))
            return self._boards[station.feed_id]


def router(s: PlantServices) -> APIRouter:
    """The route /plant."""
    api = APIRouter(tags=["station"])
    boards = _Boards(s.reader)

    @api.get("/plant", response_model=PlantOut)
    def get_plant() -> Any:
        """All stations: whether they run, their newest coil, and what needs a person."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"name": s.name, "now": now, "stations": [_record(station) for station in s.reader.stations()]}

    def _record(station: StationEntry) -> dict[str, Any]:
        newest = next(iter(s.reader.coils([station], before=None, limit=1, query=EVERY_COIL)), None)
        return {
            "name": station.name,
            "plant": station.plant,
            "line": station.line,
            "cameras": [{"name": name, "side": side} for name, side in station.cameras.items()],
            "runs": station.runs,
            "feed_id": station.feed_id,
            "newest_event": station.newest_event,
            "coil": newest and coil_record(newest.summary),
            "stored_at": newest and newest.stored_at,
            "alarms": [alarm_record(a) for a in boards.of(station).now() if not a.acknowledged_by],
        }

    return api
