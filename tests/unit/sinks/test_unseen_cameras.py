"""A camera of the station that delivered no line of a coil has not inspected it."""

from __future__ import annotations

from skelp.domain.coverage import Interval, State
from skelp.domain.cuts import Cut
from skelp.domain.decision import Decision
from skelp.domain.recipe import Recipe
from skelp.domain.strip import Side
from skelp.sinks.sql import Database, Place
from tests.fakes import coil
from tests.unit.sinks.conftest import ME

BOTH = Place("plant", "line", {"top": Side.TOP, "bottom": Side.BOTTOM})
SEEN = Interval(0, 5000, State.INSPECTED)


def test_a_coil_that_one_camera_did_not_see_is_lost(url: str) -> None:
    with Database(url, Recipe(), ME, BOTH) as database:
        with database.writer.transaction() as change:
            change.add_coil(coil("C1"))
            change.record_interval("C1", "top", SEEN)
        assert database.reader.summary(database.reader.coil("C1")).totals.inspected == 0, "while it runs: as far as every camera is"
        with database.writer.transaction() as change:
            change.complete_coil("C1")
        summary = database.reader.summary(database.reader.coil("C1"))
        assert (summary.totals.inspected, summary.totals.lost, summary.decision) == (0, 5000, Decision.HOLD)
        assert [(i.lines, i.state) for i in database.reader.camera_coverage("C1")["bottom"]] == [(5000, State.LOST)]
        with database.writer.transaction() as change:
            change.derive_coil("P1", {}, [Cut("C1", 0.0, 2.0)])
        piece = database.reader.summary(database.reader.coil("P1"))
        assert (piece.totals.inspected, piece.totals.lost, piece.decision) == (0, 2000, Decision.HOLD)


def test_after_a_kill_too(url: str) -> None:
    with Database(url, Recipe(), ME, BOTH) as database, database.writer.transaction() as change:
        change.add_coil(coil("C1"))
        change.add_coil(coil("C2"))
        change.record_interval("C1", "top", SEEN)
    with Database(url, Recipe(), ME, BOTH) as database:
        with database.writer.transaction() as change:
            assert change.close_interrupted() == ["C1", "C2"]
            change.derive_coil("P1", {}, [Cut("C1", 0.0, 2.0)])
        assert database.reader.summary(database.reader.coil("C1")).totals.inspected == 0
        assert list(database.reader.camera_coverage("C2")) == ["bottom", "top"]
        piece = database.reader.summary(database.reader.coil("P1"))
        assert (piece.totals.inspected, piece.decision) == (0, Decision.HOLD)


def test_a_coil_without_a_line_gets_none(url: str) -> None:
    with Database(url, Recipe(), ME, BOTH) as database:
        with database.writer.transaction() as change:
            change.add_coil(coil("C1"))
            change.complete_coil("C1")
        assert database.reader.camera_coverage("C1") == {}
        assert database.reader.summary(database.reader.coil("C1")).decision is Decision.HOLD
