"""From a config to its model file: trains the network and exports it."""

from __future__ import annotations

from pathlib import Path

from skelp_training.config import TrainConfig
from skelp_training.fit.train import finished, train
from skelp_training.fit.workers import Worker
from skelp_training.release.export import check_known_steel, export
from skelp_training.release.known_steel import check_pictures


def build(config: TrainConfig, worker: Worker) -> Path:
    """Train what the config describes; the first worker writes the model file. Returns that file."""
    check_known_steel(config)
    plan = config.known_steel
    trained = train(config, worker, lambda pools: check_pictures(pools, plan) if plan else None)
    if worker.is_first:
        export(trained, config)
    return config.out


def export_checkpoint(config: TrainConfig) -> Path:
    """Write the config's model file again, from the checkpoints of its run. Returns that file."""
    trained = finished(config)
    export(trained, config)
    return config.out
