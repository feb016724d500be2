"""Channel dropout (Tompson et al., CVPR 2015) that depends on seed, step and crop alone."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn


class ChannelDropout(nn.Module):
    """Sets whole channels of each crop to zero while training and scales the others up. Input and output: [N, channels, H, W].

    `draw_dropout` chooses the channels before each step. torch's own dropout draws from a global generator, so a resumed run, or a
    batch split over processes, would drop other channels. Without a draw, and in evaluation mode, the layer is an identity: the
    averaged network is copied before the first draw, so that its batch norm statistics are those of all channels.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.factors: Tensor | None = None
        """Factor of each channel, float32 [N, channels]: 0 for a dropped one."""

    def forward(self, x: Tensor) -> Tensor:
        return x * self.factors.to(x)[:, :, None, None] if self.training and self.factors is not None else x


def draw_dropout(network: nn.Module, rate: float, batch: int, *, seed: int, step: int, rank: int = 0, world: int = 1) -> None:
    """Choose the channels that each crop of a step drops. Process `rank` of `world` gets every `world`-th crop of the batch."""
    if not rate:
        return
    for number, layer in enumerate(m for m in network.modules() if isinstance(m, ChannelDropout)):
        kept = np.random.default_rng([seed, step, number]).random((batch, layer.channels)) >= rate
        layer.factors = torch.from_numpy((kept[rank::world] / (1 - rate)).astype(np.float32))
