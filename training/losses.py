"""Loss on what the line will see: the class map at the network's stride."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812


def cell_targets(masks: Tensor, classes: int, stride: int) -> Tensor:
    """Share of each class in each cell: masks uint8 [N, H, W] to float [N, classes, H/stride, W/stride]."""
    one_hot = F.one_hot(masks.long(), classes).permute(0, 3, 1, 2).float()
    return F.avg_pool2d(one_hot, stride)


def segmentation_loss(logits: Tensor, masks: Tensor, weights: Tensor, stride: int) -> Tensor:
    """Weighted cross-entropy against cell shares plus soft Dice over the defect classes (Milletari et al., 2016)."""
    classes = logits.shape[1]
    share = cell_targets(masks, classes, stride)
    logits = logits.float()
    log_p = logits.log_softmax(1)
    entropy = -(share * log_p * weights[None, :, None, None]).sum(1).mean()
    p = log_p.exp()
    overlap = (p * share).sum((0, 2, 3))
    total = (p + share).sum((0, 2, 3))
    dice = (2 * overlap + 1) / (total + 1)
    return entropy + 0.5 * (1 - dice[1:]).mean() if classes > 1 else torch.as_tensor(entropy)
