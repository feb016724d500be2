"""The event feed has an identity, so a reader of another feed notices it instead of waiting for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from skelp.domain.events import OpticsReference
from skelp.domain.recipe import Recipe
from skelp.sinks.lock_file import Owner
from skelp.sinks.sql import Database, sqlite_url
from tests.station_server import V1, StationServer

OTHER = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def server(each_server: StationServer) -> StationServer:
    return each_server


def test_the_feed_names_itself_and_the_station_too(server: StationServer) -> None:
    server.publish(OpticsReference())
    page = server.client.get(f"{V1}/events").json()
    assert page["feed_id"] == server.client.get(f"{V1}/station").json()["feed_id"] == server.reader.feed_id()
    for feed_id in (page["feed_id"], page["feed_id"].upper()):
        again = server.client.get(f"{V1}/events?after={page['last']}&feed_id={feed_id}")
        assert (again.status_code, again.json()["events"]) == (200, [])


@pytest.mark.parametrize(("query", "expected"), [(f"after=0&feed_id={OTHER}", "feed_other"), ("after=2", "feed_beyond")])
def test_a_number_of_another_feed_is_refused(server: StationServer, query: str, expected: str) -> None:
    server.publish(OpticsReference())
    answer = server.client.get(f"{V1}/events?{query}&wait_s=30")
    assert (answer.status_code, answer.json()["conflict"]) == (409, expected)
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_feed_is_the_same_after_a_restart_and_another_in_another_database(tmp_path: Path) -> None:
    def feed_id(name: str) -> str:
        with Database(sqlite_url(tmp_path / name), Recipe(), Owner.this_process("test")) as database:
            return database.reader.feed_id()

    assert feed_id("a.db") == feed_id("a.db") != feed_id("b.db")
