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
from skelp.domain.errors import SkelpError
from skelp.domain.events import CoilChanged, CropsFailed, OpticsFocus, OpticsLight, OpticsReference, Payload
from skelp.domain.optics import Optics
from skelp.domain.outcome import Outcome
from skelp.domain.reasons import Code, FocusLost, FrameDropped, LightLost, PicturesFailed
from skelp.domain.recipe import Decision, Recipe
from skelp.domain.review import Verdict
from skelp.domain.strip import Side
from skelp.ports import DefectQuery, RecordReader, RecordWriter
from skelp.sinks.record import RecordSink
from skelp.sinks.sql import Database
from skelp.sinks.sql.tables import metadata
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
    """A connection beside the station's own."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_the_newest_migration_is_what_the_code_expects(url: str) -> None:
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
    kept = reader.coil("C1")
    summary = reader.summary(kept)
    assert kept.status is Status.FINAL
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


def test_a_decision_outlives_the_recipe_that_made_it(url: str, tmp_path: Path) -> None:
    with Database(url, Recipe(), ME) as database:
        found = replace(inspected(9000), defects=(defect(1),))
        sink_into(database.writer, tmp_path).write([found, Outcome("C1", "cam", ended=True, coil_complete=True)])
        assert database.reader.summary(database.reader.coil("C1")).decision is Decision.ACCEPT
    with Database(url, Recipe(hold_from_severity=1), ME) as stricter:
        assert stricter.reader.summary(stricter.reader.coil("C1")).decision is Decision.ACCEPT


def test_defects_come_back_as_they_went_in_and_can_be_asked_for(reader: RecordReader, sink: RecordSink) -> None:
    sent = [defect(n, severity=1 + n % 4, side=Side.BOTTOM if n % 2 else Side.TOP) for n in range(1, 9)]
    sink.write([replace(inspected(9000), defects=tuple(sent))])
    assert [d for _, d in reader.defects("C1", DefectQuery())] == sent
    assert reader.defect("C1-000003") == sent[2]

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


def test_events_are_numbered_without_holes_even_when_a_transaction_fails(reader: RecordReader, writer: RecordWriter) -> None:
    publish(writer, CropsFailed(1, PicturesFailed(1)))
    with pytest.raises(ZeroDivisionError):
        fail_half_way(writer)
    publish(writer, CropsFailed(2, PicturesFailed(2)))
    published = [(e.seq, e.payload) for e in reader.events(after=0, limit=9)]
    assert published == [(n, CropsFailed(n, PicturesFailed(n))) for n in (1, 2)]
    assert [e.seq for e in reader.events(after=1, limit=9)] == [2]


def after_coils(database: Database, *coils_seen: tuple[float, float]) -> list[Payload]:
    """Warnings published after coils of (light in the last band, sharpness)."""
    began = database.reader.newest_event()
    for light, sharpness in coils_seen:
        reading = Optics("cam", (100.0,) * 7 + (light,), sharpness)
        with database.writer.transaction() as change:
            change.add_optics("C1", reading)
    return [e.payload for e in database.reader.events(after=began, limit=1000)]


def test_a_lamp_or_a_lens_that_drifts_is_published_before_recall_falls(database: Database) -> None:
    add_coils(database.writer, coil())
    assert after_coils(database, *[(100.0, 0.75)] * 5) == []
    assert after_coils(database, (40.0, 0.4)) == []  # one coil of other steel is no drift
    warned = after_coils(database, (60.0, 0.75), (62.0, 0.75))
    assert len(warned) == 2  # at the end of each coil, while it lasts
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


def test_an_interrupted_coil_is_closed_with_its_gap(url: str, tmp_path: Path) -> None:
    with Database(url, Recipe(), ME) as database:
        sink_into(database.writer, tmp_path).write([replace(inspected(4000), defects=(defect(1),))])
    earlier = (datetime.now(UTC) - timedelta(seconds=20)).isoformat()
    with sql(url) as connection:
        connection.execute(sa.text("UPDATE coils SET updated_at = :at, line_rate_hz = 100"), {"at": earlier})
    with Database(url, Recipe(), ME) as again:
        with again.writer.transaction() as change:
            assert change.close_interrupted() == ["C1"]
            assert change.close_interrupted() == []
        kept = again.reader.coil("C1")
        summary, account = again.reader.summary(kept), again.reader.coverage(kept)
    assert kept.interrupted
    assert summary.totals.inspected == 4000
    assert 2000 <= summary.totals.lost <= 2200
    assert account[-1].reason is not None
    assert account[-1].reason.code is Code.STATION_INTERRUPTED
    assert 20 <= account[-1].reason.args["away_s"] < 22
    assert summary.decision is Decision.HOLD


def test_every_camera_of_an_interrupted_coil_ends_at_the_same_line(reader: RecordReader, writer: RecordWriter) -> None:
    add_coils(writer, coil("C1"), coil("C2"))
    with writer.transaction() as change:
        change.record_interval("C1", "a", Interval(0, 500, State.INSPECTED))
        change.record_interval("C1", "b", Interval(0, 300, State.INSPECTED))
        assert change.close_interrupted() == ["C1", "C2"]
    accounts = reader.camera_coverage("C1")
    assert [a[-1].end_line for a in accounts.values()] == [501, 501]
    assert [i.state for i in accounts["b"]] == [State.INSPECTED, State.LOST]
    assert list(reader.camera_coverage("C2")) == ["unknown"]


def test_a_coil_may_be_renamed_and_found_by_either_name(reader: RecordReader, writer: RecordWriter) -> None:
    assert add_coils(writer, coil("auto-1", automatic=True), coil("auto-1")) == [True, False]
    with writer.transaction() as change:
        assert change.change_coil("auto-1", name="K4711").name == "K4711"
    assert reader.coil("K4711").coil_id == "auto-1"
    assert reader.events(after=1, limit=9)[0].payload == CoilChanged(name="K4711")
    with pytest.raises(LookupError, match="no coil"):
        reader.coil("K4712")


def test_an_id_is_found_before_a_name_and_the_newest_of_a_name(reader: RecordReader, writer: RecordWriter) -> None:
    add_coils(writer, coil("K1"), *(replace(coil(f"auto-{n}"), name=name) for n, name in enumerate(("K2", "K2", "K1"))))
    assert reader.coil("K1").coil_id == "K1"
    assert reader.coil("K2").coil_id == "auto-1"


def test_coils_are_listed_newest_first_by_cursor(reader: RecordReader, writer: RecordWriter) -> None:
    add_coils(writer, *(coil(f"C{n}") for n in range(5)))
    assert [c.coil_id for c in reader.coils(before=None, limit=2)] == ["C4", "C3"]
    assert [c.coil_id for c in reader.coils(before="C3", limit=9)] == ["C2", "C1", "C0"]


def test_an_interval_grows_and_one_of_another_state_at_its_line_is_refused(reader: RecordReader, writer: RecordWriter) -> None:
    add_coils(writer, coil())
    with writer.transaction() as change:
        assert change.record_interval("C1", "cam", Interval(0, 10, State.LOST, FrameDropped()))
        assert not change.record_interval("C1", "cam", Interval(0, 30, State.LOST, FrameDropped()))
    with pytest.raises(sa.exc.IntegrityError), writer.transaction() as change:
        change.record_interval("C1", "cam", Interval(0, 30, State.INSPECTED))
    assert reader.camera_coverage("C1") == {"cam": [Interval(0, 30, State.LOST, FrameDropped())]}


def test_a_review_of_a_defect_that_is_not_there_publishes_nothing(reader: RecordReader, writer: RecordWriter) -> None:
    with pytest.raises(LookupError, match="no defect"), writer.transaction() as change:
        change.add_review("C1-000001", Verdict.CONFIRMED, "lee", None, "")
    assert reader.newest_event() == 0


def write_until_full(sink: RecordSink) -> None:
    for n in range(2, 2000):
        sink.write([replace(inspected(1000 + n), defects=(defect(n, patch=None),))])


def test_a_full_database_is_a_clear_error_and_keeps_what_was_kept(url: str, tmp_path: Path) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("a page limit is SQLite's own way to be full")

    def no_room(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    with Database(url, Recipe(), ME) as database:
        sink = sink_into(database.writer, tmp_path)
        sink.write([replace(inspected(1000), defects=(defect(1),))])
        with sql(url) as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        sa.event.listen(sa.Engine, "begin", no_room)
        try:
            with pytest.raises(SkelpError, match="free disk space"):
                write_until_full(sink)
        finally:
            sa.event.remove(sa.Engine, "begin", no_room)
        kept = [d.defect_id for _, d in database.reader.defects("C1", DefectQuery())]
    assert kept == [f"C1-{n:06d}" for n in range(1, len(kept) + 1)]
    assert kept


def refused(url: str) -> str:
    with pytest.raises(SkelpError) as caught, Database(url, Recipe(), ME):
        pass
    return str(caught.value)


def test_a_database_that_cannot_be_opened_is_named_without_its_password(tmp_path: Path) -> None:
    assert "No such file or directory" in refused(f"sqlite:///{tmp_path}/missing/s.db")
    nobody = refused("postgresql+psycopg://skelp:secret@127.0.0.1:1/records")
    assert "cannot open the database" in nobody
    assert "secret" not in nobody


def test_an_address_that_names_no_database_that_skelp_knows_is_refused() -> None:
    for address in ("records", "mysql://skelp:secret@host/records", "sqlite://", "sqlite:///:memory:", "sqlite:///file:s.db?uri=true"):
        message = refused(address)
        assert "postgresql+psycopg://" in message or "give a PostgreSQL URL" in message
        assert "secret" not in message
