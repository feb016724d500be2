"""The coils of all stations."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Query

from skelp.api.problem import invalid
from skelp.api.schema.plant import PlantCoilFilters, PlantCoilPage
from skelp.domain.errors import suggestion
from skelp.domain.plant import CoilPlace, StationCoil, StationEntry
from skelp.ports import PlantReader
from skelp.render.records import coil_record

_CURSOR = re.compile(r"(?P<started_at>[0-9TZ:.-]{20,32})_(?P<station>[0-9]{1,9})_(?P<number>[0-9]{1,9})")


def router(reader: PlantReader) -> APIRouter:
    """The route /coils."""
    api = APIRouter(tags=["coils"])

    @api.get("/coils", response_model=PlantCoilPage)
    def list_plant_coils(filters: Annotated[PlantCoilFilters, Query()]) -> Any:
        """Coils of all stations that match all filters, by their start, newest first, in pages."""
        before = None
        if filters.cursor is not None:
            place = _CURSOR.fullmatch(filters.cursor)
            if place is None:
                return invalid([{"where": "query.cursor", "fault": "is no cursor; use `next` of the page before"}])
            before = CoilPlace(place["started_at"], int(place["station"]), int(place["number"]))
        stations = reader.stations()
        if faults := _unknown(filters, stations):
            return invalid(faults)
        among = [s for s in stations if _fits(filters, s)]
        if not among and stations:
            return invalid([{"where": "query", "fault": "no station has this plant, line and station together"}])
        found = reader.coils(among, before=before, limit=filters.limit, query=filters.query())
        more = found[-1].place if len(found) == filters.limit else None
        return {
            "coils": [_record(c) for c in found],
            "next": more and f"{more.started_at}_{more.station}_{more.number}",
        }

    return api


def _record(found: StationCoil) -> dict[str, Any]:
    station = found.station
    where = {"station": station.name, "runs": station.runs, "plant": station.plant, "line": station.line}
    return where | {"coil": coil_record(found.summary)}


def _fits(filters: PlantCoilFilters, station: StationEntry) -> bool:
    wanted = ((filters.plant, station.plant), (filters.line, station.line), (filters.station, station.name))
    return all(asked is None or asked == found for asked, found in wanted)


def _unknown(filters: PlantCoilFilters, stations: list[StationEntry]) -> list[dict[str, str]]:
    """Places that no station has: a misspelt one would give an empty list, which says that nothing was produced there."""
    known = {"plant": {s.plant for s in stations}, "line": {s.line for s in stations}, "station": {s.name for s in stations}}
    asked = {name: getattr(filters, name) for name in known}
    return [
        {"where": f"query.{name}", "fault": f"no station has the {name} {value!r}; {suggestion(value, known[name])}"}
        for name, value in asked.items()
        if value is not None and value not in known[name]
    ]
