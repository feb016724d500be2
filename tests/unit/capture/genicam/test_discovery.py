"""`skelp doctor` lists producers and cameras."""

from __future__ import annotations

from pathlib import Path

import pytest

from skelp.capture.genicam.discovery import devices, producers
from skelp.doctor import examine
from tests.linesim import producer


def test_producers_are_found_in_the_folders_of_the_standard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.cti").touch()
    (tmp_path / "a.txt").touch()
    monkeypatch.setenv("GENICAM_GENTL64_PATH", f"/nowhere:{tmp_path}")
    assert producers() == [str(tmp_path / "a.cti")]
    assert devices(str(tmp_path / "a.cti")) == []


def test_doctor_names_each_camera_by_its_serial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENICAM_GENTL64_PATH", str(Path(producer()).parent))
    monkeypatch.setenv("LINESIM_DEVICES", "2")
    found = {f.subject: f.text for f in examine(tmp_path)}
    assert found["camera LS0000"].startswith("skelp LineSim, free, at ")
    assert "camera LS0001" in found
    monkeypatch.setenv("GENICAM_GENTL64_PATH", "")
    assert "set GENICAM_GENTL64_PATH" in {f.subject: f.text for f in examine(tmp_path)}["camera genicam"]
