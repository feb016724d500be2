"""Starts a PostgreSQL server on a socket in a temporary folder, if its programs are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

BIN = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
WHY_NOT = None if BIN else "no PostgreSQL server programs in /usr/lib/postgresql (apt-get install postgresql)"


@contextmanager
def server() -> Iterator[str]:
    """Start a server. Yields the URL of an empty database. PostgreSQL refuses root, so root starts it as user postgres."""
    assert BIN is not None
    folder = Path(tempfile.mkdtemp(prefix="skelp-pg-"))
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if user:
        shutil.chown(folder, "postgres")

    def call(*command: str) -> None:
        subprocess.run([*user, *command], check=True, capture_output=True, cwd=folder, timeout=60)

    data = str(folder / "data")
    try:
        call(str(BIN / "initdb"), "-D", data, "-U", "skelp", "--auth=trust", "--no-sync")
        call(str(BIN / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", f"-c listen_addresses='' -k {folder} -F", "start")
        yield f"postgresql+psycopg://skelp@/postgres?host={folder}"
    finally:
        subprocess.run([*user, str(BIN / "pg_ctl"), "-D", data, "-m", "immediate", "stop"], check=False, capture_output=True, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)


def dumped(url: sa.URL) -> str:
    """The statements that make the tables of a database of `server`, and fill them."""
    assert BIN is not None
    command = [str(BIN / "pg_dump"), "--host", str(url.query["host"]), "--username", "skelp", "--schema", "public", "--inserts", "postgres"]
    text = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    kept = [line for line in text.splitlines() if not line.startswith(("\\", "SET ", "CREATE SCHEMA public", "ALTER SCHEMA public"))]
    return "\n".join([*kept, "SET search_path TO DEFAULT;"])
