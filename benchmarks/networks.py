"""Networks side by side: python -m benchmarks.networks CONFIG.toml --nets s lraspp unet-resnet18 --steps 1000 --out runs/networks

Each is trained on the config's data for the same number of samples, exported, measured on the config's validation sets and timed in
turn, round by round in one process, through the OpenVINO provider and through ONNX Runtime's own. Prints a Markdown table; what is
trained already is not trained again.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import onnxruntime as ort

from skelp.inference.providers import Precision, Provider, choose, resolve, session_for
from skelp_training.config import TrainConfig, load_config
from skelp_training.data.leaks import check_leaks
from skelp_training.data.pools import Pool, pools_of
from skelp_training.evaluation.detector import Detector
from skelp_training.evaluation.summary import summarise
from skelp_training.evaluation.trials import measure
from skelp_training.fit.workers import this_worker
from skelp_training.networks.make import make_network
from skelp_training.release.build import build

HEIGHT, WIDTH = 544, 4096
"""A block of 512 lines with its context, as the line runs it."""


@dataclass(frozen=True)
class Contender:
    """A trained network: its name, file, weights and figures by validation set."""

    name: str
    file: Path
    weights: int
    figures: dict[str, dict[str, Any]]


def contender(config: TrainConfig, net: str, steps: int, folder: Path) -> Contender:
    """Train one network, unless its file exists, and measure it."""
    out = folder / f"{net}.onnx"
    plan = config.train.model_copy(update={"steps": steps, "validate_every": max(1, steps // 4), "patience": None})
    own = config.model_copy(update={"net": net, "out": out, "run": folder / net, "train": plan})
    leaks = config.run / "leaks.json"
    if leaks.is_file():  # the same pictures: not compared again for every network
        own.run.mkdir(parents=True, exist_ok=True)
        (own.run / "leaks.json").write_text(leaks.read_text())
    if not out.is_file():
        with this_worker() as worker:
            build(own, worker)
    detector = Detector(out)
    found = {pool.name: _figures(detector, pool) for pool in pools_of(own, "val", own.validate_on, check_leaks(own))}
    return Contender(net, out, sum(p.numel() for p in make_network(net, own.classes).parameters()), found)


def _figures(detector: Detector, pool: Pool) -> dict[str, Any]:
    results = [measure(detector, s, detector.run(s.image, piece=True), group=s.name) for s in pool.samples]
    return summarise(results, {c.id: c.name for c in detector.classes}, detector.card.mm_per_px)


def speeds(files: Sequence[Path], provider: Provider, rounds: int, threads: int) -> list[float]:
    """MPix/s of each file, median over rounds; within a round all run one after another, so that the machine's moods hit all alike."""
    frames = np.random.default_rng(1).integers(0, 255, (1, 1, HEIGHT, WIDTH), dtype=np.uint8)
    sessions = [_session(f, provider, threads) for f in files]
    taken: list[list[float]] = [[] for _ in files]
    for n in range(rounds + 1):
        for session, own in zip(sessions, taken, strict=True):
            began = time.perf_counter()
            session.run(["class_id", "score"], {"frames": frames})
            if n:  # the first one makes kernels
                own.append(time.perf_counter() - began)
    return [frames.size / 1e6 / median(t) for t in taken]


def _session(file: Path, provider: Provider, threads: int) -> ort.InferenceSession:
    fixed = {"n": 1, "h": HEIGHT, "w": WIDTH}
    return session_for(file, choose(provider.value).provider, resolve(provider, Precision.AUTO), threads, fixed, file.parent)


def table(contenders: Sequence[Contender], by_provider: dict[Provider, list[float]]) -> str:
    """Markdown: accuracy on each set with its interval, speed with the ratio to the last contender's."""
    sets = list(contenders[0].figures)
    head = ["net", "weights", *(f"mIoU {s}" for s in sets), *(f"MPix/s {p.value}" for p in by_provider)]
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for n, c in enumerate(contenders):
        accuracy = [f"{f['miou_fg']:.3f} [{f['miou_fg_interval'][0]:.2f}, {f['miou_fg_interval'][1]:.2f}]" for f in c.figures.values()]
        speed = [f"{s[n]:.1f} ({s[n] / s[-1]:.1f}x)" for s in by_provider.values()]
        lines.append(f"| {' | '.join([c.name, f'{c.weights / 1e6:.2f} M', *accuracy, *speed])} |")
    return "\n".join(lines)


def main() -> None:
    """Train, measure, time, print."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("config", type=Path)
    ask.add_argument(
        "--nets", nargs="+", default=["xs", "s", "m", "lraspp", "unet-resnet18"], help="the last one is what speeds are compared with"
    )
    ask.add_argument("--steps", type=int, default=1000)
    ask.add_argument("--sets", nargs="+", help="names of the data sets to train on; without it all of the config's")
    ask.add_argument("--rounds", type=int, default=9)
    ask.add_argument("--out", type=Path, default=Path("runs/networks"))
    asked = ask.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    config = load_config(asked.config)
    if asked.sets:
        strange = set(asked.sets) - {d.name for d in config.data}
        if strange:
            ask.error(f"{asked.config} has no data sets {sorted(strange)}")
        unseen = set(config.validate_on) - set(asked.sets)
        if unseen:
            ask.error(f"--sets leaves out {sorted(unseen)}, which {asked.config} validates on: nothing could be measured; name them too")
        config = config.model_copy(update={"data": tuple(d for d in config.data if d.name in asked.sets)})
    found = [contender(config, net, asked.steps, asked.out) for net in asked.nets]
    files = [c.file for c in found]
    usable = [p for p in (Provider.OPENVINO, Provider.CPU) if p is Provider.CPU or choose("auto").provider is p]
    by_provider = {p: speeds(files, p, asked.rounds, config.train.threads) for p in usable}
    text = table(found, by_provider)
    (asked.out / "table.md").write_text(text + "\n")
    record = [{"net": c.name, "figures": c.figures, **{p.value: s[n] for p, s in by_provider.items()}} for n, c in enumerate(found)]
    (asked.out / "table.json").write_text(json.dumps(record, indent=1) + "\n")
    print(text)


if __name__ == "__main__":
    main()
