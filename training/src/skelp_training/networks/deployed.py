"""The network as the line runs it: uint8 frames in, class ids and scores out."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch documents this alias

from skelp_training.networks.stripnet import StripNet


class Deployed(nn.Module):
    """uint8 frames [N, 1, H, W] to uint8 class ids and scores (probability x 255), both [N, H/stride, W/stride].

    The class with the largest logit is found by comparing the map of one class with that of the next, before cells are laid out:
    engines fuse this into one pass. `argmax` and softmax over the laid-out map took 45% of the time of net s (OpenVINO, bf16).
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
        for logit in maps:  # engines fuse a sum of maps with the rest, but not a reduction over stacked maps
            total = total + (logit - best).exp()
        return self._laid_out(class_id), self._laid_out((255 / total).round())

    def _laid_out(self, cells: Tensor) -> Tensor:
        return F.pixel_shuffle(cells, self.fold)[:, 0].to(torch.uint8)
