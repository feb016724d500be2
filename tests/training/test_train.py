"""From a folder of masks to a model that `skelp inspect` runs, on a set made here."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skelp.cli import main as skelp
from skelp.domain.errors import SkelpError
from skelp.inference.segmenter import ModelFile

torch = pytest.importorskip("torch")
from training import data, export, losses, model, train  # noqa: E402 - after it is known that torch is there

CONFIG = """
out = "{folder}/out/model.onnx"
[train]
seed = 1
threads = 1
steps = {steps}
batch = 8
crop = 64
lr = 3e-3
defect_weight = 2.0
[card]
name = "tiny"
version = "1"
mm_per_px = 1.0
classes = [{{ id = 1, name = "spot", threshold = 0.5 }}]
[[data]]
name = "spots"
kind = "labelled"
path = "{folder}/set"
weight = 1
"""


@pytest.fixture
def spots(tmp_path: Path) -> Path:
    """Dark steel with white squares."""
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
        rows.append(
            {"name": f"s{n}", "class": "spot", "group": n, "split": "val" if n < 4 else "train", "defect_fraction": (mask > 0).mean()}
        )
    (tmp_path / "set" / "classes.json").write_text(json.dumps({"0": "background", "7": "spot"}))
    with (tmp_path / "set" / "index.csv").open("w", newline="") as f:
        writer = csv.DictWriter(f, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return tmp_path


def test_a_set_of_masks_becomes_a_model_that_inspects(spots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = spots / "config.toml"
    config.write_text(CONFIG.format(folder=spots, steps=120))
    train.main(str(config))
    file = spots / "out" / "model.onnx"
    card = ModelFile.open(file).card
    assert (card.name, card.stride, card.classes[0].name) == ("tiny", 4, "spot")
    assert card.trained_on[0].name == "spots"
    strip = np.full((256, 256), 90, np.uint8)
    strip[100:130, 60:96] = 220
    Image.fromarray(strip).save(spots / "strip.png")
    capsys.readouterr()
    assert skelp(["inspect", str(spots / "strip.png"), "--model", str(file), "--out", str(spots / "o"), "--json"]) == 0
    found = json.loads((spots / "o" / "defects.json").read_text())
    assert [d["class"] for d in found] == ["spot"]
    assert found[0]["along_mm"] == pytest.approx(100, abs=8)
    assert found[0]["area_mm2"] == pytest.approx(30 * 36, rel=0.4)


def test_an_export_that_disagrees_is_not_kept(spots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = data.Pool.of("spots", data.labelled(spots / "set", "train", {"spot": 1}), 1)
    card = {"name": "x", "version": "1", "classes": [{"id": 1, "name": "spot"}]}
    monkeypatch.setattr(export, "AGREE_SHARE", 1.1)
    with pytest.raises(SkelpError, match="ONNX Runtime agrees with PyTorch"):
        export.export(model.StripNet(2), card, [pool], spots / "out" / "model.onnx")
    assert not (spots / "out" / "model.onnx").exists()


def test_splits_and_class_names_are_kept_apart(spots: Path) -> None:
    assert len(data.labelled(spots / "set", "val", {"spot": 1})) == 4
    samples = data.labelled(spots / "set", "train", {"spot": 3})
    assert {int(v) for s in samples for v in np.unique(s.mask)} == {0, 3}
    clean = data.labelled(spots / "set", "train", {"spot": 3}, only_clean=True)
    assert len(clean) == 5
    with pytest.raises(SkelpError, match="no sample"):
        data.Pool.of("none", [], 1)
    (spots / "set" / "images" / "s5.png").write_text("broken")
    with pytest.raises(SkelpError, match=r"s5\.png is not an image"):
        data.labelled(spots / "set", "train", {"spot": 1})


def test_cell_targets_are_shares_of_the_mask() -> None:
    mask = torch.zeros(1, 8, 8, dtype=torch.uint8)
    mask[0, :4, :2] = 1
    share = losses.cell_targets(mask, 2, 4)
    assert share[0, 1].tolist() == [[0.5, 0.0], [0.0, 0.0]]
    assert bool((share.sum(1) == 1).all())
