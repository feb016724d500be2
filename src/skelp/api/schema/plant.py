"""A plant: its stations, their coils and their events."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel

from skelp.api.schema.base import Text
from skelp.api.schema.coils import CoilFilters, CoilOut
from skelp.api.schema.feed import EventOut
from skelp.api.schema.station import AlarmOut
from skelp.domain.strip import Side


class SideOut(BaseModel):
    """A camera and the side of the strip that it sees."""

    name: str
    side: Side


class StationEntryOut(BaseModel):
    """A station of the plant. `runs`: its process runs and may write. Whether it inspects, its alarms and its own status say.

    `in_use`: false if the plant file says that nobody waits for it. `coil`: the coil that it added last; null before the first one.
    `stored_at`: when something of it was last stored, by the station's clock, ISO 8601 UTC. `alarms`: those that nobody has acknowledged,
    the costliest first.
    """

    name: str
    plant: str
    line: str
    in_use: bool
    cameras: list[SideOut]
    runs: bool
    quiet_s: float
    feed_id: str
    newest_event: int
    coil: CoilOut | None
    stored_at: str | None
    alarms: list[AlarmOut]


class PlantOut(BaseModel):
    """The plant's name, its stations by name, and the server's time, ISO 8601 UTC."""

    name: str
    now: str
    stations: list[StationEntryOut]


class PlantCoilFilters(CoilFilters):
    """Filters of the list of coils of all stations."""

    plant: Text | None = None
    """Only coils of stations in this plant."""
    line: Text | None = None
    """Only coils of stations on this line."""
    station: Text | None = None
    """Only coils of this station."""


class StationCoilOut(BaseModel):
    """A coil, and where it was inspected. Ids of coils are a station's own: two stations may have the same.

    `runs`: whether the station runs. A coil that has not ended at a station that does not run has the reason `coil.station_stopped`.
    """

    station: str
    runs: bool
    plant: str
    line: str
    coil: CoilOut


class PlantCoilPage(BaseModel):
    """Coils by their start, newest first. `next` is the `cursor` of the next page."""

    coils: list[StationCoilOut]
    next: str | None


class StationEventOut(BaseModel):
    """An event with its station, and the feed that numbered it."""

    station: str
    feed_id: str
    event: Annotated[EventOut, ...]


class PlantEventPage(BaseModel):
    """Events after the cursor. Use `last` as the next `after`; then no event of any station is missed and none comes twice."""

    events: list[StationEventOut]
    last: str
