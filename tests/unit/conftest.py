"""A station file for commands that need no running station, the command line in this process; new databases and servers without a wait."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from skelp.api import openapi
from skelp.api.openapi import Models
from skelp.api.rights import Calls
from skelp.cli import cli
from skelp.sinks.sql import engines
from tests.postgres import dumped

NEW_FEED = "UPDATE stations SET feed = ?"  # no two feeds are the same
STATION = """
name = "hot mill"
[[cameras]]
kind = "synthetic"
[storage]
folder = "{folder}"
"""


@pytest.fixture(autouse=True, scope="session")
def migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let a new database be a copy of one that all scripts have migrated. They take most of a second for each of many tests."""
    file, migrate = tmp_path_factory.mktemp("migrated") / "new.db", engines._migrate
    made = sa.create_engine(f"sqlite:///{file}")
    migrate(made)
    made.dispose()
    statements: list[str] = []

    def copied(engine: sa.Engine) -> None:
        if sa.inspect(engine).get_table_names():
            migrate(engine)
        elif engine.dialect.name == "sqlite":
            with closing(engine.raw_connection()) as connection, closing(sqlite3.connect(file)) as source:
                driver: Any = connection.driver_connection
                source.backup(driver)
                driver.execute(NEW_FEED, (str(uuid.uuid4()),))
        elif statements and is_public(engine):
            with engine.begin() as connection:
                connection.connection.driver_connection.execute(statements[0])  # type: ignore[union-attr]
                connection.exec_driver_sql(NEW_FEED.replace("?", "gen_random_uuid()"))
        else:
            migrate(engine)
            if is_public(engine):
                statements.append(dumped(engine.url))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "_migrate", copied)
        yield


def is_public(engine: sa.Engine) -> bool:
    """Whether a database of PostgreSQL has its tables in the schema that `dumped` reads."""
    with engine.begin() as connection:
        return engine.dialect.name == "postgresql" and connection.scalar(sa.text("SELECT current_schema()")) == "public"


@pytest.fixture(autouse=True, scope="session")
def documented_once() -> Iterator[None]:
    """Let servers of one kind share their OpenAPI document, which takes half a second for each of many tests. They have the same routes."""
    made: dict[tuple[Calls, str], dict[str, Any]] = {}
    complete = openapi.complete

    def remembered(app: FastAPI, calls: Calls, more: Models) -> None:
        complete(app, calls, more)
        of_skelp = app.openapi

        def document() -> dict[str, Any]:
            key = (calls, str(app.servers))
            if key not in made:
                made[key] = deepcopy(of_skelp())
            app.openapi_schema = app.openapi_schema or deepcopy(made[key])
            return app.openapi_schema

        app.openapi = document  # type: ignore[method-assign]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("skelp.api.new_app.complete", remembered)
        yield


@pytest.fixture
def station(tmp_path: Path) -> Path:
    file = tmp_path / "station.toml"
    file.write_text(STATION.format(folder=tmp_path / "data"))
    return file


def skelp(*arguments: object) -> None:
    cli([str(a) for a in arguments], standalone_mode=False)
