"""Threads that must not wait for the database leave their events to the sink, which stores them with its next write."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from skelp.domain.events import CameraBack, Payload
from skelp.domain.reasons import RecordsLocked, RecordsSlow
from skelp.sinks.outbox import Outbox
from skelp.sinks.record import RecordSink
from skelp.sinks.sql import Database
from tests.unit.sinks.conftest import sink_into
from tests.unit.sinks.test_database_faults import locked, publish


def kinds(database: Database) -> list[str]:
    return [e.payload.kind for e in database.reader.events(after=0, limit=100)]


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def sink(database: Database, outbox: Outbox, tmp_path: Path) -> RecordSink:
    return sink_into(database.writer, tmp_path, outbox)


EVENTS: list[Payload] = [CameraBack("cam", 1.0), CameraBack("cam", 2.0)]


def test_the_next_write_stores_the_events_in_their_order(database: Database, sink: RecordSink, outbox: Outbox) -> None:
    for event in EVENTS:
        outbox.put(event)
    sink.write([])
    sink.write([])
    assert [e.payload for e in database.reader.events(after=0, limit=100)] == EVENTS


def test_events_that_come_at_the_very_end_are_stored_too(database: Database, sink: RecordSink, outbox: Outbox) -> None:
    outbox.put(EVENTS[0])
    sink.close()
    assert kinds(database) == [EVENTS[0].kind]


def test_a_thread_that_publishes_does_not_wait_for_a_locked_database(
    url: str, database: Database, sink: RecordSink, outbox: Outbox
) -> None:
    with locked(url):
        outbox.put(EVENTS[0])
        writer = threading.Thread(target=sink.write, args=([],))
        writer.start()
        time.sleep(0.3)
        started = time.monotonic()
        outbox.put(EVENTS[1])
        assert time.monotonic() - started < 0.2
        assert writer.is_alive()  # the sink waits
    writer.join()
    sink.write([])
    assert kinds(database) == [e.kind for e in EVENTS]


def test_a_write_that_has_just_ended_still_knows_why_it_was_slow(url: str, database: Database) -> None:
    writer = threading.Thread(target=publish, args=(database,))
    with locked(url):
        writer.start()
        time.sleep(0.5)
    writer.join()
    assert database.writer.why_slow(0.5) == RecordsLocked(0.5)
    assert database.writer.why_slow(5.0) == RecordsSlow(5.0), "most of the time went elsewhere, such as into crops"
