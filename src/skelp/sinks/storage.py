"""Opens a station's storage: the folder of crops and samples, and the database of records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
from skelp.sinks.lock_file import LockFile, Owner
from skelp.sinks.names import make_folder
from skelp.sinks.sql import (
    NOWHERE,
    About,
    Access,
    Database,
    Place,
    Redeciding,
    Restored,
    Snapshot,
    back_up_records,
    open_access,
    open_redeciding,
    open_snapshot,
    restore_records,
    sqlite_url,
)


@contextmanager
def open_storage(folder: Path, database_url: str | None, recipe: Recipe, station: str, place: Place = NOWHERE) -> Iterator[Database]:
    """Create the folder, lock it and the database for this process, and open the database. `database_url` None: SQLite in the folder.

    Raises SkelpError, before anything is changed, if another station holds the folder or the database. Both are locked, because two
    stations may share one of them by mistake and not the other.
    """
    owner = Owner.this_process(station)
    make_folder(folder)
    with (
        _folder_lock(folder, owner),
        Database(database_url or sqlite_url(folder / "skelp.db"), recipe, owner, place) as database,
    ):
        yield database


def back_up_storage(folder: Path, database_url: str | None, station: str, file: Path) -> About:
    """Write a backup of the records into a file, while the station runs or not. Raises SkelpError."""
    return back_up_records(_url(folder, database_url), file, station)


def restore_storage(folder: Path, database_url: str | None, station: str, file: Path, *, of_station: str) -> Restored:
    """Put a backup of the records of `of_station` in the place of the database. Raises SkelpError, also if a station runs here."""
    owner = Owner.this_process(f"{station} (skelp restore)")
    make_folder(folder)
    with _folder_lock(folder, owner):
        return restore_records(_url(folder, database_url), file, owner, of_station)


def open_snapshot_of(folder: Path, database_url: str | None, recipe: Recipe, station: str) -> AbstractContextManager[Snapshot]:
    """One state of a station's records, while it runs or not."""
    return open_snapshot(_url(folder, database_url), recipe, station)


def open_redeciding_of(folder: Path, database_url: str | None, station: str, asked: Recipe) -> AbstractContextManager[Redeciding]:
    """A station's final coils, to be decided again by a recipe, while it runs or not."""
    return open_redeciding(_url(folder, database_url), station, asked)


def _folder_lock(folder: Path, owner: Owner) -> LockFile:
    return LockFile(folder / "station.lock", owner, f"the folder {folder.absolute()}")


def _url(folder: Path, database_url: str | None) -> str:
    return database_url or f"sqlite:///{folder.absolute() / 'skelp.db'}"


@contextmanager
def open_access_storage(folder: Path, database_url: str | None, station: str, *, make: bool) -> Iterator[Access]:
    """The tokens and people of a station's database, while the station runs or not. `make`: make the database if it is missing.

    Raises SkelpError if the database cannot be opened, or is missing.
    """
    if database_url is None and not (folder / "skelp.db").is_file():
        if not make:
            raise SkelpError(f"there is no {folder.absolute() / 'skelp.db'}; a relative storage.folder counts from where you are")
        make_folder(folder)
    with open_access(database_url or sqlite_url(folder / "skelp.db"), Owner.this_process(station)) as access:
        yield access
