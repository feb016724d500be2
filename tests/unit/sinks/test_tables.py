"""Records as tables: every row of a range of days once, typed, from one state of the database."""

from __future__ import annotations

import csv
import gc
import json
import tracemalloc
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from skelp.domain.coilmap import Coil, Status, Tally
from skelp.domain.coverage import Interval, State
from skelp.domain.cuts import Cut
from skelp.domain.decision import Decision
from skelp.domain.errors import SkelpError
from skelp.domain.events import OpticsReference
from skelp.domain.line_state import KnownBy, LineState, Passage
from skelp.domain.models import ChosenModel, Why
from skelp.domain.periodic import PeriodicDefect
from skelp.domain.queries import DefectQuery
from skelp.domain.reasons import CoilEdgeMargin, CoilSevereDefects, FrameDropped, FrameShort
from skelp.domain.recipe import Recipe
from skelp.domain.review import Verdict
from skelp.domain.shadow import ModelVerdict, ShadowResult
from skelp.domain.status import ModelId
from skelp.domain.strip import Side
from skelp.sinks.columns import TABLES
from skelp.sinks.months import Source, write_months
from skelp.sinks.sql import Database, open_snapshot
from skelp.sinks.table_files import FORMATS, maker_of
from tests.fakes import coil, defect
from tests.unit.domain.test_common_codes import CODES

OCTOBER, NOVEMBER, DECEMBER = (datetime(2026, month, 30, 23, 59, 59, 999000, UTC) for month in (10, 11, 12))
NAME = "=HYPERLINK(\"열연\")\n,'x'"
SOURCE = Source("mill", "feed", 9)


def started(coil_id: str, at: datetime, name: str = "") -> Coil:
    return replace(coil(coil_id, 0.25), started_at=at, name=name or coil_id, codes_name=CODES.name, codes_version=CODES.version)


CHOSEN = ChosenModel("new.onnx", ModelId("net", "2", "2" * 64), "1" * 64, Why.ASKED, "2026-11-24T10:00:00.000Z")

SHADOW = ShadowResult(
    "O1",
    200,
    60,
    ModelVerdict(ModelId("net", "1", "1" * 64), Tally({"scratch": 1}, {2: 1}, {"chalk": 3}), Decision.ACCEPT, (CoilEdgeMargin(2.0),)),
    ModelVerdict(ModelId("net", "2", "2" * 64), Tally({"scratch": 2}, {3: 2}), Decision.HOLD, (CoilSevereDefects(2, 3),)),
)


def fill(database: Database) -> None:
    """A final coil in October and one in December, and in November a running one with a dangerous name."""
    with database.writer.transaction() as change:
        for coil_id, at, name in (("O1", OCTOBER, ""), ("N1", NOVEMBER, NAME), ("D1", DECEMBER, "")):
            change.add_coil(started(coil_id, at, name))
            change.record_interval(coil_id, "cam", Interval(0, 4000, State.INSPECTED))
            change.record_interval(coil_id, "cam", Interval(4000, 96, State.LOST, FrameDropped()))
            change.add_defects([CODES.on(defect(n, coil_id=coil_id, defect_id=f"{coil_id}-{n:06d}")) for n in (1, 2, 3)])
            change.record_periodic(
                PeriodicDefect(f"{coil_id}-P1", coil_id, Side.TOP, 1.5, 2, 0.1, 3, 9, 4, 5, -9.6, ("=F5",), (f"{coil_id}-000001",))
            )
            change.record_passage(coil_id, Passage(0, LineState.RUNNING, KnownBy.SPEED, 0, 4096, at, 10.0, 7, 0.9, 1.1))
            change.add_review(f"{coil_id}-000002", Verdict.CONFIRMED, "kim", "scale", "-1 = 깊다")
        for coil_id in ("O1", "D1"):
            change.complete_coil(coil_id)
        change.add_override("O1", Decision.ACCEPT, "kim", "=cut off")
        change.decide_again("D1", Recipe("strict", hold_from_severity=1), "lee", "order 7")
        change.choose_model(CHOSEN)
        change.add_shadow(SHADOW)


def export(url: str, out: Path, form: str, first: date = date(2026, 10, 1), last: date = date(2026, 12, 31), station: str = "mill") -> None:
    out.mkdir(exist_ok=True)
    with open_snapshot(url, Recipe(), "test") as records:
        list(write_months(records.read, Source(station, records.feed_id, records.newest_event), first, last, out, form, maker_of(form)))


def read(file: Path) -> list[dict[str, Any]]:
    if file.suffix == ".parquet":
        rows: list[dict[str, Any]] = pq.read_table(file).to_pylist()
        return rows
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.mark.parametrize("form", FORMATS)
def test_every_row_of_the_database_is_in_one_file(url: str, database: Database, tmp_path: Path, form: str) -> None:
    fill(database)
    today = datetime.now(UTC).date()
    out = tmp_path / "out"
    export(url, out, form, last=max(today, date(2026, 12, 31)))  # reviews and events are of today
    rows = {table: [row for file in sorted(out.glob(f"{table}-*.{form}")) for row in read(file)] for table in TABLES}
    reader = database.reader
    assert [r["coil_id"] for r in rows["coils"]] == ["O1", "N1", "D1"]
    assert [r["defect_id"] for r in rows["defects"]] == [
        d.defect_id for c in ("O1", "N1", "D1") for _, d in reader.defects(c, DefectQuery())
    ]
    assert [int(r["seq"]) for r in rows["events"]] == list(range(1, reader.newest_event() + 1))
    assert [int(r["review_id"]) for r in rows["reviews"]] == [r.review_id for r in reader.reviews()]
    assert [(r["coil_id"], r["decision"], r["operator"]) for r in rows["overrides"]] == [("O1", "accept", "kim")]
    assert [(r["coil_id"], int(r["number"]), r["recipe_name"], r["note"]) for r in rows["decisions"]] == [("D1", 2, "strict", "order 7")]
    assert [(r["file"], r["sha256"], r["why"]) for r in rows["models"]] == [("new.onnx", "2" * 64, "asked")]
    (shadow,) = rows["shadows"]
    assert (shadow["coil_id"], int(shadow["seen_lines"]), json.loads(shadow["second"])["decision"]) == ("O1", 60, "hold")
    assert reader.shadow("O1") == SHADOW
    assert [(r["periodic_id"], json.loads(r["rolls"])) for r in rows["periodic"]] == [(f"{c}-P1", ["=F5"]) for c in ("O1", "N1", "D1")]
    assert [(r["state"], int(r["again_lines"]), float(r["to_m"])) for r in rows["passages"]] == [("running", 7, 1.024)] * 3
    assert Counter(r["coil_id"] for r in rows["coverage"]) == {"O1": 2, "N1": 2, "D1": 2}
    assert len(read(out / f"defects-2026-10.{form}")) == len(read(out / f"coils-2026-11.{form}")) * 3 == 3
    for table, columns in TABLES.items():
        assert {tuple(r) for r in rows[table]} == ({tuple(columns)} if table != "origins" else set())
    listed = json.loads((out / f"export-2026-11.{form}.json").read_text())
    assert (listed["from"], listed["to"], listed["newest_event"]) == ("2026-11-01", "2026-11-30", reader.newest_event())
    assert listed["feed_id"] == reader.feed_id()
    assert listed["files"][f"coverage-2026-11.{form}"]["rows"] == 2
    assert not list(out.glob(".*"))


@pytest.mark.parametrize("form", FORMATS)
def test_the_cuts_of_a_derived_coil_are_in_a_table(url: str, database: Database, tmp_path: Path, form: str) -> None:
    fill(database)
    with database.writer.transaction() as change:
        change.derive_coil("P1", {}, [Cut("O1", to_m=0.5), Cut(None, to_m=0.1), Cut("D1", 0.5, head_to_tail=True)])
    today = datetime.now(UTC).date()
    export(url, tmp_path / "out", form, first=today, last=today)
    rows = {table: read(next((tmp_path / "out").glob(f"{table}-*.{form}"))) for table in ("coils", "defects", "origins")}
    assert "P1" in {r["coil_id"] for r in rows["coils"]}
    assert [(r["piece_id"], int(r["place"]), r["coil_id"] or None, float(r["from_m"])) for r in rows["origins"]] == [
        ("P1", 0, "O1", 0.0),
        ("P1", 1, None, 0.0),
        ("P1", 2, "D1", 0.5),
    ]
    assert {tuple(r) for r in rows["origins"]} == {tuple(TABLES["origins"])}
    assert [(r["seen_as"], r["plant_code"]) for r in rows["defects"] if r["coil_id"] == "P1"] == [("D1-000001", "210")]


def test_parquet_has_typed_values(url: str, database: Database, tmp_path: Path) -> None:
    fill(database)
    export(url, tmp_path / "out", "parquet")
    (held,) = read(tmp_path / "out" / "coils-2026-10.parquet")
    (running,) = read(tmp_path / "out" / "coils-2026-11.parquet")
    assert (held["started_at"], held["codes_version"], held["codes_sha256"]) == (OCTOBER, "1", None)
    assert (held["lines"], held["lost_lines"], held["lost_m"]) == (4096, 96, pytest.approx(0.024))
    assert (held["defects"], held["decision"], held["automatic"]) == (3, "hold", False)
    assert "coil.not_inspected" in {r["code"] for r in json.loads(held["reasons"])}
    assert (running["name"], running["finished_at"], running["status"]) == (NAME, None, Status.RUNNING.value)
    assert running["decision"] == "hold"
    whole, lost = read(tmp_path / "out" / "coverage-2026-11.parquet")
    assert (whole["state"], whole["code"], whole["args"]) == ("inspected", None, None)
    assert (lost["first_line"], lost["from_m"], lost["to_m"]) == (4000, 1.0, pytest.approx(1.024))
    assert (lost["state"], lost["code"], json.loads(lost["args"])) == ("lost", FrameDropped().code.value, FrameDropped().args)
    defects = read(tmp_path / "out" / "defects-2026-11.parquet")
    expected = defect(1, coil_id="N1", defect_id="N1-000001")
    assert {n: defects[0][n] for n in ("defect_id", "class", "along_mm", "contrast", "cut_by_gap", "side")} == {
        "defect_id": "N1-000001",
        "class": "scratch",
        "along_mm": expected.along_mm,
        "contrast": expected.contrast,
        "cut_by_gap": False,
        "side": "top",
    }


def test_csv_cannot_run_a_formula_and_nothing_of_a_text_is_lost(url: str, database: Database, tmp_path: Path) -> None:
    fill(database)
    today = datetime.now(UTC).date()
    export(url, tmp_path / "out", "csv", last=max(today, date(2026, 12, 31)))
    (coil_row,) = read(tmp_path / "out" / "coils-2026-11.csv")
    assert coil_row["name"] == f"'{NAME}"
    assert (coil_row["started_at"], coil_row["finished_at"], coil_row["automatic"]) == ("2026-11-30T23:59:59.999Z", "", "false")
    review = read(tmp_path / "out" / f"reviews-{today:%Y-%m}.csv")[0]
    assert (review["note"], review["class"]) == ("'-1 = 깊다", "scale")
    assert float(read(tmp_path / "out" / "defects-2026-11.csv")[0]["contrast"]) == -0.2
    raw = (tmp_path / "out" / "coils-2026-11.csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert "열연".encode() in raw


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", "'x", "''"])  # noqa: RUF001
def test_a_text_that_begins_like_a_formula_can_be_read_back(tmp_path: Path, text: str) -> None:
    with maker_of("csv")(tmp_path / "a.csv", {"name": TABLES["coils"]["name"]}) as file:
        file.write([{"name": text}, {"name": "a" + text}])
    first, second = (row["name"] for row in read(tmp_path / "a.csv"))
    assert (first, second) == (f"'{text}", f"a{text}")


def test_an_export_is_one_state_of_the_records(url: str, database: Database, tmp_path: Path) -> None:
    fill(database)
    (tmp_path / "out").mkdir()
    with open_snapshot(url, Recipe(), "test") as records:
        with database.writer.transaction() as change:
            change.add_coil(started("D2", DECEMBER))
            change.add_defects([defect(4, coil_id="D1", defect_id="D1-000004")])
        last = date(2026, 12, 31)
        list(write_months(records.read, SOURCE, date(2026, 12, 1), last, tmp_path / "out", "csv", maker_of("csv")))
    assert [r["coil_id"] for r in read(tmp_path / "out" / "coils-2026-12.csv")] == ["D1"]
    assert len(read(tmp_path / "out" / "defects-2026-12.csv")) == 3


def contents(folder: Path) -> dict[str, bytes]:
    return {f.name: f.read_bytes() for f in folder.iterdir() if not f.name.startswith("export-")}


def test_a_rerun_replaces_a_month_and_never_by_less(url: str, database: Database, tmp_path: Path) -> None:
    fill(database)
    out = tmp_path / "out"
    export(url, out, "csv")
    first = contents(out)
    export(url, out, "csv")
    assert contents(out) == first
    with database.writer.transaction() as change:
        change.add_defects([defect(4, coil_id="D1", defect_id="D1-000004")])
    export(url, out, "csv", first=date(2026, 12, 1))
    second = contents(out)
    assert {name for name in first if first[name] != second[name]} == {"defects-2026-12.csv"}
    with pytest.raises(SkelpError, match="it is not replaced"):
        export(url, out, "csv", first=date(2026, 10, 1), last=date(2026, 10, 29))
    with pytest.raises(SkelpError, match="is of station 'mill'"):
        export(url, out, "csv", station="mill 2")
    assert contents(out) == second
    assert len(list(out.glob("export-*.json"))) == 3


@pytest.mark.parametrize("form", FORMATS)
def test_a_failure_in_the_middle_leaves_the_files_of_before(url: str, database: Database, tmp_path: Path, form: str) -> None:
    fill(database)
    out = tmp_path / "out"
    export(url, out, form)
    before = contents(out)
    with open_snapshot(url, Recipe(), "test") as records:

        def failing(table: str, period: Any) -> Any:
            yield from records.read(table, period)
            if table == "reviews":
                raise OSError(28, "No space left on device")

        with pytest.raises(SkelpError, match="free space on this disk"):
            list(write_months(failing, SOURCE, date(2026, 11, 1), date(2026, 11, 30), out, form, maker_of(form)))
    assert contents(out) == before
    assert (out / f"export-2026-11.{form}.json").is_file()


@pytest.mark.parametrize("form", FORMATS)
def test_memory_does_not_grow_with_the_number_of_rows(
    url: str, database: Database, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def peak_bytes(out: Path) -> int:
        gc.freeze()  # what earlier tests left would put off the collection of cycles
        tracemalloc.start()
        export(url, out, form, first=date(2026, 10, 1), last=date(2026, 10, 31))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        gc.unfreeze()
        return peak

    def add(first: int, number: int) -> None:
        found = [defect(n, coil_id="O1", defect_id=f"O1-{n:06d}", patch=None, severity=0) for n in range(first, first + number)]
        with database.writer.transaction() as change:
            change.add_defects(found)

    monkeypatch.setattr("skelp.sinks.sql.snapshot.BATCH", 100)
    with database.writer.transaction() as change:
        change.add_coil(started("O1", OCTOBER))
    add(0, 500)
    export(url, tmp_path / "warm", form)
    small = peak_bytes(tmp_path / "small")
    add(500, 4500)
    assert peak_bytes(tmp_path / "large") < 2 * small
    assert len(read(tmp_path / "large" / f"defects-2026-10.{form}")) == 5000


def test_a_database_of_another_version_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(SkelpError, match="start the station once"), open_snapshot(url, Recipe(), "test"):
        pass


def test_events_have_their_data_as_json_and_their_time_in_utc(url: str, database: Database, tmp_path: Path) -> None:
    with database.writer.transaction() as change:
        change.add_coil(started("O1", OCTOBER))
        change.record_interval("O1", "cam", Interval(0, 10, State.LOST, FrameShort(512)))
        change.publish(OpticsReference())
    today = datetime.now(UTC).date()
    export(url, tmp_path / "out", "parquet", first=today, last=today)
    events = read(tmp_path / "out" / f"events-{today:%Y-%m}.parquet")
    assert [json.loads(e["data"]).get("reason", {}).get("code") for e in events] == [None, "line.frame_short", None]
    assert {e["time"].tzinfo is not None for e in events} == {True}
