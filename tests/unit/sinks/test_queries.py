"""The number of queries for a list of coils does not depend on its length."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from skelp.domain.coilmap import Status
from skelp.domain.coverage import Interval, State
from skelp.domain.decision import Decision
from skelp.domain.reasons import CoilRunning, FrameDropped
from skelp.domain.recipe import Recipe
from skelp.ports import RecordChanges
from skelp.sinks.sql import Database
from tests.fakes import coil, defect
from tests.station_server import V1, StationServer
from tests.unit.sinks.conftest import ME

COILS = 50


@contextmanager
def statements() -> Iterator[list[str]]:
    """The list of statements that all engines execute inside the `with` block, BEGIN included."""
    executed: list[str] = []

    def add(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        executed.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", add)
    try:
        yield executed
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", add)


def fill(change: RecordChanges) -> None:
    """Add coils that differ in cameras, losses, defects and status."""
    for n in range(COILS):
        name = f"K{n:02d}"
        change.add_coil(coil(name))
        for camera in ("a", "b", "c")[: n % 4]:
            change.record_interval(name, camera, Interval(0, 1000 + n, State.INSPECTED))
            if n % 3:
                change.record_interval(name, camera, Interval(1000 + n, n, State.LOST, FrameDropped()))
        change.add_defects([defect(k, defect_id=f"{name}-{k}", coil_id=name, severity=1 + k % 4) for k in range(n % 7)])
        if n % 5 and n != COILS - 1:  # the newest runs
            change.complete_coil(name)


def test_summaries_of_many_coils_take_as_many_queries_as_one_and_give_the_same(database: Database) -> None:
    with database.writer.transaction() as change:
        fill(change)
    found = database.reader.coils(before=None, limit=COILS)
    with statements() as for_one:
        database.reader.summaries(found[:1])
    with statements() as for_all:
        summaries = database.reader.summaries(found)
    assert len(for_one) == len(for_all)
    assert summaries == [database.reader.summary(c) for c in found]
    assert {s.tally.defects for s in summaries} == set(range(7))
    assert {s.totals.lost for s in summaries} > {0, 1}
    assert {s.coil.status for s in summaries} == {Status.RUNNING, Status.FINAL}
    assert database.reader.summaries([]) == []


def test_a_final_coil_is_counted_once_and_one_of_an_older_version_gives_the_same(database: Database, url: str) -> None:
    with database.writer.transaction() as change:
        fill(change)
    final = [c for c in database.reader.coils(before=None, limit=COILS) if c.status is Status.FINAL]
    with statements() as executed:
        stored = database.reader.summaries(final)
    assert not any("defects" in s or "intervals" in s for s in executed)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE coils SET counted = NULL")
    engine.dispose()
    with statements() as executed:
        assert database.reader.summaries(final) == stored
    assert any("defects" in s for s in executed)


def test_rest_lists_many_coils_with_as_many_queries_as_one(tmp_path: Path) -> None:
    server = StationServer(tmp_path)
    with server.writer.transaction() as change:
        fill(change)
    counts, pages = [], []
    for limit in (1, COILS):
        with statements() as executed:
            pages.append(server.client.get(f"{V1}/coils?limit={limit}").json()["coils"])
        counts.append(len(executed))
    assert counts[0] == counts[1]
    assert [len(page) for page in pages] == [1, COILS]
    assert pages[1] == [server.client.get(f"{V1}/coils/{c['coil_id']}").json() for c in pages[1]]
    server.close()


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_coil_read_while_it_ran_is_held_even_if_it_is_final_now(url: str, interrupted: bool) -> None:
    with Database(url, Recipe(), ME) as database:
        with database.writer.transaction() as change:
            change.add_coil(replace(coil(), strip_width_mm=1000.0))
            change.record_interval("C1", "cam", Interval(0, 1000, State.INSPECTED))
        running = database.reader.coil("C1")
        with database.writer.transaction() as change:
            change.complete_coil("C1", interrupted=interrupted)
        assert database.reader.summary(running).decision is Decision.HOLD
        assert database.reader.summary(running).reasons == [CoilRunning()]
        final = database.reader.summary(database.reader.coil("C1"))
        assert final.decision is (Decision.HOLD if interrupted else Decision.ACCEPT)
