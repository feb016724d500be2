"""Which database a file names: a station's, or that of a plant."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from skelp.config import load_station
from skelp.plant_file import is_plant_file, load_plant
from skelp.sinks.sql import Access
from skelp.sinks.storage import open_access_storage

StationOption = Annotated[Path, typer.Option("--station", help="Station file, or plant file: its database holds them.")]


@dataclass(frozen=True, slots=True)
class AccessPlace:
    """A database, and who asks for it. `url` None: SQLite in the folder."""

    folder: Path
    url: str | None
    name: str

    @property
    def in_words(self) -> str:
        """Where a token of this database is good."""
        return f"the station in {self.folder.absolute()}" if self.url is None else "every station of its database"

    def opened(self, *, make: bool = False) -> AbstractContextManager[Access]:
        """The tokens and people of the database. `make`: make it if it is missing."""
        return open_access_storage(self.folder, self.url, self.name, make=make)


def place_of(file: Path) -> AccessPlace:
    """The database of a station file or of a plant file. Raises SkelpError if the file is neither."""
    if is_plant_file(file):
        plant = load_plant(file)
        return AccessPlace(Path(), plant.database_url, plant.name)
    station = load_station(file)
    return AccessPlace(station.storage.folder, station.storage.database_url, station.name)
