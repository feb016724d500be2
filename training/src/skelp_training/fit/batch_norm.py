"""Batch norm over the whole batch, however many workers share it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from skelp_training.fit.workers import is_distributed, sum_over_workers


class SharedBatchNorm(nn.BatchNorm2d):
    """Batch norm over the batches of all workers. torch's SyncBatchNorm does the same, but not on CPUs."""

    def forward(self, x: Tensor) -> Tensor:
        if not (self.training and is_distributed()):
            return super().forward(x)
        count = torch.tensor([float(x.numel() // x.shape[1])], device=x.device)
        sums = sum_over_workers(torch.cat([count, x.float().sum((0, 2, 3)), x.float().square().sum((0, 2, 3))]))
        n = sums[0]
        mean, square = sums[1:].reshape(2, -1) / n
        variance = (square - mean.square()).clamp(min=0)
        with torch.no_grad():
            assert self.running_mean is not None and self.running_var is not None and self.num_batches_tracked is not None  # noqa: PT018
            self.num_batches_tracked.add_(1)
            pace = self.momentum or 1 / float(self.num_batches_tracked)  # without momentum torch takes the plain mean
            self.running_mean.lerp_(mean, pace)
            self.running_var.lerp_(variance * n / (n - 1), pace)
        scale = self.weight * (variance + self.eps).rsqrt()
        return torch.as_tensor(x * scale[None, :, None, None] + (self.bias - mean * scale)[None, :, None, None])


def share_batch_norm(network: nn.Module) -> nn.Module:
    """The same network with its batch norms replaced by shared ones. Weights and their names stay."""
    for name, child in network.named_children():
        if isinstance(child, nn.BatchNorm2d):
            shared = SharedBatchNorm(child.num_features, child.eps, child.momentum)
            shared.load_state_dict(child.state_dict())
            setattr(network, name, shared)
        else:
            share_batch_norm(child)
    return network
