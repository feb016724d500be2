"""Several stations in one PostgreSQL database: none sees, changes or holds up another."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from skelp.domain.coilmap import Status
from skelp.domain.conflicts import ConflictError
from skelp.domain.coverage import Interval, State
from skelp.domain.deleted import DeletedError
from skelp.domain.errors import SkelpError
from skelp.domain.events import OpticsReference
from skelp.domain.optics import BANDS, Optics
from skelp.domain.queries import DefectQuery
from skelp.domain.reasons import FrameDropped
from skelp.domain.recipe import Recipe
from skelp.domain.review import Verdict
from skelp.sinks import sql
from skelp.sinks.sql import Database, Place, advisory_lock, sqlite_url
from skelp.sinks.sql.access_tables import metadata
from skelp.sinks.sql.reader import Reader
from tests.fakes import coil, defect
from tests.unit.sinks.conftest import ME, MILL, MILL_AGAIN, ON_POSTGRES, all_rows, needs_postgres

on_postgres = pytest.mark.parametrize("url", [ON_POSTGRES], indirect=True)
LATER = datetime.now(UTC) + timedelta(days=9)
PICKLING = replace(MILL, station="pickling line", pid=4720)


def fill(database: Database, heat: str) -> None:
    """Store a running coil C1 with one of everything. Every station that calls it uses the same ids."""
    with database.writer.transaction() as change:
        change.add_coil(coil(heat=heat))
        change.record_progress("C1", line_rate_hz=500.0, reach_mm=900.0)
        change.record_interval("C1", "cam", Interval(0, 100, State.INSPECTED))
        change.record_interval("C1", "cam", Interval(100, 10, State.LOST, FrameDropped()))
        change.add_defects([defect(1), defect(2, class_name=heat)])
        change.add_review("C1-000001", Verdict.CONFIRMED, heat, None, "")
        change.add_optics("C1", Optics("cam", (100.0,) * BANDS, 1.0))


def everything(reader: Reader) -> dict[str, Any]:
    """What each query answers."""
    found = reader.coil("C1")
    return {
        "coils": reader.coils(before=None, limit=99),
        "coil": found,
        "passes": reader.passes("C1"),
        "summary": reader.summary(found),
        "width_mm": reader.width_mm("C1"),
        "coverage": reader.coverage(found),
        "camera_coverage": reader.camera_coverage("C1"),
        "defects": _answer(lambda: reader.defects("C1", DefectQuery(marks=True))),
        "defect": _answer(lambda: reader.defect("C1-000002")),
        "reviews": [reader.reviews(), _answer(lambda: reader.reviews(coil_id="C1")), reader.reviews(defect_id="C1-000001")],
        "standing": _answer(lambda: [reader.standing_review("C1-000001"), reader.standing_reviews("C1", after=0, limit=9)]),
        "old": [reader.coils_with_defects(LATER), reader.last_event_before(LATER)],
        "events": reader.events(after=0, limit=999),
        "newest_event": reader.newest_event(),
        "feed_id": reader.feed_id(),
        "optics": reader.optics(limit=9),
    }


def _answer(query: Callable[[], Any]) -> Any:
    try:
        return query()
    except DeletedError as gone:
        return repr(gone)


CHANGES: list[Callable[[sql.Database], Any]] = [
    lambda d: _in(d, lambda c: c.change_coil("C1", heat="new", name="other name")),
    lambda d: _in(d, lambda c: c.record_progress("C1", line_rate_hz=9.0, reach_mm=1900.0)),
    lambda d: _in(d, lambda c: c.record_interval("C1", "cam", Interval(100, 90, State.LOST, FrameDropped()))),
    lambda d: _in(d, lambda c: c.record_interval("C1", "cam", Interval(190, 10, State.INSPECTED))),
    lambda d: _in(d, lambda c: c.add_defects([defect(3)])),
    lambda d: _in(d, lambda c: c.add_review("C1-000002", Verdict.REJECTED, "lee", None, "")),
    lambda d: _in(d, lambda c: c.add_optics("C1", Optics("cam", (9.0,) * BANDS, 0.1))),
    lambda d: _in(d, lambda c: c.begin_optics_reference()),
    lambda d: _in(d, lambda c: c.publish(OpticsReference())),
    lambda d: _in(d, lambda c: c.end_coil("C1")),
    lambda d: _in(d, lambda c: c.close_interrupted()),
    lambda d: _in(d, lambda c: c.start_coil(coil("C1"), {}, new_pass=True)),
    lambda d: _in(d, lambda c: c.complete_coil("C1~2")),
    lambda d: _in(d, lambda c: c.delete_events(3, 9, "2021-01-01T00:00:00Z", publish=False)),
    lambda d: _in(d, lambda c: c.delete_defects("C1", 9, "2021-01-01T00:00:00Z")),
]


def _in(database: Database, change: Callable[[Any], Any]) -> Any:
    with database.writer.transaction() as changes:
        return change(changes)


@on_postgres
def test_two_stations_use_the_same_ids_and_no_change_of_one_is_seen_by_the_other(url: str) -> None:
    with Database(url, Recipe(), MILL) as mill, Database(url, Recipe(), PICKLING) as pickling:
        fill(mill, "mill")
        fill(pickling, "pickling")
        before = everything(pickling.reader)
        assert (before["coil"].heat, [d.class_name for _, d in before["defects"]]) == ("pickling", ["scratch", "pickling"])
        assert [e.seq for e in before["events"]] == list(range(1, before["newest_event"] + 1))
        own = everything(mill.reader)
        for change in CHANGES:
            change(mill)
            assert everything(pickling.reader) == before
            assert everything(mill.reader) != own
            own = everything(mill.reader)
        assert own["feed_id"] != before["feed_id"]
        assert [e.seq for e in own["events"]] == list(range(4, own["newest_event"] + 1))


@on_postgres
def test_a_station_that_starts_again_makes_only_its_own_open_coils_final(url: str) -> None:
    with Database(url, Recipe(), PICKLING) as pickling:
        with Database(url, Recipe(), MILL) as mill:
            fill(mill, "mill")
            fill(pickling, "pickling")
        with Database(url, Recipe(), MILL_AGAIN) as mill:
            assert _in(mill, lambda c: c.close_interrupted()) == ["C1"]
            assert mill.reader.coil("C1").status is Status.FINAL
            assert mill.reader.coil("C1").heat == "mill"
        assert pickling.reader.coil("C1").status is Status.RUNNING


@on_postgres
def test_a_transaction_of_one_station_does_not_hold_up_another(url: str) -> None:
    with Database(url, Recipe(), MILL) as mill, Database(url, Recipe(), PICKLING) as pickling, mill.writer.transaction() as open_one:
        open_one.publish(OpticsReference())
        fill(pickling, "pickling")
        assert pickling.reader.coil("C1").heat == "pickling"
        assert mill.reader.newest_event() == 0


@on_postgres
def test_a_coil_that_another_station_has_is_no_conflict_and_an_own_one_is(url: str) -> None:
    with Database(url, Recipe(), MILL) as mill, Database(url, Recipe(), PICKLING) as pickling:
        fill(mill, "mill")
        _, is_new = _in(pickling, lambda c: c.start_coil(coil(heat="pickling"), {"heat": "pickling"}, new_pass=False))
        assert is_new
        with pytest.raises(ConflictError):
            _in(mill, lambda c: c.start_coil(coil(heat="other"), {"heat": "other"}, new_pass=False))


@on_postgres
def test_each_station_has_one_process_and_says_where_it_is(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advisory_lock, "WAIT_S", 0.3)
    with Database(url, Recipe(), MILL, Place("Pohang", "HSM 2")), Database(url, Recipe(), PICKLING):
        with pytest.raises(SkelpError, match=r"in use by station 'hot mill 열연'.*`name` of its own"), Database(url, Recipe(), MILL_AGAIN):
            pass
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            found = connection.execute(sa.select(*(metadata.tables["stations"].c[n] for n in ("name", "plant", "line")))).all()
        engine.dispose()
    assert set(map(tuple, found)) == {("hot mill 열연", "Pohang", "HSM 2"), ("pickling line", "", "")}


@on_postgres
def test_stations_that_start_together_on_an_empty_database_migrate_it_once(url: str) -> None:
    names = [replace(MILL, station=f"station {n}") for n in range(4)]
    feeds: list[str] = []
    everybody = threading.Barrier(len(names))

    def run(owner: Any) -> None:
        everybody.wait(30)
        with Database(url, Recipe(), owner) as database:
            fill(database, owner.station)
            feeds.append(database.reader.feed_id())
            everybody.wait(30)

    threads = [threading.Thread(target=run, args=(owner,)) for owner in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(set(feeds)) == len(names)


@on_postgres
def test_tables_are_not_changed_while_another_station_uses_them(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advisory_lock, "WAIT_S", 0.3)
    engine = sa.create_engine(url)

    def version(to: str) -> str:
        with engine.begin() as connection:
            before = str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))
            connection.execute(sa.text("UPDATE alembic_version SET version_num = :to"), {"to": to})
        return before

    with Database(url, Recipe(), PICKLING) as pickling:
        newest = version("0008")
        before = all_rows(url)
        with pytest.raises(SkelpError, match=r"in use by station 'pickling line'.*stop all of them"), Database(url, Recipe(), MILL):
            pass
        assert all_rows(url) == before
        version(newest)
        fill(pickling, "pickling")  # its claim is whole
        with Database(url, Recipe(), MILL):
            pass
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite", ON_POSTGRES], indirect=True)
def test_tables_of_a_newer_version_are_refused(url: str) -> None:
    with Database(url, Recipe(), MILL):
        pass
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(SkelpError, match=r"newer version of skelp \(9999\)"), Database(url, Recipe(), MILL):
        pass


def test_a_station_on_sqlite_that_gets_another_name_stays_the_same_station(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "s.db")
    with Database(url, Recipe(), ME) as database:
        fill(database, "H1")
        feed = database.reader.feed_id()
    with Database(url, Recipe(), MILL) as renamed:
        assert (renamed.reader.feed_id(), renamed.reader.coil("C1").heat) == (feed, "H1")
        assert _in(renamed, lambda c: c.close_interrupted()) == ["C1"]


@needs_postgres
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_the_first_station_takes_what_an_older_version_stored(url: str) -> None:
    with Database(url, Recipe(), ME) as database:
        fill(database, "H1")
        feed = database.reader.feed_id()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE stations SET name = ''")  # as the migration leaves it
    engine.dispose()
    with Database(url, Recipe(), MILL) as mill, Database(url, Recipe(), PICKLING) as pickling:
        assert (mill.reader.feed_id(), mill.reader.coil("C1").heat) == (feed, "H1")
        assert pickling.reader.coils(before=None, limit=9) == []


SHARED = {"stations", "recipes", "model_classes", "kept_codes", "tokens", "people", "log_ins", "audit"}
"""Tables of the database, not of a station."""
MAKES_STATEMENTS = {"select", "insert", "update", "delete"}


def test_every_table_names_its_station_but_those_that_all_share() -> None:
    assert {name for name, table in metadata.tables.items() if "station" not in table.c} | {"audit"} == SHARED


@pytest.mark.parametrize("file", ["reader.py", "changes.py", "queries.py", "optics.py", "deleting.py", "snapshot.py", "plant.py"])
def test_statements_on_the_records_are_made_by_the_session_which_adds_the_station(file: str) -> None:
    tree = ast.parse((Path(sql.__file__).parent / file).read_text(encoding="utf-8"))
    made = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr in MAKES_STATEMENTS]
    assert made
    others = [ast.unparse(call.func) for call in made if ast.unparse(call.func).rpartition(".")[0] not in ("session", "self._session")]
    allowed = {"recipes.insert", "sa.select"} if file in ("changes.py", "plant.py") else set()
    assert set(others) <= allowed
