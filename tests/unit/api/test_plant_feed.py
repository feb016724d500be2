"""The feed of a plant: the feeds of all stations beside each other, each without holes."""

from __future__ import annotations

import threading
import time
from typing import Any

from fastapi.testclient import TestClient

from skelp.api.guard import Guard
from skelp.api.plant.app import create_plant_app
from skelp.api.plant.calls import PLANT
from skelp.domain.events import StationStarted
from skelp.domain.recipe import Recipe
from skelp.sinks.sql import Database
from tests.unit.api.works import ODD, V1, Works, of_plant, owner
from tests.unit.sinks.conftest import needs_postgres

pytestmark = needs_postgres


def read_feed(works: Works, limit: int, after: str = "") -> tuple[list[Any], str]:
    found: list[Any] = []
    while page := works.get(f"{V1}/events", after=after, limit=limit):
        if not page["events"]:
            break
        found, after = [*found, *page["events"]], page["last"]
    return found, after


def numbers(found: list[Any], station: str) -> list[int]:
    return [e["event"]["seq"] for e in found if e["station"] == station]


def test_the_feed_has_every_event_of_every_station_once_and_in_the_order_of_each(works: Works) -> None:
    for n in range(7):
        works.publish(StationStarted(f"a{n}", "cpu"))
        works.pickling.publish(StationStarted(f"b{n}", "cpu"))
    found, after = read_feed(works, limit=3)
    assert numbers(found, ODD) == list(range(1, 8))
    assert numbers(found, "test") == list(range(1, 8))
    own = works.pickling.client.get(f"{V1}/events").json()["events"]
    assert [e["event"] for e in found if e["station"] == "test"] == own
    with Database(works.url, Recipe(), owner("new line")) as newcomer:
        with newcomer.writer.transaction() as change:
            change.publish(StationStarted("c", "cpu"))
        works.publish(StationStarted("a7", "cpu"))
        more, _ = read_feed(works, 100, after)
    assert sorted((e["station"], e["event"]["seq"]) for e in more) == [(ODD, 8), ("new line", 1)]


def test_a_cursor_of_another_database_and_a_hole_are_refused_and_never_skipped(works: Works) -> None:
    for n in range(4):
        works.publish(StationStarted(str(n), "cpu"))
    feed = works.mill.reader.feed_id()
    assert works.get(f"{V1}/events", 409, after="0d9f5cc0:3")["conflict"] == "feed_other"
    assert works.get(f"{V1}/events", 409, after=f"{feed}:5")["conflict"] == "feed_beyond"
    for odd in (feed, f"{feed}:1,", f"{feed}:1,{feed}:2", f"{feed}:99999999999999999999", "x:-1"):
        assert works.get(f"{V1}/events", 422, after=odd)["faults"][0]["where"] == "query.after"
    with works.mill.writer.transaction() as change:
        change.delete_events(2, 100, "2026-01-01T00:00:00Z", publish=False)
    works.pickling.publish(StationStarted("p", "cpu"))
    gone = works.get(f"{V1}/events", 410)
    assert (gone["after"], f"{ODD} 1 to 2" in gone["detail"]) == (f"{feed}:2", True)
    found, _ = read_feed(works, 100, gone["after"])
    assert (numbers(found, ODD), numbers(found, "test")) == ([3, 4], [1])


def test_the_feed_answers_as_soon_as_any_station_has_something(works: Works) -> None:
    _, after = read_feed(works, 100)
    assert works.get(f"{V1}/events", after=after, wait_s=0.3) == {"events": [], "last": after}


def test_a_question_that_waits_is_answered_when_the_server_stops(works: Works) -> None:
    services = of_plant(works.records)
    client = TestClient(Guard(create_plant_app(services), None, None, PLANT), base_url="http://localhost", headers={"host": "localhost"})
    threading.Timer(0.3, services.stopping.set).start()
    began = time.monotonic()
    assert client.get(f"{V1}/events?wait_s=30").json()["events"] == []
    assert time.monotonic() - began < 10
