"""Trains several configs beside each other on one GPU: python -m benchmarks.side_by_side OUT CONFIG... [--seconds N] [--eager]

For a GPU that is lent for minutes. Sets that configs share are read once. The whole step (network to moving average) is one
CUDA graph, because starting its kernels one by one takes longer than running them: 217 against 88 steps a second on an H100, with the same
weights. It does what `skelp train` does, but looks for no leaks, validates nothing, and cannot be resumed. Writes OUT/NAME/last.pt, from
which `skelp export` and `start_from` go on. With --seconds each config gets as many steps as fit, and says how many.
"""

from __future__ import annotations

import argparse
import copy
import multiprocessing
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from multiprocessing.managers import ListProxy
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import cv2
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import update_bn
from torch.utils.data import DataLoader, Dataset

from skelp.terminal import err
from skelp_training.config import DataSet, TrainConfig, TrainingPlan, load_config
from skelp_training.data.augment import Variation
from skelp_training.data.batches import Batches, PaintedClasses, as_it_is, one_thread
from skelp_training.data.pools import Pool, pools_of
from skelp_training.fit.ema import STATISTICS_BATCHES, as_frames, decay_at
from skelp_training.fit.losses import segmentation_loss
from skelp_training.fit.train import learning_rate_schedule
from skelp_training.fit.workers import Worker
from skelp_training.networks.make import make_network

Crops = tuple[Tensor, Tensor]
"""Images and masks uint8 [n, crop, crop]."""
_EAGER_STEPS = 12
"""Steps before the graph is captured: the optimiser makes its state in the first one, and cuDNN chooses its algorithms."""
_TRIED_STEPS, _TRIED_S = 150, 6.0
"""How the rate is measured: after so many steps, for so long."""
_SAFETY = 0.92
_LEFT_S = 10.0
"""Time for the statistics of batch norm and for writing."""


class Step:
    """One network's training step. Learning rate and gain of the average are tensors, so that a captured step sees their changes."""

    def __init__(self, network: nn.Module, plan: TrainingPlan, device: str, *, captured: bool) -> None:
        self._plan, self._worker = plan, Worker(device=device)
        self._network = network.to(memory_format=torch.channels_last).to(device).train()
        self.average = copy.deepcopy(self._network)
        self._weights = list(self._network.parameters())
        self._rate = torch.tensor(plan.lr, device=device)
        self._gain = torch.tensor(1.0, device=device)
        rate = self._rate if captured else plan.lr
        self._optimiser = torch.optim.AdamW(self._weights, lr=rate, weight_decay=plan.weight_decay, capturable=captured)
        self._side = torch.cuda.Stream() if captured else None  # type: ignore[no-untyped-call] # torch does not type it
        self._images = torch.zeros(plan.batch, plan.crop, plan.crop, dtype=torch.uint8, device=device)
        self._masks = self._images.clone()
        self._graph: torch.cuda.CUDAGraph | None = None
        self.losses = torch.zeros((), device=device)
        """Sum of the losses since it was last set to zero."""
        self.count = 0

    def __call__(self, crops: Crops, rate: float) -> None:
        self._images.copy_(crops[0], non_blocking=True)
        self._masks.copy_(crops[1], non_blocking=True)
        self._rate.fill_(rate)
        self._gain.fill_(1 - decay_at(self.count, self._plan.ema) if self.count else 1.0)
        self.count += 1
        if self._graph is not None:
            self._graph.replay()
            return
        self._optimiser.zero_grad(set_to_none=True)
        if self._side is None:
            self._optimiser.param_groups[0]["lr"] = rate
            self._body()
        elif self.count < _EAGER_STEPS:  # what is captured later warms up on the same stream (torch's notes on CUDA graphs)
            self._side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(self._side):
                self._body()
            torch.cuda.current_stream().wait_stream(self._side)
        else:
            self._graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self._graph, stream=self._side):
                self._body()
            self._graph.replay()

    def _body(self) -> None:
        with torch.autocast(self._worker.device, torch.bfloat16, cache_enabled=False):
            logits = self._network(as_frames(self._images, self._worker))
        loss = segmentation_loss(logits, self._masks, self._plan.defect_weight, self._plan.dice_weight)
        loss.backward()  # type: ignore[no-untyped-call] # torch does not type it
        torch.nn.utils.clip_grad_norm_(self._weights, 5.0)
        self._optimiser.step()
        with torch.no_grad():
            for average, weight in zip(self.average.parameters(), self._weights, strict=True):
                average.lerp_(weight, self._gain)
            self.losses.add_(loss.detach())

    def finished(self, batches: Iterable[Crops]) -> dict[str, Any]:
        """The averaged weights as a checkpoint has them, with batch norm statistics of these batches (fit/ema.py says why)."""
        update_bn((as_frames(images, self._worker) for images, _ in batches), self.average)
        state = {f"module.{k}": v.float() if v.is_floating_point() else v for k, v in self.average.state_dict().items()}
        return {"ema": {k: v.cpu() for k, v in state.items()}, "step": self.count}


@dataclass(frozen=True)
class Job:
    """One config to train. `deadline` is on time.monotonic; None: there is none."""

    config: TrainConfig
    pools: list[Pool]
    out: Path
    deadline: float | None
    captured: bool


def train(job: Job, barrier: Barrier, rates: ListProxy[float]) -> None:
    """Train one config in a process of its own."""
    torch.set_num_threads(1)
    cv2.setNumThreads(0)
    plan = job.config.train
    steps = _steps_that_fit(job, barrier, rates) if job.deadline else plan.steps
    rate = _learning_rates(plan, steps)
    step = _new_step(job)
    for crops in _batches(job, steps):
        step(crops, next(rate))
        if step.count % 1000 == 0:
            err.print(f"{job.out.name}: step {step.count} of {steps}, loss {step.losses.item() / 1000:.4f}")
            step.losses.zero_()
        if job.deadline and time.monotonic() > job.deadline - _LEFT_S / 2:
            break
    job.out.mkdir(parents=True, exist_ok=True)
    torch.save(step.finished(_batches(job, STATISTICS_BATCHES)), job.out / "last.pt")
    err.print(f"{job.out.name}: {step.count} of {steps} steps done")


def _new_step(job: Job) -> Step:
    torch.manual_seed(job.config.train.seed)
    network = make_network(job.config.net, job.config.classes)
    return Step(network, job.config.train, "cuda" if torch.cuda.is_available() else "cpu", captured=job.captured)


def _steps_that_fit(job: Job, barrier: Barrier, rates: ListProxy[float]) -> int:
    """The number of steps by the slowest job's rate, measured on a network that is thrown away while all jobs run."""
    step, since = _new_step(job), 0.0
    for crops in _batches(job, 1_000_000):
        step(crops, job.config.train.lr)
        if step.count == _TRIED_STEPS:
            since = step.losses.item() and time.monotonic()  # reading the loss waits for the GPU
        if since and time.monotonic() > since + _TRIED_S:
            break
    step.losses.item()
    rates.append((step.count - _TRIED_STEPS) / (time.monotonic() - since))
    barrier.wait(timeout=120)  # another job may have died
    assert job.deadline is not None
    return max(1, int(min(rates) * _SAFETY * (job.deadline - time.monotonic() - _LEFT_S)))


def _learning_rates(plan: TrainingPlan, steps: int) -> Iterator[float]:
    """The rates of `skelp train`'s schedule."""
    optimiser = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=plan.lr)
    schedule = learning_rate_schedule(optimiser, plan.model_copy(update={"steps": steps}))
    for _ in range(steps):
        yield float(schedule.get_last_lr()[0])
        optimiser.step()
        schedule.step()


class _Steps(Dataset[Crops]):
    def __init__(self, batches: Batches, steps: int) -> None:
        self._batches, self._steps = batches, steps

    def __len__(self) -> int:
        return self._steps

    def __getitem__(self, index: int) -> Crops:
        images, masks = self._batches.batch(index + 1)
        return torch.from_numpy(images), torch.from_numpy(masks)  # tensors travel between processes in shared memory


def _batches(job: Job, steps: int) -> DataLoader[Crops]:
    plan = job.config.train
    batches = Batches(job.pools, plan, PaintedClasses.of(plan, job.config.class_ids))
    return DataLoader(
        _Steps(batches, steps),
        batch_size=None,
        num_workers=max(1, plan.loaders),
        prefetch_factor=6,
        collate_fn=as_it_is,
        worker_init_fn=one_thread,
        multiprocessing_context="fork",
    )


def _shared_pools(configs: Iterable[TrainConfig]) -> list[list[Pool]]:
    """The training pools of each config. A set is read once for all configs that draw the same pictures from it."""
    own = {"weight", "stretch", "wild", "transpose", "background", "defect_share", "steel"}
    known: dict[str, Pool] = {}

    def pool(config: TrainConfig, data: DataSet) -> Pool:
        key = f"{data.location} {data.model_dump_json(exclude=own)} {config.class_ids} {config.train.crop}"
        if key not in known:
            known[key] = pools_of(config.model_copy(update={"data": (data,)}))[0]
        return replace(
            known[key],
            name=data.name,
            weight=data.weight,
            variation=Variation(data.transpose, data.stretch, data.wild),
            background=data.background,
            defect_share=data.defect_share,
        )

    return [[pool(c, data) for data in c.data] for c in configs]


def main() -> None:
    """Train all configs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("configs", type=Path, nargs="+")
    parser.add_argument("--seconds", type=float, help="how long all may take, reading included")
    parser.add_argument("--eager", action="store_true", help="no CUDA graph")
    arguments = parser.parse_args()
    deadline = time.monotonic() + arguments.seconds if arguments.seconds else None
    configs = [load_config(f) for f in arguments.configs]
    context = multiprocessing.get_context("fork")  # the pools are large: processes share them. CUDA is touched in the children alone
    barrier, rates = context.Barrier(len(configs)), context.Manager().list()
    jobs = [
        Job(config, pools, arguments.out / file.stem, deadline, not arguments.eager)
        for file, config, pools in zip(arguments.configs, configs, _shared_pools(configs), strict=True)
    ]
    processes = [context.Process(target=train, args=(job, barrier, rates)) for job in jobs]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    raise SystemExit(max(abs(p.exitcode or 0) for p in processes))


if __name__ == "__main__":
    main()
