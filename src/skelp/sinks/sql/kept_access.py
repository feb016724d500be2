"""What a restore does not take back: who may ask, and the audit."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from skelp.sinks.sql import copies

_ACCESS = ("tokens", "people", "log_ins")
"""The tables of who may ask."""
Rows = list[dict[str, Any]]


def keep_access(draft: Path, database: Path) -> bool:
    """Take who may ask, and the audit, from the database that is replaced.

    Returns False if who may ask stays as in the backup: the database is not there, cannot be read, has other tables, or knows nobody. So
    nobody gets in again who was locked out after the backup, and a new, empty database locks nobody out.
    """
    present = _read(database)
    with copies.opened(draft) as target:
        there = copies.tables(target)
        same = all(t in there and t in present and _columns(target, t) == present[t][0] for t in _ACCESS)
        kept = same and any(present[t][1] for t in ("tokens", "people"))
        for table in _ACCESS if kept else ():
            target.execute(f"DELETE FROM {table}")  # noqa: S608 - a constant
            _insert(target, table, present[table][1])
        if "audit" in there and "audit" in present:
            _append_audit(target, present["audit"][1])
    return kept


def _read(database: Path) -> dict[str, tuple[list[str], Rows]]:
    """The columns and rows of each table; nothing of a database that is not there or damaged, which may be why a backup is restored."""
    if not database.is_file():
        return {}
    try:
        with copies.opened(database) as present:
            there = copies.tables(present)
            return {t: (_columns(present, t), _rows(present, t)) for t in (*_ACCESS, "audit") if t in there}
    except sqlite3.DatabaseError:
        return {}


def _append_audit(target: sqlite3.Connection, found: Rows) -> None:
    """Add the entries that the backup does not have. It only grows, so they get numbers of their own."""
    entries = [_without_number(row) for row in found]
    known = {tuple(_without_number(row).items()) for row in _rows(target, "audit")}
    columns = set(_columns(target, "audit"))
    _insert(target, "audit", [e for e in entries if tuple(e.items()) not in known and e.keys() <= columns])


def _without_number(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "number"}


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _rows(connection: sqlite3.Connection, table: str) -> Rows:
    columns = _columns(connection, table)
    return [dict(zip(columns, row, strict=True)) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608 - a constant


def _insert(connection: sqlite3.Connection, table: str, found: Rows) -> None:
    for row in found:
        named, values = ", ".join(row), ", ".join(f":{name}" for name in row)
        connection.execute(f"INSERT INTO {table} ({named}) VALUES ({values})", row)  # noqa: S608 - names of columns
