"""Records in SQLite and PostgreSQL: coils, defects, coverage, events and reviews."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from skelp.domain.coilmap import Coil, Status
from skelp.domain.coverage import Interval, State
from skelp.domain.decision import Decision
from skelp.domain.errors import SkelpError
from skelp.domain.events import CoilChanged, CoilFinal, CoverageLost, CropsFailed, OpticsFocus, OpticsLight, OpticsReference, Payload
from skelp.domain.optics import Optics
from skelp.domain.outcome import Outcome
from skelp.domain.queries import DefectQuery
from skelp.domain.reasons import Code, FocusLost, FrameDropped, LightLost, PicturesFailed, RecordsDiskFull
from skelp.domain.recipe import Recipe
from skelp.domain.review import Verdict
from skelp.domain.strip import Side
from skelp.ports import RecordReader, RecordWriter
from skelp.sinks.record import RecordSink
from skelp.sinks.sql import Database
from skelp.sinks.sql.access_tables import metadata
from tests.fakes import coil, defect
from tests.unit.sinks.conftest import ME, sink_into


@pytest.fixture
def reader(database: Database) -> RecordReader:
    return database.reader


@pytest.fixture
def writer(database: Database) -> RecordWriter:
    return database.writer


@pytest.fixture
def sink(writer: RecordWriter, tmp_path: Path) -> RecordSink:
    return sink_into(writer, tmp_path)


def publish(writer: RecordWriter, payload: Payload) -> None:
    with writer.transaction() as change:
        change.publish(payload)


def add_coils(writer: RecordWriter, *added: Coil) -> list[bool]:
    with writer.transaction() as change:
        return [change.add_coil(c) for c in added]


def inspected(lines: int) -> Outcome:
    return Outcome("C1", "cam", (Interval(0, lines, State.INSPECTED),), reach_mm=500.0)


@contextmanager
def sql(url: str) -> Iterator[sa.Connection]:
    """A second connection, besides the station's own."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_migrations_give_the_tables_of_the_code(url: str) -> None:
    with Database(url, Recipe(), ME):
        pass
    with sql(url) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_coil_from_first_line_to_decision(reader: RecordReader, sink: RecordSink) -> None:
    sink.write([inspected(1000)])
    sink.write([replace(inspected(5000), defects=(defect(1), defect(2, severity=1)))])
    assert reader.summary(reader.coil("C1")).decision is Decision.HOLD
    sink.write([Outcome("C1", "cam", (Interval(5000, 100, State.LOST, FrameDropped()),))])
    sink.write([Outcome("C1", "cam", ended=True, coil_complete=True)])
    stored = reader.coil("C1")
    summary = reader.summary(stored)
    assert stored.status is Status.FINAL
    assert (summary.totals.inspected, summary.totals.lost) == (5000, 100)
    assert summary.tally.by_severity == {1: 1, 2: 1}
    assert summary.decision is Decision.HOLD
    assert summary.reasons[0].code is Code.COIL_NOT_INSPECTED
    assert [e.payload.kind for e in reader.events(after=0, limit=99)] == [
        "coil.started",
        "defect.found",
        "defect.found",
        "coverage.lost",
        "coil.final",
    ]
    assert reader.width_mm("C1") == 500


def test_a_final_decision_does_not_change_with_the_recipe(url: str, tmp_path: Path) -> None:
    with Database(url, Recipe(), ME) as database:
        found = replace(inspected(9000), defects=(defect(1),))
        sink_into(database.writer, tmp_path).write([found, Outcome("C1", "cam", ended=True, coil_complete=True)])
        assert database.reader.summary(database.reader.coil("C1")).decision is Decision.ACCEPT
    with Database(url, Recipe(hold_from_severity=1), ME) as stricter:
        assert stricter.reader.summary(stricter.reader.coil("C1")).decision is Decision.ACCEPT


def test_defects_are_read_as_they_were_stored_and_can_be_filtered(reader: RecordReader, sink: RecordSink) -> None:
    stored = [defect(n, severity=1 + n % 4, side=Side.BOTTOM if n % 2 else Side.TOP) for n in range(1, 9)]
    sink.write([replace(inspected(9000), defects=tuple(stored))])
    assert [d for _, d in reader.defects("C1", DefectQuery())] == stored
    assert reader.defect("C1-000003") == stored[2]

    def ids(query: DefectQuery) -> list[int]:
        return [int(d.defect_id[-6:]) for _, d in reader.defects("C1", query)]

    assert ids(DefectQuery(severity_min=4)) == [3, 7]
    assert ids(DefectQuery(side="bottom")) == [1, 3, 5, 7]
    assert ids(DefectQuery(class_name="patch")) == []
    assert ids(DefectQuery(from_m=2.5, to_m=5.0)) == [3, 4, 5]
    first = reader.defects("C1", DefectQuery(limit=3))
    assert ids(DefectQuery(after=first[-1][0], limit=3)) == [4, 5, 6]
    with pytest.raises(LookupError, match="no defect"):
        reader.defect("nope")


def fail_half_way(writer: RecordWriter) -> None:
    with writer.transaction() as change:
        change.publish(OpticsReference())
        raise ZeroDivisionError


def test_event_numbers_have_no_holes_even_if_a_transaction_fails(reader: RecordReader, writer: RecordWriter) -> None:
    publish(writer, CropsFailed(1, PicturesFailed(1)))
    with pytest.raises(ZeroDivisionError):
        fail_half_way(writer)
    publish(writer, CropsFailed(2, PicturesFailed(2)))
    published = [(e.seq, e.payload) for e in reader.events(after=0, limit=9)]
    assert published == [(n, CropsFailed(n, PicturesFailed(n))) for n in (1, 2)]
    assert [e.seq for e in reader.events(after=1, limit=9)] == [2]


def after_coils(database: Database, *readings: tuple[float, float]) -> list[Payload]:
    """Add readings of coils, (light in the last band, sharpness) each. Returns the warnings that are published."""
    before = database.reader.newest_event()
    for light, sharpness in readings:
        reading = Optics("cam", (100.0,) * 7 + (light,), sharpness)
        with database.writer.transaction() as change:
            change.add_optics("C1", reading)
    return [e.payload for e in database.reader.events(after=before, limit=1000)]


def test_less_light_or_sharpness_is_published(database: Database) -> None:
    add_coils(database.writer, coil())
    assert after_coils(database, *[(100.0, 0.75)] * 5) == []
    assert after_coils(database, (40.0, 0.4)) == []  # a single coil of different steel is no drift
    warned = after_coils(database, (60.0, 0.75), (62.0, 0.75))
    assert len(warned) == 2  # one at the end of each coil, while it lasts
    assert warned[0] == OpticsLight("cam", LightLost(band=8, bands=8, share=0.6), light=0.6, sharpness=1.0)
    *_, newest = after_coils(database, (100.0, 0.5), (100.0, 0.5), (100.0, 0.5))
    assert newest == OpticsFocus("cam", FocusLost(share=0.667), light=1.0, sharpness=0.667)
    points = database.reader.optics(limit=3)
    assert [p.reading.sharpness for p in points] == [0.5] * 3
    assert points[-1].drift.sharpness == pytest.approx(0.5 / 0.75)

    with database.writer.transaction() as change:
        change.begin_optics_reference()
    assert after_coils(database, *[(60.0, 0.5)] * 3) == []
    assert database.reader.optics(limit=1)[0].drift.light == pytest.approx(1)


def test_an_interrupted_coil_becomes_final_with_lost_lines(url: str, tmp_path: Path) -> None:
    with Database(url, Recipe(), ME) as database:
        sink_into(database.writer, tmp_path).write([replace(inspected(4000), defects=(defect(1),))])
    earlier = datetime.now(UTC) - timedelta(seconds=20)
    with sql(url) as connection:
        connection.execute(sa.text("UPDATE coils SET updated_at = :at, line_rate_hz = 100"), {"at": earlier.isoformat()})
    with Database(url, Recipe(), ME) as restarted:
        with restarted.writer.transaction() as change:
            assert change.close_interrupted() == ["C1"]
            most_s = (datetime.now(UTC) - earlier).total_seconds()
            assert change.close_interrupted() == []
        stored = restarted.reader.coil("C1")
        summary, coverage = restarted.reader.summary(stored), restarted.reader.coverage(stored)
        published = [e.payload for e in restarted.reader.events(after=0, limit=99)]
    assert stored.interrupted
    assert summary.totals.inspected == 4000
    assert 2000 <= summary.totals.lost <= 100 * most_s + 1
    assert coverage[-1].reason is not None
    assert coverage[-1].reason.code is Code.STATION_INTERRUPTED
    assert 20 <= coverage[-1].reason.args["away_s"] <= round(most_s, 1)
    assert published[-2] == CoverageLost("cam", 4000, 4000.0, coverage[-1].reason)  # an event, and so an alarm
    assert isinstance(published[-1], CoilFinal)
    assert summary.decision is Decision.HOLD


def test_every_camera_of_an_interrupted_coil_ends_at_the_same_line(reader: RecordReader, writer: RecordWriter) -> None:
    add_coils(writer, coil("C1"), coil("C2"))
    with writer.transaction() as change:
        change.record_interval("C1", "a", Interval(0, 500, State.INSPECTED))
        change.record_interval("C1", "b", Interval(0, 300, State.INSPECTED))
        assert change.close_interrupted() == ["C1", "C2"]
    coverages = reader.camera_coverage("C1")
    assert [a[-1].end_line for a in coverages.values()] == [501, 501]
    assert [i.state for i in coverages["b"]] == [State.INSPECTED, State.LOST]
    assert list(reader.camera_coverage("C2")) == ["unknown"]


def test_a_renamed_coil_is_found_by_its_id_and_by_its_name(reader: RecordReader, writer: RecordWriter) -> None:
    assert add_coils(writer, coil("auto-1", automatic=True), coil("auto-1")) == [True, False]
    with writer.transaction() as change:
        assert change.change_coil("auto-1", name="K4711").name == "K4711"
    assert reader.coil("K4711").coil_id == "auto-1"
    assert reader.events(after=1, limit=9)[0].payload == CoilChanged(name="K4711")
    with pytest.raises(LookupError, match="no coil"):
        reader.coil("K4712")


def test_an_id_comes_before_a_name_and_the_newest_coil_of_a_name_is_found(reader: RecordReader, writer: RecordWriter) -> None:
    add_coils(writer, coil("K1"), *(replace(coil(f"auto-{n}"), name=name) for n, name in enumerate(("K2", "K2", "K1"))))
    assert reader.coil("K1").coil_id == "K1"
    assert reader.coil("K2").coil_id == "auto-1"


def test_coils_are_listed_newest_first_in_pages(reader: RecordReader, writer: RecordWriter) -> None:
    add_coils(writer, *(coil(f"C{n}") for n in range(5)))
    assert [c.coil_id for c in reader.coils(before=None, limit=2)] == ["C4", "C3"]
    assert [c.coil_id for c in reader.coils(before="C3", limit=9)] == ["C2", "C1", "C0"]


def test_an_interval_may_grow_but_not_change_its_state(reader: RecordReader, writer: RecordWriter) -> None:
    add_coils(writer, coil())
    with writer.transaction() as change:
        assert change.record_interval("C1", "cam", Interval(0, 10, State.LOST, FrameDropped()))
        assert not change.record_interval("C1", "cam", Interval(0, 30, State.LOST, FrameDropped()))
    with pytest.raises(sa.exc.IntegrityError), writer.transaction() as change:
        change.record_interval("C1", "cam", Interval(0, 30, State.INSPECTED))
    assert reader.camera_coverage("C1") == {"cam": [Interval(0, 30, State.LOST, FrameDropped())]}


def test_a_review_of_an_unknown_defect_publishes_nothing(reader: RecordReader, writer: RecordWriter) -> None:
    with pytest.raises(LookupError, match="no defect"), writer.transaction() as change:
        change.add_review("C1-000001", Verdict.CONFIRMED, "lee", None, "")
    assert reader.newest_event() == 0


def write_until_full(sink: RecordSink) -> None:
    for n in range(2, 2000):
        sink.write([replace(inspected(1000 + n), defects=(defect(n, patch=None),))])


def test_a_full_database_is_a_known_error_and_stored_results_remain(url: str, tmp_path: Path) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("only SQLite has a limit of pages that fills the database")

    def limit_pages(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    with Database(url, Recipe(), ME) as database:
        sink = sink_into(database.writer, tmp_path)
        sink.write([replace(inspected(1000), defects=(defect(1),))])
        with sql(url) as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        sa.event.listen(sa.Engine, "begin", limit_pages)
        try:
            with pytest.raises(SkelpError, match="cannot be stored") as caught:
                write_until_full(sink)
        finally:
            sa.event.remove(sa.Engine, "begin", limit_pages)
        stored = [d.defect_id for _, d in database.reader.defects("C1", DefectQuery())]
    assert caught.value.reason == RecordsDiskFull()
    assert stored == [f"C1-{n:06d}" for n in range(1, len(stored) + 1)]
    assert stored


def refused(url: str) -> str:
    with pytest.raises(SkelpError) as caught, Database(url, Recipe(), ME):
        pass
    return str(caught.value)


def test_the_error_of_a_database_that_cannot_be_opened_hides_the_password(tmp_path: Path) -> None:
    assert "No such file or directory" in refused(f"sqlite:///{tmp_path}/missing/s.db")
    no_server = refused("postgresql+psycopg://skelp:secret@127.0.0.1:1/records")
    assert "cannot open the database" in no_server
    assert "secret" not in no_server


def test_a_url_of_an_unsupported_database_is_refused() -> None:
    for address in ("records", "mysql://skelp:secret@host/records", "sqlite://", "sqlite:///:memory:", "sqlite:///file:s.db?uri=true"):
        message = refused(address)
        assert "postgresql+psycopg://" in message or "give a PostgreSQL URL" in message
        assert "secret" not in message
