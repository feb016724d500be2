"""A plant: stations that store their records in one database, and their coils."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skelp.domain.coilmap import Summary
from skelp.domain.strip import Side


@dataclass(frozen=True, slots=True)
class StationEntry:
    """A station that stores its records in a shared database, under a number. `runs`: its process holds its claim now.

    `cameras`: the side of each, by name; empty if the station has not told yet.
    """

    number: int
    name: str
    plant: str
    line: str
    cameras: Mapping[str, Side]
    feed_id: str
    newest_event: int
    runs: bool


@dataclass(frozen=True, slots=True)
class CoilPlace:
    """Where a coil stands among the coils of all stations, which are listed by their start (ISO 8601 UTC)."""

    started_at: str
    station: int
    number: int


@dataclass(frozen=True, slots=True)
class StationCoil:
    """A coil with its station. `stored_at`: when something of it was last stored, ISO 8601 UTC."""

    station: StationEntry
    place: CoilPlace
    stored_at: str
    summary: Summary
