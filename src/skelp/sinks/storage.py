"""Opens a station's storage: the folder of crops and samples, and the database of records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from skelp.domain.errors import SkelpError, cause_of
from skelp.domain.recipe import Recipe
from skelp.sinks.lock_file import LockFile, Owner
from skelp.sinks.sql import Database, sqlite_url


@contextmanager
def open_storage(folder: Path, database_url: str | None, recipe: Recipe, station: str) -> Iterator[Database]:
    """Create the folder, lock it and the database for this process, and open the database. `database_url` None: SQLite in the folder.

    Raises SkelpError, before anything is changed, if another station holds the folder or the database. Both are locked, because two
    stations may share one of them by mistake and not the other.
    """
    owner = Owner.this_process(station)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SkelpError(f"cannot create the folder {folder} (storage.folder): {cause_of(error)}") from error
    with (
        LockFile(folder / "station.lock", owner, f"the folder {folder.absolute()}"),
        Database(database_url or sqlite_url(folder / "skelp.db"), recipe, owner) as database,
    ):
        yield database
