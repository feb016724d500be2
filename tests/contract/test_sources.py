"""Every frame source fulfils the contract of ports.FrameSource. A new camera adds one row to PLAIN."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from skelp.capture.files import FileSource
from skelp.capture.genicam.settings import CameraSettings
from skelp.capture.genicam.source import GenicamSource
from skelp.capture.isolated import IsolatedSource
from skelp.capture.synthetic import SyntheticConfig, SyntheticSource
from skelp.domain.strip import CameraFrame, CameraView, Capture, LostLines, Scale
from skelp.pictures.listing import list_pictures
from skelp.ports import FrameSource
from tests import gige
from tests.linesim import settings

pytestmark = pytest.mark.alone

LINES = 900


def synthetic(_: Path) -> FrameSource:
    return SyntheticSource(SyntheticConfig(width=256, lines=LINES, frame_lines=128))


def losing(_: Path) -> FrameSource:
    return SyntheticSource(SyntheticConfig(width=256, lines=LINES, frame_lines=50, drop_rate=0.4))


def live(_: Path) -> FrameSource:
    return SyntheticSource(SyntheticConfig(width=256, lines=LINES, frame_lines=128, line_rate_hz=20_000))


def files(folder: Path) -> FrameSource:
    rng = np.random.default_rng(1)
    for n in range(9):
        Image.fromarray(rng.integers(0, 256, (100, 256), np.uint8)).save(folder / f"{n}.png")
    (folder / "5.png").write_text("broken")
    return FileSource(list_pictures([folder]).files, Scale(1, 1))


def viky(_: Path) -> FrameSource:
    """The simulated area-scan camera inside the genicam package: frames of 300 lines, 20 a second."""
    settings = CameraSettings(mm_per_px=1, mm_per_line=1, producer="viky", serial="0", width=256, frame_lines=300, first_frame_id=1)
    return GenicamSource(settings, CameraView("viky", 256, Scale(1, 1)))


def linesim(_: Path) -> FrameSource:
    return GenicamSource(settings(frame_lines=50), CameraView("ls", 256, Scale(1, 1)))


def gige_vision(_: Path) -> FrameSource:
    """The simulated GigE Vision camera of Aravis, over loopback."""
    return GenicamSource(gige.settings(), CameraView("gige", gige.WIDTH, Scale(1, 1)))


def faulty(_: Path) -> FrameSource:
    faults = (("SimDropEvery", 4), ("SimShortEvery", 3), ("SimIncompleteEvery", 7))
    return GenicamSource(settings(*faults, frame_lines=50), CameraView("ls", 256, Scale(1, 1)))


def _make_in_child(make: Callable[[Path], FrameSource], folder: Path, publish: object) -> FrameSource:
    del publish
    return make(folder)


def isolated(make: Callable[[Path], FrameSource]) -> Callable[[Path], FrameSource]:
    """The same source in a child process."""
    return lambda folder: IsolatedSource(partial(_make_in_child, make, folder), frame_lines=512)


PLAIN: list[Callable[[Path], FrameSource]] = [synthetic, losing, live, files, viky, linesim, gige_vision, faulty]
SOURCES = [pytest.param(m, id=m.__name__) for m in PLAIN] + [pytest.param(isolated(m), id=f"{m.__name__}-isolated") for m in PLAIN]


def read(source: FrameSource) -> list[Capture[Any]]:
    """Reads the first LINES lines; a camera has no end."""
    captures: list[Capture[Any]] = []
    for capture in source.captures():
        captures += [capture] if capture else []
        if sum(c.lines for c in captures) >= LINES:
            break
    return captures


@pytest.mark.parametrize("make", SOURCES)
def test_lines_come_in_order_without_holes(make: Callable[[Path], FrameSource], tmp_path: Path) -> None:
    with make(tmp_path) as source:
        captures = read(source)
        width = source.view.width
    expected = 0
    for capture in captures:
        assert capture.first_line == expected
        assert capture.lines > 0
        assert capture.camera == source.view.camera
        expected += capture.lines
        if isinstance(capture, CameraFrame):
            assert capture.pixels.dtype == np.uint8
            assert capture.pixels.shape[1] == width
            assert capture.pixels.flags.writeable or isinstance(source, FileSource)
    assert expected == LINES


@pytest.mark.parametrize("make", [losing, files, faulty])
def test_a_loss_has_a_reason(make: Callable[[Path], FrameSource], tmp_path: Path) -> None:
    with make(tmp_path) as source:
        lost = [c for c in read(source) if isinstance(c, LostLines)]
    assert lost
    assert all(loss.reason for loss in lost)


@pytest.mark.parametrize("make", SOURCES)
def test_after_reopening_it_counts_the_same_lines(make: Callable[[Path], FrameSource], tmp_path: Path) -> None:
    source = make(tmp_path)
    runs = []
    for _ in range(2):
        with source:
            runs.append([(c.first_line, c.lines, c.reason if isinstance(c, LostLines) else "") for c in read(source)])
    assert runs[0] == runs[1]


@pytest.mark.parametrize("make", [synthetic, losing, files, linesim])
def test_a_simulation_gives_the_same_pixels_again(make: Callable[[Path], FrameSource], tmp_path: Path) -> None:
    source = make(tmp_path)
    runs = []
    for _ in range(2):
        with source:
            runs.append([c.pixels.tobytes() for c in read(source) if isinstance(c, CameraFrame)])
    assert runs[0] == runs[1]


@pytest.mark.parametrize("make", SOURCES)
def test_it_can_be_closed_before_its_end_and_twice(make: Callable[[Path], FrameSource], tmp_path: Path) -> None:
    source = make(tmp_path)
    with source:
        next(iter(source.captures()))
    source.__exit__(None, None, None)
