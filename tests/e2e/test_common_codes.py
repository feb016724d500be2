"""The codes of a file are written on what is found, and kept when the file changes; a class without a code is refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from skelp.cli import main
from tests.conftest import ROOT
from tests.e2e.test_inspect import run, strip
from tests.e2e.test_station import started, station_file

__all__ = ["strip"]


def codes_file(folder: Path, version: str, plant: str, class_name: str = "bright") -> None:
    (folder / "codes.toml").write_text(
        f'name = "mill"\nversion = "{version}"\n[classes.{class_name}]\nplant = "{plant}"\ncluster = "SURF-B"\ntext = {{ ko = "밝음" }}\n'
    )


@pytest.mark.alone
def test_codes_are_those_of_the_time_when_the_steel_passed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = station_file(tmp_path, limit=130)
    file.write_text(f'codes = "{tmp_path}/codes.toml"\n' + file.read_text())
    for version, plant in (("1", "110"), ("2", "999")):
        codes_file(tmp_path, version, plant)
        with started(file) as station:
            station.client.announce(f"K{version}")
            station.wait_for_coil(f"K{version}", lambda c: c.defects > 0)
            station.client.finish(f"K{version}")
            station.wait_for_coil(f"K{version}", lambda c: c.status == "final")
            for coil_id, code in (("K1", "110"), ("K2", "999"))[: int(version)]:
                coil = station.client.coil(coil_id)
                assert coil.codes
                assert coil.codes.version == coil_id[1:]
                assert {d.codes.plant for d in station.client.defects(coil_id) if d.codes} == {code}
                kept = station.client.kept_codes(coil.codes.sha256)
                assert (kept.classes["bright"].plant, kept.classes["bright"].text) == (code, {"ko": "밝음"})
    codes_file(tmp_path, "3", "1", class_name="brightness")
    assert main(["run", str(file)]) == 1
    assert "class bright of the model has no code; write [classes.bright]" in " ".join(capsys.readouterr().err.split())


def test_inspect_writes_the_common_codes_of_each_defect(strip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = ROOT / "edge" / "codes" / "example.toml"
    code, _, _ = run(capsys, "inspect", strip, "--out", tmp_path / "out", "--codes", example)
    assert code == 0
    assert json.loads((tmp_path / "out" / "coil.json").read_text())["codes"]["name"] == "example-mill"
    with (tmp_path / "out" / "defects.csv").open() as f:
        assert [(r["class"], r["plant_code"]) for r in csv.DictReader(f)] == [("scratch", "210"), ("patch", "120"), ("inclusion", "110")]
    lacking = tmp_path / "codes.toml"
    lacking.write_text(example.read_text().split("[default]")[0].replace("[classes.roll_mark]", "[classes.dross]"))
    code, _, said = run(capsys, "inspect", strip, "--out", tmp_path / "none", "--codes", lacking)
    assert code == 1
    assert "class roll_mark of the model has no code" in said
    assert not (tmp_path / "none").exists()
