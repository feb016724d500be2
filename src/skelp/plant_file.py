"""Reads a plant file (TOML): the database whose stations a server without cameras shows. Unknown keys are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field

from skelp.settings import Server
from skelp.validation import STRICT, load, read_toml


class PlantConfig(BaseModel):
    """A plant: its name, the database that its stations share, and the server's address."""

    model_config = STRICT

    name: Annotated[str, Field(min_length=1, max_length=128)] = "plant"
    database_url: Annotated[str, Field(min_length=1)]
    """postgresql+psycopg://user@host/database. Leave the password to a file: PostgreSQL's ~/.pgpass, or ?passfile=."""
    not_in_use: tuple[str, ...] = ()
    """Stations that nobody waits for: they are listed, but do not count among the lines that should run."""
    server: Server = Server()


def load_plant(file: Path) -> PlantConfig:
    """Read a plant file. Raises SkelpError that names every key at fault."""
    config = load(file, PlantConfig, "plant file", "edge/plant.toml is one to copy")
    return config.model_copy(update={"server": config.server.with_paths_from(file.parent)})


def is_plant_file(file: Path) -> bool:
    """Whether a file is a plant's: it names a database at its top, and no cameras. Raises SkelpError if it is no TOML."""
    body = read_toml(file, "station or plant file", "edge/ holds examples to copy")
    return "database_url" in body and "cameras" not in body
