"""Compares networks: python -m benchmarks.networks CONFIG.toml --nets s lraspp unet-resnet18 --steps 1000 --out runs/networks

It trains each network on the config's data with the same number of samples, exports it and measures it on the config's validation sets.
Then it times all networks in turn in one process, on the OpenVINO provider and on ONNX Runtime's CPU provider. It prints a Markdown table.
A network whose file exists is not trained again.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort

from benchmarks.in_turn import medians
from skelp.inference.providers import Precision, Provider, choose, resolve
from skelp.inference.sessions import session_for
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
"""Size of a block: 512 lines with context, as on the line."""


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
    own = config.model_copy(update={"net": net, "out": out, "run": folder / net, "train": plan, "known_steel": None})
    leaks = config.run / "leaks.json"
    if leaks.is_file():  # the pictures are the same, so they are not compared again
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
    """MPix/s of each file, median over rounds in which all run in turn."""
    frames = np.random.default_rng(1).integers(0, 255, (1, 1, HEIGHT, WIDTH), dtype=np.uint8)
    sessions = [_session(f, provider, threads) for f in files]
    calls = [partial(session.run, ["class_id", "score"], {"frames": frames}) for session in sessions]
    return [frames.size / 1e6 / seconds for seconds in medians(calls, rounds)]


def _session(file: Path, provider: Provider, threads: int) -> ort.InferenceSession:
    fixed = {"n": 1, "h": HEIGHT, "w": WIDTH}
    precision = resolve(provider, Precision.AUTO)
    return session_for(file.read_bytes(), choose(provider.value).provider, precision, threads, fixed, file.parent).session


def table(contenders: Sequence[Contender], by_provider: dict[Provider, list[float]]) -> str:
    """A Markdown table: accuracy on each set with its interval, and speed with its ratio to that of the last network."""
    sets = list(contenders[0].figures)
    head = ["net", "weights", *(f"mIoU {s}" for s in sets), *(f"MPix/s {p.value}" for p in by_provider)]
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for n, c in enumerate(contenders):
        accuracy = [f"{f['miou_fg']:.3f} [{f['miou_fg_interval'][0]:.2f}, {f['miou_fg_interval'][1]:.2f}]" for f in c.figures.values()]
        speed = [f"{s[n]:.1f} ({s[n] / s[-1]:.1f}x)" for s in by_provider.values()]
        lines.append(f"| {' | '.join([c.name, f'{c.weights / 1e6:.2f} M', *accuracy, *speed])} |")
    return "\n".join(lines)


def main() -> None:
    """Train, measure and time the networks, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument(
        "--nets",
        nargs="+",
        default=["xs", "s", "m", "lraspp", "unet-resnet18"],
        help="networks; speeds are compared with that of the last one",
    )
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--sets", nargs="+", help="names of the data sets to train on. Default: all of the config")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--out", type=Path, default=Path("runs/networks"))
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    config = load_config(arguments.config)
    if arguments.sets:
        unknown = set(arguments.sets) - {d.name for d in config.data}
        if unknown:
            parser.error(f"{arguments.config} has no data sets {sorted(unknown)}")
        missing = set(config.validate_on) - set(arguments.sets)
        if missing:
            parser.error(f"--sets lacks {sorted(missing)}, on which {arguments.config} validates; add them")
        config = config.model_copy(update={"data": tuple(d for d in config.data if d.name in arguments.sets)})
    found = [contender(config, net, arguments.steps, arguments.out) for net in arguments.nets]
    files = [c.file for c in found]
    usable = [p for p in (Provider.OPENVINO, Provider.CPU) if p is Provider.CPU or choose("auto").provider is p]
    by_provider = {p: speeds(files, p, arguments.rounds, config.train.threads) for p in usable}
    text = table(found, by_provider)
    (arguments.out / "table.md").write_text(text + "\n")
    record = [{"net": c.name, "figures": c.figures, **{p.value: s[n] for p, s in by_provider.items()}} for n, c in enumerate(found)]
    (arguments.out / "table.json").write_text(json.dumps(record, indent=1) + "\n")
    print(text)


if __name__ == "__main__":
    main()
