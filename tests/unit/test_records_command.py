"""`skelp backup`, `skelp restore` and `skelp tables` on the records that a station file names."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
from skelp.sinks.columns import TABLES
from skelp.sinks.storage import open_storage
from tests.fakes import coil
from tests.unit.conftest import skelp


def test_a_backup_is_made_while_the_station_runs_and_restored_when_it_has_ended(
    station: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, data = tmp_path / "backup.db", tmp_path / "data"
    with open_storage(data, None, Recipe(), "hot mill") as database:
        with database.writer.transaction() as change:
            change.add_coil(coil("K1"))
        skelp("backup", file, "--station", station)
        assert f"{file}: records of hot mill up to event 1" in capsys.readouterr().out
        with database.writer.transaction() as change:
            change.add_coil(coil("K2"))
        with pytest.raises(SkelpError, match="is in use by station 'hot mill'"):
            skelp("restore", file, "--station", station)
    skelp("restore", file, "--station", station)
    (kept,) = data.glob("skelp.db.replaced-*")
    assert str(kept) in capsys.readouterr().out
    with open_storage(data, None, Recipe(), "hot mill") as database:
        assert [c.coil_id for c in database.reader.coils(before=None, limit=9)] == ["K1"]


def test_a_backup_of_another_station_is_restored_where_its_name_is_given(station: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    with open_storage(tmp_path / "data", None, Recipe(), "hot mill"):
        pass
    skelp("backup", file, "--station", station)
    station.write_text(station.read_text().replace("hot mill", "cold mill"))
    with pytest.raises(SkelpError, match="--of-station"):
        skelp("restore", file, "--station", station)
    skelp("restore", file, "--station", station, "--of-station", "hot mill")


def test_tables_are_written_while_the_station_runs(station: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, range_ = tmp_path / "out", ("--from", "2026-11-01", "--to", "2026-12-31")
    with open_storage(tmp_path / "data", None, Recipe(), "hot mill") as database:
        with database.writer.transaction() as change:
            change.add_coil(coil("K1"))
        skelp("tables", *range_, "--out", out, "--station", station)
        skelp("tables", *range_, "--out", out, "--station", station, "--format", "parquet")
    said = capsys.readouterr().out.split()
    assert said == [str(out / f"export-2026-{month}.{form}.json") for form in ("csv", "parquet") for month in (11, 12)]
    assert len(list(out.iterdir())) == 4 * (len(TABLES) + 1), "each table and what says what they are"
    assert "K1" in (out / "coils-2026-11.csv").read_text()


def test_tables_name_the_station_that_the_records_are_of(station: Path, tmp_path: Path) -> None:
    with open_storage(tmp_path / "data", None, Recipe(), "hot mill") as database, database.writer.transaction() as change:
        change.add_coil(coil("K1"))
    station.write_text(station.read_text().replace("hot mill", "cold mill"))
    skelp("tables", "--from", "2026-11-01", "--to", "2026-11-30", "--out", tmp_path / "out", "--station", station)
    assert '"station": "hot mill"' in (tmp_path / "out" / "export-2026-11.csv.json").read_text()


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (("--to", "2026-10-31"), "is before"),
        (("--to", "2026-11-31"), "2026-11-31"),
        (("--to", "2026-12-01", "--format", "xlsx"), "parquet"),
    ],
)
def test_tables_of_days_or_formats_that_cannot_be_are_refused(station: Path, tmp_path: Path, more: tuple[str, ...], expected: str) -> None:
    with pytest.raises(typer.BadParameter, match=expected):
        skelp("tables", "--from", "2026-11-01", *more, "--out", tmp_path / "out", "--station", station)
    assert not (tmp_path / "out").exists()
