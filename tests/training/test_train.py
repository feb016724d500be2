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
from torch import nn
from torch.nn import functional

from skelp.cli import main as skelp
from skelp.domain.errors import SkelpError
from skelp.inference.segmenter import ModelFile
from skelp_training.config import load_config
from skelp_training.data.pools import Batches, pools_of
from skelp_training.evaluation import evaluate
from skelp_training.fit import losses, train
from skelp_training.fit.ema import averaged, settle
from skelp_training.fit.progress import Bar
from skelp_training.fit.workers import Team, share_batch_norm
from skelp_training.networks.dropout import ChannelDropout, leave_out
from skelp_training.networks.stripnet import bilinear_cells, make_net
from skelp_training.release import export
from tests.training.conftest import config_file

ROOT = Path(__file__).parents[2]


def test_a_set_of_masks_becomes_a_model_that_inspects(spots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train.main([str(config_file(spots, steps=120))])
    file = spots / "out" / "model.onnx"
    card = ModelFile.open(file).card
    assert (card.name, card.stride, card.classes[0].name) == ("tiny", 2, "spot")
    assert card.trained_on[0].name == "spots"
    assert json.loads((spots / "run" / "data.json").read_text())[0]["pictures"] == 20
    strip = np.full((256, 256), 90, np.uint8)
    strip[100:130, 60:96] = 220
    Image.fromarray(strip).save(spots / "strip.png")
    capsys.readouterr()
    assert skelp(["inspect", str(spots / "strip.png"), "--model", str(file), "--out", str(spots / "o"), "--json"]) == 0
    found = json.loads((spots / "o" / "defects.json").read_text())
    assert [d["class"] for d in found] == ["spot"]
    assert found[0]["along_mm"] == pytest.approx(100, abs=6)
    assert found[0]["area_mm2"] == pytest.approx(30 * 36, rel=0.3)

    capsys.readouterr()
    evaluate.main([str(file), str(spots / "set"), "--split", "val", "--json", "--report", str(spots / "page")])
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
    train.main([str(whole)])
    cut = config_file(spots, steps=24, every=8, name="cut.toml", run=f'"{spots}/cut"', batch="8\ndropout = 0.2")
    taken = _killed_after(13, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        train.main([str(cut)])
    assert taken() == 13
    monkeypatch.undo()
    train.main([str(cut)])
    a, b = _weights(spots / "whole"), _weights(spots / "cut")
    assert all(torch.equal(a[k], b[k]) for k in a)
    other = config_file(spots, steps=24, every=8, name="other.toml", run=f'"{spots}/cut"', lr="1e-3")
    with pytest.raises(SkelpError, match="belongs to another config"):
        train.main([str(other)])


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


def test_batch_norms_of_several_processes_are_those_of_the_network() -> None:
    torch.manual_seed(1)
    net = make_net("lraspp", 3).eval()  # its batch norms have an epsilon of their own
    frames = torch.rand(1, 1, 64, 64) * 255
    with torch.no_grad():
        alone = net(frames)
        assert torch.equal(share_batch_norm(net).eval()(frames), alone)


def test_two_processes_have_the_loss_of_one(spots: Path) -> None:
    one = config_file(spots, steps=6, name="one.toml", run=f'"{spots}/one"', batch="8\ndropout = 0.2")
    two = config_file(spots, steps=6, name="two.toml", run=f'"{spots}/two"', batch="8\ndropout = 0.2")
    train.main([str(one)])
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "training.train"]
    done = subprocess.run([*torchrun, str(two)], cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    assert len(_losses(spots / "one")) == 6
    assert _losses(spots / "two") == pytest.approx(_losses(spots / "one"), rel=2e-3)


def test_it_stops_when_nothing_gets_better_and_takes_the_best(spots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = iter([0.2, 0.5, 0.4, 0.3, 0.9])
    monkeypatch.setattr(train, "validate", lambda *_: next(values))
    file = config_file(spots, steps=30, every=5, validate_every="5\npatience = 2")
    train.main([str(file)])
    state = torch.load(spots / "run" / "last.pt", weights_only=True)
    assert (state["step"], state["best"], state["stale"]) == (20, 0.5, 2)
    assert ModelFile.open(spots / "out" / "model.onnx").card.name == "tiny"


def test_an_export_that_disagrees_is_not_kept(spots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = load_config(config_file(spots, steps=1))
    pools = pools_of(config)
    net = make_net("xs", 2)
    export.export(net, config, pools)
    before = (spots / "out" / "model.onnx").read_bytes()
    evidence: dict[str, Any] = ModelFile.open(spots / "out" / "model.onnx").card.model_extra["export"]  # type: ignore[index]
    assert evidence["same_class_at_least"] >= 0.999
    assert [1, 544, 1600] in evidence["shapes"]
    monkeypatch.setattr(export, "AGREE_SHARE", 1.1)
    with pytest.raises(SkelpError, match="ONNX Runtime agrees with PyTorch"):
        export.export(net, config, pools)
    assert (spots / "out" / "model.onnx").read_bytes() == before
    assert [f.name for f in (spots / "out").iterdir()] == ["model.onnx"]


@pytest.mark.parametrize("name", ["xs", "s", "m", "lraspp", "unet-resnet18"])
def test_every_network_answers_at_its_stride(name: str) -> None:
    net = make_net(name, 5).eval()
    with torch.no_grad():
        assert net(torch.zeros(2, 1, 96, 160)).shape == (2, 5, 48, 80)


def test_the_head_speaks_for_cells_as_interpolation_would() -> None:
    maps = torch.rand(1, 3, 9, 11)
    cells = functional.pixel_shuffle(functional.conv2d(maps, bilinear_cells(3), padding=1), 2)
    resized = functional.interpolate(maps, scale_factor=2, mode="bilinear")
    assert torch.allclose(cells[..., 1:-1, 1:-1], resized[..., 1:-1, 1:-1], atol=1e-6)


def test_whole_channels_are_left_out_by_crop_and_only_in_training() -> None:
    net = nn.Sequential(ChannelDropout(50))
    x = torch.ones(8, 50, 2, 2)
    assert torch.equal(net(x), x)
    leave_out(net, 0.2, 8, seed=1, step=3)
    first = net(x)
    assert torch.equal(first, first[:, :, :1, :1].expand_as(x))
    assert set(first.unique().tolist()) == {0.0, 1.25}
    assert (first == 0).float().mean().item() == pytest.approx(0.2, abs=0.06)
    assert first[0].ne(first[1]).any()
    leave_out(net, 0.2, 8, seed=1, step=3, rank=1, world=2)
    assert torch.equal(net(x[1::2]), first[1::2])
    leave_out(net, 0.2, 8, seed=1, step=4)
    assert net(x).ne(first).any()
    assert torch.equal(net.eval()(x), x)


def test_the_average_follows_early_and_its_statistics_are_its_own(spots: Path) -> None:
    config = load_config(config_file(spots, steps=12))
    batches = Batches(pools_of(config), config.train)
    torch.manual_seed(1)
    net = make_net("xs", 2)
    average = averaged(net, 0.998)
    for _ in range(12):
        with torch.no_grad():
            for p in net.parameters():
                p.add_(0.1)
        average.update_parameters(net)
    ours, theirs = next(average.module.parameters()), next(net.parameters())
    assert (theirs - ours).mean() < 0.7  # of the 1.2 that the weights moved; with 0.998 from the first step on it would be 1.1
    settled = settle(average, batches, 4, Team())
    seen: list[torch.Tensor] = []
    norm = next(m for m in settled.modules() if isinstance(m, nn.BatchNorm2d))
    norm.register_forward_hook(lambda _, given, __: seen.append(given[0]))
    settled.train()
    for _, images, _ in batches.stream(1, 4):
        settled(torch.from_numpy(images)[:, None].float())
    settled = settle(average, batches, 4, Team())
    assert torch.allclose(norm.running_mean, torch.stack([x.mean((0, 2, 3)) for x in seen[:4]]).mean(0), rtol=1e-3)  # type: ignore[arg-type]


def test_a_class_that_no_crop_shows_does_not_count_as_missed() -> None:
    mask = torch.zeros(1, 8, 8, dtype=torch.uint8)
    mask[0, :4] = 1
    sure = torch.full((1, 3, 4, 4), -20.0)
    sure[0, 1, :2] = sure[0, 0, 2:] = 20
    assert losses.segmentation_loss(sure, mask).item() == pytest.approx(0, abs=1e-6)
    wrong = sure.flip(1)
    assert losses.segmentation_loss(wrong, mask).item() > 1


def test_unsure_pixels_neither_teach_nor_count() -> None:
    mask = torch.zeros(1, 8, 8, dtype=torch.uint8)
    mask[0, :4, :2] = 1
    mask[0, 4:, :] = 255
    share, weight = losses.cell_targets(mask, 2, 4)
    assert share[0, 1].tolist() == [[0.5, 0.0], [0.0, 0.0]]
    assert weight[0, 0].tolist() == [[1.0, 1.0], [0.0, 0.0]]
    logits = torch.zeros(1, 2, 2, 2, requires_grad=True)
    losses.segmentation_loss(logits, mask).backward()  # type: ignore[no-untyped-call] # torch does not type it
    assert logits.grad is not None
    assert logits.grad[0, :, 1].abs().sum() == 0
    assert logits.grad[0, :, 0].abs().sum() > 0


@pytest.mark.parametrize(
    ("line", "text", "complaint"),
    [
        ("steps", "0", "train.steps"),
        ("crop", "100", "train.crop"),
        ("net", '"s"\nsurprise = 1', "surprise"),
        ("validate_on", '["dots"]', "validate_on names"),
        ("format", '"xml"', "data.0.format"),
    ],
)
def test_a_config_that_does_not_hold_is_refused_by_name(spots: Path, line: str, text: str, complaint: str) -> None:
    with pytest.raises(SkelpError, match=complaint):
        load_config(config_file(spots, steps=1, changes={line: text}))
