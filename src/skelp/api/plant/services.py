"""What the routes of a plant use. skelp.plant puts it together."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from skelp.api.callers import People
from skelp.api.plant.lines import Lines
from skelp.ports import AuditLog, PlantReader


@dataclass(frozen=True, slots=True)
class PlantServices:
    """`lines`: what the screen shows. `stopping` is set when the server stops. `people`: those who log in; None if nobody is asked."""

    reader: PlantReader
    lines: Lines
    audit: AuditLog
    stopping: threading.Event
    people: People | None = None
