"""One reader for pictures: every kind of file gives its pixels, or the reason why it does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from skelp.domain.errors import SkelpError
from skelp.domain.reasons import Code, Unread
from skelp.pictures.depth import PLAIN, Reading
from skelp.pictures.reader import grey_or_fault, read_grey, read_label_values
from skelp.pictures.samples import read_header
from tests.pictures import EXACT, NEAR, Array, pillow, tiff

GREY = np.random.default_rng(3).integers(40, 250, (48, 64), dtype=np.uint8)
SMOOTH = np.tile(np.linspace(40, 240, 64).astype(np.uint8), (48, 1))


@pytest.mark.parametrize("kind", EXACT)
def test_every_kind_of_file_gives_the_pixels_that_were_written(kind: str, tmp_path: Path) -> None:
    file = EXACT[kind](tmp_path, GREY)
    assert np.array_equal(read_grey(file), GREY)
    header = read_header(file, "turn")
    assert (header.lines, header.width, header.fault) == (*GREY.shape, None)


@pytest.mark.parametrize("kind", NEAR)
def test_a_kind_of_file_with_losses_gives_nearly_the_pixels_that_were_written(kind: str, tmp_path: Path) -> None:
    assert np.abs(read_grey(NEAR[kind](tmp_path, SMOOTH)).astype(int) - SMOOTH).max() <= 4


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(kind=st.sampled_from([*EXACT, *NEAR]), lines=st.integers(1, 40), width=st.integers(1, 40), seed=st.integers(0, 2**16))
def test_a_picture_of_any_size_is_read_or_refused_and_the_header_agrees(
    kind: str, lines: int, width: int, seed: int, tmp_path: Path
) -> None:
    grey = np.random.default_rng(seed).integers(64, 190, (lines, width), dtype=np.uint8)
    file = {**EXACT, **NEAR}[kind](tmp_path, grey)
    found = grey_or_fault(file)
    header = read_header(file, "turn")
    assert isinstance(found, np.ndarray)
    assert found.shape == grey.shape == (header.lines, header.width)
    if kind in EXACT:
        assert np.array_equal(found, grey)


@pytest.mark.parametrize("kind", [*EXACT, *NEAR])
def test_a_file_that_was_cut_off_never_gives_other_pixels(kind: str, tmp_path: Path) -> None:
    file = {**EXACT, **NEAR}[kind](tmp_path, GREY)
    whole, pixels = file.read_bytes(), read_grey(file)
    for length in range(0, len(whole), max(1, len(whole) // 60)):
        file.write_bytes(whole[:length])
        found = grey_or_fault(file)
        assert isinstance(found, Unread) or np.array_equal(found, pixels), f"cut at {length} of {len(whole)} bytes"


@pytest.mark.parametrize("kind", ["png", "palette", "png of 16 bits", "png of 16-bit colours"])
def test_a_damaged_byte_of_a_file_with_checksums_never_gives_other_pixels(kind: str, tmp_path: Path) -> None:
    file = EXACT[kind](tmp_path, GREY)
    whole, pixels = file.read_bytes(), read_grey(file)
    for at in range(0, len(whole), max(1, len(whole) // 80)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        found = grey_or_fault(file)
        assert isinstance(found, Unread) or np.array_equal(found, pixels), f"damaged at {at}"


def test_a_jpeg_that_was_cut_and_closed_again_is_refused(tmp_path: Path) -> None:
    file = NEAR["jpg"](tmp_path, GREY)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) * 2 // 3] + b"\xff\xd9")
    found = grey_or_fault(file)
    assert isinstance(found, Unread)
    assert found.code is Code.FILE_BROKEN


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif", "a.webp", "deep.tif"])
def test_exif_turns_pictures_of_every_format_alike(name: str, orientation: int, tmp_path: Path) -> None:
    stored = Image.fromarray(SMOOTH[:, :40] // 2 + np.arange(48, dtype=np.uint8)[:, None])
    exif = Image.Exif()
    exif[0x0112] = orientation
    if name == "deep.tif":
        tags = [(274, "H", 1, orientation, True)]
        tifffile.imwrite(tmp_path / name, np.asarray(stored).astype(np.uint32) * 257, extratags=tags)
    else:
        lossless: dict[str, Any] = {} if name == "a.tif" else {"quality": 100}
        stored.convert("RGB" if name == "a.webp" else "L").save(tmp_path / name, exif=exif, **lossless)
    turns: dict[int, Callable[[Array], Array]] = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.T,
        6: lambda a: np.rot90(a, -1),
        7: lambda a: a[::-1, ::-1].T,
        8: np.rot90,
    }
    expected = turns[orientation](np.asarray(stored))
    found = read_grey(tmp_path / name, Reading(bits=16))
    assert found.shape == expected.shape
    assert np.abs(found.astype(int) - expected).max() <= 3
    header = read_header(tmp_path / name, "turn")
    assert (header.lines, header.width) == found.shape


def test_values_of_12_bits_in_a_16_bit_file_need_a_stated_depth(tmp_path: Path) -> None:
    for name in ("a.png", "a.tif"):
        Image.fromarray(GREY.astype(np.uint16) * 16).save(tmp_path / name)
        assert np.array_equal(read_grey(tmp_path / name, Reading(bits=12)), GREY)
        found = grey_or_fault(tmp_path / name)
        assert isinstance(found, Unread)
        assert (found.code, found.args["used_bits"], found.args["file_bits"]) == (Code.FILE_DEPTH, 12, 16)


def test_one_dark_picture_changes_nothing_about_another(tmp_path: Path) -> None:
    dark, bright = GREY.astype(np.uint16) // 16, GREY.astype(np.uint16) * 16
    for name, values in (("dark.png", dark), ("bright.png", bright)):
        Image.fromarray(values).save(tmp_path / name)
    assert np.array_equal(read_grey(tmp_path / "dark.png", Reading(bits=12)), dark >> 4)
    assert np.array_equal(read_grey(tmp_path / "bright.png", Reading(bits=12)), GREY)


@pytest.mark.parametrize(
    ("write", "reading", "code"),
    [
        (tiff("a.tif", lambda g: g.astype(np.uint16) * 257), Reading(bits=12), Code.FILE_VALUES),
        (tiff("a.tif", lambda g: g.astype(np.int16) - 200), Reading(bits=12), Code.FILE_VALUES),
        (tiff("a.tif", lambda g: g.astype(np.uint32) * 1000), PLAIN, Code.FILE_VALUES),
        (tiff("a.tif", lambda g: g.astype(np.uint32)), PLAIN, Code.FILE_DEPTH),
        (tiff("a.tif", lambda g: (g.astype(int) - 128).astype(np.int8)), PLAIN, Code.FILE_VALUES),
        (tiff("a.tif", lambda g: (g >> 1).astype(np.int8)), PLAIN, Code.FILE_DEPTH),
        (tiff("a.tif", lambda g: np.dstack([g, 255 - g]), planarconfig="contig", extrasamples=[0]), PLAIN, Code.FILE_FORMAT),
        (tiff("a.tif", lambda g: np.stack([g, 255 - g]), planarconfig="separate", photometric="minisblack"), PLAIN, Code.FILE_FORMAT),
        (tiff("a.tif", lambda g: np.dstack([g, 255 - g]), planarconfig="contig", extrasamples=[1]), PLAIN, Code.FILE_TRANSPARENT),
        (tiff("a.tif", lambda g: np.dstack([g] * 4), photometric="rgb", extrasamples=[0]), PLAIN, Code.FILE_FORMAT),
        (tiff("a.tif", lambda g: np.dstack([g] * 5), planarconfig="contig", photometric="minisblack"), PLAIN, Code.FILE_FORMAT),
        (tiff("a.tif", lambda g: g.astype(np.int16) * 120), PLAIN, Code.FILE_DEPTH),
        (tiff("a.tif", lambda g: g / np.float32(255)), PLAIN, Code.FILE_NO_RANGE),
        (tiff("a.tif", lambda g: g / 255), PLAIN, Code.FILE_NO_RANGE),
        (tiff("a.tif", lambda g: g / np.float32(255)), Reading(float_range=(0, 0.5)), Code.FILE_BEYOND_RANGE),
        (tiff("a.tif", lambda g: np.where(g > 200, np.nan, g).astype(np.float32)), Reading(float_range=(0, 255)), Code.FILE_NOT_FINITE),
        (tiff("a.tif", lambda g: np.stack([g, g])), PLAIN, Code.FILE_PAGES),
        (tiff("a.tif", lambda g: np.stack([g, g]), imagej=True), PLAIN, Code.FILE_PAGES),
        (tiff("a.tif", lambda g: np.stack([g.astype(np.uint16)] * 3), imagej=True), PLAIN, Code.FILE_PAGES),
        (tiff("a.tif", lambda g: np.dstack([g.astype(np.uint16)] * 5), photometric="rgb"), PLAIN, Code.FILE_FORMAT),
        (pillow("a.gif", save_all=True, append_images=[Image.new("L", (64, 48))]), PLAIN, Code.FILE_PAGES),
        (pillow("a.png", save_all=True, append_images=[Image.new("L", (64, 48))]), PLAIN, Code.FILE_PAGES),
        (pillow("a.webp", "RGB", save_all=True, append_images=[Image.new("RGB", (64, 48))]), PLAIN, Code.FILE_PAGES),
        (pillow("a.jpg", format="MPO", save_all=True, append_images=[Image.new("L", (64, 48))]), PLAIN, Code.FILE_PAGES),
        (pillow("a.jp2"), PLAIN, Code.FILE_FORMAT),
        (pillow("a.pcx"), PLAIN, Code.FILE_FORMAT),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_reason(
    write: Callable[[Path, Array], Path], reading: Reading, code: Code, tmp_path: Path
) -> None:
    found = grey_or_fault(write(tmp_path, GREY), reading)
    assert isinstance(found, Unread)
    assert found.code is code


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_tif_of_undefined_sample_format_has_unsigned_values(dtype: Any, tmp_path: Path) -> None:
    """A program that copied what it did not know writes 4; libtiff reads it as unsigned."""
    file = tmp_path / "a.tif"
    Image.fromarray(GREY.astype(dtype) * dtype(np.iinfo(dtype).max // 255)).save(file, tiffinfo={339: 4})
    with tifffile.TiffFile(file) as opened:
        assert opened.pages.first.sampleformat == 4
    assert np.array_equal(read_grey(file), GREY)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floating_point_numbers_are_read_by_their_stated_range(dtype: Any, tmp_path: Path) -> None:
    file = tiff("a.tif", lambda g: (g / 255).astype(dtype))(tmp_path, GREY)
    assert np.array_equal(read_grey(file, Reading(float_range=(0, 1))), GREY)


def test_transparent_pixels_are_not_steel(tmp_path: Path) -> None:
    rgba = np.dstack([GREY] * 4)
    rgba[..., 3] = 255
    rgba[:2, :5, 3] = 0
    Image.fromarray(rgba).save(tmp_path / "a.png")
    found = grey_or_fault(tmp_path / "a.png")
    assert isinstance(found, Unread)
    assert (found.code, found.args["pixels"]) == (Code.FILE_TRANSPARENT, 10)


def test_a_tif_of_which_a_tile_is_not_there_is_refused(tmp_path: Path) -> None:
    file = tiff("a.tif", lambda g: g.astype(np.uint16) * 257, tile=(16, 16))(tmp_path, GREY)
    with tifffile.TiffFile(file) as opened:
        tag = opened.pages.first.tags["TileOffsets"]
    data = bytearray(file.read_bytes())
    data[tag.valueoffset : tag.valueoffset + 4] = bytes(4)
    file.write_bytes(data)
    found = grey_or_fault(file)
    assert isinstance(found, Unread)
    assert found.code is Code.FILE_BROKEN


def test_an_error_names_the_file_and_carries_the_reason(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(SkelpError, match=r"a\.png") as error:
        read_grey(tmp_path / "a.png")
    assert error.value.reason is not None
    assert error.value.reason.code is Code.FILE_NOT_AN_IMAGE


@pytest.mark.parametrize(("bits", "float_range"), [(7, None), (17, None), (None, (1, 0)), (None, (0, float("nan"))), (None, (1, 1))])
def test_a_depth_or_range_that_cannot_be_is_refused(bits: int | None, float_range: tuple[float, float] | None) -> None:
    with pytest.raises(ValueError, match=r"bits|float_range"):
        Reading(bits, float_range)


@pytest.mark.parametrize("mode", ["L", "P", "1"])
def test_a_mask_gives_the_values_that_it_stores(mode: str, tmp_path: Path) -> None:
    values = (np.arange(48 * 64).reshape(48, 64) % (2 if mode == "1" else 7)).astype(np.uint8)
    mask = Image.fromarray(values * 255).convert("1") if mode == "1" else Image.fromarray(values)
    if mode == "P":
        mask.putpalette([c for n in range(256) for c in (n * 37 % 256, n * 91 % 256, n * 11 % 256)])
    mask.save(tmp_path / "m.png")
    found = read_label_values(tmp_path / "m.png")
    assert np.array_equal(found.values, values)
    assert found.palette is (mode == "P")


def test_a_mask_of_16_bits_keeps_its_values(tmp_path: Path) -> None:
    values = (np.arange(48 * 64).reshape(48, 64) % 300).astype(np.uint16)
    Image.fromarray(values).save(tmp_path / "m.png")
    assert np.array_equal(read_label_values(tmp_path / "m.png").values, values)


def test_a_mask_with_transparent_pixels_is_refused_with_what_a_mask_needs(tmp_path: Path) -> None:
    Image.fromarray(np.dstack([GREY % 3, GREY % 2 * 255])).save(tmp_path / "m.png")
    with pytest.raises(SkelpError, match="class numbers"):
        read_label_values(tmp_path / "m.png")


def test_a_mask_in_colours_is_refused(tmp_path: Path) -> None:
    Image.fromarray(np.dstack([GREY, GREY, 255 - GREY])).save(tmp_path / "m.png")
    with pytest.raises(SkelpError) as error:
        read_label_values(tmp_path / "m.png")
    assert error.value.reason is not None
    assert error.value.reason.code is Code.FILE_COLOURS
