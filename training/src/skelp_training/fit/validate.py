"""A quick look while training: pooled IoU of the network's own class map, at the masks' resolution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from skelp.domain.strip import round_up
from skelp.inference.card import STEP
from skelp_training.data.pictures import U8
from skelp_training.data.pools import Pool
from skelp_training.evaluation.metrics import Confusion


def validate(net: nn.Module, pools: Sequence[Pool], classes: int) -> float:
    """Mean IoU over the defect classes, pooled over every pixel of the pools. Every process does the same and finds the same."""
    was_training = net.training
    net.eval()
    found = Confusion(classes)
    for pool in pools:
        for sample in pool.samples:
            found.add(class_map(net, sample.image), sample.mask)
    net.train(was_training)
    return found.miou


@torch.no_grad()
def class_map(net: nn.Module, image: U8) -> U8:
    """Class ids of the largest logit, enlarged by repetition to the picture, uint8 [h, w]."""
    h, w = image.shape
    padded = np.pad(image, ((0, round_up(h, STEP) - h), (0, round_up(w, STEP) - w)), mode="symmetric")
    device = next(net.parameters()).device
    ids = net(torch.from_numpy(padded)[None, None].float().to(device)).argmax(1)[0].to(torch.uint8).cpu().numpy()
    return np.asarray(ids.repeat(net.stride, 0).repeat(net.stride, 1)[:h, :w], np.uint8)
