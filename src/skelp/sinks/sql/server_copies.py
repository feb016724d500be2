"""The commands of PostgreSQL that back up and restore a database of records. skelp names them and does not run them."""

from __future__ import annotations

import shlex
from pathlib import Path

import sqlalchemy as sa

_SHOWN = ("host", "port", "sslmode", "sslrootcert", "service")
"""Parts of a URL's query that name the server. Others may be secrets, and are left out."""
_NEW_FEED = "UPDATE stations SET feed = gen_random_uuid()"


def dump_command(url: sa.URL, file: Path) -> str:
    """The command that backs up the database while the station runs."""
    return shlex.join(["pg_dump", "--format=custom", "--no-owner", f"--file={file}", f"--dbname={_address(url)}"])


def restore_commands(url: sa.URL, file: Path) -> str:
    """The commands that restore a backup while no station runs, and give the feed a new id (see backup.restore)."""
    options = ["--clean", "--if-exists", "--no-owner", "--single-transaction"]
    restore = ["pg_restore", *options, f"--dbname={_address(url)}", str(file)]
    return f"{shlex.join(restore)} && {shlex.join(['psql', f'--dbname={_address(url)}', '--command', _NEW_FEED])}"


def _address(url: sa.URL) -> str:
    """The URL as PostgreSQL's programs read it, without secrets."""
    shown = {name: value for name, value in url.query.items() if name in _SHOWN}
    return sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database, shown).render_as_string()
