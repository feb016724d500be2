"""A labelled set that a network learns in seconds: dark steel with white squares."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skelp.cli import cli

pytest.importorskip("torch")
CONFIG = """
out = "{folder}/out/model.onnx"
run = "{folder}/run"
net = "xs"
validate_on = ["spots"]
leaks = "skip"
[train]
threads = 1
steps = {steps}
batch = 8
crop = 64
lr = 3e-3
ema = 0.9
validate_every = {every}
precision = "fp32"
[card]
name = "tiny"
version = "1"
mm_per_px = 1.0
classes = [{{ id = 1, name = "spot", threshold = 0.5 }}]
[[data]]
name = "spots"
format = "own"
path = "{folder}/set"
"""


def skelp(*arguments: object) -> None:
    """Run a command in this process. Raises what it raises, where the command line would print it."""
    cli([str(a) for a in arguments], standalone_mode=False)


@pytest.fixture
def spots(tmp_path: Path) -> Path:
    """A folder that holds the set in `set/`; every fourth picture is free of squares."""
    rng = np.random.default_rng(1)
    for sub in ("images", "masks"):
        (tmp_path / "set" / sub).mkdir(parents=True)
    rows = []
    for n in range(24):
        image, mask = rng.normal(90, 4, (96, 96)), np.zeros((96, 96), np.uint8)
        if n % 4:
            y, x = rng.integers(8, 64, 2)
            mask[y : y + 24, x : x + 24] = 7
            image[mask > 0] = 220
        Image.fromarray(np.clip(image, 0, 255).astype(np.uint8)).save(tmp_path / "set" / "images" / f"s{n}.png")
        Image.fromarray(mask).save(tmp_path / "set" / "masks" / f"s{n}.png")
        share = (mask > 0).mean()
        rows.append({"name": f"s{n}", "class": "spot", "group": n, "split": "val" if n < 4 else "train", "defect_fraction": share})
    (tmp_path / "set" / "classes.json").write_text(json.dumps({"0": "background", "7": "spot"}))
    with (tmp_path / "set" / "index.csv").open("w", newline="") as f:
        writer = csv.DictWriter(f, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return tmp_path


def config_file(
    folder: Path, *, steps: int, every: int = 1000, name: str = "config.toml", changes: dict[str, str] | None = None, **more: str
) -> Path:
    """A config for the set; `changes` replace text in it, key for key."""
    text = CONFIG.format(folder=folder, steps=steps, every=every)
    for line, other in {**(changes or {}), **more}.items():
        old = next(t for t in text.splitlines() if t.startswith(f"{line} ="))
        text = text.replace(old, f"{line} = {other}")
    (folder / name).write_text(text)
    return folder / name
