"""`skelp flatfield` on a simulated camera whose image is darker at its sides makes the image even."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from skelp.calibration import grab
from skelp.cameras import make_sources
from skelp.cli import main
from skelp.config import load_station
from tests.fakes import U8
from tests.linesim import producer

WIDTH = 512
FALL_OFF = 0.45 + 0.55 * np.cos(np.linspace(-1.2, 1.2, WIDTH))


def show(folder: Path, grey: float) -> None:
    """Shows the camera a surface of this brightness from now on."""
    rng = np.random.default_rng(int(grey))
    surface = 6 + grey * FALL_OFF[None] * rng.uniform(0.9, 1.1, (512, 1)) + rng.normal(0, 1.5, (512, WIDTH))
    cv2.imwrite(str(folder / "strip.pgm"), np.clip(surface, 0, 255).astype(np.uint8))


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LINESIM_STRIP", str(tmp_path / "strip.pgm"))
    (tmp_path / "top.toml").write_text(
        f'producer = "{producer()}"\nserial = "LS0000"\nwidth = {WIDTH}\nframe_lines = 128\nline_rate_hz = 12800   # free\n'
        'mm_per_px = 0.25\nmm_per_line = 0.25\nfeatures = [["AcquisitionLineRate", 12800.0]]\n'
    )
    (tmp_path / "station.toml").write_text(f'[[cameras]]\nkind = "genicam"\nname = "top"\nfile = "{tmp_path}/top.toml"\n')
    return tmp_path


def flatfield(station: Path, kind: str) -> int:
    return main(["flatfield", str(station / "station.toml"), kind, "--lines", "1024"])


def image(station: Path) -> U8:
    return grab(make_sources(load_station(station / "station.toml").cameras), 512)["top"]


def test_after_the_dark_and_the_white_reference_the_image_is_even(station: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(station, 0)
    assert flatfield(station, "dark") == 0
    assert "take the white reference next" in capsys.readouterr().out
    show(station, 200)
    assert np.ptp(image(station).mean(axis=0)) > 60
    assert flatfield(station, "white") == 0
    assert "gain 0." in capsys.readouterr().out
    text = (station / "top.toml").read_text()
    assert 'flat_field = "top.flat.npz"' in text
    assert "# free" in text
    show(station, 120)
    assert np.ptp(image(station).mean(axis=0)) < 4


def test_an_image_too_bright_or_too_dark_is_refused_and_nothing_is_written(station: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(station, 200)
    assert flatfield(station, "dark") == 1
    assert "put the lens cap on" in capsys.readouterr().err
    show(station, 10)
    assert flatfield(station, "white") == 1
    assert "change exposure or light" in capsys.readouterr().err
    assert flatfield(station, "grey") == 1
    assert "there is no reference grey; give dark or white" in capsys.readouterr().err
    assert not list(station.glob("*.npz"))
    assert "flat_field" not in (station / "top.toml").read_text()
