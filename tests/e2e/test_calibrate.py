"""`skelp calibrate` on two simulated GenICam cameras finds scale and overlap and writes them into the camera files."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from skelp.capture.genicam.settings import load_camera_file
from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip
from skelp.cli import main
from tests.linesim import producer

STATION = 'name = "two"\n[[cameras]]\nkind = "genicam"\nname = "left"\nfile = "{0}/left.toml"\n'
STATION += '[[cameras]]\nkind = "genicam"\nname = "right"\nfile = "{0}/right.toml"\n'


def camera_file(folder: Path, name: str, serial: str, offset_x: int) -> Path:
    file = folder / f"{name}.toml"
    file.write_text(
        f'# the {name} camera\nproducer = "{producer()}"\nserial = "{serial}"\nwidth = 512\nframe_lines = 128\n'
        "mm_per_px = 1.0   # to be found\nmm_per_line = 1.0\nencoder_counts_per_line = 2\nfeatures = [\n"
        f'  ["OffsetX", {offset_x}], ["TriggerSelector", "LineStart"], ["TriggerSource", "Encoder0"], ["TriggerMode", "On"],\n'
        '  ["EncoderDivider", 2], ["SimEncoderRate", 8000.0], ["SimStripClock", true],\n]\n'
    )
    return file


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two cameras with 64 px of overlap over 4,000 lines of simulated strip. A checkerboard with squares of 32 px lies on its left side."""
    steel = np.asarray(SyntheticStrip(SyntheticConfig(seed=5, width=960, lines=4000)).pixels(0, 4000), np.uint8)
    steel[400:1000, 100:440] = 200
    steel[500:724, 150:406] = np.kron(np.indices((7, 8)).sum(axis=0) % 2 * 150 + 40, np.ones((32, 32))).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "strip.pgm"), steel)
    monkeypatch.setenv("LINESIM_STRIP", str(tmp_path / "strip.pgm"))
    monkeypatch.setenv("LINESIM_DEVICES", "2")
    camera_file(tmp_path, "left", "LS0000", 0)
    camera_file(tmp_path, "right", "LS0001", 448)
    (tmp_path / "station.toml").write_text(STATION.format(tmp_path))
    return tmp_path


def test_overlap_and_scale_are_found_and_written(station: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", str(station / "station.toml"), "--lines", "2048"]) == 0
    output = " ".join(capsys.readouterr().out.split())
    assert "first_column = 448" in output
    assert "overlaps left by 64 px" in output
    assert "nothing was written" in output
    assert load_camera_file(station / "right.toml").first_column == 0

    assert main(["calibrate", str(station / "station.toml"), "--lines", "2048", "--write"]) == 0
    assert main(["calibrate", str(station / "station.toml"), "--lines", "5000", "--square-mm", "8", "--corners", "7x6", "--write"]) == 0
    left, right = load_camera_file(station / "left.toml"), load_camera_file(station / "right.toml")
    assert (left.first_column, right.first_column, right.behind_mm) == (0, 448, 0)
    assert (left.mm_per_px, left.mm_per_line) == pytest.approx((0.25, 0.25), rel=0.005)
    assert right.mm_per_px == 1.0  # it saw no board
    assert "no checkerboard of 7 x 6" in " ".join(capsys.readouterr().out.split())
    text = (station / "left.toml").read_text()
    assert text.startswith("# the left camera")
    assert "# to be found" in text


def test_cameras_without_overlap_are_refused_and_nothing_is_written(station: Path, capsys: pytest.CaptureFixture[str]) -> None:
    camera_file(station, "right", "LS0001", 512)
    before = (station / "right.toml").read_text()
    assert main(["calibrate", str(station / "station.toml"), "--lines", "2048", "--write"]) == 1
    assert "do not show where they overlap" in capsys.readouterr().err
    assert (station / "right.toml").read_text() == before
