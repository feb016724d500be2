"""`skelp backup` and `skelp restore`: what a station recorded, kept for longer than its disk lasts (docs/records.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skelp.config import load_station
from skelp.sinks.storage import back_up_storage, restore_storage
from skelp.terminal import print_line

StationOption = Annotated[Path, typer.Option("--station", help="Station file: it says where the records are.")]


def backup(
    file: Annotated[Path, typer.Argument(help="The backup. An older backup of this name is replaced when the new one is whole.")],
    station: StationOption,
) -> None:
    """Back up a station's records into one file, while the station runs. Pictures are not in it."""
    config = load_station(station)
    made = back_up_storage(config.storage.folder, config.storage.database_url, config.name, file)
    print_line(f"{file}: records of {config.name} up to event {made.events}, checked; crops and samples are not in it")


def restore(
    file: Annotated[Path, typer.Argument(help="A backup that skelp backup made, or a database that a restore replaced.")],
    station: StationOption,
    of_station: Annotated[str | None, typer.Option(help="The name of the station in the backup, if it was another one.")] = None,
) -> None:
    """Put a backup in the place of a station's records. The station must not run. The records that are replaced are kept beside it."""
    config = load_station(station)
    storage = config.storage
    done = restore_storage(storage.folder, storage.database_url, config.name, file, of_station=of_station or config.name)
    print_line(f"restored {file}, of {done.about.made_at or 'an unknown time'}, up to event {done.about.events}")
    if done.kept:
        print_line(f"the records that it replaced are {done.kept}")
    if not done.access_kept:
        print_line("who may ask is as it was at the backup: check it with skelp token list and skelp user list")
    print_line("the event feed has a new id: the MES reads it again from its first event")
