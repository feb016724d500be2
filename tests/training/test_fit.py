"""Parts of the training loop: batch norm, moving average, loss."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from skelp_training.config import load_config
from skelp_training.data.batches import Batches
from skelp_training.data.pools import pools_of
from skelp_training.fit import losses
from skelp_training.fit.batch_norm import share_batch_norm
from skelp_training.fit.ema import averaged_network, moving_average
from skelp_training.fit.workers import Worker
from skelp_training.networks.make import make_network
from tests.training.conftest import config_file


def test_batch_norms_of_several_processes_are_those_of_the_network() -> None:
    torch.manual_seed(1)
    net = make_network("lraspp", 3).eval()  # its batch norms have an epsilon of their own
    frames = torch.rand(1, 1, 64, 64) * 255
    with torch.no_grad():
        alone = net(frames)
        assert torch.equal(share_batch_norm(net).eval()(frames), alone)


def test_the_average_follows_early_and_its_statistics_are_its_own(spots: Path) -> None:
    config = load_config(config_file(spots, steps=12))
    batches = Batches(pools_of(config), config.train)
    torch.manual_seed(1)
    net = make_network("xs", 2)
    average = moving_average(net, 0.998)
    for _ in range(12):
        with torch.no_grad():
            for p in net.parameters():
                p.add_(0.1)
        average.update_parameters(net)
    ours, theirs = next(average.module.parameters()), next(net.parameters())
    assert (theirs - ours).mean() < 0.7  # of the 1.2 that the weights moved; with 0.998 from the first step on it would be 1.1
    settled = averaged_network(average, batches, 4, Worker())
    seen: list[torch.Tensor] = []
    norm = next(m for m in settled.modules() if isinstance(m, nn.BatchNorm2d))
    norm.register_forward_hook(lambda _, given, __: seen.append(given[0]))
    settled.train()
    for _, images, _ in batches.stream(1, 4):
        settled(torch.from_numpy(images)[:, None].float())
    settled = averaged_network(average, batches, 4, Worker())
    assert torch.allclose(norm.running_mean, torch.stack([x.mean((0, 2, 3)) for x in seen[:4]]).mean(0), rtol=1e-3)  # type: ignore[arg-type]


def test_a_class_that_no_crop_shows_does_not_count_as_missed() -> None:
    mask = torch.zeros(1, 8, 8, dtype=torch.uint8)
    mask[0, :4] = 1
    sure = torch.full((1, 3, 4, 4), -20.0)
    sure[0, 1, :2] = sure[0, 0, 2:] = 20
    assert losses.segmentation_loss(sure, mask).item() == pytest.approx(0, abs=1e-6)
    wrong = sure.flip(1)
    assert losses.segmentation_loss(wrong, mask).item() > 1


def test_a_small_defect_on_one_crop_counts_as_much_as_a_large_one_on_another_where_dice_is_of_each_crop() -> None:
    masks = torch.zeros(2, 64, 64, dtype=torch.uint8)
    masks[0], masks[1, :4, :4] = 1, 1
    missed = torch.tensor([0.0, -20.0])[None, :, None, None].repeat(2, 1, 32, 32)
    finds_large, finds_small = missed.clone(), missed.clone()
    finds_large[0, 1] = finds_small[1, 1, :2, :2] = 20

    def dice(logits: torch.Tensor, *, each_crop: float) -> float:
        whole, without = (losses.segmentation_loss(logits, masks, dice_weight=w, each_crop=each_crop).item() for w in (1.0, 0.0))
        return whole - without

    assert dice(finds_large, each_crop=1) == pytest.approx(0.4, abs=0.01)  # of the small one, a fifth is left to the smoothing
    assert dice(finds_small, each_crop=1) == pytest.approx(0.5, abs=0.01)
    assert dice(finds_large, each_crop=0) < 0.01
    assert dice(finds_small, each_crop=0) > 0.95
    assert dice(finds_large, each_crop=0.25) == pytest.approx(0.25 * dice(finds_large, each_crop=1) + 0.75 * dice(finds_large, each_crop=0))


def test_what_is_found_on_a_crop_without_the_class_counts_in_the_part_of_dice_that_is_of_the_batch() -> None:
    masks = torch.zeros(2, 64, 64, dtype=torch.uint8)
    masks[0, :16, :16] = 1
    right = torch.tensor([0.0, -20.0])[None, :, None, None].repeat(2, 1, 32, 32)
    right[0, 1, :8, :8] = 20
    also_elsewhere = right.clone()
    also_elsewhere[1, 1, :8, :8] = 20

    def more(each_crop: float) -> float:
        """What Dice of weight 1 adds to the loss for what is found elsewhere."""
        a, b = (
            losses.segmentation_loss(x, masks, dice_weight=1.0, each_crop=each_crop).item()
            - losses.segmentation_loss(x, masks, dice_weight=0.0).item()
            for x in (right, also_elsewhere)
        )
        return b - a

    assert more(1) == pytest.approx(0, abs=1e-5)
    assert more(0.5) == pytest.approx(1 / 6, abs=0.01)


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
