"""`skelp backup` and `skelp restore` on the records that a station file names."""

from __future__ import annotations

from pathlib import Path

import pytest

from skelp.domain.errors import SkelpError
from skelp.domain.recipe import Recipe
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
