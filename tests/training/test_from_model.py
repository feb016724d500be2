"""Training goes on from a model file, which is what a plant has: it computes the same before the first step, and keeps what it knew."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from skelp.domain.errors import SkelpError
from skelp.inference.model_file import ModelFile
from skelp_training.fit.ema import towards, weights_of
from skelp_training.fit.from_model import load_model_file, settle
from skelp_training.networks.deployed import Deployed
from skelp_training.networks.make import make_network
from tests.conftest import ROOT
from tests.training.conftest import config_file, skelp

SHIPPED = ROOT / "models" / "strip-s" / "model.onnx"


def steel() -> Tensor:
    """Frames float [n, 1, h, w]: dark steel with bright and dark strokes, so that every class is near its border somewhere."""
    rng = np.random.default_rng(3)
    frames = rng.normal(90, 12, (6, 1, 128, 192))
    for frame in frames:
        for _ in range(12):
            y, x = rng.integers(0, 100), rng.integers(0, 160)
            frame[0, y : y + rng.integers(2, 28), x : x + rng.integers(2, 30)] += rng.choice([-60, -30, 40, 90])
    return torch.from_numpy(np.clip(frames, 0, 255).astype(np.uint8)).float()


def loaded(file: Path, more: int = 0) -> nn.Module:
    card = ModelFile.open(file).card
    ids = {c.name: c.id for c in card.classes}
    network = make_network("s", 1 + max(ids.values()) + more)
    load_model_file(network, file, ids)
    return network.eval()


@torch.no_grad()
def test_the_network_computes_what_the_file_computes_before_and_after_its_batch_norms_are_settled() -> None:
    model, frames = ModelFile.open(SHIPPED), steel()
    expected = model.session().run(None, {"frames": frames.to(torch.uint8).numpy()})
    assert len(np.unique(expected[0])) > 3, "the frames show nothing"
    network = loaded(SHIPPED)
    deployed = Deployed(network, [c.id for c in model.card.classes if c.pseudo]).eval()

    def apart() -> float:
        found = deployed(frames)
        assert (np.abs(found[1].numpy().astype(int) - expected[1].astype(int)) <= 2)[found[0].numpy() == expected[0]].all()
        return float((found[0].numpy() != expected[0]).mean())

    assert apart() < 1e-3
    before = network(frames)
    settle(network, [frames[:3], frames[3:]])
    assert apart() < 1e-3
    assert torch.allclose(network(frames), before, atol=0.02)
    network.train()
    trained = network(frames)
    assert float((trained.argmax(1) == before.argmax(1)).float().mean()) > 0.98, "batch statistics are those that were settled"


def test_a_class_that_is_new_is_unlikely_at_first_and_its_weights_are_not_drawn_back() -> None:
    network = loaded(SHIPPED, more=1)
    frames = steel()
    with torch.no_grad():
        assert int(network(frames).argmax(1).max()) <= 7
    first = weights_of(network, classes=8)
    for weights in network.parameters():
        weights.data += 1
    towards(network, first, 0.5)
    head = dict(network.named_parameters())["head.weight"]
    assert torch.allclose(head[:8], first["head.weight"] + 0.5)
    assert torch.allclose(head[8], loaded(SHIPPED, more=1).get_parameter("head.weight")[8] + 1)
    towards(network, first, 1.0)
    assert torch.equal(network.get_parameter("stem.0.0.weight"), first["stem.0.0.weight"])


@pytest.mark.parametrize(
    ("file", "ids", "net", "message"),
    [
        (SHIPPED.with_name("model.int8.onnx"), None, "s", "because it is int8"),
        (SHIPPED, None, "m", "or of another net"),
        (SHIPPED, {"scratch": 1}, "s", "same names need the same ids"),
    ],
)
def test_what_does_not_fit_is_refused(file: Path, ids: dict[str, int] | None, net: str, message: str) -> None:
    own = {c.name: c.id for c in ModelFile.open(file).card.classes}
    with pytest.raises(SkelpError, match=message):
        load_model_file(make_network(net, 8), file, ids or own)


def test_a_plant_without_the_checkpoint_trains_the_model_file_on(spots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    skelp("train", config_file(spots, steps=150))
    given = spots / "given.onnx"
    (spots / "out" / "model.onnx").rename(given)
    for file in (spots / "run").glob("*.pt"):
        file.unlink()
    more = config_file(spots, steps=20, name="more.toml", lr="1e-4", run=f'"{spots}/more"')
    text = more.read_text().replace('net = "xs"', f'net = "xs"\nstart_from = "{given.name}"')
    more.write_text(text.replace("[card]", "first_share = 0.5\n[card]"))
    skelp("train", more)
    capsys.readouterr()
    skelp("evaluate", spots / "out" / "model.onnx", spots / "set", "--json")
    assert json.loads(capsys.readouterr().out)["miou_fg"] > 0.85
    given.write_bytes(given.read_bytes() + b"\xa2\x06\x00")  # a field that ONNX does not know
    with pytest.raises(SkelpError, match="belongs to another config"):
        skelp("train", more)


@pytest.mark.parametrize(
    ("lines", "message"),
    [("first_share = 0.5", "first_share needs start_from"), ("first_share = 0.5\npatience = 2", "first_share")],
)
def test_a_share_of_first_weights_needs_first_weights(spots: Path, lines: str, message: str) -> None:
    file = config_file(spots, steps=2)
    file.write_text(file.read_text().replace("[card]", f"{lines}\n[card]"))
    with pytest.raises(SkelpError, match=message):
        skelp("train", file)
