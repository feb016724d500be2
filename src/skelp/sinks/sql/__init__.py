"""The station's records in SQL. Nothing outside this package imports SQLAlchemy; other packages use the names below."""

from skelp.sinks.sql.address import sqlite_url
from skelp.sinks.sql.backup import Restored
from skelp.sinks.sql.copies import About
from skelp.sinks.sql.database import Database
from skelp.sinks.sql.people import Access, open_access
from skelp.sinks.sql.plant import PlantRecords, open_plant
from skelp.sinks.sql.record_copies import back_up_records, restore_records
from skelp.sinks.sql.redeciding import Redecided, Redeciding, open_redeciding
from skelp.sinks.sql.snapshot import Period, Snapshot, open_snapshot
from skelp.sinks.sql.stations import NOWHERE, Place

__all__ = [
    "NOWHERE",
    "About",
    "Access",
    "Database",
    "Period",
    "Place",
    "PlantRecords",
    "Redecided",
    "Redeciding",
    "Restored",
    "Snapshot",
    "back_up_records",
    "open_access",
    "open_plant",
    "open_redeciding",
    "open_snapshot",
    "restore_records",
    "sqlite_url",
]
