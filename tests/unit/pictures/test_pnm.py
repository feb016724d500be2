"""PBM, PGM and PPM files are read as they say, or refused: text and bytes, any maximum, one picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skelp.domain.reasons import Code, Unread
from skelp.pictures.depth import PLAIN, Reading
from skelp.pictures.reader import grey_or_fault, read_grey, read_label_values
from skelp.pictures.samples import read_header
from tests.pictures import Array

GREY = np.random.default_rng(5).integers(40, 250, (12, 20), dtype=np.uint8)


def netpbm(file: Path, kind: int, values: Array, largest: int, comment: str = "") -> Path:
    """Write a file of a kind, P1 to P6. `values`: [lines, width], and in a bitmap 1 is black."""
    lines, width = values.shape
    size = f"P{kind}\n{comment}{width} {lines}\n" + ("" if kind in (1, 4) else f"{largest}\n")
    stored = np.repeat(values, 3) if kind in (3, 6) else values
    if kind < 4:
        body = " ".join(map(str, stored.ravel().tolist())).encode() + b"\n"
    elif kind == 4:
        body = np.packbits(stored.astype(np.uint8), axis=1).tobytes()
    else:
        body = stored.astype(np.uint8 if largest < 256 else ">u2").tobytes()
    file.write_bytes(size.encode() + body)
    return file


@pytest.mark.parametrize("comment", ["", "# made by a camera, P5 1 1 255\n"])
@pytest.mark.parametrize("kind", [2, 3, 5, 6])
@pytest.mark.parametrize(("largest", "shift"), [(255, 0), (1023, 2), (4095, 4), (16383, 6)])
def test_grey_values_are_read_by_the_maximum_of_the_file(kind: int, largest: int, shift: int, comment: str, tmp_path: Path) -> None:
    file = netpbm(tmp_path / "a.pnm", kind, GREY.astype(np.uint16) << shift, largest, comment)
    for reading in (PLAIN, Reading(bits=max(8, largest.bit_length()))):
        assert np.array_equal(read_grey(file, reading), GREY)
    header = read_header(file, "turn")
    assert (header.lines, header.width, header.fault) == (*GREY.shape, None)


@pytest.mark.parametrize("largest", [100, 200, 1000, 40000])
def test_a_maximum_between_two_depths_is_white(largest: int, tmp_path: Path) -> None:
    file = netpbm(tmp_path / "a.pgm", 5, GREY.astype(np.uint32) * largest // 255, largest)
    assert np.abs(read_grey(file).astype(int) - GREY).max() <= 3


@pytest.mark.parametrize("kind", [1, 4])
def test_a_bitmap_has_1_for_black(kind: int, tmp_path: Path) -> None:
    black = (GREY > 100).astype(np.uint8)
    assert np.array_equal(read_grey(netpbm(tmp_path / "a.pbm", kind, black, 1)), (1 - black) * 255)


def test_a_mask_keeps_its_values_whatever_the_maximum_is(tmp_path: Path) -> None:
    for largest in (4, 100, 255, 1000):
        mask = netpbm(tmp_path / "m.pgm", 5, GREY % 5, largest)
        assert np.array_equal(read_label_values(mask).values, GREY % 5)


@pytest.mark.parametrize("kind", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("largest", [200, 1000])
def test_a_file_that_is_not_what_its_header_says_is_refused(kind: int, largest: int, tmp_path: Path) -> None:
    bitmap = kind in (1, 4)
    values = GREY % 2 if bitmap else GREY.astype(np.uint16) * 4 % (largest + 1)
    file = netpbm(tmp_path / "a.pnm", kind, values, largest)
    whole = file.read_bytes()
    assert isinstance(grey_or_fault(file), np.ndarray)
    changed = {"more": whole + b"\n7", "cut": whole[:-4], "no number": whole + b" x"}
    if not bitmap:
        changed["above"] = netpbm(tmp_path / "b.pnm", kind, np.where(GREY > 240, np.uint16(largest + 1), GREY), largest).read_bytes()
    for name, content in changed.items():
        file.write_bytes(content)
        found = grey_or_fault(file)
        assert isinstance(found, Unread), name
        assert found.code is Code.FILE_BROKEN


@pytest.mark.parametrize("kind", [4, 5, 6])
def test_a_file_of_several_pictures_is_refused_with_their_number(kind: int, tmp_path: Path) -> None:
    file = netpbm(tmp_path / "a.pnm", kind, GREY % 2, 1 if kind == 4 else 255)
    one = file.read_bytes()
    for between in (b"",) if kind == 4 else (b"", b"\n"):
        file.write_bytes(one + between + one + one)
        found = grey_or_fault(file)
        assert isinstance(found, Unread)
        assert found.code is Code.FILE_PAGES
    file.write_bytes(one + b"\n")
    assert isinstance(grey_or_fault(file), np.ndarray)


@pytest.mark.parametrize("head", ["P5 0 4 255\n", "P5 4 0 255\n", "P5 4 4 0\n", "P5 4 4 65536\n", "P5 -4 4 255\n", "P5 4 4", "P5\n"])
def test_a_header_that_cannot_be_is_refused(head: str, tmp_path: Path) -> None:
    (tmp_path / "a.pgm").write_bytes(head.encode() + bytes(16))
    found = grey_or_fault(tmp_path / "a.pgm")
    assert isinstance(found, Unread)
    assert found.code is Code.FILE_BAD_HEADER


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(tmp_path: Path, body: bytes) -> None:
    for start in (b"P1 ", b"P2 3 2 9 ", b"P4 9 2 ", b"P5 3 2 255 ", b"P6 "):
        (tmp_path / "a.pnm").write_bytes(start + body)
        found = grey_or_fault(tmp_path / "a.pnm")
        assert isinstance(found, Unread) or found.size
