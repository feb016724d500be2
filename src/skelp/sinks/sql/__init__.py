"""The station's records in SQL. Nothing outside this package imports SQLAlchemy; other packages use the names below."""

from skelp.sinks.sql.database import Database
from skelp.sinks.sql.engines import sqlite_url

__all__ = ["Database", "sqlite_url"]
