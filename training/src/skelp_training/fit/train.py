"""Trains the network that a config describes: data, leak check, network, loop.

A run that was killed resumes from its last checkpoint and reaches the same result. Several workers reach the same loss as one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.utils.tensorboard import SummaryWriter

from skelp.domain.errors import SkelpError
from skelp.terminal import err, print_rows
from skelp_training.config import TrainConfig, TrainingPlan
from skelp_training.data.batches import Batches, PaintedClasses
from skelp_training.data.cards import write_cards
from skelp_training.data.leaks import check_leaks
from skelp_training.data.pictures import picture_id
from skelp_training.data.pools import Pool, pools_of
from skelp_training.data.seen import Seen
from skelp_training.data.summary import summarise_pools
from skelp_training.fit.batch_norm import share_batch_norm
from skelp_training.fit.checkpoint import Checkpoint, load_first_weights, load_weights, past_of
from skelp_training.fit.ema import as_frames, averaged_network, first_frames, moving_average, towards, weights_of
from skelp_training.fit.from_model import SUFFIX, load_model_file, seen_by_file, settle
from skelp_training.fit.losses import segmentation_loss
from skelp_training.fit.precision import resolve_precision
from skelp_training.fit.progress import progress
from skelp_training.fit.validate import validate
from skelp_training.fit.workers import Worker, average_gradients, first_worker_first
from skelp_training.networks.dropout import draw_dropout
from skelp_training.networks.make import make_network


@dataclass(frozen=True)
class Trained:
    """The network to export, the pools that it was trained on, the pictures that it has seen, and how many steps were made.

    `mean_of`: of which files its weights are the mean (tools.mean_weights), the share of each by its SHA-256.
    """

    network: nn.Module
    pools: list[Pool]
    seen: Seen
    steps: int
    mean_of: Mapping[str, float] = field(default_factory=dict)


def train(config: TrainConfig, worker: Worker, check_pools: Callable[[Sequence[Pool]], None] = lambda _: None) -> Trained:
    """Train what the config describes, from its last checkpoint if there is one. Raises SkelpError if splits share steel.

    `check_pools` is called before training. It raises SkelpError if the export would fail with these pictures.
    """
    plan = config.train
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    config.run.mkdir(parents=True, exist_ok=True)

    leaked = first_worker_first(worker, lambda: check_leaks(config))
    pools = pools_of(config, without=leaked)
    check_pools(pools)
    held_out = pools_of(config, "val", config.validate_on, leaked)
    summaries = summarise_pools(config, pools, held_out)
    if worker.is_first:
        for contents in summaries:
            print_rows(contents.rows({n: name for name, n in config.class_ids.items()}), contents.name, to=err)
        write_cards(config, pools)
    batches = Batches(pools, plan, PaintedClasses.of(plan, config.class_ids))

    dtype, why = resolve_precision(plan.precision, worker.device)
    network, first_weights = _new_network(config, batches, worker)
    ema = moving_average(network, plan.ema)
    optimiser = torch.optim.AdamW(network.parameters(), lr=plan.lr, weight_decay=plan.weight_decay)
    schedule = learning_rate_schedule(optimiser, plan)
    checkpoint = Checkpoint(config.run, config.fingerprint, _seen(pools, held_out, config), network, ema, optimiser, schedule)
    first = step = checkpoint.resume()

    writer = SummaryWriter(config.run) if worker.is_first else nullcontext()
    with progress(plan.steps, first, quiet=not worker.is_first) as bar, writer as log:
        bar.report(f"{config.net}: {sum(p.numel() for p in network.parameters()):,} weights, {dtype} ({why}), from step {first}")
        for step, images, masks in batches.stream(first + 1, plan.steps, worker.rank, worker.world):
            frames = as_frames(torch.from_numpy(images), worker)
            draw_dropout(network, plan.dropout, plan.batch, seed=plan.seed, step=step, rank=worker.rank, world=worker.world)
            with torch.autocast(worker.device.split(":")[0], dtype, enabled=dtype is not torch.float32):
                logits = network(frames)
            loss = segmentation_loss(
                logits, torch.from_numpy(masks).to(worker.device), plan.defect_weight, plan.dice_weight, each_crop=plan.dice_each_crop
            )
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call] # torch does not type it
            average_gradients(network)
            _check_gradient(torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0), step, plan)
            optimiser.step()
            schedule.step()
            ema.update_parameters(network)
            bar.advance(loss.item())
            if log:
                log.add_scalar("loss", loss.item(), step)
            if step == plan.steps:
                towards(ema.module, first_weights, plan.first_share)
            if step % plan.validate_every == 0 or step == plan.steps:
                miou = validate(averaged_network(ema, batches, plan.steps, worker), held_out, config.classes)
                checkpoint.save(step, miou, write=worker.is_first)
                bar.report(f"step {step}: loss {bar.mean:.4f}, val mIoU of the defect classes {miou:.4f}")
                if log:
                    log.add_scalar("miou_fg/val", miou, step)
                if plan.patience and checkpoint.stale >= plan.patience:
                    bar.report(f"step {step}: no improvement in {plan.patience} validations; the best weights are taken")
                    break
    return Trained(
        checkpoint.best_network() if plan.patience and worker.is_first else ema.module,
        pools,
        checkpoint.seen,
        step,
    )


def _new_network(config: TrainConfig, batches: Batches, worker: Worker) -> tuple[nn.Module, dict[str, Tensor]]:
    """The config's network, with the weights that training starts from: random ones, those of a run's last.pt, or of a model file.

    Also a copy of those weights (`weights_of`).
    """
    network = share_batch_norm(make_network(config.net, config.classes)).to(memory_format=torch.channels_last).to(worker.device)
    file, known = config.first_weights, None
    if file is not None and file.suffix == SUFFIX:
        known = load_model_file(network, file, config.class_ids)
        everybody = Worker(device=worker.device)  # each worker sees all crops, so that all get the same weights
        settle(network, first_frames(batches, config.train.steps, everybody))
    elif file is not None:
        known = load_first_weights(network, file)
    return network, weights_of(network, known)


def _check_gradient(norm: Tensor, step: int, plan: TrainingPlan) -> None:
    """Raise SkelpError if it is NaN or infinite: every weight would be NaN after this step. `norm` is the same in all workers."""
    if not norm.isfinite():
        raise SkelpError(
            f"step {step}: the gradient is not finite ({norm.item()}), so the network would learn nothing from here on; take a smaller lr "
            f'than {plan.lr:g}, a longer warm_up, or precision = "fp32", and another run folder'
        )


def finished(config: TrainConfig) -> Trained:
    """What `train` returned, from the checkpoints of a run that has ended or was stopped.

    Raises SkelpError if there is none, or if they are of another config.
    """
    last = config.run / "last.pt"
    past = past_of(last, config.fingerprint)
    network = make_network(config.net, config.classes)
    load_weights(network, config.run / "best.pt" if config.train.patience else last)
    leaked = check_leaks(config)
    held_out = pools_of(config, "val", config.validate_on, leaked)
    pools = pools_of(config, without=leaked)
    seen = _seen(pools, held_out, config)
    return Trained(network, pools, seen | past.seen if past.mean_of else seen, past.steps, past.mean_of)


def _seen(pools: Sequence[Pool], held_out: Sequence[Pool], config: TrainConfig) -> Seen:
    """The pools' pictures, the validation pictures if they choose when training stops, and what the first weights have seen."""
    taught = frozenset[str]().union(*(p.picture_ids for p in pools))
    chosen = [picture_id(i.picture()) for p in held_out for i in p.labels.items if i.split == "val"] if config.train.patience else []
    seen, first = Seen(taught, frozenset(chosen)), config.first_weights
    if first is None:
        return seen
    return seen | (seen_by_file(first) if first.suffix == SUFFIX else past_of(first).seen)


def learning_rate_schedule(optimiser: torch.optim.Optimizer, plan: TrainingPlan) -> torch.optim.lr_scheduler.LRScheduler:
    """The learning rate rises linearly during the warm-up, then falls along a cosine to a hundredth."""
    warm_up = max(1, round(plan.warm_up * plan.steps))
    rise = torch.optim.lr_scheduler.LinearLR(optimiser, 0.05, total_iters=warm_up)
    fall = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, max(1, plan.steps - warm_up), eta_min=plan.lr / 100)
    return torch.optim.lr_scheduler.SequentialLR(optimiser, [rise, fall], [warm_up])
