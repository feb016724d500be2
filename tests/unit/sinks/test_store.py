from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from skelp.domain.coilmap import Coil, Status
from skelp.domain.coverage import Interval, State
from skelp.domain.defect import Defect, Patch
from skelp.domain.errors import SkelpError
from skelp.domain.optics import Optics
from skelp.domain.outcome import Outcome
from skelp.domain.recipe import Decision, Recipe
from skelp.domain.strip import Side
from skelp.ports import DefectQuery
from skelp.sinks.crops import CropStore, Quota, safe_name
from skelp.sinks.database import open_engines, sqlite_url
from skelp.sinks.live import LiveStrip
from skelp.sinks.optics import keep_optics
from skelp.sinks.record import RecordSink
from skelp.sinks.samples import CleanSamples, Sampling
from skelp.sinks.store import Store
from skelp.sinks.tables import coils, metadata
from tests.fakes import coil
from tests.postgres import WHY_NOT, server

PATCH = Patch(np.full((40, 50), 90, np.uint8), np.full((40, 50), 255, np.uint8))


def defect(n: int, **changes: object) -> Defect:
    values: dict[str, object] = {
        "defect_id": f"C1-{n:06d}", "coil_id": "C1", "class_name": "scratch", "code": "SC", "severity": 2, "score": 0.9,
        "mean_score": 0.8, "side": Side.TOP, "camera": "cam", "along_mm": 1000.0 * n, "across_mm": 10.0, "length_mm": 20.0,
        "width_mm": 2.0, "area_mm2": 40.0, "orientation_deg": 1.0, "contrast": -0.2, "cut_by_gap": False, "line": 1000 * n,
        "lines": 20, "column": 10, "columns": 2, "patch": PATCH,
    }  # fmt: skip
    return Defect(**values | changes)  # type: ignore[arg-type]


class OneCoil:
    def __init__(self, coil: Coil) -> None:
        self._coil = coil

    def coil(self, coil_id: str) -> Coil:
        assert coil_id == self._coil.coil_id
        return self._coil

    def forget(self, coil_id: str) -> None:
        assert coil_id == self._coil.coil_id


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with server() as url:
        yield url


ON_POSTGRES = pytest.param("postgresql", marks=pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT)))


@pytest.fixture(params=["sqlite", ON_POSTGRES])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty database."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "s.db")
    address = str(request.getfixturevalue("postgres"))
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    engine.dispose()
    return address


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url, Recipe())
    yield store
    store.close()


@pytest.fixture
def sink(store: Store, tmp_path: Path) -> RecordSink:
    samples = CleanSamples(tmp_path / "samples", Sampling(), "0" * 64)
    return RecordSink(store, CropStore(tmp_path / "crops", Quota(min_free_bytes=0)), LiveStrip(), OneCoil(coil()), samples)


def inspected(lines: int) -> Outcome:
    return Outcome("C1", "cam", (Interval(0, lines, State.INSPECTED),), reach_mm=500.0)


def test_the_newest_migration_is_what_the_code_expects(url: str) -> None:
    writer, reader = open_engines(url)
    with writer.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    writer.dispose()
    reader.dispose()


def test_a_coil_from_first_line_to_decision(store: Store, sink: RecordSink) -> None:
    sink.write([inspected(1000)])
    sink.write([replace(inspected(5000), defects=(defect(1), defect(2, severity=1)))])
    assert store.summary(store.coil("C1")).decision is Decision.HOLD
    sink.write([Outcome("C1", "cam", (Interval(5000, 100, State.LOST, "dropped"),))])
    sink.write([Outcome("C1", "cam", ended=True, coil_complete=True)])
    kept = store.coil("C1")
    summary = store.summary(kept)
    assert kept.status is Status.FINAL
    assert (summary.totals.inspected, summary.totals.lost) == (5000, 100)
    assert summary.tally.by_severity == {1: 1, 2: 1}
    assert summary.decision is Decision.HOLD
    assert "not fully inspected" in summary.reasons[0]
    assert [e.kind for e in store.events(after=0, limit=99)] == [
        "coil.started",
        "defect.found",
        "defect.found",
        "coverage.lost",
        "coil.final",
    ]
    assert store.width_mm("C1") == 500


def test_a_decision_outlives_the_recipe_that_made_it(store: Store, sink: RecordSink, url: str) -> None:
    sink.write([replace(inspected(9000), defects=(defect(1),)), Outcome("C1", "cam", ended=True, coil_complete=True)])
    assert store.summary(store.coil("C1")).decision is Decision.ACCEPT
    stricter = Store(url, Recipe(hold_from_severity=1))
    assert stricter.summary(stricter.coil("C1")).decision is Decision.ACCEPT
    stricter.close()


def test_defects_come_back_as_they_went_in_and_can_be_asked_for(store: Store, sink: RecordSink) -> None:
    sent = [defect(n, severity=1 + n % 4, side=Side.BOTTOM if n % 2 else Side.TOP) for n in range(1, 9)]
    sink.write([replace(inspected(9000), defects=tuple(sent))])
    assert [d for _, d in store.defects("C1", DefectQuery())] == sent
    assert store.defect("C1-000003") == sent[2]

    def ids(query: DefectQuery) -> list[int]:
        return [int(d.defect_id[-6:]) for _, d in store.defects("C1", query)]

    assert ids(DefectQuery(severity_min=4)) == [3, 7]
    assert ids(DefectQuery(side="bottom")) == [1, 3, 5, 7]
    assert ids(DefectQuery(class_name="patch")) == []
    assert ids(DefectQuery(from_m=2.5, to_m=5.0)) == [3, 4, 5]
    first = store.defects("C1", DefectQuery(limit=3))
    assert ids(DefectQuery(after=first[-1][0], limit=3)) == [4, 5, 6]
    with pytest.raises(LookupError, match="no defect"):
        store.defect("nope")


def fail_half_way(store: Store) -> None:
    with store.writing() as connection:
        store.tell(connection, "never", "", {})
        raise ZeroDivisionError


def test_events_are_numbered_without_holes_even_when_a_transaction_fails(store: Store) -> None:
    store.say("a", {})
    with pytest.raises(ZeroDivisionError):
        fail_half_way(store)
    store.say("b", {})
    assert [(e.seq, e.kind) for e in store.events(after=0, limit=9)] == [(1, "a"), (2, "b")]
    assert [e.seq for e in store.events(after=1, limit=9)] == [2]


def after_coils(store: Store, *coils_seen: tuple[float, float]) -> list[tuple[str, str]]:
    """Warnings told after coils of (light in the last band, sharpness)."""
    began = store.events(after=0, limit=1000)[-1].seq
    for light, sharpness in coils_seen:
        reading = Optics("cam", (100.0,) * 7 + (light,), sharpness)
        with store.writing() as connection:
            keep_optics(connection, "C1", reading, lambda kind, data: store.tell(connection, kind, "C1", data))
    return [(e.kind, e.data["reason"]) for e in store.events(after=began, limit=1000)]


def test_a_lamp_or_a_lens_that_drifts_is_told_before_recall_falls(store: Store) -> None:
    store.add_coil(coil())
    assert after_coils(store, *[(100.0, 0.75)] * 5) == []
    assert after_coils(store, (40.0, 0.4)) == []  # one coil of other steel is no drift
    told = after_coils(store, (60.0, 0.75), (62.0, 0.75))
    (kind, reason) = told[0]
    assert len(told) == 2  # at the end of each coil, while it lasts
    assert (kind, reason) == ("optics.light", "band 8 of 8 from the operator side has 60% of its light: clean the window, check the lamp")
    (*_, (kind, reason)) = after_coils(store, (100.0, 0.5), (100.0, 0.5), (100.0, 0.5))
    assert kind == "optics.focus"
    assert "67% as sharp" in reason
    points = store.optics(limit=3)
    assert [p.reading.sharpness for p in points] == [0.5] * 3
    assert points[-1].drift.sharpness == pytest.approx(0.5 / 0.75)

    store.begin_optics_reference()
    assert after_coils(store, *[(60.0, 0.5)] * 3) == []
    assert store.optics(limit=1)[0].drift.light == pytest.approx(1)


def test_an_interrupted_coil_is_closed_with_its_gap(store: Store, sink: RecordSink, url: str) -> None:
    sink.write([replace(inspected(4000), defects=(defect(1),))])
    earlier = (datetime.now(UTC) - timedelta(seconds=20)).isoformat()
    with store.writing() as connection:
        connection.execute(coils.update().values(updated_at=earlier, line_rate_hz=100.0))
    again = Store(url, Recipe())
    assert again.close_interrupted() == ["C1"]
    kept = again.coil("C1")
    summary = again.summary(kept)
    assert kept.interrupted
    assert summary.totals.inspected == 4000
    assert 2000 <= summary.totals.lost <= 2200
    assert "station interrupted" in again.account(kept)[-1].reason
    assert summary.decision is Decision.HOLD
    assert again.close_interrupted() == []
    again.close()


def test_a_coil_may_be_renamed_and_found_by_either_name(store: Store) -> None:
    store.add_coil(coil("auto-1", automatic=True))
    assert not store.add_coil(coil("auto-1"))
    store.change_coil("auto-1", name="K4711")
    assert store.coil("K4711").coil_id == "auto-1"
    with pytest.raises(LookupError, match="no coil"):
        store.coil("K4712")


def test_coils_are_listed_newest_first_by_cursor(store: Store) -> None:
    for n in range(5):
        store.add_coil(coil(f"C{n}"))
    assert [c.coil_id for c in store.coils(before=None, limit=2)] == ["C4", "C3"]
    assert [c.coil_id for c in store.coils(before="C3", limit=9)] == ["C2", "C1", "C0"]


def write_until_full(sink: RecordSink) -> None:
    for n in range(2, 2000):
        sink.write([replace(inspected(1000 + n), defects=(defect(n, patch=None),))])


def test_a_full_database_is_a_clear_error_and_keeps_what_was_kept(store: Store, sink: RecordSink) -> None:
    sink.write([replace(inspected(1000), defects=(defect(1),))])
    if store._write_engine.dialect.name != "sqlite":
        pytest.skip("a page limit is SQLite's own way to be full")
    with store._write_engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    @sa.event.listens_for(store._write_engine, "begin")
    def no_room(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    with pytest.raises(SkelpError, match="free disk space"):
        write_until_full(sink)
    kept = [d.defect_id for _, d in store.defects("C1", DefectQuery())]
    assert kept == [f"C1-{n:06d}" for n in range(1, len(kept) + 1)]
    assert kept


def test_a_database_that_cannot_be_opened_is_named_without_its_password(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SkelpError, match="cannot open the database"):
        Store(f"sqlite:///{tmp_path}/missing/s.db", Recipe())


def test_crops_stay_within_their_quota_oldest_first(tmp_path: Path) -> None:
    told: list[int] = []
    rng = np.random.default_rng(1)
    noisy = Patch(rng.integers(0, 256, (200, 200), np.uint8), np.zeros((200, 200), np.uint8))
    store = CropStore(tmp_path, Quota(max_bytes=200_000, min_free_bytes=0), told.append)
    for n in range(1, 13):
        assert store.save([defect(n, patch=noisy)]) == 0
    assert store.bytes_used <= 200_000
    assert store.bytes_used == sum(p.stat().st_size for p in tmp_path.glob("*/*"))
    assert store.picture("C1-000001") is None
    assert store.picture("C1-000012") is not None
    assert store.mask("C1-000012") is not None
    assert sum(told) >= 1
    assert CropStore(tmp_path, Quota(min_free_bytes=0)).bytes_used == store.bytes_used


def test_crops_that_cannot_be_written_are_counted(tmp_path: Path) -> None:
    store = CropStore(tmp_path / "crops", Quota(min_free_bytes=0))
    (tmp_path / "crops" / "C1").write_text("a file where the folder should be")
    assert store.save([defect(1), defect(2)]) == 2


@pytest.mark.parametrize("hostile", ["../../etc/passwd", "a/b", "..", "", "코일", "x\0y"])
def test_no_name_leaves_the_folder(tmp_path: Path, hostile: str) -> None:
    name = safe_name(hostile)
    assert "/" not in name
    assert name not in ("", ".", "..")
    assert "\0" not in name
    assert (tmp_path / name).resolve().parent == tmp_path.resolve()
