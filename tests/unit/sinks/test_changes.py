"""A change to the records brings its own event."""

from __future__ import annotations

from skelp.domain.coverage import Interval, State
from skelp.domain.events import CoverageLost
from skelp.domain.reasons import FrameDropped
from skelp.sinks.sql import Database
from tests.fakes import coil, defect


def test_who_records_lost_lines_or_defects_need_not_publish_them(database: Database) -> None:
    with database.writer.transaction() as change:
        change.add_coil(coil())
        change.record_interval("C1", "cam", Interval(0, 10, State.INSPECTED))
        change.record_interval("C1", "cam", Interval(10, 10, State.LOST, FrameDropped()))
        change.record_interval("C1", "cam", Interval(10, 30, State.LOST, FrameDropped()))
        change.add_defects([defect(1), defect(2)])
    found = database.reader.events(after=1, limit=9)  # after coil.started
    assert [e.seq for e in found] == [2, 3, 4]
    assert found[0].payload == CoverageLost("cam", 10, 10.0, FrameDropped())
    assert [e.payload.data["defect_id"] for e in found[1:]] == [defect(1).defect_id, defect(2).defect_id]


def test_a_coil_that_was_announced_under_another_model_gets_the_one_that_inspects_it(database: Database) -> None:
    with database.writer.transaction() as change:
        assert change.add_coil(coil(model_name="net 1", model_sha256="1" * 64))
    with database.writer.transaction() as change:
        assert not change.add_coil(coil(model_name="net 2", model_sha256="2" * 64))
        change.complete_coil("C1")
        assert not change.add_coil(coil(model_name="net 3", model_sha256="3" * 64))
    found = database.reader.coil("C1")
    assert (found.model_name, found.model_sha256) == ("net 2", "2" * 64)
