"""The event feed has an identity, so a reader of another feed notices it instead of waiting for ever."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from skelp.api.feed import POLL_S
from skelp.domain.events import CoilFinal, CoilStarted, OpticsReference
from skelp.domain.recipe import Recipe
from skelp.sinks.lock_file import Owner
from skelp.sinks.sql import Database, feed_reader, sqlite_url
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


STARTED, FINAL = CoilStarted("K1", automatic=False), CoilFinal("accept", (), 12.0)


def _of(server: StationServer, query: str, status: int = 200) -> dict[str, Any]:
    answer = server.client.get(f"{V1}/events?{query}")
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def test_a_reader_may_ask_for_some_kinds_and_misses_none_of_them(server: StationServer) -> None:
    for payload in (OpticsReference(), STARTED, OpticsReference(), FINAL, STARTED, FINAL, OpticsReference()):
        server.publish(payload)
    seen, after = [], 0
    while (page := _of(server, f"after={after}&limit=2&kinds=coil.final,coil.started"))["last"] > after:
        seen += [(e["seq"], e["kind"]) for e in page["events"]]
        after = page["last"]
    assert seen == [(2, "coil.started"), (4, "coil.final"), (5, "coil.started"), (6, "coil.final")]
    assert after == 7, "events of other kinds count as read"
    assert _of(server, "kinds=camera.lost") == {"feed_id": server.reader.feed_id(), "events": [], "last": 7}


def test_a_kind_that_no_station_knows_is_refused_and_not_waited_for(server: StationServer) -> None:
    refused = _of(server, "kinds=coil.finall&wait_s=30", 422)
    assert refused["faults"][0]["where"].startswith("query.kinds")


def test_deleted_events_are_told_to_a_reader_of_some_kinds_too(server: StationServer) -> None:
    for payload in (OpticsReference(), OpticsReference(), FINAL):
        server.publish(payload)
    with server.writer.transaction() as change:
        change.delete_events(2, 100, "2026-01-01T00:00:00Z", publish=False)
    gone = _of(server, "kinds=coil.final", 410)
    assert gone["oldest"] == 3
    assert [e["seq"] for e in _of(server, "after=2&kinds=coil.final")["events"]] == [3]


def test_a_reader_of_some_kinds_is_not_woken_by_others(server: StationServer) -> None:
    later = [threading.Timer(0.3, server.publish, [OpticsReference()]), threading.Timer(0.8, server.publish, [FINAL])]
    for timer in later:
        timer.start()
    page = _of(server, "kinds=coil.final&wait_s=30")
    assert [e["seq"] for e in page["events"]] == [2]
    for timer in later:
        timer.join()


def test_a_page_shows_one_state_of_the_feed(server: StationServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event that is stored while a page is read is in the next one: else a follower would go back, or leave it out."""
    server.publish(FINAL)
    newest = feed_reader._newest

    def stored_meanwhile(session: Any) -> int:
        found = newest(session)
        server.publish(OpticsReference())
        return found

    monkeypatch.setattr(feed_reader, "_newest", stored_meanwhile)
    page = _of(server, "after=0")
    monkeypatch.undo()
    assert ([e["seq"] for e in page["events"]], page["last"]) == ([1], 1)
    assert [e["seq"] for e in _of(server, "after=1")["events"]] == [2]


def test_many_readers_that_wait_ask_the_database_as_one(server: StationServer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    of_newest = type(server.reader).newest_event

    def newest_event(self: Any) -> int:
        asked.append(time.monotonic())
        return int(of_newest(self))

    monkeypatch.setattr(type(server.reader), "newest_event", newest_event)

    async def ask_all() -> list[Any]:
        transport = httpx2.ASGITransport(server.client.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await asyncio.gather(*(client.get(f"{V1}/events?wait_s=1.5") for _ in range(8)))

    answers = asyncio.run(ask_all())
    assert [a.json()["events"] for a in answers] == [[]] * 8
    assert len(asked) <= 2 * 1.5 / POLL_S, "one asks for all"
