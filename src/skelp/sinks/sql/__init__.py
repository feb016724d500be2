"""The station's records in SQL. Nothing outside this package imports SQLAlchemy; other packages use the names below."""

from skelp.sinks.sql.database import Database
from skelp.sinks.sql.engines import sqlite_url
from skelp.sinks.sql.tokens import Tokens, open_tokens

__all__ = ["Database", "Tokens", "open_tokens", "sqlite_url"]
