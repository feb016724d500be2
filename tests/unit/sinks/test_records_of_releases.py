"""Records that other versions of skelp kept read as those versions read them, and give the same decisions (tools/release_records.py)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from skelp.domain.queries import CoilQuery
from skelp.domain.recipe import Recipe
from skelp.recipe_shelf import RecipeShelf
from skelp.sinks import sql
from skelp.sinks.sql import open_redeciding, sqlite_url
from tests.postgres import WHY_NOT
from tests.station_server import V1, StationServer
from tests.unit.sinks.conftest import new_database
from tools.release_records import DEFAULT, OUT


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A station of today with the records of another version. `said`: what that one said of each coil, by the end of the call's path."""

    server: StationServer
    url: str
    version: str
    said: list[dict[str, Any]]


KINDS = [pytest.param((dump, kind), id=f"{dump.stem}-{kind}") for dump in sorted(OUT.glob("*.sql")) for kind in ("sqlite", "postgresql")]


@pytest.fixture(scope="module", params=KINDS)
def upgraded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    """On each database."""
    dump, kind = request.param
    if kind == "postgresql" and WHY_NOT is not None:
        pytest.skip(WHY_NOT)
    folder = tmp_path_factory.mktemp(f"{dump.stem}-{kind}")
    url = new_database(kind, request, folder)
    restore(dump, url, folder)
    server = StationServer(folder, url)
    with server.client:
        yield Upgraded(server, url, dump.stem, json.loads(dump.with_suffix(".json").read_text()))
    server.close()


def restore(dump: Path, url: str, folder: Path) -> None:
    """Fill a database with a dump: SQLite as it is, PostgreSQL with the same rows in the tables of the same migration."""
    file = folder / ("s.db" if url.startswith("sqlite") else "dump.db")
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(dump.read_text())
    if not url.startswith("sqlite"):
        copy(sa.create_engine(sqlite_url(file)), sa.create_engine(url))


def copy(source: sa.Engine, target: sa.Engine) -> None:
    """Copy the rows of all tables into the same tables, which are made."""
    config, meta = Config(), sa.MetaData()
    config.set_main_option("script_location", str(Path(sql.__file__).parent / "migrations"))
    with source.begin() as read, target.begin() as write:
        meta.reflect(read)
        config.attributes["connection"] = write
        command.upgrade(config, str(read.scalar(sa.text("SELECT version_num FROM alembic_version"))))
        there = sa.MetaData()
        there.reflect(write)
        for table in reversed(there.sorted_tables):
            if write.scalar(sa.select(sa.func.count()).select_from(table)):
                write.execute(table.delete())
        for table in there.sorted_tables:
            if rows := [dict(row) for row in read.execute(sa.select(meta.tables[table.name])).mappings()]:
                write.execute(table.insert(), rows)
            for column in table.primary_key.columns:
                if sequence := write.scalar(sa.text("SELECT pg_get_serial_sequence(:t, :c)"), {"t": table.name, "c": column.name}):
                    write.execute(sa.select(sa.func.setval(sequence, sa.select(sa.func.count() + 1).select_from(table).scalar_subquery())))
    source.dispose()
    target.dispose()


def differences(before: Any, now: Any, where: str = "") -> Iterator[str]:
    """Where an answer does not say what it said before. New keys, and sentences, are left out."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key, value in before.items():
            yield from differences(value, now.get(key, "not there"), f"{where}.{key}")
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for n, pair in enumerate(zip(before, now, strict=True)):
            yield from differences(*pair, f"{where}[{n}]")
    elif before != now:
        yield f"{where}: was {before}, is {now}"


def test_coils_are_read_as_they_were(upgraded: Upgraded) -> None:
    found: list[str] = []
    for coil in upgraded.said:
        for path, before in coil.items():
            where = f"/coils/{coil['']['coil_id']}{path}"
            found += differences(before, upgraded.server.client.get(V1 + where).json(), where)
    assert found == []


def test_the_kept_recipes_decide_the_same_again(upgraded: Upgraded) -> None:
    client, found, decisions = upgraded.server.client, [], set()
    for coil in upgraded.said:
        path = f"{V1}/coils/{coil['']['coil_id']}/decisions"
        for revision in client.get(path).json()["decisions"]:
            again = client.get(f"{path}/{revision['number']}").json()
            decisions.add(again["decision"])
            if not again["same"]:
                found.append((revision["coil_id"], revision["number"], revision["reasons"], again["findings"]))
    assert found == []
    assert {"accept", "hold"} <= decisions


def test_the_recipe_as_a_file_decides_the_same_and_adds_nothing(upgraded: Upgraded, tmp_path: Path) -> None:
    (tmp_path / "default.toml").write_text(DEFAULT)
    recipe: Recipe = RecipeShelf(tmp_path / "default.toml").book.default
    coils = {c[""]["coil_id"]: c[""] for c in upgraded.said if c[""]["recipe"]["name"] == "default"}
    if upgraded.version >= "0015":  # an older one had a recipe of fewer keys
        assert {c["recipe"]["sha256"] for c in coils.values()} == {recipe.sha256}
    with open_redeciding(upgraded.url, "test", recipe) as records:
        found = [r for batch in records.decided(CoilQuery(), list(coils)) for r in batch]
        assert len(found) == len(coils)
        assert [(r.coil.coil_id, r.ruling and r.ruling.decision.value) for r in found] == [
            (r.coil.coil_id, coils[r.coil.coil_id]["decision"]) for r in found
        ]
        assert records.record(found, "lee", "") == 0


def test_a_coil_that_ran_when_the_other_version_was_killed_is_held(upgraded: Upgraded) -> None:
    server = upgraded.server
    assert server.reader.coil("RUNNING-1").status == "running"
    with server.writer.transaction() as change:
        assert change.close_interrupted() == ["RUNNING-1"]
    now = server.reader.summary(server.reader.coil("RUNNING-1"))
    assert (now.coil.status, now.decision) == ("final", "hold")
    assert [r.code for r in now.reasons][:2] == ["coil.interrupted", "coil.not_inspected"]
