"""`skelp train`."""

from __future__ import annotations

from skelp.terminal import print_line
from skelp_training.commands.options import ConfigArgument


def train(config: ConfigArgument) -> None:
    """Train a network and write its model file. A run that was interrupted resumes from its last checkpoint."""
    from skelp_training.config import load_config
    from skelp_training.fit.workers import this_worker
    from skelp_training.release.build import build

    with this_worker() as worker:
        file = build(load_config(config), worker)
        if worker.is_first:
            print_line(f"model file: {file}")
