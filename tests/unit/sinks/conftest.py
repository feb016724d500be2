"""An empty database of each kind, and the same opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from skelp.domain.recipe import Recipe
from skelp.sinks.lock_file import Owner
from skelp.sinks.sql import Database, sqlite_url
from tests.postgres import WHY_NOT, server

ME = Owner.this_process("test")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with server() as url:
        yield url


ON_POSTGRES = pytest.param("postgresql", marks=pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT)))


@pytest.fixture(params=["sqlite", ON_POSTGRES])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty database."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "s.db")
    address = str(request.getfixturevalue("postgres"))
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    engine.dispose()
    return address


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with Database(url, Recipe(), ME) as database:
        yield database
