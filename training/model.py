"""A small dense network: few channels, 3x3 convolutions, nothing that matrix units dislike."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own convention


def conv(inputs: int, outputs: int, stride: int = 1, kernel: int = 3) -> nn.Sequential:
    """Convolution, batch norm (folded on export), ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class Residual(nn.Module):
    """Two 3x3 convolutions beside an identity."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = conv(channels, channels)
        self.second = nn.Sequential(nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.second(self.first(x)))


class StripNet(nn.Module):
    """Grey uint8-valued floats [N, 1, H, W] to logits [N, classes, H/4, W/4].

    A 5x5 stride-4 and a 3x3 stride-2 convolution bring the picture to 1/8; residual stages at 1/8, 1/16, 1/32 see context;
    sums from coarse to fine bring it back. The head at 1/8 speaks for 2x2 cells each (sub-pixel convolution, Shi et al.,
    CVPR 2016), which costs nothing where a stage at 1/4 would cost a third of the whole. `channels` and `blocks` are those
    of the stages; (16, 32, 64) runs more than twice as fast on a CPU as (32, 64, 64).
    """

    stride = 4

    def __init__(self, classes: int, channels: Sequence[int] = (16, 32, 64), blocks: Sequence[int] = (1, 2, 2)) -> None:
        super().__init__()
        self.stem = nn.Sequential(conv(1, 16, stride=4, kernel=5), conv(16, channels[0], stride=2))
        stages, before = [], channels[0]
        for depth, (width, count) in enumerate(zip(channels, blocks, strict=True)):
            down = [conv(before, width, stride=2)] if depth else []
            stages.append(nn.Sequential(*down, *(Residual(width) for _ in range(count))))
            before = width
        self.stages = nn.ModuleList(stages)
        self.lateral = nn.ModuleList(nn.Conv2d(coarse, fine, 1) for fine, coarse in pairwise(channels))
        self.merge = nn.ModuleList(conv(width, width) for width in channels[:-1])
        self.head = nn.Conv2d(channels[0], classes * 4, 1)

    def forward(self, frames: Tensor) -> Tensor:
        x = self.stem(frames * (1 / 64))
        scales = []
        for stage in self.stages:
            x = stage(x)
            scales.append(x)
        for level in reversed(range(len(scales) - 1)):
            up = F.interpolate(self.lateral[level](x), scale_factor=2, mode="nearest")
            x = self.merge[level](scales[level] + up)
        return F.pixel_shuffle(self.head(x), 2)


class Deployed(nn.Module):
    """The network as the line runs it: uint8 in, uint8 class ids and scores (probability x 255) out."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        logits = self.net(frames.float())
        class_id = logits.argmax(1)
        # soft-max of the largest logit without a transposed soft-max kernel: 1 / sum(exp(l - max))
        score = 1 / (logits - logits.amax(1, keepdim=True)).exp().sum(1)
        return class_id.to(torch.uint8), (score * 255).round().to(torch.uint8)
