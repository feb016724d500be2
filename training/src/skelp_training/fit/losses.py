"""The training loss, on the class map at the network's stride: cross-entropy plus soft Dice."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch documents this alias

from skelp_training.fit.workers import sum_over_workers


def cell_targets(masks: Tensor, classes: int, stride: int) -> tuple[Tensor, Tensor]:
    """Share of each class in each cell and the cell's weight: masks uint8 [N, H, W] to float [N, classes, H/s, W/s] and [N, 1, H/s, W/s].

    The weight is the share of the cell's pixels that are not UNSURE.
    """
    ids = torch.arange(classes, dtype=masks.dtype, device=masks.device)[None, :, None, None]
    share = F.avg_pool2d((masks[:, None] == ids).float(), stride)
    weight = share.sum(1, keepdim=True)
    return share / weight.clamp(min=1e-6), weight


def segmentation_loss(
    logits: Tensor, masks: Tensor, defect_weight: float = 1.0, dice_weight: float = 1.0, *, each_crop: float = 0.0
) -> Tensor:
    """Cross-entropy against cell shares plus soft Dice over the defect classes (Milletari et al., 2016).

    Sums run over the whole batch of all workers, so that the loss does not depend on how the batch is split. `each_crop` is the share of
    the Dice that is of each class on each crop that shows it, where a small defect counts as much as a large one. The rest is of each class
    in the batch: what is found on a crop without the class counts only there.
    """
    classes = logits.shape[1]
    share, weight = cell_targets(masks, classes, masks.shape[-1] // logits.shape[-1])
    log_p = logits.float().log_softmax(1)
    balance = torch.full((1, classes, 1, 1), defect_weight, device=logits.device)
    balance[:, 0] = 1.0
    entropy = -(share * log_p * balance * weight).sum()
    p = log_p.exp() * weight
    share = share * weight
    entropy, count = sum_over_workers(torch.stack([entropy, weight.sum()]))
    areas = torch.stack([(p * share).sum((2, 3)), p.sum((2, 3)), share.sum((2, 3))])[..., 1:]
    lost = entropy / count.clamp(min=1)
    if each_crop < 1:
        lost += dice_weight * (1 - each_crop) * _mean(*_dice_lost(sum_over_workers(areas.sum(1))))
    if each_crop > 0:
        lost += dice_weight * each_crop * _mean(*sum_over_workers(torch.stack(_dice_lost(areas))))
    return torch.as_tensor(lost)


def _dice_lost(areas: Tensor) -> tuple[Tensor, Tensor]:
    """The sum of 1 - Dice over what is shown, and how much that is; cross-entropy covers false alarms of the rest.

    `areas` [3, ...]: the overlap, what is predicted and what is there, of each class, on each crop or in the batch.
    """
    overlap, predicted, present = areas
    dice = (2 * overlap + 1) / (predicted + present + 1)
    shown = (present > 0).float()
    return ((1 - dice) * shown).sum(), shown.sum()


def _mean(total: Tensor, count: Tensor) -> Tensor:
    return total / count.clamp(min=1)
