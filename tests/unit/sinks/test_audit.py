"""The audit only grows, and a command is in it exactly if it was done."""

from __future__ import annotations

import os
import pwd
import socket
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from skelp.domain.access import Role
from skelp.domain.audit import AuditEntry
from skelp.domain.errors import SkelpError
from skelp.sinks.sql import Database
from tests.unit.sinks.conftest import all_rows

DAY = timedelta(days=1)
REPLACED = (
    "INSERT OR REPLACE INTO audit SELECT number, at, 'somebody else', role, address, action, subject, status, left_out, station FROM audit"
)


def _entry(n: int, **more: str) -> AuditEntry:
    given = {"name": "mes-1", "role": "mes", "address": "10.0.0.9", "action": "POST", "subject": f"/api/v1/coils/{n}"} | more
    return AuditEntry(datetime(2026, 11, 26, 8, 0, n, tzinfo=UTC), **given, status=200, left_out=n, station="test")


def test_entries_come_back_as_they_were_given_the_newest_first_in_pages(database: Database) -> None:
    audit = database.access.audit
    for n in range(5):
        audit.add(_entry(n, name="김철수"))
    first = audit.entries(before=None, limit=3)
    assert [e for _, e in first] == [_entry(n, name="김철수") for n in (4, 3, 2)]
    assert [e.left_out for _, e in audit.entries(before=first[-1][0], limit=3)] == [1, 0]


@pytest.mark.parametrize("statement", ["UPDATE audit SET name = 'somebody else'", "DELETE FROM audit WHERE number = 1", REPLACED])
def test_the_database_refuses_to_change_or_delete_an_entry(database: Database, url: str, statement: str) -> None:
    database.access.audit.add(_entry(1))
    if statement == REPLACED and not url.startswith("sqlite"):
        pytest.skip("PostgreSQL has no such statement")
    engine = sa.create_engine(url)
    with pytest.raises(sa.exc.DBAPIError, match="the audit only grows"), engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
    assert [e for _, e in database.access.audit.entries(before=None, limit=9)] == [_entry(1)]


def test_a_text_that_is_too_long_is_cut(database: Database) -> None:
    database.access.audit.add(_entry(1, subject="/" + "x" * 999))
    ((_, entry),) = database.access.audit.entries(before=None, limit=9)
    assert entry.subject == "/" + "x" * 255


def test_a_command_is_recorded_with_who_gave_it_if_it_was_done(database: Database, url: str) -> None:
    access = database.access
    secret = access.tokens.new("mes-1", Role.MES, DAY)
    access.people.new("kim", Role.OPERATOR, "correct horse battery")
    for refused in (
        lambda: access.tokens.new("mes-1", Role.MES, DAY),
        lambda: access.tokens.revoke("mes-9"),
        lambda: access.people.new("kim", Role.ADMIN, "correct horse battery"),
        lambda: access.people.end("lee"),
    ):
        with pytest.raises(SkelpError):
            refused()
    access.tokens.revoke("mes-1")
    access.people.change_password("kim", "another long password")
    access.people.end("kim")
    entries = [e for _, e in access.audit.entries(before=None, limit=99)][::-1]
    done = ["token new mes-1 (mes)", "user new kim (operator)", "token revoke mes-1", "user password kim", "user end kim"]
    assert [f"{e.action} {e.subject}" for e in entries] == [f"skelp {d}" for d in done]
    assert {(e.name, e.role, e.address, e.status) for e in entries} == {(pwd.getpwuid(os.getuid()).pw_name, "", socket.gethostname(), None)}
    rows = "\n".join(all_rows(url))
    assert secret not in rows
    assert "another long password" not in rows
