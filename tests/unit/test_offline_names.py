"""`skelp inspect` takes pictures whatever their names are: Hangul, long, in CP949, or equal but for their Unicode form."""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skelp.cli import main
from skelp.sinks.names import file_name

LONG = "가나다라마바사아자차카타파하" * 6  # 252 bytes, which with .png is as long as a name can be
LONGEST = LONG[: (255 - len(".png")) // 3]
CP949 = os.fsdecode("열연코일".encode("cp949"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pictures"
    made.mkdir()
    return made


def add_picture(folder: Path, name: str) -> None:
    """A grey picture with bright spots, which the model `bright_spots` finds."""
    pixels = np.full((256, 256), 90, np.uint8)
    pixels[100:130, 100:130] = 250
    Image.fromarray(pixels).save(folder / f"{name}.png")


def inspect(folder: Path, out: Path, model: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, object]:
    code = main(["inspect", str(folder), "--out", str(out), "--model", str(model), "--mm-per-px", "0.25", "--json", *options])
    shown = capsys.readouterr()
    assert code == 0, shown.err
    facts: dict[str, object] = json.loads(shown.out)
    return facts


@pytest.mark.parametrize("name", ["냉연강판표면검사실일호기상면첫째코", "K1.5 a", LONGEST, CP949, "a~2"])
def test_a_picture_of_any_name_has_results_and_crops(
    folder: Path, tmp_path: Path, bright_model: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    add_picture(folder, name)
    inspect(folder, tmp_path / "out", bright_model, capsys, "--each")
    (results,) = (tmp_path / "out").iterdir()
    coil = json.loads((results / "coil.json").read_text())
    assert coil["name"] == ("열연코일" if name == CP949 else name)
    (found,) = json.loads((results / "defects.json").read_text())
    assert (results / "crops" / f"{file_name(found['defect_id'])}.jpg").is_file()
    assert "%25" not in "".join(p.name for p in results.rglob("*"))  # nothing is encoded twice


def test_names_that_differ_only_in_their_unicode_form_have_folders_of_their_own(
    folder: Path, tmp_path: Path, bright_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for form in ("NFC", "NFD"):
        add_picture(folder, unicodedata.normalize(form, "코일"))
    inspect(folder, tmp_path / "out", bright_model, capsys, "--each")
    assert len([p for p in (tmp_path / "out").iterdir() if (p / "coil.json").is_file()]) == 2


def test_a_folder_of_any_name_is_one_strip(folder: Path, tmp_path: Path, bright_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strip = folder / CP949
    strip.mkdir()
    add_picture(strip, "1")
    inspect(strip, tmp_path / "out", bright_model, capsys)
    assert json.loads((tmp_path / "out" / "coil.json").read_text())["name"] == "열연코일"
