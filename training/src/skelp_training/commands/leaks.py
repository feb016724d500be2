"""`skelp leaks`."""

from __future__ import annotations

from skelp.terminal import print_line
from skelp_training.commands.options import ConfigArgument


def leaks(config: ConfigArgument) -> None:
    """Find training pictures that show the steel of held-out ones. `skelp train` checks this too."""
    from skelp_training.config import load_config
    from skelp_training.data.leaks import check_leaks

    dropped = check_leaks(load_config(config))
    print_line(f"{len(dropped)} pictures are left out" if dropped else "no picture of one split shows steel of another")
