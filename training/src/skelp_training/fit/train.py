"""Train a network from a config: python -m training.train training/configs/strip-s.toml

Reads top to bottom: data, leak check, network, loop, export. Killed at any step it goes on from its last checkpoint to the
same result; torchrun runs it on several processes to the same loss.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import torch
from torch.utils.tensorboard import SummaryWriter

from skelp_training.commands import run
from skelp_training.config import TrainConfig, load_config
from skelp_training.data.cards import write_cards
from skelp_training.data.leaks import check_leaks
from skelp_training.data.pools import Batches, pools_of
from skelp_training.fit.checkpoint import Checkpoint, start_from
from skelp_training.fit.ema import as_frames, averaged, settle
from skelp_training.fit.losses import segmentation_loss
from skelp_training.fit.precision import resolve
from skelp_training.fit.progress import progress
from skelp_training.fit.validate import validate
from skelp_training.fit.workers import Team, average_gradients, one_after_another, share_batch_norm, team
from skelp_training.networks.dropout import leave_out
from skelp_training.networks.stripnet import make_net
from skelp_training.release.export import export


def train(config: TrainConfig, us: Team) -> Path:
    """Train what the config describes and write the model file it names. Returns that file."""
    plan = config.train
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    config.run.mkdir(parents=True, exist_ok=True)

    without = one_after_another(us, lambda: check_leaks(config))
    pools = pools_of(config, without=without)
    held_out = pools_of(config, "val", config.validate_on, without)
    if us.leads:
        write_cards(config, pools)
    batches = Batches(pools, plan)

    dtype, why = resolve(plan.precision, us.device)
    net = share_batch_norm(make_net(config.net, config.classes)).to(memory_format=torch.channels_last).to(us.device)
    if config.start_from:
        start_from(net, config.start_from)
    ema = averaged(net, plan.ema)
    optimiser = torch.optim.AdamW(net.parameters(), lr=plan.lr, weight_decay=plan.weight_decay)
    warm_up = max(1, round(plan.warm_up * plan.steps))
    schedule = torch.optim.lr_scheduler.SequentialLR(
        optimiser,
        [
            torch.optim.lr_scheduler.LinearLR(optimiser, 0.05, total_iters=warm_up),
            torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, max(1, plan.steps - warm_up), eta_min=plan.lr / 100),
        ],
        [warm_up],
    )
    checkpoint = Checkpoint(config.run, config.fingerprint, net, ema, optimiser, schedule)
    first = checkpoint.resume()

    with progress(plan.steps, first, quiet=not us.leads) as bar, SummaryWriter(config.run) if us.leads else nullcontext() as log:
        bar.say(f"{config.net}: {sum(p.numel() for p in net.parameters()):,} weights, {dtype} ({why}), from step {first}")
        for step, images, marked in batches.stream(first + 1, plan.steps, us.rank, us.world):
            frames = as_frames(torch.from_numpy(images), us)
            leave_out(net, plan.dropout, plan.batch, seed=plan.seed, step=step, rank=us.rank, world=us.world)
            with torch.autocast(us.device.split(":")[0], dtype, enabled=dtype is not torch.float32):
                logits = net(frames)
            loss = segmentation_loss(logits, torch.from_numpy(marked).to(us.device), plan.defect_weight, plan.dice_weight)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call] # torch does not type it
            average_gradients(net)
            torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimiser.step()
            schedule.step()
            ema.update_parameters(net)
            bar.advance(loss.item())
            if log:
                log.add_scalar("loss", loss.item(), step)
            if step % plan.validate_every == 0 or step == plan.steps:
                miou = validate(settle(ema, batches, plan.steps, us), held_out, config.classes)
                checkpoint.keep(step, miou, write=us.leads)
                bar.say(f"step {step}: loss {bar.mean:.4f}, val mIoU of the defect classes {miou:.4f}")
                if log:
                    log.add_scalar("miou_fg/val", miou, step)
                if plan.patience and checkpoint.stale >= plan.patience:
                    bar.say(f"step {step}: no better for {plan.patience} validations; the best one is taken")
                    break
    if us.leads:
        export(checkpoint.best() if plan.patience else ema.module, config, pools)
    return config.out


def main(arguments: Sequence[str]) -> None:
    """Train what the config file describes."""
    ask = argparse.ArgumentParser(prog="training.train", description=__doc__)
    ask.add_argument("config", type=Path)
    config = load_config(ask.parse_args(arguments).config)
    with team() as us:
        train(config, us)


if __name__ == "__main__":
    run(main)
