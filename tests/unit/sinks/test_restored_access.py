"""A restore takes back neither who may ask nor the audit."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from skelp.domain.access import Role, digest
from skelp.domain.recipe import Recipe
from skelp.sinks.sql import Database, back_up_records, restore_records, sqlite_url
from tests.unit.sinks.conftest import ME


@pytest.fixture
def url(tmp_path: Path) -> str:
    """An empty SQLite database."""
    return sqlite_url(tmp_path / "data" / "skelp.db")


def test_who_was_locked_out_after_the_backup_stays_out(url: str, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    with Database(url, Recipe(), ME) as database:
        secret = database.access.tokens.new("mes", Role.MES, timedelta(days=30))
        database.access.people.new("kim", Role.OPERATOR, "correct horse 1")
        assert database.access.people.log_in("kim", "correct horse 1", timedelta(hours=12))
        back_up_records(url, file, "mill")
        database.access.tokens.revoke("mes")
        database.access.people.end("kim")
    assert restore_records(url, file, ME, "mill").access_kept
    with Database(url, Recipe(), ME) as database:
        found = database.access.tokens.find(digest(secret))
        assert found is not None
        assert found.revoked_at is not None
        done = [f"{e.action} {e.subject}" for _, e in database.access.audit.entries(before=None, limit=9)]
        assert done.pop(0) == f"skelp restore {file}"
        assert done == ["skelp user end kim", "skelp token revoke mes", "skelp user new kim (operator)", "skelp token new mes (mes)"]
        assert database.access.people.log_in("kim", "correct horse 1", timedelta(hours=12)) is None


def test_a_new_and_empty_database_does_not_lock_out_those_of_the_backup_and_its_audit_stays(tmp_path: Path) -> None:
    file, old, new = tmp_path / "backup.db", sqlite_url(tmp_path / "old.db"), sqlite_url(tmp_path / "new.db")
    with Database(old, Recipe(), ME) as database:
        database.access.people.new("kim", Role.ADMIN, "correct horse 1")
        back_up_records(old, file, "mill")
    with Database(new, Recipe(), ME) as database:
        database.access.tokens.new("intruder", Role.MES, timedelta(days=1))
        database.access.tokens.revoke("intruder")
    with closing(sqlite3.connect(tmp_path / "new.db")) as connection, connection:
        connection.execute("DELETE FROM tokens")
    assert not restore_records(new, file, ME, "mill").access_kept
    with Database(new, Recipe(), ME) as database:
        assert database.access.people.log_in("kim", "correct horse 1", timedelta(hours=1))
        done = [f"{e.action} {e.subject}" for _, e in database.access.audit.entries(before=None, limit=9)]
    assert done[::-1] == [
        "skelp user new kim (admin)",
        "skelp token new intruder (mes)",
        "skelp token revoke intruder",
        f"skelp restore {file}",
    ]


def test_who_was_locked_out_stays_out_after_an_upgrade_too(url: str, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    with Database(url, Recipe(), ME) as database:
        secret = database.access.tokens.new("mes", Role.MES, timedelta(days=30))
        back_up_records(url, file, "mill")
        database.access.tokens.revoke("mes")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(
            "DROP VIEW coil_result; DROP TABLE overrides; DROP TABLE decisions; DROP TABLE model_classes; "
            "DROP TABLE origins; ALTER TABLE defects DROP COLUMN seen_as; "
            "DROP TABLE periodic; DROP TABLE webhooks; DROP TABLE dead_letters; "
            "DROP TABLE shadows; DROP TABLE models; DROP TABLE passages; DROP TABLE connections; "
            "DROP INDEX coils_by_customer; ALTER TABLE coils DROP COLUMN customer; "
            "DROP TABLE kept_codes; ALTER TABLE defects DROP COLUMN plant_code; ALTER TABLE defects DROP COLUMN cluster_code; "
            "ALTER TABLE coils DROP COLUMN codes_name; ALTER TABLE coils DROP COLUMN codes_version; "
            "ALTER TABLE coils DROP COLUMN codes_sha256; "
            "UPDATE alembic_version SET version_num = '0012'"
        )
    assert restore_records(url, file, ME, "mill").access_kept
    with Database(url, Recipe(), ME) as database:
        found = database.access.tokens.find(digest(secret))
    assert found is not None
    assert found.revoked_at is not None
