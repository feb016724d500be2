"""Training in one process, or in several that torchrun starts: `torchrun --nproc-per-node 2 -m skelp train CONFIG.toml`."""

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
class Worker:
    """This training process: number `rank` of `world`, computing on a torch device."""

    rank: int = 0
    world: int = 1
    device: str = "cpu"

    @property
    def is_first(self) -> bool:
        """Whether this is the process that writes files and logs."""
        return self.rank == 0


@contextmanager
def this_worker() -> Iterator[Worker]:
    """The worker that torchrun's environment describes, or a single one. Workers talk over NCCL on GPUs and over gloo on CPUs."""
    gpu = torch.cuda.is_available()
    torch.backends.cudnn.benchmark = True  # all crops have one size
    if "RANK" not in os.environ:
        yield Worker(device="cuda" if gpu else "cpu")
        return
    dist.init_process_group("nccl" if gpu else "gloo")
    try:
        local = int(os.environ["LOCAL_RANK"])
        if gpu:
            torch.cuda.set_device(local)
        yield Worker(dist.get_rank(), dist.get_world_size(), f"cuda:{local}" if gpu else "cpu")
    finally:
        dist.destroy_process_group()


def first_worker_first(worker: Worker, work: Callable[[], T]) -> T:
    """Run `work` in the first worker, then in the others, so that they find what the first one cached."""
    if worker.is_first:
        done = work()
    if is_distributed():
        dist.barrier()
    return done if worker.is_first else work()


def average_gradients(network: nn.Module) -> None:
    """Replace the gradients of every worker by their mean.

    All gradients go in one message after the backward pass. DistributedDataParallel sends them in pieces during the backward pass,
    which deadlocks on gloo because the batch norms send their sums in between.
    """
    if is_distributed():
        gradients = [p.grad for p in network.parameters() if p.grad is not None]
        flat = torch.cat([g.flatten() for g in gradients])
        dist.all_reduce(flat)
        means = torch.split(flat / dist.get_world_size(), [g.numel() for g in gradients])
        for g, mean in zip(gradients, means, strict=True):
            g.copy_(mean.view_as(g))


def is_distributed() -> bool:
    """Whether several workers train together."""
    return dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1


def sum_over_workers(x: Tensor) -> Tensor:
    """The sum of x over all workers; gradients pass through it."""
    return torch.as_tensor(all_reduce(x)) if is_distributed() else x  # type: ignore[no-untyped-call] # torch does not type it
