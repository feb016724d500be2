"""Train a network from a config: python -m training.train training/configs/strip-s.toml

Reads top to bottom: data, network, loop, export. Issue 3 makes a full bench of it.
"""

from __future__ import annotations

import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from training.data import Pool, clean_pictures, draw, labelled, synthetic
from training.export import export
from training.losses import segmentation_loss
from training.model import StripNet


def pools_of(config: dict[str, Any]) -> list[Pool]:
    """The data sets that the config names, as pools to draw from."""
    class_ids = {c["name"]: c["id"] for c in config["card"]["classes"]}
    found = []
    for d in config["data"]:
        if d["kind"] == "labelled":
            samples = labelled(Path(d["path"]), "train", class_ids, only_clean=d.get("only_clean", False))
        elif d["kind"] == "clean":
            names = Path(d["names"]).read_text().split()
            samples = clean_pictures(Path(d["path"]), names[:: d.get("every", 1)])
        else:
            samples = list(synthetic(d["seed"], d["strips"], d["crops"], d["side"], clean=d.get("clean", False)))
        found.append(Pool.of(d["name"], samples, d["weight"], transpose=d.get("transpose", False)))
    return found


def vary_light(images: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """Brightness, gamma, an illumination ramp and sensor noise, on floats [N, 1, H, W] of 0 to 255."""
    n, _, h, w = images.shape

    def uniform(low: float, high: float) -> torch.Tensor:
        return torch.rand((n, 1, 1, 1), generator=rng) * (high - low) + low

    x = (images / 255).clamp(0, 1) ** uniform(0.7, 1.4)
    ramp = uniform(-0.3, 0.3) * torch.linspace(-1, 1, w) + uniform(-0.15, 0.15) * torch.linspace(-1, 1, h)[:, None]
    x = x * uniform(0.55, 1.5) * (1 + ramp)
    x = x * 255 + uniform(0, 5) * torch.randn(images.shape, generator=rng)
    return x.clamp(0, 255)


def main(config_file: str) -> None:
    """Train what the config describes and write the model file it names."""
    config = tomllib.loads(Path(config_file).read_text())
    plan = config["train"]
    torch.manual_seed(plan["seed"])
    torch.set_num_threads(plan["threads"])
    rng, light = np.random.default_rng(plan["seed"]), torch.Generator().manual_seed(plan["seed"])

    pools = pools_of(config)
    for pool in pools:
        print(f"{pool.name}: {len(pool.samples)} samples, weight {pool.weight}", file=sys.stderr)

    classes = 1 + max(c["id"] for c in config["card"]["classes"])
    net = StripNet(classes, **config.get("net", {})).to(memory_format=torch.channels_last)
    weights = torch.tensor([1.0] + [plan["defect_weight"]] * (classes - 1))
    optimiser = torch.optim.AdamW(net.parameters(), lr=plan["lr"], weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, plan["lr"], total_steps=plan["steps"], pct_start=0.15)

    started, mean_loss = time.monotonic(), 0.0
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("training", total=plan["steps"])
        for step in range(1, plan["steps"] + 1):
            images, masks = draw(pools, rng, plan["batch"], plan["crop"])
            frames = vary_light(torch.from_numpy(images).float()[:, None], light)
            with torch.autocast("cpu", torch.bfloat16):
                logits = net(frames.contiguous(memory_format=torch.channels_last))
            loss = segmentation_loss(logits, torch.from_numpy(masks), weights, StripNet.stride)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call] # torch does not type it
            torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimiser.step()
            schedule.step()
            mean_loss += (loss.item() - mean_loss) * 0.02
            progress.update(bar, advance=1, description=f"loss {mean_loss:.3f}")
            if step % 250 == 0:
                print(f"step {step} loss {mean_loss:.4f} {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
            if step % plan.get("save_every", 1000) == 0 or step == plan["steps"]:
                export(net, config["card"], pools, Path(config["out"]))


if __name__ == "__main__":
    main(sys.argv[1])
