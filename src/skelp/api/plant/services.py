"""What the routes of a plant use. skelp.plant puts it together."""

from __future__ import annotations

from dataclasses import dataclass

from skelp.api.callers import People
from skelp.ports import AuditLog, PlantReader


@dataclass(frozen=True, slots=True)
class PlantServices:
    """`name` is the plant's. `people`: those who log in; None if the server asks nobody who they are."""

    name: str
    reader: PlantReader
    audit: AuditLog
    people: People | None = None
