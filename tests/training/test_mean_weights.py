"""The mean of two runs is a checkpoint that is exported like any other."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from skelp.domain.errors import SkelpError
from skelp_training.fit.checkpoint import load_weights
from skelp_training.networks.make import make_network
from tools.mean_weights import mean_weights


def _run(file: Path, net: str, seed: int) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    state = make_network(net, 3).state_dict()
    torch.save({"ema": {f"module.{k}": v for k, v in state.items()}, "step": seed}, file)
    return dict(state)


def test_every_weight_is_the_mean(tmp_path: Path) -> None:
    a, b = (_run(tmp_path / f"{n}.pt", "xs", n) for n in (1, 2))
    mean_weights(tmp_path / "1.pt", tmp_path / "2.pt", tmp_path / "last.pt")
    network = make_network("xs", 3)
    load_weights(network, tmp_path / "last.pt")
    for name, value in network.state_dict().items():
        assert torch.allclose(value, (a[name] + b[name]) / 2 if value.is_floating_point() else a[name]), name


def test_other_networks_have_no_mean(tmp_path: Path) -> None:
    _run(tmp_path / "1.pt", "xs", 1)
    _run(tmp_path / "2.pt", "s", 2)
    with pytest.raises(SkelpError, match="not of the same network"):
        mean_weights(tmp_path / "1.pt", tmp_path / "2.pt", tmp_path / "last.pt")
