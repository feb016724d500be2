"""Validation while training: mean IoU of the network's class map at the masks' resolution, without thresholds."""

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


def validate(network: nn.Module, pools: Sequence[Pool], classes: int) -> float:
    """Mean IoU of the defect classes over all pixels of the pools. Every worker computes the same value. `classes` counts sound steel."""
    was_training = network.training
    network.eval()
    found = Confusion(classes)
    for pool in pools:
        for sample in pool.samples:
            found.add(class_map(network, sample.image), sample.mask)
    network.train(was_training)
    return found.miou


@torch.no_grad()
def class_map(network: nn.Module, image: U8) -> U8:
    """Class ids of the largest logit, enlarged by repetition to the picture's size, uint8 [h, w]."""
    h, w = image.shape
    padded = np.pad(image, ((0, round_up(h, STEP) - h), (0, round_up(w, STEP) - w)), mode="symmetric")
    device = next(network.parameters()).device
    ids = network(torch.from_numpy(padded)[None, None].float().to(device)).argmax(1)[0].to(torch.uint8).cpu().numpy()
    return np.asarray(ids.repeat(network.stride, 0).repeat(network.stride, 1)[:h, :w], np.uint8)
