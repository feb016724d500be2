"""`skelp export`."""

from __future__ import annotations

from skelp.terminal import print_line
from skelp_training.commands.options import ConfigArgument


def export(config: ConfigArgument) -> None:
    """Write a run's model file again, from its last checkpoint."""
    from skelp_training.config import load_config
    from skelp_training.release.build import export_checkpoint

    print_line(f"model file: {export_checkpoint(load_config(config))}")
