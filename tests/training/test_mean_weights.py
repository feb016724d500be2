"""The mean of two runs is a checkpoint that is exported like any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from skelp.domain.errors import SkelpError
from skelp.inference.model_file import ModelFile
from skelp_training.evaluation.detector import Detector
from skelp_training.fit.checkpoint import load_weights
from skelp_training.networks.make import make_network
from skelp_training.release.model_file import write_card
from tests.training.conftest import config_file, skelp
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


def test_the_mean_of_model_files_is_that_of_their_folded_weights_and_is_exported(spots: Path) -> None:
    files = [spots / f"{name}.onnx" for name in "abm"]
    for n, file in enumerate(files[:2]):
        run = config_file(spots, steps=2 + n, run=f'"{spots}/{n}"')
        skelp("train", run)
        (spots / "out" / "model.onnx").rename(file)
    mean_weights(files[0], files[1], spots / "mean" / "last.pt", share=0.25)
    skelp("export", config_file(spots, steps=1, run=f'"{spots}/mean"'))
    (spots / "out" / "model.onnx").rename(files[2])
    a, b, mean = ({i.name: onnx.numpy_helper.to_array(i) for i in onnx.load(f).graph.initializer} for f in files)
    weights = [name for name in mean if name.startswith("net.") and mean[name].dtype == np.float32]
    assert len(weights) > 10
    for name in weights:
        assert np.allclose(mean[name], 0.75 * a[name] + 0.25 * b[name], atol=1e-5), name
    assert any(not np.allclose(a[name], b[name], atol=1e-3) for name in weights)
    card = ModelFile.open(files[2]).card
    assert (card.model_extra or {})["trained_with"]["steps"] == 3
    assert (card.model_extra or {})["mean_of"] == {
        ModelFile.open(f).sha256: share for f, share in zip(files[:2], (0.75, 0.25), strict=True)
    }
    assert len(Detector(files[2]).seen.taught) == 20


@pytest.mark.parametrize(
    ("second", "share", "message"),
    [("2.onnx", 0.5, "a run and a model file"), ("2.pt", 5, "must be 0 to 1"), ("2.pt", -0.1, "must be 0 to 1")],
)
def test_what_has_no_mean_is_refused(second: str, share: float, message: str, tmp_path: Path) -> None:
    _run(tmp_path / "1.pt", "xs", 1)
    _run(tmp_path / second, "xs", 2)
    with pytest.raises(SkelpError, match=message):
        mean_weights(tmp_path / "1.pt", tmp_path / second, tmp_path / "last.pt", share)
    assert not (tmp_path / "last.pt").exists()


def test_model_files_of_other_classes_or_of_no_net_have_no_mean(spots: Path) -> None:
    skelp("train", config_file(spots, steps=1))
    model = spots / "out" / "model.onnx"
    card = ModelFile.open(model).card.model_dump(mode="json")
    write_card(model, card | {"classes": [card["classes"][0] | {"name": "other"}]}, spots / "other.onnx")
    with pytest.raises(SkelpError, match="have other classes"):
        mean_weights(model, spots / "other.onnx", spots / "last.pt")
    write_card(model, {k: v for k, v in card.items() if k != "trained_with"}, spots / "bare.onnx")
    with pytest.raises(SkelpError, match="does not say of which net it is"):
        mean_weights(model, spots / "bare.onnx", spots / "last.pt")
