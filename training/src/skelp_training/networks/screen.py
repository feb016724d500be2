"""The screen: a network that says of each tile how likely the whole network would report a defect there (ADR 23)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch documents this alias

from skelp_training.networks.layers import conv

CHANNELS = (16, 16, 32, 64)
"""Channels at 1/4, 1/8, 1/16 and 1/32 of the resolution: 268 multiplications a pixel; strip-s has 2,600."""


class ScreenNet(nn.Module):
    """Grey uint8-valued floats [N, 1, H, W] to logits [N, H/32, W/32]: one for each tile of 32 x 32 px.

    A tile's logit is the highest of its four positions at 1/16, which see small defects, plus one at 1/32, which sees the steel around.
    """

    def __init__(self) -> None:
        super().__init__()
        quarter, eighth, sixteenth, tile = CHANNELS
        self.stem = nn.Sequential(nn.Conv2d(1, quarter, 4, 4, bias=False), nn.BatchNorm2d(quarter), nn.ReLU(inplace=True))
        self.body = nn.Sequential(
            conv(quarter, eighth, 2), conv(eighth, eighth), conv(eighth, eighth), conv(eighth, sixteenth, 2), conv(sixteenth, sixteenth)
        )
        self.around = nn.Sequential(conv(sixteenth, tile, 2), conv(tile, tile), conv(tile, tile), nn.Conv2d(tile, 1, 1))
        self.small = nn.Conv2d(sixteenth, 1, 1)

    def forward(self, frames: Tensor) -> Tensor:
        features = self.body(self.stem((frames - 128) * (1 / 64)))
        logits: Tensor = F.max_pool2d(self.small(features), 2) + self.around(features)
        return logits[:, 0]


class DeployedScreen(nn.Module):
    """uint8 frames [N, 1, H, W] to uint8 suspicion (probability x 255) [N, H/32, W/32]."""

    def __init__(self, net: ScreenNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, frames: Tensor) -> Tensor:
        logits: Tensor = self.net(frames.float())
        return (logits.sigmoid() * 255).round().to(torch.uint8)
