"""One process or many: `torchrun --nproc-per-node 2 -m training.train CONFIG.toml`. Sums that must not depend on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.nn.functional import all_reduce

T = TypeVar("T")


@dataclass(frozen=True)
class Team:
    """This process among its fellows."""

    rank: int = 0
    world: int = 1
    device: str = "cpu"

    @property
    def leads(self) -> bool:
        return self.rank == 0


@contextmanager
def team() -> Iterator[Team]:
    """What torchrun says of this process; alone without it. NCCL where there are GPUs, gloo on CPUs."""
    gpu = torch.cuda.is_available()
    if "RANK" not in os.environ:
        yield Team(device="cuda" if gpu else "cpu")
        return
    dist.init_process_group("nccl" if gpu else "gloo")
    try:
        local = int(os.environ["LOCAL_RANK"])
        if gpu:
            torch.cuda.set_device(local)
        yield Team(dist.get_rank(), dist.get_world_size(), f"cuda:{local}" if gpu else "cpu")
    finally:
        dist.destroy_process_group()


def one_after_another(us: Team, work: Callable[[], T]) -> T:
    """The leader does the work first, so that the others find what it kept."""
    if us.leads:
        done = work()
    if several():
        dist.barrier()
    return done if us.leads else work()


def average_gradients(net: nn.Module) -> None:
    """Every process gets the mean of all gradients.

    In one piece after the backward pass: DistributedDataParallel sends pieces during it, which waits for ever on gloo
    where batch norms send their own sums in between.
    """
    if several():
        gradients = [p.grad for p in net.parameters() if p.grad is not None]
        flat = torch.cat([g.flatten() for g in gradients])
        dist.all_reduce(flat)
        means = torch.split(flat / dist.get_world_size(), [g.numel() for g in gradients])
        for g, mean in zip(gradients, means, strict=True):
            g.copy_(mean.view_as(g))


def several() -> bool:
    """Whether this process has fellows."""
    return dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1


def summed(x: Tensor) -> Tensor:
    """The sum of x over all processes, with its gradient."""
    return torch.as_tensor(all_reduce(x)) if several() else x  # type: ignore[no-untyped-call] # torch does not type it


class BatchNormOfAll(nn.BatchNorm2d):
    """Batch norm over the batches of all processes. torch's SyncBatchNorm does the same, but refuses CPUs."""

    def forward(self, x: Tensor) -> Tensor:
        if not (self.training and several()):
            return super().forward(x)
        count = torch.tensor([float(x.numel() // x.shape[1])], device=x.device)
        sums = summed(torch.cat([count, x.float().sum((0, 2, 3)), x.float().square().sum((0, 2, 3))]))
        n = sums[0]
        mean, square = sums[1:].reshape(2, -1) / n
        variance = (square - mean.square()).clamp(min=0)
        with torch.no_grad():
            assert self.running_mean is not None and self.running_var is not None and self.num_batches_tracked is not None  # noqa: PT018
            self.num_batches_tracked.add_(1)
            pace = self.momentum or 1 / float(self.num_batches_tracked)  # no momentum: the plain mean, as in torch
            self.running_mean.lerp_(mean, pace)
            self.running_var.lerp_(variance * n / (n - 1), pace)
        scale = self.weight * (variance + self.eps).rsqrt()
        return torch.as_tensor(x * scale[None, :, None, None] + (self.bias - mean * scale)[None, :, None, None])


def share_batch_norm(net: nn.Module) -> nn.Module:
    """The network with batch norms that see the whole batch, whatever the number of processes."""
    for name, child in net.named_children():
        if isinstance(child, nn.BatchNorm2d):
            shared = BatchNormOfAll(child.num_features, child.eps, child.momentum)
            shared.load_state_dict(child.state_dict())
            setattr(net, name, shared)
        else:
            share_batch_norm(child)
    return net
