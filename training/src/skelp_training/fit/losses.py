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
    logits: Tensor, masks: Tensor, defect_weight: float = 1.0, dice_weight: float = 1.0, *, each_crop: bool = False
) -> Tensor:
    """Cross-entropy against cell shares plus soft Dice over the defect classes (Milletari et al., 2016).

    Sums run over the whole batch of all workers, so that the loss does not depend on how the batch is split. `each_crop`: Dice is the mean
    over each class on each crop that shows it, so that a small defect counts as much as a large one; else each class's is of the batch.
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
    over = (2, 3) if each_crop else (0, 2, 3)
    areas = torch.stack([(p * share).sum(over), p.sum(over), share.sum(over)])
    overlap, predicted, present = (areas if each_crop else sum_over_workers(areas))[..., 1:]
    dice = (2 * overlap + 1) / (predicted + present + 1)
    # Dice counts only classes that are on some crop of the batch, or on the crop; cross-entropy covers false alarms of the others
    shown = (present > 0).float()
    lost, of = ((1 - dice) * shown).sum(), shown.sum()
    if each_crop:
        lost, of = sum_over_workers(torch.stack([lost, of]))
    return torch.as_tensor(entropy / count.clamp(min=1) + dice_weight * lost / of.clamp(min=1))
