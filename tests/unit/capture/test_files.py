from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from skelp.capture.files import FileSource, continues
from skelp.capture.synthetic import SyntheticConfig, SyntheticStrip
from skelp.domain.errors import SkelpError
from skelp.domain.reasons import Code, FileBlank, FilePages, FileRepeated, FileWidth
from skelp.domain.strip import CameraFrame, Capture, LostLines, Scale
from skelp.pictures.listing import list_pictures
from tests.conftest import PHOTOGRAPHS

SCALE = Scale(0.5, 0.5)
GREY = np.tile(np.arange(64, dtype=np.uint8), (32, 1)) * 3


def read(folder: Path) -> list[Capture[Any]]:
    with FileSource(list_pictures([folder]).files, SCALE) as source:
        return list(source.captures())


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.bmp", "a.tif", "a.tiff", "A.JPEG"])
def test_formats(tmp_path: Path, name: str) -> None:
    Image.fromarray(GREY).save(tmp_path / name)
    (frame,) = read(tmp_path)
    assert isinstance(frame, CameraFrame)
    assert frame.pixels.dtype == np.uint8
    assert np.abs(frame.pixels.astype(int) - GREY).max() <= 8


@pytest.mark.parametrize(
    ("deep", "name"),
    [
        (GREY.astype(np.uint16) * 257, "a.png"),
        (GREY.astype(np.uint16) * 257, "a.tif"),
    ],
)
def test_16_bit_images_become_8_bit(tmp_path: Path, deep: NDArray[np.uint16], name: str) -> None:
    Image.fromarray(deep).save(tmp_path / name)
    (frame,) = read(tmp_path)
    assert isinstance(frame, CameraFrame)
    assert np.abs(frame.pixels.astype(int) - GREY).max() <= 1


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "CMYK", "1"])
def test_colour_becomes_grey(tmp_path: Path, mode: str) -> None:
    Image.fromarray(GREY).convert(mode).save(tmp_path / ("a.tif" if mode == "CMYK" else "a.png"))
    (frame,) = read(tmp_path)
    assert isinstance(frame, CameraFrame)
    assert frame.pixels.shape == GREY.shape


def test_a_picture_that_is_there_twice_is_lost_the_second_time(tmp_path: Path) -> None:
    """Two places of a strip never give the same pixels: a copy, or a stale buffer of a camera. What is blank says nothing."""
    for n, pixels in enumerate([GREY, GREY + 1, GREY, np.zeros_like(GREY), np.zeros_like(GREY)]):
        Image.fromarray(pixels).save(tmp_path / f"{n}.{'bmp' if n == 2 else 'png'}")
    captures = read(tmp_path)
    (lost,) = [c for c in captures if isinstance(c, LostLines)]
    assert lost.reason == FileRepeated("2.bmp", other="0.png")
    assert (lost.first_line, lost.lines) == (2 * len(GREY), len(GREY))


@pytest.mark.parametrize("grey", [0, 14, 15, 128, 253, 254])
def test_a_picture_of_one_grey_is_no_picture_of_steel(grey: int, tmp_path: Path) -> None:
    """What is dark or overexposed is judged by the line, which has reasons for it."""
    for n, pixels in enumerate([GREY, np.full_like(GREY, grey)]):
        Image.fromarray(pixels).save(tmp_path / f"{n}.png")
    lost = [c.reason for c in read(tmp_path) if isinstance(c, LostLines)]
    assert lost == ([FileBlank("1.png", grey=grey)] if 14 < grey < 254 else [])


@pytest.mark.parametrize(("width", "fits"), [(1, False), (31, False), (32, True)])
def test_pictures_that_are_too_narrow_for_a_strip_are_refused(width: int, fits: bool, tmp_path: Path) -> None:
    Image.fromarray(GREY[:, :width]).save(tmp_path / "1.png")
    if fits:
        assert len(read(tmp_path)) == 1
    else:
        with pytest.raises(SkelpError, match=f"{width} px wide"):
            read(tmp_path)


def test_a_file_that_cannot_be_read_is_lost_with_its_reason(tmp_path: Path) -> None:
    for n in (1, 3, 7):
        Image.fromarray(GREY + n).save(tmp_path / f"{n}.png")
    (tmp_path / "2.png").write_text("no image at all")
    Image.fromarray(np.tile(GREY, (20, 1))).save(tmp_path / "4.jpg", quality=95)
    whole = (tmp_path / "4.jpg").read_bytes()
    (tmp_path / "4.jpg").write_bytes(whole[: len(whole) // 2])
    Image.fromarray(GREY[:, :40]).save(tmp_path / "5.png")
    Image.fromarray(GREY).save(tmp_path / "6.tif", save_all=True, append_images=[Image.fromarray(GREY)])
    (tmp_path / "8.png").write_bytes(b"")
    captures = read(tmp_path)
    lost = {c.reason.args["file"]: c for c in captures if isinstance(c, LostLines)}
    assert set(lost) == {"2.png", "4.jpg", "5.png", "6.tif", "8.png"}
    assert lost["2.png"].reason == lost["8.png"].reason.coded(Code.FILE_NOT_AN_IMAGE, {"file": "2.png", "assumed_lines": 32})
    assert lost["2.png"].lines == 32
    assert (lost["4.jpg"].reason.code, lost["4.jpg"].lines) == (Code.FILE_BROKEN, 640)
    assert lost["5.png"].reason == FileWidth("5.png", width_px=40, strip_px=64)
    assert lost["6.tif"].reason == FilePages("6.tif", pages=2)
    ends = [c.first_line + c.lines for c in captures]
    assert [c.first_line for c in captures] == [0, *ends[:-1]]


@pytest.mark.parametrize("make", [lambda p: None, lambda p: (p / "a.png").write_text("x"), lambda p: (p / "notes.txt").write_text("x")])
def test_a_folder_without_a_readable_image_is_refused(tmp_path: Path, make: object) -> None:
    make(tmp_path)  # type: ignore[operator]
    with pytest.raises(SkelpError, match=r"no picture|none of 1 files"):
        read(tmp_path)


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(SkelpError, match="missing"):
        list_pictures([tmp_path / "missing"])


def test_pieces_of_one_strip_continue_each_other() -> None:
    strip = SyntheticStrip(SyntheticConfig(seed=2, width=512)).pixels(0, 2000)
    other = SyntheticStrip(SyntheticConfig(seed=3, width=512)).pixels(0, 500)
    assert all(continues(strip[:n], strip[n:]) for n in range(100, 1900, 100))
    assert not continues(strip[:500], other)


@pytest.mark.photographs
def test_photographs_of_different_places_do_not_continue_each_other() -> None:
    images = list_pictures([PHOTOGRAPHS / "line-scan-strips" / "images"]).files
    with FileSource(images, SCALE) as source:
        frames = [c for c in source.captures() if isinstance(c, CameraFrame)]
    assert len(frames) == 88
    assert [f.breaks for f in frames] == [False] + [True] * 87
    assert all(continues(f.pixels[:n], f.pixels[n:]) for f in frames for n in (64, 128, 200))
