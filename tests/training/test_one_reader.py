"""The same picture files give the same arrays in inspect, evaluate, the loader of train, and adapt."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from PIL import Image

from skelp.capture.files import FileSource
from skelp.domain.recipe import Recipe
from skelp.domain.strip import Block, CameraFrame, Scale
from skelp.offline import lines_of
from skelp.pictures.depth import Reading
from skelp.pictures.listing import Listing, list_pictures
from skelp_training.config import load_config
from skelp_training.data.pools import pools_of
from skelp_training.evaluation import strip
from skelp_training.evaluation.detector import Detector
from skelp_training.evaluation.evaluate import HeldOut
from skelp_training.evaluation.strip import Stretch
from tests.models import bright_spots
from tests.pictures import EXACT, NEAR
from tests.training.conftest import config_file

H, W = 48, 64


def fingerprint(array: Any) -> str:
    return hashlib.sha256(repr(array.shape).encode() + np.ascontiguousarray(array).tobytes()).hexdigest()


@pytest.fixture
def everything(tmp_path: Path) -> Path:
    """A set in skelp's format with a picture of every kind of file, one of them turned by EXIF and one of 12 bits in 16."""
    (tmp_path / "set" / "images").mkdir(parents=True)
    (tmp_path / "set" / "masks").mkdir()
    for n, (kind, write) in enumerate({**EXACT, **NEAR}.items()):
        grey = np.random.default_rng(n).integers(70, 190, (H, W), dtype=np.uint8)
        if kind == "jpg":
            exif = Image.Exif()
            exif[0x0112] = 3
            made = tmp_path / "made.jpg"
            Image.fromarray(grey).save(made, exif=exif)
        else:
            made = write(tmp_path, grey)
        made.rename(tmp_path / "set" / "images" / f"k{n}{made.suffix}")
        Image.fromarray((grey > 180).astype(np.uint8)).save(tmp_path / "set" / "masks" / f"k{n}.png")
    (tmp_path / "set" / "classes.json").write_text(json.dumps({"0": "background", "1": "bright"}))
    with (tmp_path / "set" / "index.csv").open("w", newline="") as f:
        writer = csv.writer(f)
        writer.writerow(["name", "class", "group", "split"])
        writer.writerows([f"k{n}", "bright", n, "train"] for n in range(len(EXACT) + len(NEAR)))
    return tmp_path


@pytest.mark.parametrize(("bits", "exif"), [(None, "turn"), (16, "ignore")])
def test_the_same_files_give_the_same_arrays_to_every_command(
    everything: Path, bits: int | None, exif: Literal["turn", "ignore"], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = list_pictures([everything / "set" / "images"]).files
    reading = Reading(bits, exif=exif)
    detector = Detector(bright_spots(everything / "bright.onnx"), Recipe(), Scale(0.25, 0.25))

    with FileSource(files, Scale(0.25, 0.25), reading=reading) as source:
        by_line = [c.pixels for c in source.captures() if isinstance(c, CameraFrame)]

    config = load_config(config_file(everything, steps=1, classes='[{ id = 1, name = "bright", threshold = 0.5 }]'))
    data = config.data[0].model_copy(update={"bits": bits, "exif": exif})
    (pool,) = pools_of(config.model_copy(update={"data": (data,)}))
    by_train = {s.name: s.image for s in pool.samples}

    by_evaluate = {i.name: i.load().image for i in HeldOut(data, "train").items(detector.class_ids)}

    blocks: list[Any] = []

    def seen(*arguments: Any, **options: Any) -> Iterator[Block]:
        for block in original(*arguments, **options):
            blocks.append(block.own)
            yield block

    original = strip._blocks
    monkeypatch.setattr(strip, "_blocks", seen)
    strip.count_defects(detector, Stretch.of(files, detector.scale, reading), [detector.classes])
    by_adapt = np.concatenate(blocks)

    expected = [fingerprint(p) for p in by_line]
    assert len(expected) == len(files) == len(EXACT) + len(NEAR)
    names = [f.stem for f in files]
    assert [fingerprint(by_train[n]) for n in names] == expected
    assert [fingerprint(by_evaluate[n]) for n in names] == expected
    assert fingerprint(by_adapt) == fingerprint(np.concatenate(by_line))


@pytest.mark.parametrize(("exif", "lines"), [("turn", W), ("ignore", H)])
def test_the_length_of_a_strip_is_that_of_the_pictures_as_they_are_read(
    exif: Literal["turn", "ignore"], lines: int, tmp_path: Path
) -> None:
    quarter_turn = Image.Exif()
    quarter_turn[0x0112] = 6
    Image.fromarray(np.full((H, W), 120, np.uint8)).save(tmp_path / "a.jpg", exif=quarter_turn)
    files, scale, reading = [tmp_path / "a.jpg"], Scale(0.25, 0.5), Reading(exif=exif)
    assert Stretch.of(files, scale, reading).metres == lines * 0.5 / 1000
    assert lines_of(Listing(tuple(files)), exif) == lines
