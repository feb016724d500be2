"""What is trained beside other configs on a lent GPU is a checkpoint like any other. The captured step itself runs on a GPU only."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from benchmarks.side_by_side import Step
from skelp_training.config import TrainingPlan
from skelp_training.fit.checkpoint import load_first_weights
from skelp_training.networks.make import make_network

PLAN = TrainingPlan(steps=3, batch=2, crop=64, lr=0.01)


@pytest.mark.parametrize(
    "captured", [False, pytest.param(True, marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU"))]
)
def test_its_weights_are_trained_on_from(tmp_path: Path, *, captured: bool) -> None:
    torch.manual_seed(1)
    images = torch.full((2, 64, 64), 120, dtype=torch.uint8)
    images[:, :32] = 60
    masks = (images < 100).to(torch.uint8)
    network = make_network("xs", 2)
    first = {k: v.clone() for k, v in network.state_dict().items()}
    step = Step(network, PLAN, "cuda" if captured else "cpu", captured=captured)
    losses = []
    for _ in range(40):
        step((images, masks), 0.01)
        losses.append(step.losses.item())
        step.losses.zero_()
    assert losses[-1] < losses[0] / 2
    torch.save(step.finished([(images, masks)]), tmp_path / "last.pt")
    trained = make_network("xs", 2)
    load_first_weights(trained, tmp_path / "last.pt")
    assert not any(torch.equal(first[k], v) for k, v in trained.state_dict().items() if v.ndim == 4)
    with torch.no_grad():
        found = trained.eval()(images[:, None].float()).argmax(1)
    assert (found == masks[:, ::2, ::2]).float().mean() > 0.95
