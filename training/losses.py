"""Loss on what the line will see: the class map at the network's stride."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from training.parallel import summed
from training.sets.items import UNSURE


def cell_targets(masks: Tensor, classes: int, stride: int) -> tuple[Tensor, Tensor]:
    """Share of each class in each cell and the cell's weight: masks uint8 [N, H, W] to float [N, classes, H/s, W/s] and [N, 1, H/s, W/s].

    The weight is the share of the cell's pixels that somebody is sure of.
    """
    known = (masks != UNSURE)[:, None].float()
    one_hot = F.one_hot(torch.where(masks == UNSURE, 0, masks).long(), classes).permute(0, 3, 1, 2).float() * known
    weight = F.avg_pool2d(known, stride)
    return F.avg_pool2d(one_hot, stride) / weight.clamp(min=1e-6), weight


def segmentation_loss(logits: Tensor, masks: Tensor, defect_weight: float = 1.0, dice_weight: float = 1.0) -> Tensor:
    """Cross-entropy against cell shares plus soft Dice over the defect classes (Milletari et al., 2016).

    Sums run over the whole batch, of all processes where there are several, so that the loss does not depend on how the
    batch is cut.
    """
    classes = logits.shape[1]
    share, weight = cell_targets(masks, classes, masks.shape[-1] // logits.shape[-1])
    log_p = logits.float().log_softmax(1)
    balance = torch.full((1, classes, 1, 1), defect_weight, device=logits.device)
    balance[:, 0] = 1.0
    entropy = -(share * log_p * balance * weight).sum()
    p = log_p.exp() * weight
    share = share * weight
    sums = torch.cat([torch.stack([entropy, weight.sum()]), (p * share).sum((0, 2, 3)), (p + share).sum((0, 2, 3))])
    entropy, count, *_ = (sums := summed(sums))
    overlap, total = sums[2 : 2 + classes], sums[2 + classes :]
    dice = (2 * overlap + 1) / (total + 1)
    return torch.as_tensor(entropy / count.clamp(min=1) + dice_weight * (1 - dice[1:]).mean())
