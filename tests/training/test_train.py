"""From a folder of masks to a model that `skelp inspect` runs; killed, cut into processes, stopped early."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from skelp.cli import main
from skelp.domain.errors import SkelpError
from skelp.inference.model_file import ModelFile
from skelp_training.config import load_config
from skelp_training.fit.progress import Bar
from skelp_training.fit.workers import Worker
from skelp_training.release.build import build
from tests.training.conftest import config_file, skelp


def test_a_set_of_masks_becomes_a_model_that_inspects(spots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    skelp("train", config_file(spots, steps=120))
    file = spots / "out" / "model.onnx"
    card = ModelFile.open(file).card
    assert (card.name, card.stride, card.classes[0].name) == ("tiny", 2, "spot")
    assert card.trained_on[0].name == "spots"
    assert json.loads((spots / "run" / "data.json").read_text())[0]["pictures"] == 20
    strip = np.full((256, 256), 90, np.uint8)
    strip[100:130, 60:96] = 220
    Image.fromarray(strip).save(spots / "strip.png")
    capsys.readouterr()
    assert main(["inspect", str(spots / "strip.png"), "--model", str(file), "--out", str(spots / "o"), "--json"]) == 0
    found = json.loads((spots / "o" / "defects.json").read_text())
    assert [d["class"] for d in found] == ["spot"]
    assert found[0]["along_mm"] == pytest.approx(100, abs=6)
    assert found[0]["area_mm2"] == pytest.approx(30 * 36, rel=0.3)

    capsys.readouterr()
    skelp("evaluate", file, spots / "set", "--split", "val", "--json", "--report", spots / "page")
    figures = json.loads(capsys.readouterr().out)
    assert figures["miou_fg"] > 0.8
    assert figures["iou"]["spot"] == figures["miou_fg"]
    assert (figures["objects"], figures["object_recall"], figures["sound_pictures"], figures["regions_per_mpix"]) == (3, 1.0, 1, 0.0)
    assert "worst-0.png" in (spots / "page" / "index.html").read_text()


def _weights(folder: Path) -> dict[str, torch.Tensor]:
    state = torch.load(folder / "last.pt", weights_only=True)
    assert state["step"] == 24
    return dict(state["ema"])


def test_a_run_that_was_killed_goes_on_to_the_same_result(spots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = config_file(spots, steps=24, every=8, run=f'"{spots}/whole"', batch="8\ndropout = 0.2")
    skelp("train", whole)
    cut = config_file(spots, steps=24, every=8, name="cut.toml", run=f'"{spots}/cut"', batch="8\ndropout = 0.2")
    taken = _killed_after(13, monkeypatch)
    assert main(["train", str(cut)]) == 130
    assert taken() == 13
    monkeypatch.undo()
    skelp("export", cut)
    card: dict[str, Any] = ModelFile.open(spots / "out" / "model.onnx").card.model_dump()
    assert card["trained_with"]["steps"] == 8, "what the checkpoint has, not what was planned"
    skelp("train", cut)
    a, b = _weights(spots / "whole"), _weights(spots / "cut")
    assert all(torch.equal(a[k], b[k]) for k in a)
    other = config_file(spots, steps=24, every=8, name="other.toml", run=f'"{spots}/cut"', lr="1e-3")
    for command in ("train", "export"):
        with pytest.raises(SkelpError, match="belongs to another config"):
            skelp(command, other)


def _killed_after(steps: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    taken = 0
    advance = Bar.advance

    def stop(self: Bar, loss: float) -> None:
        nonlocal taken
        taken += 1
        advance(self, loss)
        if taken == steps:
            raise KeyboardInterrupt

    monkeypatch.setattr(Bar, "advance", stop)
    return lambda: taken


def _losses(folder: Path) -> list[float]:
    events = EventAccumulator(str(folder)).Reload()
    return [e.value for e in events.Scalars("loss")]


@pytest.mark.parametrize("each_crop", [0, 0.5, 1])
def test_two_processes_have_the_loss_of_one(spots: Path, each_crop: float) -> None:
    batch = f"8\ndropout = 0.2\ndice_each_crop = {each_crop}"
    one = config_file(spots, steps=6, name="one.toml", run=f'"{spots}/one"', batch=batch)
    two = config_file(spots, steps=6, name="two.toml", run=f'"{spots}/two"', batch=batch)
    skelp("train", one)
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "skelp", "train"]
    done = subprocess.run([*torchrun, str(two)], cwd=spots, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    assert len(_losses(spots / "one")) == 6
    assert _losses(spots / "two") == pytest.approx(_losses(spots / "one"), rel=2e-3)


def test_it_stops_when_nothing_gets_better_and_takes_the_best(spots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = iter([0.2, 0.5, 0.4, 0.3, 0.9])
    monkeypatch.setattr("skelp_training.fit.train.validate", lambda *_: next(values))
    file = config_file(spots, steps=30, every=5, validate_every="5\npatience = 2")
    skelp("train", file)
    state = torch.load(spots / "run" / "last.pt", weights_only=True)
    assert (state["step"], state["best"], state["stale"]) == (20, 0.5, 2)
    card = ModelFile.open(spots / "out" / "model.onnx").card
    assert card.name == "tiny"
    assert len(card.chosen_on) == 4, "the validation pictures chose the weights"
    first = ModelFile.open(spots / "out" / "model.onnx")
    skelp("export", file)
    again, frames = ModelFile.open(spots / "out" / "model.onnx"), np.random.default_rng(1).integers(0, 256, (1, 1, 96, 96), np.uint8)
    assert again.card == card
    assert all(np.array_equal(a, b) for a, b in zip(first.answer(frames)[:2], again.answer(frames)[:2], strict=True))


def test_a_run_whose_numbers_overflow_stops_and_writes_no_model(spots: Path) -> None:
    config = config_file(spots, steps=24, every=1, lr="1e30\nwarm_up = 0.0")
    with pytest.raises(SkelpError, match=r"gradient is not finite .* take a smaller lr"):
        build(load_config(config), Worker())
    assert not (spots / "out" / "model.onnx").exists()
    state = torch.load(spots / "run" / "last.pt", weights_only=True)
    assert state["step"] < 24
