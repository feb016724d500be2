"""A station that loses its claim on the database while it runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from skelp.domain.errors import SkelpError
from skelp.domain.events import OpticsReference, StationStarted
from skelp.domain.recipe import Recipe
from skelp.sinks.record import CHECK_EVERY_S
from skelp.sinks.sql import Database
from tests.unit.sinks.conftest import MILL, MILL_AGAIN, all_rows, needs_postgres, second_session, sink_into


def delete_lock_file(url: str) -> None:
    Path(sa.make_url(url).database or "").with_suffix(".db.lock").unlink()


def replace_lock_file(url: str) -> None:
    delete_lock_file(url)
    Path(sa.make_url(url).database or "").with_suffix(".db.lock").write_text("")


def end_session(url: str) -> None:
    with second_session(url) as server:
        holder = "SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory'"
        query = f"SELECT pg_terminate_backend(pid, 5000) FROM ({holder}) AS holder"
        assert server.exec_driver_sql(query).scalars().all() == [True]


LOSSES = [
    pytest.param("sqlite", delete_lock_file, id="deleted"),
    pytest.param("sqlite", replace_lock_file, id="replaced"),
    pytest.param("postgresql", end_session, id="session ended", marks=needs_postgres),
]


@pytest.mark.parametrize(("url", "lose"), LOSSES, indirect=["url"])
def test_a_station_that_has_lost_its_claim_records_nothing_more(url: str, lose: Callable[[str], None]) -> None:
    with Database(url, Recipe(), MILL) as first:
        lose(url)
        with Database(url, Recipe(), MILL_AGAIN) as second:
            before = all_rows(url)
            for _ in range(2):
                with pytest.raises(SkelpError, match="nothing more is recorded"), first.writer.transaction() as change:
                    change.publish(OpticsReference())
            assert all_rows(url) == before
            with second.writer.transaction() as change:
                change.publish(StationStarted("second", "cpu"))
            assert [e.payload for e in first.reader.events(after=0, limit=9)] == [StationStarted("second", "cpu")]


@pytest.mark.parametrize(("url", "lose"), LOSSES, indirect=["url"])
def test_an_idle_line_notices_that_its_claim_is_lost(
    url: str, lose: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Database(url, Recipe(), MILL) as database:
        sink = sink_into(database.writer, tmp_path)
        sink.write([])
        lose(url)
        sink.write([])  # the next check is not due yet
        monkeypatch.setattr(time, "monotonic", lambda now=time.monotonic: now() + CHECK_EVERY_S)
        with pytest.raises(SkelpError, match="nothing more is recorded"):
            sink.write([])


@needs_postgres
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_an_open_transaction_ends_before_the_next_owner_writes(url: str) -> None:
    seen: list[int] = []

    def take_over() -> None:
        with Database(url, Recipe(), MILL_AGAIN) as second:
            seen.append(second.reader.newest_event())

    with Database(url, Recipe(), MILL) as first:
        with first.writer.transaction() as change:
            end_session(url)
            other = threading.Thread(target=take_over)
            other.start()
            wait_for_a_waiting_session(url)
            assert seen == []
            change.publish(OpticsReference())
        other.join(30)
        assert seen == [1]


def wait_for_a_waiting_session(url: str) -> None:
    until = time.monotonic() + 20
    with second_session(url) as server:
        while not server.exec_driver_sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'").scalar():
            assert time.monotonic() < until, "the next owner does not wait"
            time.sleep(0.02)
