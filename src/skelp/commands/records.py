"""`skelp backup`, `skelp restore` and `skelp tables`: what a station recorded, kept for longer than its disk lasts (docs/records.md)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from skelp.commands.options import RecordsOption
from skelp.config import load_recipe, load_station
from skelp.sinks.months import Source, write_months
from skelp.sinks.names import make_folder
from skelp.sinks.storage import back_up_storage, open_snapshot_of, restore_storage
from skelp.sinks.table_files import FORMATS, maker_of
from skelp.terminal import print_line

_MOST_DAYS = 20 * 366
DayOption = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day, in UTC: 2026-11-01.")]
LastDayOption = Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day, in UTC. It is included.")]


def backup(
    file: Annotated[Path, typer.Argument(help="The backup. An older backup of this name is replaced when the new one is whole.")],
    station: RecordsOption,
) -> None:
    """Back up a station's records into one file, while the station runs. Pictures are not in it."""
    config = load_station(station)
    made = back_up_storage(config.storage.folder, config.storage.database_url, config.name, file)
    print_line(f"{file}: records of {config.name} up to event {made.events}, checked; crops and samples are not in it")


def restore(
    file: Annotated[Path, typer.Argument(help="A backup that skelp backup made, or a database that a restore replaced.")],
    station: RecordsOption,
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


def tables(
    first: DayOption,
    last: LastDayOption,
    out: Annotated[Path, typer.Option(help="Folder for the files, one for each table and month.")],
    station: RecordsOption,
    form: Annotated[str, typer.Option("--format", help="csv, or parquet (pip install 'skelp\\[parquet]').")] = "csv",
) -> None:
    """Write coils, coverage, defects, reviews and events of a range of days as tables, while the station runs."""
    if form not in FORMATS:
        raise typer.BadParameter(f"--format {form} is not known; choose one of {', '.join(FORMATS)}")
    if last < first:
        raise typer.BadParameter(f"--to {last:%Y-%m-%d} is before --from {first:%Y-%m-%d}")
    if (last - first).days > _MOST_DAYS:
        raise typer.BadParameter(f"--from {first:%Y-%m-%d} to --to {last:%Y-%m-%d} is more than 20 years; there is a file for each month")
    config, make = load_station(station), maker_of(form)
    make_folder(out, "choose another --out")
    with open_snapshot_of(config.storage.folder, config.storage.database_url, load_recipe(config.recipe), config.name) as records:
        source = Source(records.station or config.name, records.feed_id, records.newest_event)
        for listed in write_months(records.read, source, first.date(), last.date(), out, form, make):
            print_line(str(listed))
