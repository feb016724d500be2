"""The station's records in SQL. Nothing outside this package imports SQLAlchemy; other packages use the names below."""

from skelp.sinks.sql.address import sqlite_url
from skelp.sinks.sql.database import Database
from skelp.sinks.sql.people import Access, open_access

__all__ = ["Access", "Database", "open_access", "sqlite_url"]
