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
