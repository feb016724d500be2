"""The network's third output: how unlike the steel is to what the model learned (ADR 17)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch documents this alias

_CHANNELS = 32


def tile_features(scales: Sequence[Tensor]) -> Tensor:
    """The features of StripNet's stages at 1/8, 1/16 and 1/32, averaged over tiles of 32 px: [N, channels, H/32, W/32]."""
    fine, middle, coarse = scales[1:]
    return torch.cat([F.avg_pool2d(fine, 4), F.avg_pool2d(middle, 2), coarse], 1)


class KnownSteel(nn.Module):
    """Features of tiles [N, channels, h, w] to distances [N, h, w], where 1 is the limit: the larger of two.

    `pattern`: a small head that learned to tell the known steel from the same steel with a pattern drawn on it.
    `far`: the Mahalanobis distance of the features from those of known steel, for all that no drawn pattern resembles.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.head = nn.Sequential(
            nn.Conv2d(channels, _CHANNELS, 1),
            nn.ReLU(),
            nn.Conv2d(_CHANNELS, _CHANNELS, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(_CHANNELS, _CHANNELS, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(_CHANNELS, 1, 1),
        )
        self.whitened = nn.Conv2d(channels, channels, 1)
        self.centre: Tensor
        self.spread: Tensor
        self.limits: Tensor
        self.register_buffer("centre", torch.zeros(channels, 1, 1))
        self.register_buffer("spread", torch.ones(channels, 1, 1))
        self.register_buffer("limits", torch.ones(2))

    def forward(self, features: Tensor) -> Tensor:
        return torch.maximum(self.pattern(features) / self.limits[0], self.far(features) / self.limits[1])

    def pattern(self, features: Tensor) -> Tensor:
        """The head's logit of each tile: positive where a pattern is likelier than none."""
        logit: Tensor = self.head((features - self.centre) / self.spread)
        return logit[:, 0]

    def far(self, features: Tensor) -> Tensor:
        """The Mahalanobis distance of each tile."""
        whitened: Tensor = self.whitened(features)
        return whitened.square().sum(1).sqrt()
