"""The average of the weights over the last steps: steadier than the last step, and what is validated and exported."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import PARAM_LIST, AveragedModel, get_ema_multi_avg_fn, update_bn

from skelp_training.data.pools import Batches
from skelp_training.fit.workers import Team

_SETTLE_ON = 40


def averaged(net: nn.Module, decay: float) -> AveragedModel:
    """Exponential moving average of the weights. Its batch norms' statistics are not the net's: `settle` it before use.

    At the start it follows faster than `decay` says, or a short run's average would still hold the random weights it began with.
    """

    def average(ours: PARAM_LIST, theirs: PARAM_LIST, steps: Tensor | int) -> None:
        n = float(steps)
        get_ema_multi_avg_fn(min(decay, (1 + n) / (10 + n)))(ours, theirs, steps)  # type: ignore[no-untyped-call] # torch does not type it

    return AveragedModel(net, multi_avg_fn=average)


@torch.no_grad()
def settle(average: AveragedModel, batches: Batches, steps: int, us: Team) -> nn.Module:
    """The averaged network with the statistics that its own weights give on the run's first batches, ready to be used.

    Averaging the statistics too cost 6 points of mIoU after 1,900 steps: they belong to weights that moved on since.
    """
    update_bn(_frames(batches, min(_SETTLE_ON, steps), us), average)
    return average.module


def _frames(batches: Batches, steps: int, us: Team) -> Iterator[Tensor]:
    for _, images, _ in batches.stream(1, steps, us.rank, us.world):
        yield as_frames(torch.from_numpy(images), us)


def as_frames(images: Tensor, us: Team) -> Tensor:
    """Crops uint8 [n, h, w] as a network takes them: float [n, 1, h, w] on the process's device, channels last."""
    return images.to(us.device)[:, None].float().contiguous(memory_format=torch.channels_last)
