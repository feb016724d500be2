"""Backups of a station's records, whichever database it has."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from skelp.domain.errors import SkelpError
from skelp.sinks.lock_file import Owner
from skelp.sinks.sql import backup
from skelp.sinks.sql.address import parse_url
from skelp.sinks.sql.backup import Restored
from skelp.sinks.sql.claim import claim_on
from skelp.sinks.sql.copies import About
from skelp.sinks.sql.server_copies import dump_command, restore_commands

_SECRET = "the password comes from PGPASSWORD or ~/.pgpass"  # noqa: S105 - none


def back_up_records(url: str, file: Path, station: str) -> About:
    """Write a backup into a file, while a station writes or not. Raises SkelpError; for PostgreSQL it names the server's own command."""
    parsed = parse_url(url)
    if not _is_file(parsed):
        raise SkelpError(f"the records are in PostgreSQL, which has its own backup; run ({_SECRET}): {dump_command(parsed, file)}")
    return backup.back_up(Path(parsed.database or ""), file, station)


def restore_records(url: str, file: Path, owner: Owner, of_station: str) -> Restored:
    """Put a backup of `of_station` in the place of the database. Raises SkelpError, also if a station uses the database."""
    parsed = parse_url(url)
    if not _is_file(parsed):
        commands = restore_commands(parsed, file)
        raise SkelpError(
            "the records are in PostgreSQL, which has its own restore; it takes back all stations of the database, so stop all of them, "
            f"and run ({_SECRET}): {commands}"
        )
    with claim_on(parsed, owner):
        return backup.restore(file, Path(parsed.database or "").resolve(), of_station)


def _is_file(url: sa.URL) -> bool:
    return url.get_backend_name() == "sqlite"
