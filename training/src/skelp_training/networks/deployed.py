"""The network as the line runs it: uint8 frames in, class ids and scores out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import reduce
from operator import add

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch documents this alias

from skelp_training.networks.known_steel import KnownSteel, tile_features
from skelp_training.networks.stripnet import StripNet


class Deployed(nn.Module):
    """uint8 frames [N, 1, H, W] to uint8 class ids and scores (probability x 255), both [N, H/stride, W/stride].

    With `known`, which only StripNet can have, also float32 distances from known steel [N, H/32, W/32].

    The defect classes are judged together: a cell is a defect if their sum is more likely than sound steel and than every mark, and its
    score is that sum, so that two classes that look alike do not hide a defect from each other. The class is the likeliest of them.
    `marks`: ids of the classes that are no defects; their score is their own.

    The class with the largest logit is found by comparing the map of one class with that of the next, before cells are laid out:
    engines fuse this into one pass. `argmax` and softmax over the laid-out map took 45% of the time of net s (OpenVINO, bf16).
    """

    def __init__(self, net: nn.Module, marks: Collection[int] = (), known: KnownSteel | None = None) -> None:
        super().__init__()
        self.net, self.known = net, known
        self.marks = frozenset(marks)
        self.fold = int(getattr(net, "fold", 1))

    def forward(self, frames: Tensor) -> tuple[Tensor, ...]:
        if not isinstance(self.net, StripNet):
            return self._judged(self.net(frames.float()))
        scales = self.net.scales(frames.float())
        judged = self._judged(self.net.cells_of(scales))
        return judged if self.known is None else (*judged, self.known(tile_features(scales)))

    def _judged(self, cells: Tensor) -> tuple[Tensor, Tensor]:
        maps = dict(enumerate(torch.split(cells, self.fold**2, 1)))
        others = {k: logit for k, logit in maps.items() if k == 0 or k in self.marks}
        defects = {k: logit for k, logit in maps.items() if k not in others}
        other, other_id = _likeliest(others)
        defect, defect_id = _likeliest(defects)
        best = torch.maximum(other, defect)
        of_others, of_defects = (reduce(add, ((logit - best).exp() for logit in group.values())) for group in (others, defects))
        total = of_others + of_defects
        other_share = (other - best).exp()
        is_defect = of_defects > other_share
        class_id = torch.where(is_defect, defect_id, other_id)
        share = torch.where(is_defect, of_defects, other_share) / total
        return self._laid_out(class_id), self._laid_out((255 * share).round())

    def _laid_out(self, cells: Tensor) -> Tensor:
        return F.pixel_shuffle(cells, self.fold)[:, 0].to(torch.uint8)


def _likeliest(logits: Mapping[int, Tensor]) -> tuple[Tensor, Tensor]:
    """The largest logit of each cell and its class id as a float. Engines fuse a chain of maps, but no reduction over stacked ones."""
    (first, best), *more = logits.items()
    class_id = torch.full_like(best, float(first))
    for k, logit in more:
        class_id = torch.where(logit > best, float(k), class_id)
        best = torch.maximum(best, logit)
    return best, class_id
