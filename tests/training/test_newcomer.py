"""Sets as CVAT, Label Studio, a microscope and a telephone give them go through `skelp data check` and training."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from skelp.cli import main
from skelp.inference.model_file import ModelFile
from skelp.render import words
from tests.training.conftest import config_file, skelp
from tests.unit.render.test_words import words_on_disk

Given = tuple[str, str, str]
"""Format, path below the folder, and more lines for the config."""


def _pictures(spots: Path) -> list[tuple[str, Any, Any]]:
    """Name, grey picture and mask (1 on the square) of each picture of `spots`."""
    folder = spots / "set"
    return [
        (f.stem, np.asarray(Image.open(f)), (np.asarray(Image.open(folder / "masks" / f.name)) > 0).astype(np.uint8))
        for f in sorted((folder / "images").glob("*.png"))
    ]


def _coco(pictures: list[tuple[str, Any, Any]], names: list[str]) -> dict[str, Any]:
    annotations = []
    for n, (_, _, mask) in enumerate(pictures, 1):
        rows, columns = np.nonzero(mask)
        if len(rows):
            x0, y0, x1, y1 = (int(v) for v in (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
            shape = {"segmentation": [[x0, y0, x1, y0, x1, y1, x0, y1]], "bbox": [x0, y0, x1 - x0, y1 - y0], "area": (x1 - x0) * (y1 - y0)}
            annotations.append({"id": n, "image_id": n, "category_id": 1, "iscrowd": 0, **shape})
    images = [{"id": n, "file_name": name, "width": 96, "height": 96} for n, name in enumerate(names, 1)]
    return {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "spot", "supercategory": ""}]}


def cvat(spots: Path, folder: Path) -> Given:
    pictures = _pictures(spots)
    (folder / "annotations").mkdir()
    (folder / "images" / "default").mkdir(parents=True)
    for name, _, _ in pictures:
        shutil.copy(spots / "set" / "images" / f"{name}.png", folder / "images" / "default")
    body = _coco(pictures, [f"{name}.png" for name, _, _ in pictures])
    (folder / "annotations" / "instances_default.json").write_text(json.dumps(body))
    return "coco", "annotations/instances_default.json", ""


def label_studio(spots: Path, folder: Path) -> Given:
    pictures = _pictures(spots)
    (folder / "images").mkdir()
    for name, _, _ in pictures:
        shutil.copy(spots / "set" / "images" / f"{name}.png", folder / "images" / f"3f2a9c1b-{name}.png")
    body = _coco(pictures, [f"images\\3f2a9c1b-{name}.png" for name, _, _ in pictures])
    (folder / "result.json").write_text(json.dumps(body))
    return "coco", "result.json", ""


def _with_masks(folder: Path, pictures: list[tuple[str, Any, Any]]) -> None:
    (folder / "images").mkdir()
    (folder / "masks").mkdir()
    (folder / "classes.json").write_text('{"0": "background", "1": "spot"}')
    for name, _, mask in pictures:
        Image.fromarray(mask).save(folder / "masks" / f"{name}.png")


def microscope(spots: Path, folder: Path) -> Given:
    pictures = _pictures(spots)
    _with_masks(folder, pictures)
    for name, grey, _ in pictures:
        tifffile.imwrite(folder / "images" / f"{name}.tif", grey.astype(np.uint16) << 4, description="12 bits of 16")
    return "masks", "", "bits = 12"


def telephone(spots: Path, folder: Path) -> Given:
    pictures = _pictures(spots)
    _with_masks(folder, pictures)
    exif = Image.Exif()
    exif[0x0112] = 6
    for name, grey, _ in pictures:
        turned = Image.fromarray(np.rot90(grey)).convert("RGB")
        turned.save(folder / "images" / f"{name}.jpg", exif=exif, quality=95)
    return "masks", "", 'exif = "turn"'


@pytest.mark.parametrize("make", [cvat, label_studio, microscope, telephone])
def test_a_set_that_another_tool_exported_is_checked_and_trained_on(
    make: Callable[[Path, Path], Given], spots: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = spots / "exported"
    folder.mkdir()
    form, path, more = make(spots, folder)
    config = config_file(spots, steps=2, format=f'"{form}"\nval_share = 0.3\n{more}', path=f'"{folder / path}"')
    skelp("data", "check", config, "--json")
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["used"], found["faults"]) == (24, [])
    assert found["classes"]["spot"] == {"objects": 18, "pixels": 18 * 24 * 24}
    skelp("train", config)
    ModelFile.open(spots / "out" / "model.onnx").verify()


REMEDIES = [(cvat, "--format coco"), (label_studio, "--format coco"), (microscope, "--bits 12"), (telephone, "--exif turn")]


@pytest.mark.parametrize(("make", "remedy"), REMEDIES)
def test_without_what_it_cannot_know_it_says_in_one_line_what_to_add(
    make: Callable[[Path, Path], Given], remedy: str, spots: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "load", words_on_disk)
    folder = spots / "exported"
    folder.mkdir()
    form, _, _ = make(spots, folder)
    options = ["--format", "masks"] if form == "masks" else []
    assert main(["data", "check", str(folder), "--no-leaks", *options]) == 1
    printed = capsys.readouterr()
    assert remedy in printed.out + printed.err
