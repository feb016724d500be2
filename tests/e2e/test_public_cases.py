"""Other programs' troubles, tried on skelp: ../shared/cases/public, each with the right value or the right refusal."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skelp.capture.files import FileSource
from skelp.cli import main
from skelp.domain.reasons import Code, Unread
from skelp.domain.strip import CameraFrame, LostLines, Scale
from skelp.pictures.depth import PLAIN, Reading
from skelp.pictures.listing import list_pictures
from skelp.pictures.reader import grey_or_fault, read_grey
from skelp.validation import read_toml
from tests.conftest import ROOT

CASES = ROOT.parent / "shared" / "cases" / "public"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"there are no cases in {CASES}")
RIGHT = {"objects": 23, "pixels": 6421}


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any, str]:
    """Exit code, what is on stdout as JSON (None if nothing is), and stderr."""
    code = main([str(a) for a in arguments])
    captured = capsys.readouterr()
    return code, json.loads(captured.out) if captured.out.strip() else None, captured.err


def check(capsys: pytest.CaptureFixture[str], path: Path, form: str, *more: object) -> tuple[int, Any, str]:
    pytest.importorskip("torch")
    return run(capsys, "data", "check", path, "--format", form, "--no-leaks", "--json", *more)


# --- kind 1: a folder is not what it seems


@pytest.mark.parametrize("strip", ["one-webp", "unpadded"])
def test_a_strip_in_twelve_frames_shows_its_one_scratch(strip: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, facts, _ = run(capsys, "inspect", CASES / "strips" / strip, "--out", tmp_path / "out", "--json")
    (defect,) = json.loads((tmp_path / "out" / "defects.json").read_text())
    assert (code, facts["lines"], facts["inspected_lines"], facts["left_out"]) == (0, 768, 768, [])
    assert defect["lines"] > 3 * 64, "it reaches over four frames"
    first = next(n for n, f in enumerate(list_pictures([CASES / "strips" / strip]).files) if read_grey(f).max() > 200)
    assert first * 64 <= defect["line"] < (first + 1) * 64


def test_frames_in_a_subfolder_are_named_and_the_strip_is_held(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strip = shutil.copytree(CASES / "strips" / "one-webp", tmp_path / "strip")
    (strip / "more").mkdir()
    for file in strip.glob("*.webp"):
        file.rename(strip / "more" / file.name)
    _, facts, _ = run(capsys, "inspect", strip, "--out", tmp_path / "out", "--json")
    assert facts["decision"] == "hold"
    assert facts["left_out"] == [{"file": "more", "why": "subfolder", "pictures": 4}]


def test_results_in_the_folder_of_pictures_are_no_steel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strip = shutil.copytree(CASES / "strips" / "unpadded", tmp_path / "strip")
    lines = [run(capsys, "inspect", strip, "--out", strip, "--json")[1]["lines"] for _ in range(2)]
    assert lines == [768, 768]


def test_a_file_that_macos_left_is_no_frame(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strip = shutil.copytree(CASES / "strips" / "unpadded", tmp_path / "strip")
    (strip / "._frame_1.png").write_bytes(b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        " + bytes(4000))
    _, facts, _ = run(capsys, "inspect", strip, "--out", tmp_path / "out", "--json")
    assert (facts["lines"], facts["lost_lines"]) == (768, 0)
    assert facts["left_out"] == [{"file": "._frame_1.png", "why": "system", "pictures": 0}]


# --- kind 2 and 4: labels


def test_masks_of_0_and_255_are_refused_by_value_file_and_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    code, found, _ = check(capsys, CASES / "masks" / "masks-0-255", "masks")
    assert (code, found["used"]) == (1, 0)
    assert all("255" in text and "plate0" in text and "classes.json" in text for text in found["refused"])


@pytest.mark.parametrize("masks", ["masks-plain", "masks-16-bit", "masks-voc-palette"])
def test_masks_of_16_bits_or_with_a_palette_are_read_as_the_plain_ones(masks: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, found, _ = check(capsys, CASES / "masks" / masks, "masks")
    assert (code, found["used"]) == (0, 4)
    assert found["classes"] == {"scratch": {"objects": 8, "pixels": 2676}}


def test_the_right_coco_file_has_its_objects(capsys: pytest.CaptureFixture[str]) -> None:
    code, found, _ = check(capsys, CASES / "coco" / "right.json", "coco")
    assert (code, found["used"]) == (0, 12)
    assert found["classes"] == {"scratch": RIGHT}


@pytest.mark.parametrize(
    ("file", "what"),
    [
        ("c03-rle-other-size", "annotation 1:"),
        ("c05-rle-sum-too-large", "annotation 1:"),
        ("c06-rle-sum-too-small", "annotation 1:"),
        ("c07-empty-segmentation", "annotation 1:"),
        ("c08-no-segmentation", "annotation 1:"),
        ("c11-two-points-only", "annotation 1:"),
        ("c12-flat-polygon", "annotation 1:"),
        ("c14-annotated-at-double-size", "512 x 384"),
        ("c16-unknown-category", "id 7"),
        ("c18-image-id-unknown", "id 1001"),
        ("c25-no-categories", "categories"),
        ("c33-nan", "annotation 1:"),
        ("c37-huge-coordinate", "annotation 1:"),
    ],
)
def test_a_coco_file_that_is_wrong_is_refused_in_one_line(file: str, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, found, stderr = check(capsys, CASES / "coco" / f"{file}.json", "coco")
    assert (code, found) == (1, None)
    assert what in stderr
    assert f"{file}.json" in stderr
    assert stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("file", "form", "expected"),
    [
        ("s00.csv", "severstal", 8644),
        ("s03-first-pixel-from-0.csv", "severstal", "line 2"),
        ("s04-nan.csv", "severstal", "'nan'"),
        ("b00.csv", "marks", 12162),
        ("b02-negative.csv", "marks", 15084),
        ("cp949.csv", "marks", "CP949"),
    ],
)
def test_tables_are_read_or_refused_with_their_line(
    file: str, form: str, expected: int | str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = shutil.copytree(CASES / "coco" / "images", tmp_path / ("." if form == "marks" else "train_images"), dirs_exist_ok=True)
    shutil.copy(CASES / ("text" if file.startswith("cp") else "csv") / file, tmp_path)
    assert pictures.is_dir()
    code, found, stderr = check(capsys, tmp_path / file, form)
    if isinstance(expected, str):
        assert (code, found) == (1, None)
        assert expected in stderr
        assert stderr.count("\n") == 1
    else:
        assert code == 0
        assert sum(c["pixels"] for c in found["classes"].values()) == expected


# --- kind 3: training and the line read pictures differently


TRUE = read_grey(CASES / "coco" / "images" / "plate00-1.png") if CASES.is_dir() else None


@pytest.mark.parametrize(
    ("file", "reading", "expected"),
    [
        ("pictures-12-bit/images/plate00-1.png", Reading(bits=12), 0),
        ("pictures-12-bit/images/plate00-1.png", PLAIN, Code.FILE_DEPTH),
        ("plain-16.tif", PLAIN, 0),
        ("float-0-to-1.tif", Reading(float_range=(0, 1)), 0),
        ("float-0-to-1.tif", PLAIN, Code.FILE_NO_RANGE),
        ("float64.tif", PLAIN, Code.FILE_NO_RANGE),
        ("pictures-exif-3/images/plate00-1.jpg", Reading(exif="ignore"), 24),
        ("pictures-exif-3/images/plate00-1.jpg", Reading(exif="ask"), Code.FILE_TURNED),
        ("pictures-cut-jpeg/images/plate00-1.jpg", PLAIN, Code.FILE_BROKEN),
        ("pictures-two-pages/images/plate00-1.tif", PLAIN, Code.FILE_PAGES),
    ],
)
def test_a_picture_has_the_right_pixels_or_the_true_reason(file: str, reading: Reading, expected: int | Code) -> None:
    found = grey_or_fault(CASES / "pictures" / file, reading)
    if isinstance(expected, Code):
        assert isinstance(found, Unread)
        assert found.code is expected
    else:
        assert isinstance(found, np.ndarray)
        assert np.abs(found.astype(int) - TRUE).max() <= expected


def test_a_dark_first_picture_changes_nothing_about_the_second() -> None:
    files = list_pictures([CASES / "pictures" / "first-picture-dark-12bit"]).files
    with FileSource(files, Scale(1, 1), reading=Reading(bits=12)) as source:
        dark, usual = (c.pixels for c in source.captures() if isinstance(c, CameraFrame))
    assert (dark.max(), usual.min(), usual.max()) == (15, 60, 123)
    with FileSource(files, Scale(1, 1)) as source:
        assert {c.reason.code for c in source.captures() if isinstance(c, LostLines)} == {Code.FILE_DEPTH}


@pytest.mark.parametrize(
    ("folder", "options", "used", "word"),
    [
        ("pictures-12-bit", ["--bits", 12], 4, ""),
        ("pictures-12-bit", [], 0, "--bits"),
        ("pictures-exif-3", ["--exif", "ignore"], 4, ""),
        ("pictures-exif-3", [], 0, "plate00-1.jpg"),
        ("pictures-cut-jpeg", [], 0, "plate00-1.jpg"),
        ("pictures-two-pages", [], 0, "plate00-1.tif"),
    ],
)
def test_training_reads_these_sets_or_names_the_file(
    folder: str, options: list[object], used: int, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found, _ = check(capsys, CASES / "pictures" / folder, "masks", *options)
    assert (code, found["used"]) == (0 if used else 1, used)
    assert len(found["refused"]) == (0 if used else 3 if folder == "pictures-two-pages" else 4)
    if word.startswith("plate"):
        assert word in found["refused"][0]


# --- kind 8: text of Korean and Windows machines


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_toml(CASES / "text" / "bom.toml", "file", "") == {"name": "line-1"}


def test_cp949_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, stderr = run(capsys, "run", CASES / "text" / "cp949.toml")
    assert code == 1
    assert "CP949" in stderr
    assert "iconv" in stderr
