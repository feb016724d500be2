"""A station file for commands that need no running station, the command line in this process, and new databases without a wait."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from skelp.cli import cli
from skelp.sinks.sql import engines

STATION = """
name = "hot mill"
[[cameras]]
kind = "synthetic"
[storage]
folder = "{folder}"
"""


@pytest.fixture(autouse=True, scope="session")
def migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let a new SQLite database be a copy of one that all scripts have migrated. They take most of a second for each of many tests."""
    file, migrate = tmp_path_factory.mktemp("migrated") / "new.db", engines._migrate
    made = sa.create_engine(f"sqlite:///{file}")
    migrate(made)
    made.dispose()

    def copied(engine: sa.Engine) -> None:
        if engine.dialect.name != "sqlite" or sa.inspect(engine).get_table_names():
            migrate(engine)
            return
        with closing(engine.raw_connection()) as connection, closing(sqlite3.connect(file)) as source:
            driver: Any = connection.driver_connection
            source.backup(driver)
            driver.execute("UPDATE stations SET feed = ?", (str(uuid.uuid4()),))  # no two feeds are the same

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "_migrate", copied)
        yield


@pytest.fixture
def station(tmp_path: Path) -> Path:
    file = tmp_path / "station.toml"
    file.write_text(STATION.format(folder=tmp_path / "data"))
    return file


def skelp(*arguments: object) -> None:
    cli([str(a) for a in arguments], standalone_mode=False)
