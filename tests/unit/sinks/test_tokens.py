"""Tokens are kept as hashes, found while they are good, and made and revoked while a station runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from skelp.domain.access import Role, digest, is_whole, new_secret
from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
from skelp.sinks.sql import Database, open_access, sqlite_url
from skelp.sinks.sql.address import parse_url
from tests.unit.sinks.conftest import ME, MILL, all_rows

DAY = timedelta(days=1)


def test_a_token_is_found_by_its_hash_and_its_secret_is_nowhere(database: Database, url: str) -> None:
    secret = database.access.tokens.new("mes-1", Role.MES, DAY)
    found = database.access.tokens.find(digest(secret))
    assert found is not None
    assert (found.name, found.role, found.fault(datetime.now(UTC))) == ("mes-1", Role.MES, None)
    assert database.access.tokens.find(digest(secret + "x")) is None
    rows = "\n".join(all_rows(url))
    assert digest(secret) in rows
    assert secret not in rows
    assert secret.removeprefix("skelp_")[:20] not in rows


def test_a_revoked_or_expired_token_says_so_and_its_name_can_be_given_again(database: Database) -> None:
    secret = database.access.tokens.new("kim", Role.OPERATOR, DAY)
    with pytest.raises(SkelpError, match=r"there is a token kim already.*skelp token revoke kim"):
        database.access.tokens.new("kim", Role.OPERATOR, DAY)
    database.access.tokens.revoke("kim")
    found = database.access.tokens.find(digest(secret))
    assert found is not None
    assert found.fault(datetime.now(UTC)) == "revoked"
    with pytest.raises(SkelpError, match="no token kim that could be revoked"):
        database.access.tokens.revoke("kim")
    database.access.tokens.new("kim", Role.READER, timedelta(seconds=-1))
    database.access.tokens.new("kim", Role.READER, DAY)
    now = datetime.now(UTC)
    assert [t.fault(now) for t in database.access.tokens.all()] == ["revoked", "expired", None]


def test_a_use_is_noted_once_a_minute(database: Database, url: str) -> None:
    secret = database.access.tokens.new("mes-1", Role.MES, DAY)
    assert database.access.tokens.all()[0].last_used_at is None
    database.access.tokens.used(digest(secret))
    first = database.access.tokens.all()[0].last_used_at
    assert first is not None
    assert abs(datetime.now(UTC) - first) < timedelta(minutes=1)
    database.access.tokens.used(digest(secret))
    assert database.access.tokens.all()[0].last_used_at == first
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE tokens SET last_used_at = '2026-01-01T00:00:00.000Z'")
    engine.dispose()
    database.access.tokens.used(digest(secret))
    again = database.access.tokens.all()[0].last_used_at
    assert again is not None
    assert again >= first


def test_a_role_of_another_version_has_no_right(database: Database, url: str) -> None:
    secret = database.access.tokens.new("odd", Role.ADMIN, DAY)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE tokens SET role = 'emperor'")
    engine.dispose()
    assert database.access.tokens.find(digest(secret)) is None
    assert database.access.tokens.all() == []


def test_tokens_are_made_while_a_station_runs(database: Database, url: str) -> None:
    with open_access(url, MILL) as beside:
        secret = beside.tokens.new("mes-1", Role.MES, DAY)
    assert database.access.tokens.find(digest(secret)) is not None


def test_a_database_that_no_station_made_yet_gets_its_tables(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "new" / "skelp.db")
    with open_access(url, ME) as access:
        secret = access.tokens.new("mes-1", Role.MES, DAY)
    with Database(url, Recipe(), ME) as database:
        assert database.access.tokens.find(digest(secret)) is not None


def test_an_older_database_is_not_migrated_under_a_running_station(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "skelp.db")
    with Database(url, Recipe(), MILL):
        engine = sa.create_engine(parse_url(url))
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0006'")
        with pytest.raises(SkelpError, match=r"in use by station 'hot mill 열연'.*stop that one first"), open_access(url, ME):
            pass
        with engine.begin() as connection:
            assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "0006"
        engine.dispose()


def test_a_secret_has_256_random_bits_and_a_check_sum() -> None:
    made = {new_secret() for _ in range(200)}
    assert len(made) == 200
    for secret in made:
        assert is_whole(secret)
        assert len(secret) == len("skelp_") + 43 + 7
    one = made.pop()
    swapped = one[:10] + one[11] + one[10] + one[12:]
    for wrong in (
        one[:-1],
        one[1:],
        one.upper(),
        "",
        "skelp_",
        "skelp__",
        "a" * 10_000,
        "skelp_é_123456",
        *([] if swapped == one else [swapped]),
    ):
        assert not is_whole(wrong), wrong
