"""From a config to its model file: trains the network and exports it."""

from __future__ import annotations

from pathlib import Path

from skelp_training.config import TrainConfig
from skelp_training.data.pools import pools_of
from skelp_training.fit.checkpoint import load_weights
from skelp_training.fit.train import train
from skelp_training.fit.workers import Worker
from skelp_training.networks.make import make_network
from skelp_training.release.export import export


def build(config: TrainConfig, worker: Worker) -> Path:
    """Train what the config describes; the first worker writes the model file. Returns that file."""
    trained = train(config, worker)
    if worker.is_first:
        export(trained.network, config, trained.pools, trained.chosen_on)
    return config.out


def export_checkpoint(config: TrainConfig) -> Path:
    """Write the config's model file again, from the last checkpoint of its run. Returns that file."""
    network = make_network(config.net, config.classes)
    load_weights(network, config.run / "last.pt")
    export(network, config, pools_of(config))
    return config.out
