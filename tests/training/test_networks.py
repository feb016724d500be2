"""Networks: shapes, the head, channel dropout, and the exported file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from skelp.domain.errors import SkelpError
from skelp.inference.model_file import ModelFile
from skelp_training.config import load_config
from skelp_training.data.pools import pools_of
from skelp_training.data.seen import Seen
from skelp_training.fit.train import Trained
from skelp_training.networks.deployed import Deployed
from skelp_training.networks.dropout import ChannelDropout, draw_dropout
from skelp_training.networks.make import make_network
from skelp_training.networks.stripnet import bilinear_cells
from skelp_training.release import export
from tests.training.conftest import config_file


@pytest.mark.parametrize("name", ["xs", "s", "m", "lraspp", "unet-resnet18"])
def test_every_network_answers_at_its_stride(name: str) -> None:
    net = make_network(name, 5).eval()
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
    draw_dropout(net, 0.2, 8, seed=1, step=3)
    first = net(x)
    assert torch.equal(first, first[:, :, :1, :1].expand_as(x))
    assert set(first.unique().tolist()) == {0.0, 1.25}
    assert (first == 0).float().mean().item() == pytest.approx(0.2, abs=0.06)
    assert first[0].ne(first[1]).any()
    draw_dropout(net, 0.2, 8, seed=1, step=3, rank=1, world=2)
    assert torch.equal(net(x[1::2]), first[1::2])
    draw_dropout(net, 0.2, 8, seed=1, step=4)
    assert net(x).ne(first).any()
    assert torch.equal(net.eval()(x), x)


def test_an_export_that_disagrees_is_not_kept(spots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = load_config(config_file(spots, steps=1))
    trained = Trained(make_network("xs", 2), pools_of(config), Seen(), steps=1)
    export.export(trained, config)
    before = (spots / "out" / "model.onnx").read_bytes()
    evidence: dict[str, Any] = ModelFile.open(spots / "out" / "model.onnx").card.model_extra["export"]  # type: ignore[index]
    assert evidence["same_class_at_least"] >= 0.999
    assert [1, 544, 1600] in evidence["shapes"]
    monkeypatch.setattr(export, "AGREE_SHARE", 1.1)
    with pytest.raises(SkelpError, match="ONNX Runtime agrees with PyTorch"):
        export.export(trained, config)
    assert (spots / "out" / "model.onnx").read_bytes() == before
    assert [f.name for f in (spots / "out").iterdir()] == ["model.onnx"]


def test_defects_are_judged_together_and_marks_apart() -> None:
    """Classes: 0 sound, 1 and 2 defects, 3 and 4 marks. Two defect classes that share a cell outweigh sound steel together."""

    class Fixed(torch.nn.Module):
        def forward(self, frames: torch.Tensor) -> torch.Tensor:
            shares = torch.tensor(
                [
                    [0.40, 0.30, 0.25, 0.03, 0.02],  # a defect, though sound is the likeliest of all classes
                    [0.40, 0.05, 0.05, 0.25, 0.25],  # sound: marks do not add up
                    [0.10, 0.20, 0.10, 0.55, 0.05],  # a mark
                    [0.05, 0.10, 0.80, 0.03, 0.02],
                ]
            )
            return shares.log().T[None, :, :, None].expand(frames.shape[0], -1, -1, -1)

    class_id, score = Deployed(Fixed(), {3, 4})(torch.zeros(1, 1, 4, 1, dtype=torch.uint8))
    assert class_id[0, :, 0].tolist() == [1, 0, 3, 2]
    assert score[0, :, 0].tolist() == [round(255 * s) for s in (0.55, 0.40, 0.55, 0.90)]
