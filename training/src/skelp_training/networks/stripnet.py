"""StripNet, the network that ships: few channels and 3x3 convolutions, which run fast on CPUs and GPUs alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch documents this alias

from skelp_training.networks.dropout import ChannelDropout
from skelp_training.networks.layers import Residual, conv


@dataclass(frozen=True)
class Size:
    """Channels of the stem at 1/2 and 1/4; channels and residual blocks at 1/4, 1/8, 1/16, 1/32."""

    stem: tuple[int, int]
    channels: tuple[int, int, int, int]
    blocks: tuple[int, int, int, int]


SIZES = {
    "xs": Size((8, 16), (16, 24, 32, 64), (0, 1, 1, 1)),
    "s": Size((8, 16), (16, 32, 64, 128), (1, 1, 2, 2)),
    "m": Size((16, 32), (32, 64, 128, 256), (1, 2, 2, 2)),
}


class StripNet(nn.Module):
    """Grey uint8-valued floats [N, 1, H, W] to logits [N, classes, H/2, W/2].

    Two stride-2 convolutions, residual stages at 1/4 to 1/32, sums from coarse to fine. The class map is at 1/2, because a map at 1/4
    cannot follow a scratch of four pixels (best possible mean IoU on NEU: 0.845 at 1/4, 0.917 at 1/2). Layers at 1/2 would cost as
    much as all the others, so the head works at 1/4 and its logits are interpolated to 1/2 by a fixed convolution, which gives the
    four cells of each position as channels. Learning that convolution (sub-pixel convolution, Shi et al., CVPR 2016) cost one to two
    points on NEU; a resize layer was slower.
    """

    stride = 2
    fold = 2
    """Cells of the class map along each side of one position of `cells`."""

    def __init__(self, classes: int, stem: Sequence[int], channels: Sequence[int], blocks: Sequence[int]) -> None:
        super().__init__()
        half, quarter = stem
        self.stem = nn.Sequential(conv(1, half, 2), conv(half, quarter, 2))
        widths = (quarter, *channels)
        self.stages = nn.ModuleList(
            nn.Sequential(
                *([conv(before, width, 1 if fine else 2)] if not fine or before != width else []),
                *(Residual(width) for _ in range(count)),
                *([] if fine else [ChannelDropout(width)]),  # no dropout at the finest stage: outlines need it
            )
            for (before, width), count, fine in zip(pairwise(widths), blocks, (True, False, False, False), strict=True)
        )
        self.lateral = nn.ModuleList(nn.Conv2d(coarse, fine, 1) for fine, coarse in pairwise(channels))
        self.merge = nn.ModuleList(conv(width, width) for width in channels[:-1])
        self.head = nn.Conv2d(channels[0], classes, 1)
        self.spread: Tensor
        self.register_buffer("spread", bilinear_cells(classes), persistent=False)

    def forward(self, frames: Tensor) -> Tensor:
        return F.pixel_shuffle(self.cells(frames), self.fold)

    def cells(self, frames: Tensor) -> Tensor:
        """The logits before they are laid out: [N, classes x 4, H/4, W/4], four channels for the 2x2 cells of each class."""
        return self.cells_of(self.scales(frames))

    def scales(self, frames: Tensor) -> list[Tensor]:
        """The features of the stages, at 1/4 to 1/32."""
        x = self.stem((frames - 128) * (1 / 64))  # centred, so that symmetric int8 represents every grey value
        scales = []
        for stage in self.stages:
            x = stage(x)
            scales.append(x)
        return scales

    def cells_of(self, scales: Sequence[Tensor]) -> Tensor:
        """`cells` of the features of the stages."""
        x = scales[-1]
        for level in reversed(range(len(scales) - 1)):
            up = F.interpolate(self.lateral[level](x), scale_factor=2, mode="nearest")
            x = self.merge[level](scales[level] + up)
        return F.conv2d(self.head(x), self.spread, padding=1)


def bilinear_cells(classes: int) -> Tensor:
    """Weights [4 classes, classes, 3, 3] of a convolution that enlarges each class's map twice by bilinear interpolation.

    Four channels a class hold the 2x2 cells of a position. Along each axis a cell's centre is a quarter of a position away from the
    position's centre, so its value is 3/4 of that position and 1/4 of the neighbour on its side.
    """
    near = torch.tensor([[0.25, 0.75, 0.0], [0.0, 0.75, 0.25]])
    cells = torch.einsum("ay,bx->abyx", near, near).reshape(4, 3, 3)
    return torch.einsum("cd,kyx->ckdyx", torch.eye(classes), cells).reshape(4 * classes, classes, 3, 3)
