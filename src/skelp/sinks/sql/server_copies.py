"""The commands of PostgreSQL that back up and restore a database of records. skelp names them and does not run them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import sqlalchemy as sa

_SHOWN = ("host", "port", "sslmode", "sslrootcert", "service")
"""Parts of a URL's query that name the server. Others may be secrets, and are left out."""
_NEW_FEEDS = "UPDATE {schema}.stations SET feed = gen_random_uuid()"


def dump_command(url: sa.URL, file: Path) -> str:
    """The command that backs up the database while the station runs."""
    dump = ["pg_dump", "--format=custom", "--no-owner", f"--schema={schema_of(url)}", f"--file={file}", f"--dbname={_address(url)}"]
    return shlex.join(dump)


def restore_commands(url: sa.URL, file: Path) -> str:
    """The commands that restore a backup while no station runs, and give each station's feed a new id (see backup.restore)."""
    options = ["--clean", "--if-exists", "--no-owner", "--single-transaction"]
    restore = ["pg_restore", *options, f"--dbname={_address(url)}", str(file)]
    renew = _NEW_FEEDS.format(schema=schema_of(url))
    return f"{shlex.join(restore)} && {shlex.join(['psql', f'--dbname={_address(url)}', '--command', renew])}"


def schema_of(url: sa.URL) -> str:
    """The schema in which a URL's tables are: the first of its search_path."""
    found = re.search(r"search_path(?:=|%3D)([A-Za-z0-9_]+)", str(url.query.get("options", "")))
    return found[1] if found else "public"


def _address(url: sa.URL) -> str:
    """The URL as PostgreSQL's programs read it, without secrets."""
    shown = {name: value for name, value in url.query.items() if name in _SHOWN}
    return sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database, shown).render_as_string()
