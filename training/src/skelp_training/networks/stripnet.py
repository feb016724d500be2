"""Small dense networks: few channels, 3x3 convolutions, nothing that matrix units dislike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from skelp_training.networks.dropout import ChannelDropout


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

    Two stride-2 convolutions, residual stages at 1/4 to 1/32, sums from coarse to fine. A class map at 1/4 cannot follow a scratch
    of four pixels (its best possible mean IoU on NEU is 0.845, at 1/2 0.917), and layers at 1/2 would cost as much as all the
    others: so the head at 1/4 is interpolated to 1/2, as a convolution that gives the four cells of each position side by side.
    Learned instead (sub-pixel convolution, Shi et al., CVPR 2016) it was worse on NEU by one to two points, and resizing was slower.
    """

    stride = 2
    fold = 2
    """Cells along a side that one position of `cells` speaks for."""

    def __init__(self, classes: int, stem: Sequence[int], channels: Sequence[int], blocks: Sequence[int]) -> None:
        super().__init__()
        half, quarter = stem
        self.stem = nn.Sequential(conv(1, half, 2), conv(half, quarter, 2))
        widths = (quarter, *channels)
        self.stages = nn.ModuleList(
            nn.Sequential(
                *([conv(before, width, 1 if fine else 2)] if not fine or before != width else []),
                *(Residual(width) for _ in range(count)),
                *([] if fine else [ChannelDropout(width)]),  # the finest stage keeps all: outlines need it
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
        """The same logits as the head gives them: [N, classes x 4, H/4, W/4], a class's 2x2 cells side by side."""
        x = self.stem((frames - 128) * (1 / 64))  # centred, so that symmetric int8 keeps every grey value
        scales = []
        for stage in self.stages:
            x = stage(x)
            scales.append(x)
        for level in reversed(range(len(scales) - 1)):
            up = F.interpolate(self.lateral[level](x), scale_factor=2, mode="nearest")
            x = self.merge[level](scales[level] + up)
        return F.conv2d(self.head(x), self.spread, padding=1)


def bilinear_cells(classes: int) -> Tensor:
    """Weights [4 classes, classes, 3, 3] that interpolate each class's map to twice its size; its 2x2 cells are four channels.

    A cell's centre lies a quarter from its position's, so it takes 3/4 of it and 1/4 of the neighbour on its side.
    """
    near = torch.tensor([[0.25, 0.75, 0.0], [0.0, 0.75, 0.25]])
    cells = torch.einsum("ay,bx->abyx", near, near).reshape(4, 3, 3)
    return torch.einsum("cd,kyx->ckdyx", torch.eye(classes), cells).reshape(4 * classes, classes, 3, 3)


class Deployed(nn.Module):
    """A network as the line runs it: uint8 in, uint8 class ids and scores (probability x 255) out.

    The largest class is found by comparing one class's map with the next, before cells are laid out: engines fuse that into
    one pass. `argmax` and soft-max over the channels of the laid-out map took 45% of the time of net s (OpenVINO, bf16).
    """

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net
        self.fold = int(getattr(net, "fold", 1))

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        head = self.net.cells if isinstance(self.net, StripNet) else self.net
        cells = head(frames.float())
        maps = cells.split(self.fold**2, 1)
        best, class_id = maps[0], torch.zeros_like(maps[0])
        for k, logit in enumerate(maps[1:], start=1):
            class_id = torch.where(logit > best, float(k), class_id)
            best = torch.maximum(best, logit)
        total = torch.zeros_like(best)
        for logit in maps:  # a sum of maps is fused with the rest, a reduction over a stack of them is not
            total = total + (logit - best).exp()
        return self._laid_out(class_id), self._laid_out((255 / total).round())

    def _laid_out(self, cells: Tensor) -> Tensor:
        return F.pixel_shuffle(cells, self.fold)[:, 0].to(torch.uint8)


def make_net(name: str, classes: int) -> nn.Module:
    """A network by the name that a config gives it: xs, s, m, or a baseline to compare with. KeyError if there is none."""
    from skelp_training.networks.baselines import BASELINES  # noqa: PLC0415 - torchvision is slow to import and few runs want it

    return StripNet(classes, **asdict(SIZES[name])) if name in SIZES else BASELINES[name](classes)
