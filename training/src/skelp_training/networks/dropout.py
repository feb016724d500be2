"""Whole channels left out while training (Tompson et al., CVPR 2015). Which ones depends on seed, step and crop alone."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn


class ChannelDropout(nn.Module):
    """Leaves out the channels that `leave_out` chose, [N, channels, H, W] in and out; passes everything on otherwise.

    torch's own draws from a global generator: a run that was killed, or cut over several processes, would go on with other channels.
    The averaged network is copied before any is chosen: `settle` sees all of its channels.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.gain: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        return x * self.gain.to(x)[:, :, None, None] if self.training and self.gain is not None else x


def leave_out(net: nn.Module, share: float, batch: int, *, seed: int, step: int, rank: int = 0, world: int = 1) -> None:
    """Choose for every crop of this rank's share of the batch the channels that the step leaves out; the others are raised for them."""
    if not share:
        return
    for number, part in enumerate(p for p in net.modules() if isinstance(p, ChannelDropout)):
        kept = np.random.default_rng([seed, step, number]).random((batch, part.channels)) >= share
        part.gain = torch.from_numpy((kept[rank::world] / (1 - share)).astype(np.float32))
